"""Forces and their derivatives at all design points, from any drag model; remembered, so that none is solved twice."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from fusiform.solvers.geometry import is_valid, laurent
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.search.drag_models import DragModel
from fusiform.solvers.inverse.search.variables import Array, Variables

DIGITS = 11


@dataclass(frozen=True)
class Forces:
    """C_D and C_L (m,) at the design points, and their derivatives (m, n) with respect to the shape variables.

    Lift and its slope are zero where nobody needs them; `confidence` (m,) and its slope likewise.
    """

    drag: Array
    lift: Array
    drag_slope: Array
    lift_slope: Array
    confidence: Array
    confidence_slope: Array


class ForceModel:
    """A drag model at the design points, as a function of the shape variables. `solves` counts its evaluations.

    `lift`, `confidence`: whether their derivatives are wanted. `trusted`: the model whose confidence counts instead,
    for the solver, which has none.
    """

    def __init__(
        self,
        model: DragModel,
        variables: Variables,
        points: tuple[DesignPoint, ...],
        *,
        lift: bool = False,
        confidence: bool = False,
        trusted: ForceModel | None = None,
    ) -> None:
        self._trusted = trusted
        self.model, self._variables, self._lift, self._confidence = model, variables, lift, confidence
        self._reynolds = torch.tensor([p.conditions.reynolds for p in points], dtype=torch.float64)
        self._alpha = torch.tensor([math.radians(p.conditions.alpha_deg) for p in points], dtype=torch.float64)
        self._known: dict[bytes, tuple[Array, Forces]] = {}
        self.solves = 0

    def __call__(self, x: Array) -> Forces | None:
        """Forces at variables x (≥ shape_size,); None for an invalid body and where the model has no answer."""
        shape = x[: self._variables.shape_size]
        key = _key(shape)
        if key in self._known:
            return self._known[key][1]
        found = self._evaluate(shape)
        trust = self._trusted(x) if self._trusted is not None and found is not None else None
        if found is not None and trust is not None:
            found = replace(found, confidence=trust.confidence, confidence_slope=trust.confidence_slope)
        if found is not None:
            self._known[key] = shape.copy(), found
        return found

    def _evaluate(self, shape: Array) -> Forces | None:
        leaf = torch.from_numpy(shape).expand(len(self._reynolds), -1).clone().requires_grad_()
        coefficients = self._variables.coefficients(leaf)
        if not bool(is_valid(coefficients.detach()[:1])[0]):
            return None
        self.solves += 1
        turned = laurent.rotate(coefficients, self._alpha)
        forces = self.model.force_coefficients(turned, self._reynolds)
        if not bool(torch.isfinite(forces.detach().abs()).all()):
            return None
        zero = torch.zeros_like(leaf)
        drag_slope = torch.autograd.grad(forces.real.sum(), leaf, retain_graph=True)[0]
        lift_slope = torch.autograd.grad(forces.imag.sum(), leaf, retain_graph=True)[0] if self._lift else zero
        confidence, confidence_slope = torch.ones_like(self._reynolds), zero
        if self._confidence:
            confidence = self.model.confidence(turned, self._reynolds)  # type: ignore[attr-defined]
            if confidence.requires_grad:
                confidence_slope = torch.autograd.grad(confidence.sum(), leaf, allow_unused=True)[0]
        values = (forces.real, forces.imag, drag_slope, lift_slope, confidence, confidence_slope)
        return Forces(*(v.detach().numpy() for v in values))

    def remembered(self) -> list[dict[str, Any]]:
        """Everything evaluated so far, for a checkpoint."""
        return [{"x": x.tolist()} | {k: v.tolist() for k, v in vars(f).items()} for x, f in self._known.values()]

    def remember(self, entries: list[dict[str, Any]]) -> None:
        """Take over what an earlier run evaluated (`remembered`)."""
        for entry in entries:
            arrays = {key: np.array(value, dtype=np.float64) for key, value in entry.items()}
            x = arrays.pop("x")
            self._known[_key(x)] = x, Forces(**arrays)


def _key(x: Array) -> bytes:
    return (np.round(x, DIGITS) + 0.0).tobytes()

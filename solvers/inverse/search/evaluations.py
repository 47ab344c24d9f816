"""Forces and their derivatives at all design points, from any drag model; kept, so that none is solved twice."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.flow import State
from fusiform.solvers.geometry import is_valid, laurent
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.problem import least_reynolds
from fusiform.solvers.inverse.search.drag_models import ConfidentModel, DragModel, SolverModel
from fusiform.solvers.inverse.search.terminal_speed import TerminalSpeed
from fusiform.solvers.inverse.search.variables import Variables

DIGITS = 11  # of the shape variables: bodies equal to these are the same


@dataclass(frozen=True)
class Forces:
    """C_D and C_L (m,) at the design points, and their derivatives (m, n) with respect to the shape variables.

    The slope of the lift is zero where nothing depends on it; `confidence` (m,) is 1 and its slope zero likewise.
    """

    drag: FloatArray
    lift: FloatArray
    drag_slope: FloatArray
    lift_slope: FloatArray
    confidence: FloatArray
    confidence_slope: FloatArray

    @classmethod
    def without_slopes(cls, drag: FloatArray, lift: FloatArray, size: int) -> Forces:
        """Values alone, with slopes of zero along `size` variables."""
        flat, sure = np.zeros((len(drag), size)), np.ones(len(drag))
        return cls(drag, lift, flat, flat, sure, flat)


OnEvaluation = Callable[[FloatArray, Forces], None]


class ForceModel:
    """A drag model at the design points, as a function of the shape variables. `solves` counts its evaluations.

    Flows of the solver start from the last one. `lift`, `confidence`: True if derivatives of these are needed.
    `trusted`: the model whose confidence counts instead, for the solver, which has none. With a `best_number` the body
    falls by its weight: the forces at the one design point are those at its terminal speed.
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
        best_number: float | None = None,
    ) -> None:
        self._trusted = trusted
        self.model, self._variables, self._lift, self._confidence = model, variables, lift, confidence
        self._reynolds = torch.tensor([p.conditions.reynolds for p in points], dtype=torch.float64)
        near, least = points[0].conditions.reynolds, least_reynolds(variables.held)
        self._falling = None if best_number is None else TerminalSpeed(best_number, near, least)
        self._alpha = torch.tensor([math.radians(p.conditions.alpha_deg) for p in points], dtype=torch.float64)
        self._known: dict[bytes, tuple[FloatArray, Forces]] = {}
        self._state: State | None = None
        self.solves = 0

    def force_coefficients(self, coefficients: Tensor) -> Tensor:
        """C_D + i C_L (m,) on the d of the held size, of bodies (m, K) at zero incidence, one for each design point."""
        turned = laurent.rotate(coefficients, self._alpha)
        if self._falling is not None:
            return self._falling.forces(lambda reynolds: self._at(turned, reynolds))
        return self._at(turned, self._reynolds)

    def _at(self, turned: Tensor, reynolds: Tensor) -> Tensor:
        """The same for turned bodies and Re (m,) on that d."""
        self.solves += 1
        own = self._variables.held.own_ratio(turned)
        return self._ask(turned, reynolds * own) * own.square()

    def fix_resolution(self, *bodies: FloatArray) -> None:
        """Answer from now on at the resolution that the `bodies` (≥ shape_size,) need, where the solver may choose it.

        The number of elements grows with a body's height: chosen anew for each body, it would make steps of the drag
        between neighbouring ones, at which a search's models and line searches fail. Searches begin at these bodies and
        lead away from tall ones, so that the tallest has enough elements for the others. If a body falls, its terminal
        speed is found first; `InputError` where there is none.
        """
        shapes = torch.from_numpy(np.stack([x[: self._variables.shape_size] for x in bodies]))
        coefficients = self._variables.coefficients(shapes)
        if self._falling is not None:
            self._falling.require_speed([self.force_coefficients(a[None]) for a in coefficients], self.model.name)
        if isinstance(self.model, SolverModel):
            turned = torch.cat([laurent.rotate(coefficients, alpha.expand(len(bodies))) for alpha in self._alpha])
            self.model = self.model.fixed_for(turned, self._last_reynolds.repeat_interleave(len(bodies)))

    def __call__(self, x: FloatArray) -> Forces | None:
        """Forces at variables x (≥ shape_size,); None for an invalid body and where the model has no answer, or
        no derivatives."""
        shape = x[: self._variables.shape_size]
        key = _key(shape)
        if key in self._known:
            return self._known[key][1]
        forces = self._evaluate(shape)
        trust = self._trusted(x) if self._trusted is not None and forces is not None else None
        if forces is not None and trust is not None:
            forces = replace(forces, confidence=trust.confidence, confidence_slope=trust.confidence_slope)
        if forces is not None:
            self._known[key] = shape.copy(), forces
        return forces

    def _evaluate(self, shape: FloatArray) -> Forces | None:
        leaf = torch.from_numpy(shape).expand(len(self._reynolds), -1).clone().requires_grad_()
        coefficients = self._variables.coefficients(leaf)
        if not bool(is_valid(coefficients.detach()[:1])[0]):
            return None
        forces = self.force_coefficients(coefficients)
        if not bool(torch.isfinite(forces.detach().abs()).all()):
            return None
        drag_slope = torch.autograd.grad(forces.real.sum(), leaf, retain_graph=True)[0]
        lift_slope = torch.zeros_like(leaf)
        if self._lift:
            lift_slope = torch.autograd.grad(forces.imag.sum(), leaf, retain_graph=True)[0]
        if not bool(torch.isfinite(drag_slope).all() & torch.isfinite(lift_slope).all()):
            return None
        values = (forces.real, forces.imag, drag_slope, lift_slope, *self._confidence_at(coefficients, leaf))
        return Forces(*(v.detach().numpy() for v in values))

    def _ask(self, turned: Tensor, reynolds: Tensor) -> Tensor:
        """C_D + i C_L (m,) of the model, and Re (m,), on the bodies' own d."""
        if not isinstance(self.model, SolverModel):
            return self.model.force_coefficients(turned, reynolds)
        forces, state = self.model.forces_near(turned, reynolds, self._state)
        self._state = self._state if state is None else state
        return forces

    def _confidence_at(self, coefficients: Tensor, leaf: Tensor) -> tuple[Tensor, Tensor]:
        """Confidence (m,) and its slope (m, n)."""
        flat = torch.zeros_like(leaf)
        if not self._confidence:
            return torch.ones_like(self._reynolds), flat
        confidence = self._confidence_of(coefficients)
        if not confidence.requires_grad:
            return confidence, flat
        return confidence, torch.autograd.grad(confidence.sum(), leaf, materialize_grads=True)[0]

    def _confidence_of(self, coefficients: Tensor) -> Tensor:
        assert isinstance(self.model, ConfidentModel)
        own = self._variables.held.own_ratio(coefficients)
        return self.model.confidence(laurent.rotate(coefficients, self._alpha), self._last_reynolds * own)

    @property
    def _last_reynolds(self) -> Tensor:
        """Re (m,) on the d of the held size: given, or of the last body that fell."""
        if self._falling is None:
            return self._reynolds
        return torch.full_like(self._reynolds, self._falling.reynolds)

    def least_confidence(self, x: FloatArray) -> float | None:
        """The least confidence of the model at variables x (≥ shape_size,); None for a model without."""
        if not isinstance(self.model, ConfidentModel):
            return None
        with torch.no_grad():
            shape = torch.from_numpy(x[: self._variables.shape_size].copy()).expand(len(self._reynolds), -1)
            return float(self._confidence_of(self._variables.coefficients(shape)).min())

    def entries(self) -> list[dict[str, Any]]:
        """Everything evaluated so far, for a checkpoint."""
        return [{"x": x.tolist()} | {k: v.tolist() for k, v in vars(f).items()} for x, f in self._known.values()]

    def restore(self, entries: list[dict[str, Any]]) -> None:
        """Take over the evaluations of an earlier run (`entries`)."""
        for entry in entries:
            arrays = {key: np.array(value, dtype=np.float64) for key, value in entry.items()}
            x = arrays.pop("x")
            self._known[_key(x)] = x, Forces(**arrays)


def _key(x: FloatArray) -> bytes:
    return (np.round(x, DIGITS) + 0.0).tobytes()

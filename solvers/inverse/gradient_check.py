"""Taylor test of a model's gradients: is the derivative that the optimiser uses the derivative of what it minimises?

e(h) = |C(x + h v) − C(x) − h ∇C·v|  = O(h²)   for a right gradient, O(h) for a wrong one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.search.drag_models import DragModel, SolverModel
from fusiform.solvers.inverse.search.evaluations import ForceModel
from fusiform.solvers.inverse.search.variables import Array, Variables

STEPS = tuple(0.02 * 0.5**n for n in range(5))
RIGHT = 1.9
NOISE = 1e-9


@dataclass(frozen=True)
class GradientCheck:
    """Taylor errors of C_D and C_L, both relative to the drag, along a random direction: `steps` (n,),
    `drag_errors` and `lift_errors` (n,), and the observed orders, 2 for right gradients (infinite where the errors are
    rounding alone). `passed`: both orders are at least 1.9."""

    steps: tuple[float, ...]
    drag_errors: tuple[float, ...]
    lift_errors: tuple[float, ...]
    drag_order: float
    lift_order: float

    @property
    def passed(self) -> bool:
        return min(self.drag_order, self.lift_order) >= RIGHT


def check_gradient(
    body: Body, conditions: FlowConditions, *, model: DragModel | None = None, seed: int = 0
) -> GradientCheck:
    """Check `model`'s (default: the solver's) derivatives of drag and lift with respect to the shape at `body`.

    The direction is random (`seed`) in the scaled variables √k a_k. `InputError` where the model has no answer.
    """
    model = SolverModel() if model is None else model
    reduced = body.with_modes(model.modes)
    variables = Variables(reduced, model.modes, False, ())
    forces = ForceModel(model, variables, (DesignPoint(conditions),), lift=True)
    x = variables.pack(reduced.coefficients, reduced.origin)
    direction = np.random.default_rng(seed).standard_normal(len(x)) / np.tile(np.arange(1, model.modes + 1), 2) ** 2
    direction /= np.linalg.norm(direction)
    at = forces(x)
    require(at is not None, f"expected a body that {model.name} can evaluate, got one it cannot; try a smoother one")
    assert at is not None
    drag, lift = [], []
    for step in STEPS:
        there = forces(x + step * direction)
        require(there is not None, "expected room for a small change of the body, got none; try a smoother body")
        assert there is not None
        drag.append(abs(float((there.drag - at.drag - step * at.drag_slope @ direction)[0])) / abs(float(at.drag[0])))
        lift.append(abs(float((there.lift - at.lift - step * at.lift_slope @ direction)[0])) / abs(float(at.drag[0])))
    return GradientCheck(STEPS, tuple(drag), tuple(lift), _order(np.array(drag)), _order(np.array(lift)))


def _order(errors: Array) -> float:
    """The last observed order that is not rounding."""
    if errors.max() < NOISE:
        return math.inf
    orders = np.log(errors[:-1] / np.maximum(errors[1:], 1e-300)) / np.log(np.array(STEPS[:-1]) / np.array(STEPS[1:]))
    clear = [float(o) for o, e in zip(orders, errors[1:], strict=True) if e > NOISE]
    return clear[-1] if clear else float(torch.inf)

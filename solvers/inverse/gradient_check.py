"""Taylor test of a model's gradients.

e(h) = |C(x + h v) − C(x) − h ∇C·v|  = O(h²)   if ∇C is the gradient of C, O(h) otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.autograd import gradients_enabled
from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import FlowConditions, require_along_axis
from fusiform.solvers.geometry import Body
from fusiform.solvers.geometry.body import require_body
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.search.drag_models import DragModel, model_for
from fusiform.solvers.inverse.search.evaluations import ForceModel, Forces
from fusiform.solvers.inverse.search.variables import Variables

STEPS = tuple(0.02 * 0.5**n for n in range(5))  # h, in the scaled variables √k a_k
LEAST_ORDER = 1.9  # observed order from which a gradient passes
NOISE = 1e-9  # relative error below which differences are rounding


@dataclass(frozen=True)
class GradientCheck:
    """Taylor errors of C_D and C_L along a random direction.

    Attributes
    ----------
    steps : tuple of float
        Steps h in the scaled variables √k a_k.
    drag_errors, lift_errors : tuple of float
        e(h) for each step, both relative to the drag.
    drag_order, lift_order : float
        Observed orders, 2 for right gradients; infinite where the errors are rounding alone.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import check_gradient
    >>> from fusiform.surrogates import load_surrogate
    >>> check = check_gradient(Body.ellipse(2.0), FlowConditions(10.0, 3.0), model=load_surrogate())
    >>> round(check.drag_order, 1), round(check.lift_order, 1)
    (2.0, 2.0)
    """

    steps: tuple[float, ...]
    drag_errors: tuple[float, ...]
    lift_errors: tuple[float, ...]
    drag_order: float
    lift_order: float

    @property
    def passed(self) -> bool:
        """True if both orders are at least 1.9."""
        return min(self.drag_order, self.lift_order) >= LEAST_ORDER


@gradients_enabled()
def check_gradient(
    body: Body, conditions: FlowConditions, *, model: DragModel | None = None, seed: int = 0
) -> GradientCheck:
    """Taylor test of the derivatives of drag and lift with respect to the shape, as the optimiser uses them.

    The shape changes along a random direction at equal area; around an axis at equal volume, with real coefficients.

    Parameters
    ----------
    body : Body
        Where the derivatives are taken.
    conditions : FlowConditions
        Reynolds number and incidence.
    model : DragModel, optional
        By default the flow solver, `SolverModel()`.
    seed : int
        Of the random direction.

    Returns
    -------
    GradientCheck

    Raises
    ------
    InputError
        Where the model has no answer, for a model of bodies of the other kind, and incidence of a body of revolution.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import SolverModel, check_gradient
    >>> check_gradient(Body.ellipse(1.5), FlowConditions(5.0), model=SolverModel(modes=2)).passed
    True
    >>> check_gradient(Body.spheroid(3.0), FlowConditions(5.0), model=SolverModel(modes=2)).passed
    True
    """
    require_body(body)
    if body.revolution:
        require_along_axis([conditions])
    model = model_for(body, model)
    reduced = body.with_modes(model.modes)
    variables = Variables(reduced, model.modes, body.revolution, ())
    forces = ForceModel(model, variables, (DesignPoint(conditions),), lift=not body.revolution)
    x = variables.pack(reduced.coefficients, reduced.origin)
    forces.fix_resolution(x)
    at = forces(x)
    require(at is not None, f"expected a body that {model.name} can evaluate, got one it cannot; try a smoother one")
    assert at is not None
    direction = _direction(model.modes, len(x) // model.modes, seed)
    errors = [_errors(forces, x, at, step * direction) for step in STEPS]
    drag, lift = (tuple(kind) for kind in zip(*errors, strict=True))
    return GradientCheck(STEPS, drag, lift, _order(np.array(drag)), _order(np.array(lift)))


def _direction(modes: int, parts: int, seed: int) -> FloatArray:
    """A random unit vector (`parts` · modes,) of real, or real and imaginary, parts that fall like 1/k²."""
    direction: FloatArray = np.random.default_rng(seed).standard_normal(parts * modes)
    direction /= np.tile(np.arange(1, modes + 1), parts) ** 2
    unit: FloatArray = direction / np.linalg.norm(direction)
    return unit


def _errors(forces: ForceModel, x: FloatArray, at: Forces, change: FloatArray) -> tuple[float, float]:
    """e(h) of C_D and C_L for the `change` h v of x, with the forces `at` x; relative to the drag."""
    there = forces(x + change)
    require(there is not None, "expected room for a small change of the body, got none; try a smoother body")
    assert there is not None
    drag = float((there.drag - at.drag - at.drag_slope @ change)[0])
    lift = float((there.lift - at.lift - at.lift_slope @ change)[0])
    return abs(drag) / abs(float(at.drag[0])), abs(lift) / abs(float(at.drag[0]))


def _order(errors: FloatArray) -> float:
    """The last observed order that is not rounding; infinite if all errors are."""
    if errors.max() < NOISE:
        return math.inf
    orders = np.log(errors[:-1] / np.maximum(errors[1:], 1e-300)) / np.log(np.array(STEPS[:-1]) / np.array(STEPS[1:]))
    clear = [float(o) for o, e in zip(orders, errors[1:], strict=True) if e > NOISE]
    return clear[-1] if clear else math.inf

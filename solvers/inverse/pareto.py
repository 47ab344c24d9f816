"""Pareto fronts: the least drag for each value of a limit or of the Reynolds number, each from the last optimum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.inverse.optimization import optimize
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.registry import SWEEPS
from fusiform.solvers.inverse.result.optimum import OptimizationResult
from fusiform.solvers.inverse.search.drag_models import DragModel


@dataclass(frozen=True)
class ParetoPoint:
    """One point of a front.

    Attributes
    ----------
    value : float
        That of the swept limit or condition.
    result : OptimizationResult
        The optimum there.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import DesignPoint, Problem, pareto_front
    >>> from fusiform.surrogates import load_surrogate
    >>> problem = Problem(Body.circle(), (DesignPoint(FlowConditions(10.0)),))
    >>> (point,) = pareto_front(problem, "reynolds", [20.0], model=load_surrogate())
    >>> point.value, point.result.outcome.value
    (20.0, 'converged')
    """

    value: float
    result: OptimizationResult


OnPoint = Callable[[ParetoPoint], bool | None]
REYNOLDS = "reynolds"


def _with_reynolds(problem: Problem, value: float) -> Problem:
    first, *rest = problem.points
    point = DesignPoint(FlowConditions(value, first.conditions.alpha_deg), first.weight)
    return replace(problem, points=(point, *rest))


def _with_limit(problem: Problem, limit: Constraint) -> Problem:
    """The problem with `limit` instead of the constraint that it replaces."""
    shape = tuple(c for c in problem.constraints if not limit.replaces(c))
    forces = tuple(c for c in problem.force_constraints if not limit.replaces(c))
    return replace(problem, constraints=shape, force_constraints=forces).with_constraints([limit])


def _swept(problem: Problem, over: str, value: float) -> Problem:
    """The problem with the limit or condition `over` at `value`."""
    if over == REYNOLDS:
        return _with_reynolds(problem, value)
    return _with_limit(problem, SWEEPS[over].swept(value))


def pareto_front(
    problem: Problem,
    over: str,
    values: Sequence[float],
    *,
    model: DragModel | None = None,
    certify: Sequence[float] = (),
    callback: OnPoint | None = None,
) -> tuple[ParetoPoint, ...]:
    """Optima of a problem for several values of one limit or condition, each started from the one before.

    Parameters
    ----------
    problem : Problem
        Its own constraint of the swept type is replaced.
    over : {"length", "height", "thickness", "lift", "reynolds"}
        Length or height at most; thickness at mid length at least; lift prescribed at the first design point; Reynolds
        number of the first design point.
    values : sequence of float
        In the order of the sweep.
    model : DragModel, optional
        As in `optimize`.
    certify : sequence of float
        Those of `values` whose optima the solver certifies and verifies; the others are the model's.
    callback : callable, optional
        Called with each `ParetoPoint`; returning True stops the sweep.

    Returns
    -------
    tuple of ParetoPoint
        Values that no body satisfies have a result with `feasible` False.

    Raises
    ------
    InputError
        For an unknown sweep, the speed of a body that falls, no values, and values to certify that are not among them.

    Examples
    --------
    The shorter the body has to be, the more drag it has:

    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import DesignPoint, Problem, pareto_front
    >>> from fusiform.surrogates import load_surrogate
    >>> problem = Problem(Body.circle(), (DesignPoint(FlowConditions(10.0)),))
    >>> front = pareto_front(problem, "length", [1.6, 1.3, 1.0], model=load_surrogate())
    >>> [round(point.result.fun, 2) for point in front]
    [2.42, 2.49, 2.66]
    """
    known = (*SWEEPS, REYNOLDS)
    require(over in known, f"expected a sweep over {', '.join(known)}, got {over!r}; choose one")
    require(
        set(certify) <= set(values),
        f"expected values of the sweep to certify, got {sorted(set(certify) - set(values))}; choose some of the values",
    )
    require(len(values) > 0, "expected values to sweep over, got none; give for example three lengths")
    require(
        over != REYNOLDS or problem.best_number is None,
        "expected a sweep over a limit of a body that falls by its weight, got one over the Reynolds number, which "
        "follows from the weight; solve one problem for each Best number",
    )
    points: list[ParetoPoint] = []
    start = problem.body
    for value in values:
        chosen = value in certify
        here = replace(_swept(problem, over, value), certify=chosen, verify="fine" if chosen else None)
        result = optimize(here, model=model, start=start)
        points.append(ParetoPoint(value, result))
        if result.feasible:
            start = result.body
        if callback is not None and callback(points[-1]):
            break
    return tuple(points)

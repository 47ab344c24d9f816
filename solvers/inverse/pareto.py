"""Pareto fronts: the least drag for each value of a limit or of the Reynolds number, each search warm from the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.inverse.optimization import optimize
from fusiform.solvers.inverse.problem.constraints.constraint import ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.extents import MaxHeight, MaxLength
from fusiform.solvers.inverse.problem.constraints.forces import Lift
from fusiform.solvers.inverse.problem.constraints.thickness import MinThickness
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.result.optimum import OptimizationResult
from fusiform.solvers.inverse.search.drag_models import DragModel


@dataclass(frozen=True)
class ParetoPoint:
    """One point of a front: the `value` of what was swept, and the optimum there."""

    value: float
    result: OptimizationResult


def _shape(problem: Problem, limit: ShapeConstraint) -> Problem:
    """The problem with `limit` instead of constraints of the same type."""
    return replace(problem, constraints=(*(c for c in problem.constraints if type(c) is not type(limit)), limit))


def _with_lift(problem: Problem, value: float) -> Problem:
    others = tuple(c for c in problem.force_constraints if not (isinstance(c, Lift) and c.point == 0))
    return replace(problem, force_constraints=(*others, Lift(value, value)))


def _with_reynolds(problem: Problem, value: float) -> Problem:
    first, *rest = problem.points
    there = DesignPoint(FlowConditions(value, first.conditions.alpha_deg), first.weight)
    return replace(problem, points=(there, *rest))


SWEEPS: dict[str, Callable[[Problem, float], Problem]] = {
    "length": lambda problem, value: _shape(problem, MaxLength(value)),
    "height": lambda problem, value: _shape(problem, MaxHeight(value)),
    "thickness": lambda problem, value: _shape(problem, MinThickness(value, at=0.5)),
    "lift": _with_lift,
    "reynolds": _with_reynolds,
}


def pareto_front(
    problem: Problem,
    over: str,
    values: Sequence[float],
    *,
    model: DragModel | None = None,
    certify: Sequence[float] = (),
    callback: Callable[[ParetoPoint], bool | None] | None = None,
) -> tuple[ParetoPoint, ...]:
    """Optima of `problem` for each of `values` (in order) of `over`, each started from the one before.

    `over`: length (at most), height (at most), thickness (at least, at mid length), lift (equal, at the first design
    point), reynolds (of the first design point); a constraint of that type that the problem has is replaced. The points
    whose value is in `certify` are certified by the solver; the others are the model's and not verified. Values that
    cannot be had give a result with `feasible` False. `callback` is called at each point and stops the sweep by
    returning True.
    """
    require(over in SWEEPS, f"expected a sweep over {', '.join(SWEEPS)}, got {over!r}; choose one")
    require(
        set(certify) <= set(values),
        f"expected values of the sweep to certify, got {sorted(set(certify) - set(values))}; choose some of the values",
    )
    require(len(values) > 0, "expected values to sweep over, got none; give for example three lengths")
    points: list[ParetoPoint] = []
    start = problem.body
    for value in values:
        chosen = value in certify
        here = replace(SWEEPS[over](problem, value), certify=chosen, verify="fine" if chosen else None)
        result = optimize(here, model=model, start=start)
        points.append(ParetoPoint(value, result))
        if result.feasible:
            start = result.body
        if callback is not None and callback(points[-1]):
            break
    return tuple(points)

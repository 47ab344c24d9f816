"""Pareto fronts: the least drag for each value of a limit or of the Reynolds number, each search warm from the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.errors import require
from fusiform.solvers.inverse.constraints import MaxHeight, MaxLength, MinThickness
from fusiform.solvers.inverse.minimize import optimize
from fusiform.solvers.inverse.models import DragModel
from fusiform.solvers.inverse.objectives import DesignPoint, Lift
from fusiform.solvers.inverse.problem import Problem
from fusiform.solvers.inverse.result import OptimizationResult


@dataclass(frozen=True)
class ParetoPoint:
    """One point of a front: the `value` of what was swept, and the optimum there."""

    value: float
    result: OptimizationResult


def _with_length(problem: Problem, value: float) -> Problem:
    return replace(problem, constraints=(*problem.constraints, MaxLength(value)))


def _with_height(problem: Problem, value: float) -> Problem:
    return replace(problem, constraints=(*problem.constraints, MaxHeight(value)))


def _with_thickness(problem: Problem, value: float) -> Problem:
    return replace(problem, constraints=(*problem.constraints, MinThickness(value, at=0.5)))


def _with_lift(problem: Problem, value: float) -> Problem:
    return replace(problem, force_constraints=(*problem.force_constraints, Lift(value, value)))


def _with_reynolds(problem: Problem, value: float) -> Problem:
    first, *rest = problem.points
    there = DesignPoint(FlowConditions(value, first.conditions.alpha_deg), first.weight)
    return replace(problem, points=(there, *rest))


SWEEPS: dict[str, Callable[[Problem, float], Problem]] = {
    "length": _with_length,
    "height": _with_height,
    "thickness": _with_thickness,
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
    point), reynolds (of the first design point). The points whose value is in `certify` are certified by the solver;
    the others are the model's and not verified. Values that cannot be had give a result with `feasible` False.
    `callback` is called at each point and stops the sweep by returning True.
    """
    require(over in SWEEPS, f"expected a sweep over {', '.join(SWEEPS)}, got {over!r}; choose one")
    require(len(values) > 0, "expected values to sweep over, got none; give for example three lengths")
    points: list[ParetoPoint] = []
    body = problem.body
    for value in values:
        chosen = value in certify
        here = replace(SWEEPS[over](problem, value), body=body, certify=chosen, verify="fine" if chosen else None)
        result = optimize(here, model=model)
        points.append(ParetoPoint(value, result))
        if result.feasible:
            body = replace(result.body, name=problem.body.name)
        if callback is not None and callback(points[-1]):
            break
    return tuple(points)

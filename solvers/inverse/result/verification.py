"""Verification: start and optimum solved by the flow solver at every design point, on a grid of promised accuracy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.objectives import Drag
from fusiform.solvers.inverse.result.optimum import OptimizationResult
from fusiform.solvers.solution import Solution
from fusiform.solvers.solver import solve

MISLED = 0.05  # relative error of the model's drag from which the status says so


def verified(result: OptimizationResult, grid: str) -> OptimizationResult:
    """The result with start and optimum solved on `grid` at all its design points.

    `initial` and `verified` are the solutions at the first; the numbers of all are in `verification`, see
    `OptimizationResult`.
    """
    points = result.problem.points
    starts = [solve(result.problem.body, point.conditions, grid=grid) for point in points]
    optima = [solve(result.body, point.conditions, grid=grid) for point in points]
    total = sum(point.weight for point in points)
    at = [_numbers(*trio, total) for trio in zip(points, starts, optima, strict=True)]
    numbers = optima[0].summary() | {
        "initial_drag_coefficient": at[0]["initial_drag_coefficient"],
        "converged": all(solution.converged for solution in optima),
        "accurate": all(solution.accurate for solution in optima),
        "weighted_drag_coefficient": _weighted(at, "drag_coefficient"),
        "weighted_initial_drag_coefficient": _weighted(at, "initial_drag_coefficient"),
        "points": at,
    }
    return replace(
        result,
        initial=starts[0],
        verified=optima[0],
        verification=numbers,
        status=result.status + verification_status(result, numbers),
        solver_solves=result.solver_solves + 2 * len(points),
    )


def _numbers(point: DesignPoint, start: Solution, optimum: Solution, total: float) -> dict[str, Any]:
    """The numbers of one design point; None where the solver has no flow."""
    solved = optimum.summary()
    return {
        "reynolds": point.conditions.reynolds,
        "alpha_deg": point.conditions.alpha_deg,
        "weight": point.weight / total,
        "drag_coefficient": solved["drag_coefficient"] if optimum.converged else None,
        "drag_error": solved["drag_error"],
        "lift_coefficient": solved["lift_coefficient"] if optimum.converged else None,
        "initial_drag_coefficient": start.drag_coefficient if start.converged else None,
        "converged": optimum.converged,
        "accurate": optimum.accurate,
        "status": optimum.status,
    }


def _weighted(at: list[dict[str, Any]], name: str) -> float | None:
    """The weighted mean over the design points, None where one has no value."""
    if any(numbers[name] is None for numbers in at):
        return None
    return float(sum(numbers["weight"] * numbers[name] for numbers in at))


def verification_status(result: OptimizationResult, numbers: dict[str, Any]) -> str:
    """A sentence to add to the status where the solver has no flow or contradicts the model, otherwise nothing."""
    problem, several = result.problem, len(result.problem.points) > 1
    before, after = numbers["weighted_initial_drag_coefficient"], numbers["weighted_drag_coefficient"]
    if before is None or after is None:
        which, name = ("optimum", "drag_coefficient") if after is None else ("start", "initial_drag_coefficient")
        at = [f"Re {point['reynolds']:g}" for point in numbers["points"] if point[name] is None]
        where = f" at {', '.join(at)}" if several else ""
        return f" Not verified: the solver did not converge on the {which}{where}."
    if not isinstance(problem.objective, Drag):
        return ""
    free = not (problem.constraints or problem.force_constraints)
    if free and after > before:
        return " The solver finds more drag than at the start: the model misled the search, use the solver as model."
    off = result.predicted_drag_coefficient / after - 1.0
    if abs(off) > MISLED:
        return f" The model's drag is {off:+.0%} off the solver's: the optimum is only as good as the model is."
    return ""

"""Verification: start and optimum solved by the flow solver at every design point, on a grid of promised accuracy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.objectives import Drag, Nearest
from fusiform.solvers.inverse.result.optimum import OptimizationResult
from fusiform.solvers.inverse.result.own_flows import on_held_size, own_flows
from fusiform.solvers.solution import Solution

MISLED = 0.05  # relative error of the model's drag from which the status says so


def verified(result: OptimizationResult, grid: str) -> OptimizationResult:
    """The result with start and optimum solved on `grid` at all its design points.

    `initial` and `verified` are the solutions at the first; the numbers of all are in `verification`, see
    `OptimizationResult`.
    """
    points = result.problem.points
    starts, optima = (own_flows(result.problem, body, grid) for body in (result.start, result.body))
    total, held = sum(point.weight for point in points), result.problem.held
    at = [_numbers(*trio, total, held) for trio in zip(points, starts, optima, strict=True)]
    numbers = on_held_size(optima[0], held) | {
        "initial_drag_coefficient": at[0]["initial_drag_coefficient"],
        "converged": all(solution.converged for solution in optima),
        "accurate": all(solution.accurate for solution in optima),
        "weighted_drag_coefficient": _weighted(at, "drag_coefficient"),
        "weighted_initial_drag_coefficient": _weighted(at, "initial_drag_coefficient"),
        "initial_value": _value(result, at, "initial_"),
        "value": _value(result, at, ""),
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


def _numbers(point: DesignPoint, start: Solution, optimum: Solution, total: float, held: Held) -> dict[str, Any]:
    """The numbers of one design point; None where the solver has no flow."""
    solved, before = on_held_size(optimum, held), on_held_size(start, held)
    return {
        "reynolds": solved["reynolds"],
        "initial_reynolds": before["reynolds"],
        "alpha_deg": point.conditions.alpha_deg,
        "weight": point.weight / total,
        "drag_coefficient": solved["drag_coefficient"],
        "drag_error": solved["drag_error"],
        "lift_coefficient": solved["lift_coefficient"],
        "initial_drag_coefficient": before["drag_coefficient"],
        "initial_lift_coefficient": before["lift_coefficient"],
        "converged": optimum.converged,
        "accurate": optimum.accurate,
        "status": optimum.status,
    }


def _weighted(at: list[dict[str, Any]], name: str) -> float | None:
    """The weighted mean over the design points, None where one has no value."""
    if any(numbers[name] is None for numbers in at):
        return None
    return float(sum(numbers["weight"] * numbers[name] for numbers in at))


def _value(result: OptimizationResult, at: list[dict[str, Any]], which: str) -> float | None:
    """The objective's quantity of the optimum, or of the start if `which` is "initial_"; None without all flows."""
    objective, gain = result.problem.objective, result.predicted_gain
    if isinstance(objective, Nearest):
        return gain.start if which else gain.best
    numbers = [[point[f"{which}{force}_coefficient"] for point in at] for force in ("drag", "lift")]
    if None in (*numbers[0], *numbers[1]):
        return None
    drag, lift = (torch.tensor(values, dtype=torch.float64) for values in numbers)
    weights = torch.tensor([point["weight"] for point in at], dtype=torch.float64)
    change = torch.zeros(0, dtype=torch.float64)
    return objective.measured(float(objective.value(drag, lift, change, weights)))


def verification_status(result: OptimizationResult, numbers: dict[str, Any]) -> str:
    """A sentence to add to the status where the solver has no flow or contradicts the model, otherwise nothing."""
    problem, several = result.problem, len(result.problem.points) > 1
    before, after = numbers["weighted_initial_drag_coefficient"], numbers["weighted_drag_coefficient"]
    if before is None or after is None:
        which, name = ("optimum", "drag_coefficient") if after is None else ("start", "initial_drag_coefficient")
        at = [f"Re {point['reynolds']:g}" for point in numbers["points"] if point[name] is None]
        where = f" at {', '.join(at)}" if several else ""
        failed = "did not converge on" if problem.best_number is None else "found no terminal speed of"
        return f" Not verified: the solver {failed} the {which}{where}."
    free = not (problem.constraints or problem.force_constraints or isinstance(problem.objective, Nearest))
    if free and _is_worse(numbers["initial_value"], numbers["value"], rises=result.predicted_gain.quantity.rises):
        noun = result.predicted_gain.quantity.noun
        less = "less" if result.predicted_gain.quantity.rises else "more"
        return (
            f" The solver finds {less} {noun} than at the start: the model misled the search, use the solver as model."
        )
    if not isinstance(problem.objective, Drag):
        return ""
    off = result.predicted_drag_coefficient / after - 1.0
    if abs(off) > MISLED:
        return f" The model's drag is {off:+.0%} off the solver's: the optimum is only as good as the model is."
    return ""


def _is_worse(start: float | None, optimum: float | None, *, rises: bool) -> bool:
    return start is not None and optimum is not None and (optimum < start if rises else optimum > start)

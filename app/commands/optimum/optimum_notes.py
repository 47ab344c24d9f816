"""The title and the notes that are printed with an optimum: status, design points, and the cost of each constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fusiform.solvers.inverse.problem.objectives import Drag

if TYPE_CHECKING:
    from fusiform.solvers.inverse import ConstraintReport, OptimizationResult

LEAST_VIOLATION = 1e-4


def title(result: OptimizationResult) -> str:
    """The objective, the start, and the source of the drag: certified, solved or predicted."""
    if not result.feasible:
        return f"A body that violates constraints, from {result.problem.body.name}"
    how = "certified" if result.certified else "solved" if result.verified is not None else "as the model predicts it"
    words = result.problem.objective.describe()
    return f"{words[0].upper()}{words[1:]} from {result.problem.body.name}, {how}"


def notes(result: OptimizationResult, files: list[str]) -> list[str]:
    """The status, the difference between model and solver, the design points, the constraints, and the files."""
    constraints = [
        f"{report.description}: slack {report.slack:.3g}, {_state(report, result.feasible)}"
        for report in result.constraints
    ]
    quantity = result.predicted_gain.quantity
    gain = [f"By the search, {result.predicted_gain.describe()}."] if result.feasible else []
    active = result.feasible and any(report.active for report in result.constraints)
    cost = [f"Gains of constraints are those of {quantity.noun} ({quantity.symbol}), to first order."] if active else []
    return [result.status, *gain, *_comparison(result), *constraints, *cost, *(f"wrote {name}" for name in files)]


def _state(report: ConstraintReport, feasible: bool) -> str:
    """Violated, active with its cost, or not active."""
    if not feasible and report.slack < -LEAST_VIOLATION:
        return "violated"
    if not report.active:
        return "not active"
    return f"active; relaxing it by 1 {report.unit} gains {report.gain:.4g}" if report.unit else "active"


def _comparison(result: OptimizationResult) -> list[str]:
    """The prediction against the solver's drag, and each of several design points."""
    lines = []
    if result.feasible and result.predicted_gain.quantity != Drag.quantity:
        start, best = result.predicted_initial_drag_coefficient, result.predicted_drag_coefficient
        lines.append(f"The model predicts {_drags(best, start)}.")
    drag = result.verification.get("weighted_drag_coefficient")
    if drag is not None:
        apart = result.predicted_drag_coefficient / drag - 1.0
        lines.append(f"The prediction is {abs(apart):.2%} {'above' if apart > 0 else 'below'} the solver's drag.")
    if result.verification and len(result.problem.points) > 1:
        start = result.verification["weighted_initial_drag_coefficient"]
        lines += [_at(point) for point in result.verification["points"]]
        lines.append(f"weighted mean: {_drags(drag, start)}; the table is of the first design point")
    return lines


def _at(point: dict[str, Any]) -> str:
    """One of several design points, solved."""
    where = f"Re {point['reynolds']:g}, {point['alpha_deg']:g}°, weight {point['weight']:.3g}"
    lift = "" if point["lift_coefficient"] is None else f", C_L {point['lift_coefficient']:.5g}"
    poor = "" if point["converged"] and point["accurate"] else f"; {point['status']}"
    return f"{where}: {_drags(point['drag_coefficient'], point['initial_drag_coefficient'])}{lift}{poor}"


def _drags(optimum: float | None, start: float | None) -> str:
    best, first = ("unknown" if value is None else f"{value:.5g}" for value in (optimum, start))
    return f"C_D {best} (start {first})"

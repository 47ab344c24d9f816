"""The frame of an optimum: its numbers, words, and the cost of each constraint."""

from __future__ import annotations

import math
from typing import Any

from fusiform.app.frames.shared.formatting import apart, coefficient, percent, plain, ratio, scientific, value_or_dash
from fusiform.app.frames.shared.metric import CONVENTION, Metric
from fusiform.app.results.kept_results import Optimum
from fusiform.solvers.inverse import LiftToDrag

SAME_OPTIMUM = 2e-3


def optimum_numbers(optimum: Optimum) -> tuple[Metric, ...]:
    """Drag of start and optimum, reduction, lift, optimality and cost."""
    return (_start(optimum), _best(optimum), _reduction(optimum), _lift(optimum), _optimality(optimum), _cost(optimum))


def _start(optimum: Optimum) -> Metric:
    start = optimum.start_coefficient
    return Metric(
        "Start $C_D$",
        value_or_dash(optimum.start_drag if start is None else start),
        _model(optimum) if start is None else "by the solver",
        f"Drag of the body that the search began with. {CONVENTION}",
    )


def _best(optimum: Optimum) -> Metric:
    predicted, best = optimum.result.predicted_drag_coefficient, optimum.best_coefficient
    return Metric(
        "Optimum $C_D$",
        value_or_dash(predicted if best is None else best),
        _model(optimum) if best is None else f"model {apart(predicted, best)}",
        "Drag of the optimum, by the solver if it has solved the flow; below, the difference of the model's drag, "
        f"{coefficient(predicted)}. {CONVENTION}",
    )


def _reduction(optimum: Optimum) -> Metric:
    return Metric(
        "Reduction",
        percent(optimum.reduction_percent, 100.0, 1),
        "by the model" if optimum.best_coefficient is None else "by the solver",
        "Reduction of drag in percent of the start's.",
    )


def _lift(optimum: Optimum) -> Metric:
    lift, best = optimum.result.verification.get("lift_coefficient"), optimum.best_coefficient
    return Metric(
        "Lift $C_L$",
        value_or_dash(lift).replace("-", "−"),
        "not solved" if lift is None or best is None else f"lift over drag {ratio(lift, best)}",
        f"The optimum's force across the stream, by the solver. {CONVENTION}",
    )


def _optimality(optimum: Optimum) -> Metric:
    result = optimum.result
    return Metric(
        "Optimality",
        _optimality_words(optimum),
        f"KKT residual {scientific(result.kkt_residual)}" if result.feasible else "no optimum",
        "Certified: the solver's own gradient says that no small change of shape within the constraints lowers the "
        f"objective. KKT residual: the remainder of that condition, over the objective; it must be below "
        f"{result.problem.certify_tolerance:g}.",
    )


def _optimality_words(optimum: Optimum) -> str:
    """The kind of optimum in words."""
    if not optimum.result.feasible:
        return "–"
    if optimum.result.certified:
        return "certified"
    return "not certified" if optimum.result.problem.certify else "by the model"


def _cost(optimum: Optimum) -> Metric:
    result = optimum.result
    return Metric(
        "Flows solved",
        str(result.solver_solves),
        f"{result.evaluations} evaluations",
        "Flows that the solver solved for all of it; below, all evaluations, those of the model included. "
        f"The search took {result.seconds:.1f} s, without the check of start and optimum.",
    )


def _model(optimum: Optimum) -> str:
    return f"by {plain(optimum.result.model)}"


def optimum_words(optimum: Optimum, earlier: Optimum | None) -> str:
    """The problem, how the search ended, and the comparison with an earlier start."""
    result = optimum.result
    points = "; ".join(
        f"Re = {p.conditions.reynolds:g}, α = {p.conditions.alpha_deg:g}°" for p in result.problem.points
    )
    text = f"{result.problem.objective.describe().capitalize()} from {plain(optimum.start.name)} at {points}. "
    if result.feasible:
        text += plain(result.status)
    return text + ("" if earlier is None else _comparison(optimum, earlier))


def _comparison(optimum: Optimum, earlier: Optimum) -> str:
    now, before = optimum.result.fun, earlier.result.fun
    if earlier is optimum or not math.isfinite(before):
        return ""
    same = abs(before - now) <= SAME_OPTIMUM * abs(before)
    words = "the same optimum" if same else "a better one" if now < before else "one that is not as good"
    return f" The other start gave {words}: {coefficient(now)} after {coefficient(before)}."


def constraint_table(optimum: Optimum) -> dict[str, list[Any]]:
    """The cost of each constraint, by column."""
    reports = optimum.result.constraints
    return {
        "Constraint": [r.description for r in reports],
        "Slack": [r.slack for r in reports],
        "Active": [r.active for r in reports],
        "One unit more gains": [r.gain for r in reports],
        "Unit": [r.unit for r in reports],
    }


def gain_definition(optimum: Optimum) -> str:
    """The definition of the gain in `constraint_table`."""
    objective = "lift over drag" if isinstance(optimum.result.problem.objective, LiftToDrag) else "drag C_D"
    return f"The gain in {objective} from one unit more of the limit, to first order."

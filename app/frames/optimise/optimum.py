"""The frame of an optimum: its numbers, words, and the cost of each constraint."""

from __future__ import annotations

import math
from typing import Any

from fusiform.app.frames.optimise.search_model import about_source, beside_verified, by_source
from fusiform.app.frames.shared.formatting import (
    LONGEST_NAME,
    coefficient,
    formula,
    gain_percent,
    plain,
    ratio,
    scientific,
    value_or_dash,
)
from fusiform.app.frames.shared.metric import START, Metric
from fusiform.app.results.definitions import COEFFICIENTS
from fusiform.app.results.kept_results import Optimum
from fusiform.solvers import Body
from fusiform.solvers.inverse import ModelKind

SAME_OPTIMUM = 2e-3


def optimum_numbers(optimum: Optimum) -> tuple[Metric, ...]:
    """The objective at start and optimum, its change, lift, optimality and cost; of revolution, sizes without lift."""
    fourth = _sizes(optimum.result.body) if optimum.result.body.revolution else _lift(optimum)
    return (_start(optimum), _best(optimum), _change(optimum), fourth, _optimality(optimum), _cost(optimum))


def _start(optimum: Optimum) -> Metric:
    gain, predicted = optimum.result.gain, optimum.result.predicted_gain
    return Metric(
        f"Start {formula(gain.quantity)}",
        value_or_dash(gain.start),
        _source(optimum, value_or_dash(predicted.start)),
        f"{START} {about_source(optimum.result.model_kind)} {_convention(optimum)}",
    )


def _best(optimum: Optimum) -> Metric:
    result, gain = optimum.result, optimum.result.gain
    value = gain.best if result.feasible else math.nan
    return Metric(
        f"Optimum {formula(gain.quantity)}",
        value_or_dash(value),
        _source(optimum, value_or_dash(result.predicted_gain.best)),
        f"{gain.quantity.noun.capitalize()} of the optimum, by the solver if it has verified start and optimum. "
        f"{about_source(result.model_kind)} {_convention(optimum)}",
    )


def _change(optimum: Optimum) -> Metric:
    gain, predicted, kind = optimum.result.gain, optimum.result.predicted_gain, optimum.result.model_kind
    return Metric(
        gain.quantity.change.capitalize(),
        gain_percent(gain),
        beside_verified(kind, gain_percent(predicted)) if optimum.is_verified else by_source(kind),
        f"Change of {gain.quantity.noun} in percent of the start's, positive where the optimum is better.",
    )


def _lift(optimum: Optimum) -> Metric:
    numbers = optimum.result.verification
    lift, drag = numbers.get("lift_coefficient"), numbers.get("drag_coefficient")
    return Metric(
        "Lift $C_L$",
        value_or_dash(lift).replace("-", "−"),
        f"lift over drag {ratio(lift, drag)}" if lift is not None and drag else "not solved",
        f"The optimum's force across the stream, by the solver. {_convention(optimum)}",
    )


def _sizes(body: Body) -> Metric:
    return Metric(
        "Length",
        f"{body.length:.4g}",
        f"greatest diameter {body.diameter:.4g}",
        f"The optimum's extent along the axis, in its own unit. Its volume is {body.volume:.4g}, its wetted area "
        f"{body.wetted_area:.4g}.",
    )


def _convention(optimum: Optimum) -> str:
    return COEFFICIENTS[optimum.result.problem.held]


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
    searched_only = optimum.result.model_kind is ModelKind.SURROGATE and not optimum.result.problem.certify
    return "by the model" if searched_only else "not certified"


def _cost(optimum: Optimum) -> Metric:
    result = optimum.result
    return Metric(
        "Flows solved",
        str(result.solver_solves),
        f"{result.evaluations} evaluations",
        "Flows that the solver solved for all of it; below, all evaluations, those of the search included. "
        f"The search took {result.seconds:.1f} s, without the check of start and optimum.",
    )


def _source(optimum: Optimum, searched: str) -> str:
    """The source of a number, and beside one of the verification the value that the search gave."""
    if optimum.is_verified:
        return beside_verified(optimum.result.model_kind, searched)
    return f"by {plain(optimum.result.model, LONGEST_NAME)}"


def optimum_words(optimum: Optimum, earlier: Optimum | None) -> str:
    """The problem, how the search ended, and the comparison with an earlier start."""
    result, around = optimum.result, optimum.result.body.revolution
    points = "; ".join(
        f"Re = {p.conditions.reynolds:g}" + ("" if around else f", α = {p.conditions.alpha_deg:g}°")
        for p in result.problem.points
    )
    text = f"{result.problem.objective.describe().capitalize()} from {plain(result.problem.body.name)} at {points}. "
    if result.feasible:
        text += plain(result.status)
    if warning := result.problem.body.fit_warning:
        text += f" The start is a fit: {warning}."
    return text + ("" if earlier is None else _comparison(optimum, earlier))


def _comparison(optimum: Optimum, earlier: Optimum) -> str:
    now, before = optimum.result.fun, earlier.result.fun
    if earlier is optimum or not (math.isfinite(before) and optimum.result.feasible):
        return ""
    measured = optimum.result.problem.objective.measured
    same = abs(before - now) <= SAME_OPTIMUM * abs(before)
    words = "the same optimum" if same else "a better one" if now < before else "one that is not as good"
    return f" The other start gave {words}: {coefficient(measured(now))} after {coefficient(measured(before))}."


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
    quantity = optimum.result.predicted_gain.quantity
    return f"The {quantity.change} of {quantity.noun} from one unit more of the limit, to first order."

"""The frame of a trade-off: its points in a plot, and the numbers and the body of each."""

from __future__ import annotations

from collections.abc import Sequence

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.frames.shared.formatting import formula, gain_percent, plain, sentence, value_or_dash
from fusiform.app.frames.shared.metric import Metric
from fusiform.app.results.definitions import COEFFICIENTS
from fusiform.app.results.kept_results import Front
from fusiform.app.state.setup import setup_of
from fusiform.solvers.inverse import ParetoPoint


def curve(points: Sequence[ParetoPoint]) -> tuple[list[float], list[float]]:
    """Values of the limit, and the objective's quantity by the model, of the points whose constraints hold."""
    feasible = [point for point in points if point.result.feasible]
    return [point.value for point in feasible], [point.result.predicted_gain.best for point in feasible]


def curve_title(points: Sequence[ParetoPoint]) -> str:
    """The title of the axis of that quantity."""
    if not points:
        return ""
    problem = points[0].result.problem
    quantity = problem.objective.quantity
    return f"{problem.objective.describe()}, {quantity.symbol}"


def left_out(front: Front) -> str:
    """The sentence about values without a body, "" if each value has one."""
    if not front.feasible:
        return sentence(f"no value is possible: {front.points[0].result.status}")
    values = ", ".join(f"{point.value:g}" for point in front.points if not point.result.feasible)
    return f"Left out, because they contradict the other constraints: {values}." if values else ""


def point_numbers(front: Front, number: int) -> tuple[Metric, Metric]:
    """The objective's quantity at point `number` of a trade-off, and the slope there."""
    result = front.result(number)
    gain, quantity = result.predicted_gain, result.predicted_gain.quantity
    swept = result.report_of(result.problem.constraints[-1]) if result.problem.constraints else None
    return (
        Metric(
            f"{'Greatest' if quantity.rises else 'Least'} {formula(quantity)}",
            value_or_dash(gain.best),
            f"{gain_percent(gain)} {quantity.change} from the start",
            f"By {plain(result.model)}: {quantity.noun} of the optimum; below, compared with the start's. "
            f"{COEFFICIENTS[result.problem.held]}",
        ),
        Metric(
            "One more gains",
            value_or_dash(None if swept is None else swept.gain),
            f"{plain(quantity.noun)}, per unit",
            "The gain from relaxing this limit by one unit, to first order: the slope of the curve at this point.",
        ),
    )


def point_sketch(front: Front, number: int) -> str:
    """The body of point `number` of a trade-off, with its constraints and the start, as SVG."""
    result = front.result(number)
    start = result.start
    rows, alpha_deg = setup_of(result.problem).rows, result.conditions.alpha_deg
    return sketch.draw(sketch.outline(result.body), start, rows, alpha_deg, ghost=sketch.outline(start)).svg

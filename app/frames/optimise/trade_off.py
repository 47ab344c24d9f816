"""The frame of a trade-off: its points in a plot, and the numbers and the body of each."""

from __future__ import annotations

from collections.abc import Sequence

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.frames.shared.formatting import apart, coefficient, plain, sentence, value_or_dash
from fusiform.app.frames.shared.metric import CONVENTION, Metric
from fusiform.app.results.kept_results import Front
from fusiform.app.state.setup import setup_of
from fusiform.solvers.inverse import ParetoPoint


def curve(points: Sequence[ParetoPoint]) -> tuple[list[float], list[float]]:
    """Values of the limit and least drags by the model, of the points whose constraints hold."""
    feasible = [point for point in points if point.result.feasible]
    return [point.value for point in feasible], [point.result.predicted_drag_coefficient for point in feasible]


def left_out(front: Front) -> str:
    """The sentence about values without a body, "" if each value has one."""
    if not front.feasible:
        return sentence(f"no value is possible: {front.points[0].result.status}")
    values = ", ".join(f"{point.value:g}" for point in front.points if not point.result.feasible)
    return f"Left out, because they contradict the other constraints: {values}." if values else ""


def point_numbers(front: Front, number: int) -> tuple[Metric, Metric]:
    """The drag of point `number` of a trade-off, and the slope there."""
    result, start = front.points[number].result, front.start_drag
    swept = result.report_of(result.problem.constraints[-1])
    return (
        Metric(
            "Least $C_D$",
            coefficient(result.predicted_drag_coefficient),
            f"{apart(result.predicted_drag_coefficient, start)} to the start",
            f"Drag of the optimum, by {plain(result.model)}; below, compared with the start's. {CONVENTION}",
        ),
        Metric(
            "One more gains",
            value_or_dash(None if swept is None else swept.gain),
            "drag, per unit of length",
            "By how much the least drag would fall for relaxing this limit by one unit of length: the slope of the "
            "curve at this point.",
        ),
    )


def point_sketch(front: Front, number: int) -> str:
    """The body of point `number` of a trade-off, with its constraints and the start, as SVG."""
    result, start = front.points[number].result, front.problem.body
    rows, alpha_deg = setup_of(result.problem).rows, result.conditions.alpha_deg
    return sketch.draw(sketch.outline(result.body), start, rows, alpha_deg, ghost=sketch.outline(start)).svg

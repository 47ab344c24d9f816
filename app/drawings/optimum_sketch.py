"""An optimum beside its start, with the constraints, as an SVG drawing."""

from __future__ import annotations

from collections.abc import Sequence

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.state.kept_results import Optimum
from fusiform.app.state.setup import setup_of
from fusiform.solvers.inverse import ConstraintReport

OVERLAY_WORDS = "Filled: the optimum. Dotted: the start. Arrows: the stream. Thick limits are active, red ones broken."
BROKEN_BELOW = -1e-4  # of the slack


def optimum_sketch(optimum: Optimum) -> str:
    """Start, dotted, and optimum with the constraints, as an SVG text."""
    result = optimum.result
    return sketch.draw(
        sketch.outline(result.body),
        result.problem.body,
        setup_of(result.problem).rows,
        result.conditions.alpha_deg,
        ghost=sketch.outline(optimum.start),
        tones=_tones(result.constraints),
    ).svg


def _tones(reports: Sequence[ConstraintReport]) -> dict[int, str]:
    """The tone of each constraint that is active or broken, by its number."""
    tones = {}
    for number, report in enumerate(reports):
        broken = report.slack < BROKEN_BELOW
        if broken or report.active:
            tones[number] = "broken" if broken else "active"
    return tones

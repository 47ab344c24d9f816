"""An optimum beside its start, with the constraints, as an SVG drawing."""

from __future__ import annotations

import numpy as np

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.results.kept_results import Optimum
from fusiform.solvers.inverse import OptimizationResult

OVERLAY_WORDS = (
    "Filled: the optimum. Dotted: the start. Thin: the outline given for the start, if any. Arrows: the stream. "
    "Thick limits are active, red ones broken."
)
BROKEN_BELOW = -1e-4  # of the slack


def optimum_sketch(optimum: Optimum) -> str:
    """Start, dotted, its given outline, thin, and optimum with the constraints, as an SVG text."""
    result, given = optimum.result, optimum.result.problem.body.given_outline
    return sketch.draw(
        sketch.outline(result.body),
        result.problem.body,
        (*result.problem.constraints, *result.problem.force_constraints),
        result.conditions.alpha_deg,
        ghost=sketch.outline(result.start),
        trail=[] if given is None else [given @ np.array([1.0, 1j])],
        tones=_tones(result),
    ).svg


def _tones(result: OptimizationResult) -> dict[int, str]:
    """The tone of each constraint that is active or broken, by its number."""
    tones = {}
    for number, constraint in enumerate((*result.problem.constraints, *result.problem.force_constraints)):
        report = result.report_of(constraint)
        if report is not None and report.slack < BROKEN_BELOW:
            tones[number] = "broken"
        elif report is not None and report.active:
            tones[number] = "active"
    return tones

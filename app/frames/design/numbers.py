"""The row of numbers over the drawing: forces, confidence, and the best drag available."""

from __future__ import annotations

from collections.abc import Iterator

from fusiform.app.frames.design.known import Known
from fusiform.app.frames.shared.formatting import (
    absolute_bound,
    apart,
    bound,
    coefficient,
    confidence,
    percent,
    quotient,
    ratio,
    value_or_dash,
    with_error,
)
from fusiform.app.frames.shared.metric import Metric
from fusiform.app.results.definitions import COEFFICIENTS
from fusiform.app.results.kept_results import Answer
from fusiform.app.state.session import DesignState
from fusiform.solvers import Body
from fusiform.solvers.geometry.held_size import Held
from fusiform.surrogates import CorrectionOutcome, FlowPrediction

PARTS = (
    ("drag_pressure", "Pressure part", "The share of $C_D$ that the pressure on the wall makes."),
    ("drag_friction", "Friction part", "The share of $C_D$ that the shear stress on the wall makes."),
)
LIFT = ("lift_coefficient", "Lift $C_L$", "Force across the stream, positive upwards. Below, lift over drag, error.")
UNCHECKED = {
    CorrectionOutcome.NOT_ARRIVED: "ask the solver",
    CorrectionOutcome.INACCURATE: "grid too coarse: ask the solver",
    CorrectionOutcome.NO_BETTER: "the network's is as good",
}


def design_numbers(design: DesignState, known: Known) -> Iterator[Metric]:
    """Forces, confidence, and the checked drag, one after the other, because the confidence takes milliseconds.

    A body of revolution has no lift, but a wetted area and a diameter.
    """
    body = design.present.body
    words = COEFFICIENTS[Held.by(body)]
    yield _drag(design, known, words)
    for part in PARTS if body.revolution else (*PARTS, LIFT):
        yield _part(known, *part, words)
    if body.revolution:
        yield from _sizes(body)[: 1 if known.predicted is not None else 2]
    if known.predicted is not None or not body.revolution:
        yield _confidence(known.predicted)
    yield _checked(known)


def _drag(design: DesignState, known: Known, words: str) -> Metric:
    return Metric(
        "Drag $C_D$",
        value_or_dash(None if known.answer is None else known.answer.drag_coefficient),
        _against_start(design, known),
        f"Force along the stream: pressure part plus friction part. {words} Below, compared with the body "
        "as it was opened, at these conditions.",
    )


def _against_start(design: DesignState, known: Known) -> str:
    """The drag compared with that of the body as it was opened, both by the surrogate or by the solver."""
    if design.present.body.fit_warning:
        return f"fit off by {design.present.fit_error:.1%} of d"
    before = known.solved_before if known.predicted is None else known.before
    if known.answer is None or before is None:
        return "by the solver"
    if design.opened.coefficients == design.present.coefficients:
        return "the body as opened"
    return f"{apart(known.answer.drag_coefficient, before.drag_coefficient)} to the start"


def _sizes(body: Body) -> tuple[Metric, Metric]:
    """The numbers of a body of revolution in its own unit; the first one's definition has them all."""
    unit = f"In the body's own unit of length, in which d is {body.reference_length:.4g}."
    diameter, length = f"{body.diameter:.4g}", f"{body.length:.4g}"
    return (
        Metric(
            "Wetted area",
            f"{body.wetted_area:.4g}",
            f"volume V {body.volume:.4g}",
            "Area of the surface. Below, the volume, π d³ / 6, which every change of shape keeps. The greatest "
            f"diameter is {diameter}, the length {length}. {unit}",
        ),
        Metric(
            "Greatest diameter",
            diameter,
            f"length {length}",
            f"Twice the greatest radius. Below, the length along the axis. {unit}",
        ),
    )


def _part(known: Known, name: str, label: str, definition: str, words: str) -> Metric:
    mine, true = (None if answer is None else getattr(answer, name) for answer in (known.predicted, known.solved))
    shown = known.predicted or (known.solved_before and known.solved)
    note = "by the solver" if shown is None else _share(shown, name)
    if mine is not None and true is not None:
        note = f"solver {coefficient(true)}"
    return Metric(label, value_or_dash(true if mine is None else mine), note, f"{definition} {words}")


def _share(answer: FlowPrediction | Answer, name: str) -> str:
    if name == "lift_coefficient" and not isinstance(answer, Answer):
        over_drag, limit = ratio(answer.lift_coefficient, answer.drag_coefficient), answer.lift_bound
        return f"lift over drag {over_drag}" if limit == 0.0 else f"L/D {over_drag}, {absolute_bound(limit)}"
    return f"{percent(getattr(answer, name), answer.drag_coefficient)} of the drag"


def _confidence(predicted: FlowPrediction | None) -> Metric:
    note = "no surrogate in use"
    if predicted is not None:
        limit = predicted.drag_bound
        note = bound(None if limit is None else quotient(limit, abs(predicted.drag_coefficient)))
    return Metric(
        "Confidence",
        "–" if predicted is None else confidence(predicted.confidence),
        note,
        "95 of 100 bodies outside the training set, in each part of the space, keep the bound on the error of $C_D$; "
        "it comes from the distance to the training and from how well the predicted flow fits the equations. The "
        "confidence is 1 where it is at most 1 %, 0.5 where 2 %, and 0 outside the trained range, where there is no "
        f"bound. Ask the solver where it is not high. {'' if predicted is None else predicted.outside}".rstrip(),
    )


def _checked(known: Known) -> Metric:
    """The best drag beside the network's: the solver's, else that of the state inverse."""
    return Metric(
        "Checked $C_D$",
        *_checked_value(known),
        "The drag of the refined flow ± a bound on its error: the state inverse moves the network's flow onto the "
        "equations in about a second. There is none where that error is large, or above the bound of the network's "
        "drag. Once the solver has solved the flow, its drag ± its estimated error instead.",
    )


def _checked_value(known: Known) -> tuple[str, str]:
    """The value, and the note about its source."""
    solved, predicted = known.solved, known.predicted
    if solved is not None:
        value = with_error(solved.drag_coefficient, solved.drag_error)
        if predicted is None:
            return value, "by the solver"
        return value, f"solver; surrogate {apart(predicted.drag_coefficient, solved.drag_coefficient)}"
    if known.refined is None:
        return ("…", "being refined") if known.awaited else ("–", "ask the solver")
    correction = known.refined.correction
    if correction.answered:
        return with_error(correction.drag_coefficient, correction.drag_bound), "by the state inverse"
    return "–", UNCHECKED[correction.outcome]

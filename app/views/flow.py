"""The view of one body: forces, flow field and wall pressure, from the surrogate and, when asked, from the solver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import streamlit as st

from fusiform.app.jobs import Answer
from fusiform.app.pictures import closed_outline, outline_at_incidence, window_around
from fusiform.app.plots import (
    ACCENT,
    FLOW_HEIGHT,
    INK,
    WALL_QUANTITIES,
    WallCurve,
    flow_figure,
    outlines_figure,
    wall_figure,
)
from fusiform.app.report import FIT_WARNING
from fusiform.app.views import answers, work
from fusiform.app.views.controls import SURROGATE, Inputs
from fusiform.app.views.metrics import CONVENTION, metric, metric_row
from fusiform.app.views.words import apart, coefficient, confidence, sentence, value_or_dash, with_error
from fusiform.solvers import Body, InputError
from fusiform.solvers.flow.fields import FlowField

if TYPE_CHECKING:
    from fusiform.surrogates import Prediction

SINGLE_ASPECT, DOUBLE_ASPECT = 2.5, 1.2
PLOT_CONFIG = {"displayModeBar": False}
METRICS = (
    (
        "drag_coefficient",
        "Drag $C_D$",
        "Force along the stream: pressure part plus friction part. ±: the solver's estimate of its own error.",
    ),
    ("drag_pressure", "Pressure part", "The share of $C_D$ that the pressure on the wall makes."),
    ("drag_friction", "Friction part", "The share of $C_D$ that the shear stress on the wall makes."),
    ("lift_coefficient", "Lift $C_L$", "Force across the stream, positive upwards."),
)


class Forces(Protocol):
    """What a prediction and a solver's answer have in common."""

    @property
    def drag_coefficient(self) -> float: ...

    @property
    def field(self) -> FlowField: ...


def show(inputs: Inputs, quantity: str, streamlines: bool) -> None:
    """Draw the view."""
    if inputs.body is None:
        st.info("Choose a body at the left.")
        return
    predicted = _prediction(inputs, inputs.body)
    solved = work.solver_answer(inputs)
    _metrics(predicted, solved)
    if solved is not None:
        doubts("Solver", solved)
    _fit_note(inputs.body, predicted)
    shown: list[tuple[str, str, Forces]] = []
    if predicted is not None:
        shown.append(("Surrogate", INK, predicted))
    if solved is not None:
        shown.append(("Solver", ACCENT, solved))
    if not shown:
        outline = outline_at_incidence(inputs.body.coefficients, inputs.conditions.alpha_deg)
        figure = outlines_figure([(inputs.body.name, outline)], FLOW_HEIGHT)
        st.plotly_chart(figure, key="outline", config=PLOT_CONFIG, alt="Outline of the body")
        st.caption("Press Solve to see the flow.")
        return
    _flow(shown, quantity, streamlines)
    _what_happens(shown[-1][0], shown[-1][2].field)
    _walls([answers.wall_curve(name, answer.field, colour) for name, colour, answer in shown])


def _prediction(inputs: Inputs, body: Body) -> Prediction | None:
    if inputs.model != SURROGATE:
        return None
    try:
        return answers.prediction(inputs.folder, body, inputs.conditions)
    except InputError as error:
        st.error(sentence(str(error)))
        return None


def _metrics(predicted: Prediction | None, solved: Answer | None) -> None:
    with metric_row():
        for name, label, definition in METRICS:
            mine = None if predicted is None else getattr(predicted, name)
            true = None if solved is None else getattr(solved, name)
            shown = true if mine is None else mine
            note = _drag_note(solved) if name == "drag_coefficient" else _solver_note(mine, true)
            metric(label, value_or_dash(shown), note, f"{definition} {CONVENTION}")
        off = None
        if predicted is not None and solved is not None:
            off = f"drag off by {apart(predicted.drag_coefficient, solved.drag_coefficient)}"
        metric(
            "Confidence",
            "–" if predicted is None else confidence(predicted.confidence),
            off,
            "How near the surrogate's training came to this body and these conditions: 1 is as near as usual, 0 is "
            "outside its range of Re. Press Solve to check: the note is the distance of its drag from the solver's.",
        )


def _drag_note(solved: Answer | None) -> str:
    if solved is None:
        return "solver: press Solve"
    return f"solver {with_error(solved.drag_coefficient, solved.drag_error)}"


def _solver_note(mine: float | None, true: float | None) -> str | None:
    if true is None:
        return None
    return "by the solver" if mine is None else f"solver {coefficient(true)}"


def doubts(name: str, answer: Answer) -> None:
    """What a solver's answer lacks, if anything."""
    if not (answer.converged and answer.accurate):
        st.warning(f"{name}: {answer.status}")


def _fit_note(body: Body, predicted: Prediction | None) -> None:
    seen = ""
    if predicted is not None:
        seen = f"; the surrogate sees {predicted.body.fit_error:.2%} with {predicted.body.modes}"
        if predicted.body.fit_error > FIT_WARNING:
            seen = f":orange[{seen}, which is another body than the solver's]"
    st.caption(
        f"{body.name}: fineness {body.fineness:.3g}, d = {body.reference_length:.4g}. "
        f"Fit error {body.fit_error:.2%} of d with {body.modes} modes{seen}.",
        help="Fit error: the largest distance between the given outline and the body that is computed (Hausdorff "
        "distance), over d. Bodies are described by modes of a conformal map; sharp corners need many.",
    )


def _flow(shown: list[tuple[str, str, Forces]], quantity: str, streamlines: bool) -> None:
    aspect = SINGLE_ASPECT if len(shown) == 1 else DOUBLE_ASPECT
    window = window_around([closed_outline(answer.field.coefficients) for _, _, answer in shown], aspect)
    panels = [(name, answers.picture(answer.field, window)) for name, _, answer in shown]
    figure = flow_figure(panels, quantity, streamlines=streamlines)
    st.plotly_chart(figure, key="flow", config=PLOT_CONFIG, alt=f"Flow field: {quantity}")


def _what_happens(name: str, field: FlowField) -> None:
    """Pressures at both ends, where the flow separates, and its wake."""
    found = answers.analysis(field)
    points = ", ".join(f"({p.position.real:.2f}, {p.position.imag + 0.0:.2f})" for p in found.separation)
    length = found.recirculation_length
    st.caption(
        f"{name}: $C_p$ {coefficient(found.front.pressure_coefficient)} at the front stagnation point, "
        f"{coefficient(found.rear.pressure_coefficient)} at the base. The flow leaves the wall at {points}; "
        + (f"behind the body it recirculates over {length:.2f} d." if length else "no recirculation behind the body."),
        help="$C_p$ = (p − p∞) / (½ ρ U²). Base: the rearmost point; the recirculation is measured from there. Points "
        "are x/d, y/d, circles on the curves; a flow that stays attached leaves the wall at the rear alone.",
    )


def _walls(curves: list[WallCurve]) -> None:
    """Pressure and shear stress along the wall, side by side."""
    for column, quantity in zip(st.columns(2, gap="medium"), WALL_QUANTITIES, strict=True):
        figure = wall_figure(curves, quantity)
        column.plotly_chart(figure, key=quantity, config=PLOT_CONFIG, alt=WALL_QUANTITIES[quantity].label)

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
from fusiform.app.views.words import apart, coefficient, confidence, sentence, value_or_dash
from fusiform.solvers import Body, InputError
from fusiform.solvers.flow.fields import FlowField

if TYPE_CHECKING:
    from fusiform.surrogates import Prediction

SINGLE_ASPECT, DOUBLE_ASPECT = 2.5, 1.2
PLOT_CONFIG = {"displayModeBar": False}
METRICS = (
    ("drag_coefficient", "Drag $C_D$", "Force along the stream: pressure part plus friction part."),
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
    _walls([WallCurve(name, answer.field, colour) for name, colour, answer in shown])


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
            metric(label, value_or_dash(shown), _solver_note(name, mine, true), f"{definition} {CONVENTION}")
        metric(
            "Confidence",
            "–" if predicted is None else confidence(predicted.confidence),
            None,
            "How near the surrogate's training came to this body and these conditions: 1 is as near as usual, 0 is "
            "outside its range of Re. Press Solve to check.",
        )


def _solver_note(name: str, mine: float | None, true: float | None) -> str | None:
    """The solver's value, and for the drag how far the surrogate's is from it."""
    if true is None:
        return "solver: press Solve" if name == "drag_coefficient" else None
    if mine is None:
        return "by the solver"
    return f"solver {coefficient(true)}" + (f" ({apart(mine, true)})" if name == "drag_coefficient" else "")


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


def _walls(curves: list[WallCurve]) -> None:
    """Pressure and shear stress along the wall, side by side."""
    for column, quantity in zip(st.columns(2, gap="medium"), WALL_QUANTITIES, strict=True):
        figure = wall_figure(curves, quantity)
        column.plotly_chart(figure, key=quantity, config=PLOT_CONFIG, alt=WALL_QUANTITIES[quantity].label)

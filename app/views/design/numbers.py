"""The row of numbers over the drawing: forces, how far to trust them, and what can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from fusiform.app.background.refinement import Refined
from fusiform.app.state.kept_results import Answer
from fusiform.app.views.design.controls import Inputs
from fusiform.app.views.shared import answers, session, work
from fusiform.app.views.shared.metrics import CONVENTION, doubts, metric
from fusiform.app.views.shared.session import SURROGATE
from fusiform.app.views.shared.words import apart, bound, coefficient, confidence, value_or_dash, with_error

if TYPE_CHECKING:
    from fusiform.surrogates import Prediction

PARTS = (
    ("drag_pressure", "Pressure part", "The share of $C_D$ that the pressure on the wall makes."),
    ("drag_friction", "Friction part", "The share of $C_D$ that the shear stress on the wall makes."),
    ("lift_coefficient", "Lift $C_L$", "Force across the stream, positive upwards."),
)


def show(inputs: Inputs, predicted: Prediction | None, solved: Answer | None, found: Refined | None) -> None:
    """Forces and confidence at the left, what can be asked for at the right."""
    shown = solved if predicted is None else predicted
    with st.container(key="numbers"):
        with st.container(key="forces"):
            metric(
                "Drag $C_D$",
                value_or_dash(None if shown is None else shown.drag_coefficient),
                _against_start(inputs, shown),
                f"Force along the stream: pressure part plus friction part. {CONVENTION} Below, compared with the body "
                "as it was opened, at these conditions.",
            )
            for name, label, definition in PARTS:
                mine, true = (None if answer is None else getattr(answer, name) for answer in (predicted, solved))
                note = "by the solver" if mine is None else _share(predicted, name)
                if mine is not None and true is not None:
                    note = f"solver {coefficient(true)}"
                metric(label, value_or_dash(true if mine is None else mine), note, f"{definition} {CONVENTION}")
            _trust(predicted)
            _checked(predicted, solved, found)
        with st.container(key="actions"):
            work.solve_button()
            work.optimise_button()
    if solved is not None:
        doubts("Solver", solved)


def _share(predicted: Prediction | None, name: str) -> str:
    assert predicted is not None
    if name == "lift_coefficient":
        return f"lift over drag {predicted.lift_coefficient / predicted.drag_coefficient:.2f}".replace("-", "−")
    return f"{100.0 * getattr(predicted, name) / predicted.drag_coefficient:.0f} % of the drag"


def _against_start(inputs: Inputs, shown: Prediction | Answer | None) -> str:
    """The drag compared with that of the body as it was opened, by the surrogate."""
    if inputs.model != SURROGATE or shown is None:
        return "by the solver"
    start = session.opened()
    if start.coefficients == session.present().coefficients:
        return "the body as opened"
    before = answers.prediction(inputs.folder, answers.body_of(start), inputs.conditions).drag_coefficient
    return f"{apart(shown.drag_coefficient, before)} to the start"


def _trust(predicted: Prediction | None) -> None:
    note = "no surrogate asked"
    if predicted is not None:
        note = bound(predicted.confidence, predicted.drag_bound / abs(predicted.drag_coefficient))
    metric(
        "Confidence",
        "–" if predicted is None else confidence(predicted.confidence),
        note,
        "95 of 100 bodies that the surrogate has never seen keep the bound on the error of $C_D$; it comes from the "
        "distance to the training and from how well the predicted flow fits the equations. The confidence is 1 where "
        "it is at most 1 %, 0.5 where 2 %, and 0 outside the surrogate's range of Re. Ask the solver where it is not "
        "high.",
    )


def _checked(predicted: Prediction | None, solved: Answer | None, found: Refined | None) -> None:
    """The best number there is beside the network's: the solver's, else that of the state inverse."""
    value, note = "…", "ask the solver" if predicted is None else "being refined"
    if solved is not None:
        value = with_error(solved.drag_coefficient, solved.drag_error)
        note = "by the solver"
        if predicted is not None:
            note = f"solver; surrogate {apart(predicted.drag_coefficient, solved.drag_coefficient)}"
    elif found is not None and found.correction.arrived:
        value, note = coefficient(found.correction.drag_coefficient), "by the state inverse"
    elif found is not None:
        value, note = "–", "ask the solver"
    metric(
        "Checked $C_D$",
        value,
        note,
        "The drag of the refined flow: the state inverse moves the network's flow onto the equations in a fraction of "
        "a second. When the solver was asked, its drag ± its estimate of its own error instead.",
    )

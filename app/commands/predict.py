"""`fusiform predict`: the surrogate's answer for a body."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fusiform.app.commands.arguments import (
    Alpha,
    At,
    Axis,
    BodyArgument,
    Json,
    MaxFitError,
    Modes,
    Part,
    Revolution,
    Reynolds,
    a_path,
)
from fusiform.app.commands.printed_result import print_result, source_note
from fusiform.app.results.definitions import CONFIDENCE_WARNING
from fusiform.app.terminal.streams import say
from fusiform.solvers import FlowConditions
from fusiform.solvers.geometry.limits import DEFAULT_MODES, LARGEST_FIT_ERROR
from fusiform.surrogates.model.model_folder import read_configuration

if TYPE_CHECKING:
    from fusiform.surrogates import Correction


def predict(
    body: BodyArgument,
    reynolds: Reynolds,
    alpha_deg: Alpha = 0.0,
    revolution: Revolution = False,
    part: Part = None,
    axis: Axis = "z",
    at: At = None,
    model: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Folder of a trained model.", parser=a_path)
    ] = None,
    correct: Annotated[
        bool, typer.Option("--correct", help="Also correct the forces by the state inverse (about a second).")
    ] = False,
    modes: Modes = DEFAULT_MODES,
    max_fit_error: MaxFitError = LARGEST_FIT_ERROR,
    as_json: Json = False,
) -> None:
    """Predict drag and lift of BODY with the surrogate."""
    conditions = FlowConditions(reynolds, alpha_deg)
    if model is not None:
        read_configuration(model)
    from fusiform.solvers import load_body

    shape = load_body(
        body, modes=modes, max_fit_error=max_fit_error, part=part, axis=axis, at=at, revolution=revolution
    )
    from fusiform.surrogates import load_surrogate

    prediction = load_surrogate(model, revolution=shape.revolution).evaluate(shape, conditions)
    shape, summary = prediction.body, prediction.summary()
    numbers, notes = {"body": shape.name, **summary}, [summary["status"], *source_note(shape)]
    if correct:
        numbers |= _correction(prediction.correction)
        notes.append(prediction.correction.status)
    print_result(f"Predicted flow past {shape.name}", numbers, as_json, notes, shape)
    if correct and not prediction.correction.answered:
        say(f"warning: {prediction.correction.status}")
    if prediction.outside:
        say(f"warning: {prediction.outside}")
    elif prediction.network_confidence < CONFIDENCE_WARNING:
        say(f"warning: far from what the surrogate has learnt (confidence {prediction.confidence:.2f}).")


def _correction(correction: Correction) -> dict[str, Any]:
    """The forces after the state inverse with bounds on their errors; None for all where they are no answer."""
    names = ("drag_coefficient", "drag_bound", "lift_coefficient", "lift_bound")
    return {
        **{f"corrected_{name}": getattr(correction, name) if correction.answered else None for name in names},
        "correction_status": correction.status,
        "flow_residual": correction.residual,
        "corrected_flow_residual": correction.residual_after,
    }

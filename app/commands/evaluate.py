"""`fusiform evaluate`: the errors of trained models on held-out cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fusiform.app.commands.arguments import DATA_FOLDER, Data, Json, ModelFolder, a_path
from fusiform.app.commands.printed_result import print_models
from fusiform.surrogates.data.dataset_folder import HELDOUT, require_cases
from fusiform.surrogates.model.card_values import require_finished
from fusiform.surrogates.model.model_folder import read_configuration


def evaluate(
    model: ModelFolder,
    data: Data = DATA_FOLDER,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="MODEL", help="Another model to compare with; repeatable.", parser=a_path),
    ] = None,
    card: Annotated[
        bool, typer.Option("--card", help="Store the errors with the model, and write its card, README.md.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure the errors of MODEL on held-out cases that it was not trained on."""
    for folder in (model, *(against or [])):
        require_finished(read_configuration(folder).card, str(folder))
    require_cases(data, HELDOUT)
    from fusiform.surrogates import load_surrogate
    from fusiform.surrogates.quality.measure_model import evaluate_model
    from fusiform.surrogates.quality.model_card import write_card

    loaded = [load_surrogate(path) for path in (model, *(against or []))]
    measured = [surrogate.with_card(**evaluate_model(surrogate, data)) for surrogate in loaded]
    print_models(measured, as_json)
    if card:
        measured[0].save(model)
        typer.echo(f"wrote {write_card(model, measured[0], measured[1:])}", err=True)

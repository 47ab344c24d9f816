"""`fusiform calibrate`: the bound on a model's error, fitted to solved cases."""

from __future__ import annotations

from typing import Any

import typer

from fusiform.app.commands.arguments import DATA_FOLDER, Data, Json, ModelFolder
from fusiform.app.commands.printed_result import print_json
from fusiform.surrogates.data.dataset_folder import HELDOUT, WIDE, require_cases
from fusiform.surrogates.model.model_folder import read_configuration


def calibrate(model: ModelFolder, data: Data = DATA_FOLDER, as_json: Json = False) -> None:
    """Fit the bound on MODEL's drag error anew to solved cases, as training does at its end, and store it."""
    read_configuration(model)
    require_cases(data, HELDOUT, WIDE)
    from fusiform.surrogates import load_surrogate
    from fusiform.surrogates.quality.measure_model import calibrate_model

    fitted = calibrate_model(load_surrogate(model), data)
    _print_shares(fitted.card["calibration"], as_json)
    fitted.save(model)


def _print_shares(shares: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(shares)
        return
    for where, share in shares.items():
        typer.echo(
            f"{share['covered']:.1%} of {share['bodies']} bodies {where} the training space keep a bound that was "
            "fitted to the other half of them."
        )

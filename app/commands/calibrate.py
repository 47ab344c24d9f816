"""`fusiform calibrate`: the bounds on a model's errors, fitted to solved cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from fusiform.app.commands.arguments import DATA_FOLDER, Data, Json, ModelFolder
from fusiform.app.commands.printed_result import make_console, print_json
from fusiform.surrogates.data.dataset_folder import CALIBRATION, require_cases
from fusiform.surrogates.model.model_folder import read_configuration

if TYPE_CHECKING:
    from fusiform.surrogates import Surrogate


def calibrate(model: ModelFolder, data: Data = DATA_FOLDER, as_json: Json = False) -> None:
    """Fit the bounds on MODEL's errors anew to the calibration cases, as training does at its end, and store them."""
    read_configuration(model)
    require_cases(data, CALIBRATION)
    from fusiform.surrogates import load_surrogate
    from fusiform.surrogates.quality.measure_model import calibrate_model

    fitted = calibrate_model(load_surrogate(model), data)
    _print_shares(fitted, as_json)
    fitted.save(model)


def _print_shares(fitted: Surrogate, as_json: bool) -> None:
    counted = fitted.card["calibration"]
    if as_json:
        print_json(counted)
        return
    from fusiform.surrogates.quality.model_card import KindWords, coverage_table

    header, *rows = coverage_table(counted, fitted.revolution)
    table = Table(*header, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    make_console().print(table)
    kept = KindWords.of(fitted).kept.format(**counted)
    typer.echo(
        f"{kept} of {counted['bodies']} bodies keep bounds that were fitted without their tenth; {counted['outside']} "
        "more are outside the trained range."
    )

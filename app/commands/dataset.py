"""`fusiform dataset`: the solved cases of a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fusiform.app.commands.arguments import DATA_FOLDER, WORKERS, Json, RecipeFile, Workers, a_path, check_recipe
from fusiform.app.commands.printed_result import make_console, print_json
from fusiform.app.commands.progress import show_stages
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import folder_held
from fusiform.surrogates.data.dataset_folder import DATA_SETS


def dataset(
    recipe: RecipeFile,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for the cases.", parser=a_path)
    ] = DATA_FOLDER,
    only: Annotated[str | None, typer.Option(metavar="|".join(DATA_SETS), help="Make this set of cases alone.")] = None,
    workers: Workers = WORKERS,
    as_json: Json = False,
) -> None:
    """Solve the cases of CONFIG.toml, to train, to test and to calibrate; run it again to continue where it stopped."""
    require(
        only is None or only in DATA_SETS,
        f"expected {', '.join(DATA_SETS)} for --only, got {only!r}; choose one of them, or leave it out",
    )
    check_recipe(recipe)
    from fusiform.surrogates.flow_training.recipe import load_recipe

    settings = load_recipe(recipe)
    from fusiform.surrogates.flow_training.cases import make_data

    with folder_held(out), show_stages(make_console(stderr=True)) as report:
        failures = make_data(settings, out, workers, report, DATA_SETS if only is None else (only,))
    if as_json:
        print_json({"folder": str(out), "failures": failures})
        return
    for name, cases in failures.items():
        typer.echo(f"{name} cases are in {out / name}.")
        for index, reason in cases:
            typer.echo(f"{name} case {index} has no flow: {reason}.")

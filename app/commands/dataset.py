"""`fusiform dataset`: the solved cases of a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fusiform.app.commands.arguments import DATA_FOLDER, WORKERS, Json, RecipeFile, Workers, a_path, check_recipe
from fusiform.app.commands.printed_result import make_console, print_json
from fusiform.app.commands.progress import show_stages
from fusiform.solvers.common.files import folder_held


def dataset(
    recipe: RecipeFile,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for the cases.", parser=a_path)
    ] = DATA_FOLDER,
    workers: Workers = WORKERS,
    as_json: Json = False,
) -> None:
    """Solve the training and held-out cases of CONFIG.toml; run it again to continue where it stopped."""
    check_recipe(recipe)
    from fusiform.surrogates.flow_training.recipe import load_recipe

    settings = load_recipe(recipe)
    from fusiform.surrogates.flow_training.cases import make_data

    with folder_held(out), show_stages(make_console(stderr=True)) as report:
        failures = make_data(settings, out, workers, report)
    if as_json:
        print_json({"folder": str(out), "failures": failures})
        return
    typer.echo(f"{settings.dataset.count} training and {settings.heldout.count} held-out cases in {out}.")
    for name, cases in failures.items():
        for index, reason in cases:
            typer.echo(f"{name} case {index} has no flow: {reason}.")

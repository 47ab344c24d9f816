"""`fusiform train`: a surrogate by a recipe."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from fusiform.app.commands.arguments import DATA_FOLDER, WORKERS, Data, Json, RecipeFile, Workers, a_path, check_recipe
from fusiform.app.commands.printed_result import make_console, print_models
from fusiform.app.commands.progress import show_stages
from fusiform.solvers.common.files import folder_held
from fusiform.surrogates.data.dataset_folder import DATA_SETS, require_cases
from fusiform.surrogates.flow_training.method_names import METHODS, require_method


def train(
    recipe: RecipeFile,
    data: Data = DATA_FOLDER,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the model.", parser=a_path)] = Path(
        "runs/model"
    ),
    method: Annotated[
        str | None, typer.Option(metavar="|".join(METHODS), help="Training method in place of the recipe's.")
    ] = None,
    workers: Workers = WORKERS,
    tensorboard: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write the metrics for TensorBoard.", parser=a_path)
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a surrogate by CONFIG.toml; run it again to continue where it stopped.

    On several GPUs: torchrun --nproc-per-node N -m fusiform.app train CONFIG.toml
    """
    from dataclasses import replace

    check_recipe(recipe)
    if method is not None:
        require_method(method)
    from fusiform.surrogates.flow_training.recipe import load_recipe

    settings = load_recipe(recipe)
    if method is not None:
        settings = replace(settings, training=replace(settings.training, method=method))
    require_cases(data, *DATA_SETS)
    from fusiform.surrogates.flow_training.train_model import train as train_model
    from fusiform.surrogates.training.loop import parallel

    with parallel.process_group():
        first = parallel.rank() == 0
        with folder_held(out) if first else nullcontext(), show_stages(make_console(stderr=True)) as report:
            surrogate = train_model(settings, data, out, workers, report, tensorboard)
        if first:
            print_models([surrogate], as_json)

"""Training a model by its recipe. The command line is a thin layer over this."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fusiform.solvers.common.batches import select
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import make_folder, write_json
from fusiform.solvers.common.provenance import versions
from fusiform.solvers.common.tables import read_json
from fusiform.surrogates.data.dataset import Dataset, load_dataset
from fusiform.surrogates.data.dataset_folder import CALIBRATION, HELDOUT
from fusiform.surrogates.data.force_cases import load_force_cases
from fusiform.surrogates.flow_training.cases import load_training_cases
from fusiform.surrogates.flow_training.labels import Foundation
from fusiform.surrogates.flow_training.progress import OnProgress, quiet
from fusiform.surrogates.flow_training.recipe import recipe_table
from fusiform.surrogates.flow_training.run import Run
from fusiform.surrogates.flow_training.settings import Recipe
from fusiform.surrogates.flow_training.spent import Spent
from fusiform.surrogates.flow_training.stages import Stage, plan
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.quality.calibration import calibrate
from fusiform.surrogates.quality.evaluation import evaluate
from fusiform.surrogates.training import TrainConfig, one_cycle
from fusiform.surrogates.training import train as run_loop
from fusiform.surrogates.training.loop import parallel

CHECKPOINTS = 40  # of a stage


def train(
    recipe: Recipe,
    data: Path,
    folder: Path,
    workers: int,
    progress: OnProgress = quiet,
    tensorboard: Path | None = None,
) -> Surrogate:
    """Train by the recipe on the data in `data` (see `make_data`) and store the model in `folder`; returns the model.

    Each stage has a folder with checkpoints, so that a killed run can continue, and metrics.jsonl; `tensorboard` is for
    the same numbers. The model's card holds the errors on the held-out cases, the factorisations spent, and the
    provenance. Under `torchrun` the processes train together, and the first makes the targets and writes the files.
    `InputError` if `folder` holds another recipe's run.
    """
    with parallel.process_group():
        return _train(recipe, data, folder, workers, progress if parallel.rank() == 0 else quiet, tensorboard)


def _train(
    recipe: Recipe, data: Path, folder: Path, workers: int, progress: OnProgress, tensorboard: Path | None
) -> Surrogate:
    dataset = load_training_cases(recipe, data)
    test, solved = load_dataset(data / HELDOUT), load_force_cases(data / CALIBRATION)
    with parallel.first_alone():
        _claim(folder, recipe, len(dataset))
    if recipe.training.solves:
        dataset = select(dataset, slice(0, recipe.training.solves))
    foundation = Foundation.of(dataset, recipe.network.basis)
    run = Run(folder, recipe, foundation, test.designs, workers, progress, tensorboard)
    network = foundation.fresh_network(recipe.network, recipe.training.seed)
    labels, spent = foundation.labels, Spent(factorisations=int(dataset.factorisations.sum()))
    for planned in plan(recipe):
        stage = planned.prepare(run, network, labels)
        _fit(run, stage)
        network.float().cpu()
        labels, spent = stage.labels, spent + stage.spent
    surrogate = calibrate(run.surrogate(network, labels.designs, recipe.name), solved)
    surrogate = surrogate.with_card(**_card(recipe, surrogate, dataset, test, spent))
    if parallel.rank() == 0:
        surrogate.save(folder)
    return surrogate


def _fit(run: Run, stage: Stage) -> None:
    """Train the network of `stage`, from its last checkpoint if there is one."""
    config = TrainConfig(
        min(stage.batch, len(stage.data)),
        steps=stage.steps,
        every=max(1, stage.steps // CHECKPOINTS),
        patience=None if stage.validation is None else run.recipe.fit.patience or None,
        seed=run.recipe.training.seed,
        schedule=one_cycle(),
    )
    run_loop(
        stage.network,
        stage.rule,
        stage.physics,
        stage.data,
        config,
        run.folder / stage.name,
        validate=stage.validation,
        progress=lambda step, total, loss, eta: run.progress(stage.name, step, total, f"loss {loss:.3e}"),
        tensorboard=None if run.tensorboard is None else run.tensorboard / stage.name,
    )
    require(
        all(bool(weights.isfinite().all()) for weights in stage.network.state_dict().values()),
        f"expected a training that converges, got weights that are no numbers after the stage {stage.name}; lower its "
        "rate in the recipe and use another folder",
    )


def _card(recipe: Recipe, surrogate: Surrogate, dataset: Dataset, test: Dataset, spent: Spent) -> dict[str, Any]:
    return {
        "recipe": recipe_table(recipe),
        "full_solves": len(dataset),
        "sip_bodies_drawn": spent.drawn,
        "sip_bodies_accepted": spent.accepted,
        "tangent_bodies": spent.with_tangents,
        "factorisations": spent.factorisations,
        "dataset_digest": dataset.digest,
        "heldout_digest": test.digest,
        "heldout": evaluate(surrogate, test),
        "versions": versions(),
    }


def _claim(folder: Path, recipe: Recipe, cases: int) -> None:
    """Record recipe and data set in `folder`: a run cannot continue with another recipe or a larger data set."""
    make_folder(folder)
    path = folder / "recipe.json"
    own = json.loads(json.dumps(recipe_table(recipe) | {"cases": cases}))
    if path.exists():
        remedy = f"delete {str(path)!r} if the folder is of this recipe, or use another folder"
        require(
            read_json(path, "recipe of a run", remedy) == own,
            f"expected an empty folder or one of this recipe and as many cases, got {folder} of "
            "another; choose another with --out",
        )
    write_json(path, own)

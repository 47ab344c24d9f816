"""The solved cases of a recipe: training cases, held-out cases, and the forces to which bounds are fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from fusiform.solvers.common.errors import require
from fusiform.surrogates.data.dataset import Dataset, load_dataset, make_dataset
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.data.dataset_folder import CALIBRATION, DATA_SETS, HELDOUT, TRAIN
from fusiform.surrogates.data.force_cases import make_force_cases
from fusiform.surrogates.flow_training.progress import OnProgress, quiet
from fusiform.surrogates.flow_training.settings import CalibrationConfig, HeldoutConfig, Recipe


def make_data(
    recipe: Recipe,
    folder: Path,
    workers: int,
    progress: OnProgress = quiet,
    names: Sequence[str] = DATA_SETS,
) -> dict[str, list[tuple[int, str]]]:
    """Solve the cases of a recipe, those in `names`: `folder`/heldout, `folder`/calibration and `folder`/train.

    The bounds on the errors of predictions are fitted to the second, whose forces are solved to the accuracy of `fine`,
    see `force_cases`.

    Returns the cases (index, reason) of each that did not converge. Restartable, see `dataset.make_dataset`.
    """
    drawn: dict[str, DatasetConfig | HeldoutConfig | CalibrationConfig]
    drawn = {HELDOUT: recipe.heldout, CALIBRATION: recipe.calibration, TRAIN: recipe.dataset}
    failures = {}
    for name in names:
        config = replace(recipe.dataset, count=drawn[name].count, seed=drawn[name].seed)
        make = make_force_cases if name == CALIBRATION else make_dataset
        failures[name] = make(config, folder / name, workers, partial(_report_cases, progress, name))
    return failures


def _report_cases(progress: OnProgress, name: str, done: int, total: int) -> None:
    progress(f"{name} cases", done, total, "solved")


def load_training_cases(recipe: Recipe, folder: Path) -> Dataset:
    """The training cases in `folder`, see `make_data`; `InputError` if they are not those of `recipe`, or too few."""
    dataset = load_dataset(folder / TRAIN, recipe.dataset.count)
    require(
        dataset.digest == recipe.dataset.digest,
        f"expected the data set of this recipe ({recipe.dataset.digest}), got {folder} ({dataset.digest}); make it "
        "with `fusiform dataset` from the same recipe",
    )
    require(
        len(dataset) >= recipe.training.solves,
        f"expected at least {recipe.training.solves} solved cases in {folder}, got {len(dataset)}; run "
        "`fusiform dataset` to the end",
    )
    return dataset

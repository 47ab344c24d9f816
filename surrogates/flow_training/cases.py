"""The solved cases of a recipe: training cases, held-out cases, and cases of a wider space."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from fusiform.solvers.common.errors import require
from fusiform.surrogates.data.dataset import Dataset, load_dataset, make_dataset
from fusiform.surrogates.data.dataset_folder import HELDOUT, TRAIN, WIDE
from fusiform.surrogates.flow_training.progress import OnProgress, quiet
from fusiform.surrogates.flow_training.settings import Recipe


def make_data(
    recipe: Recipe, folder: Path, workers: int, progress: OnProgress = quiet
) -> dict[str, list[tuple[int, str]]]:
    """Solve the cases of a recipe: `folder`/train, `folder`/heldout, and `folder`/wide, half as many as are held out.

    The last are of a wider space; the bound on a prediction's error is fitted to them.

    Returns the cases (index, reason) of each that did not converge. Restartable, see `dataset.make_dataset`.
    """
    heldout = replace(recipe.dataset, count=recipe.heldout.count, seed=recipe.heldout.seed)
    wide = replace(heldout, count=(heldout.count + 1) // 2, space=heldout.space.widened())
    return {
        name: make_dataset(config, folder / name, workers, partial(_report_cases, progress, name))
        for name, config in ((HELDOUT, heldout), (WIDE, wide), (TRAIN, recipe.dataset))
    }


def _report_cases(progress: OnProgress, name: str, done: int, total: int) -> None:
    progress(f"{name} cases", done, total, "solved")


def load_training_cases(recipe: Recipe, folder: Path) -> Dataset:
    """All training cases in `folder`, see `make_data`; `InputError` if they are not those of `recipe`, or too few."""
    dataset = load_dataset(folder / TRAIN)
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

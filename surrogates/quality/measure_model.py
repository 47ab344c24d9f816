"""Measuring a trained model anew on the cases of a folder: its errors, and the bound on them."""

from __future__ import annotations

from pathlib import Path

from fusiform.solvers.common.errors import require
from fusiform.surrogates.data.dataset import Dataset, load_dataset
from fusiform.surrogates.data.dataset_folder import CALIBRATION, HELDOUT
from fusiform.surrogates.data.force_cases import load_force_cases
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.quality.calibration import calibrate
from fusiform.surrogates.quality.evaluation import evaluate


def evaluate_model(surrogate: Surrogate, data: Path) -> dict[str, object]:
    """Errors of a model on the held-out cases in `data` (see `make_data`), as entries of its card."""
    test = _load_test_cases(surrogate, data, HELDOUT)
    return {"heldout": evaluate(surrogate, test), "heldout_digest": test.digest}


def calibrate_model(surrogate: Surrogate, data: Path) -> Surrogate:
    """The model with the bounds on its errors fitted anew to the calibration cases in `data`."""
    cases = load_force_cases(data / CALIBRATION)
    modes = cases.designs.coefficients.shape[1]
    require(
        modes == surrogate.modes and cases.revolution == surrogate.revolution,
        f"expected calibration cases with {surrogate.modes} modes of the model's kind of bodies, got {modes} of "
        f"{'bodies of revolution' if cases.revolution else 'plane bodies'}; choose the data that belongs to the model",
    )
    return calibrate(surrogate, cases)


def _load_test_cases(surrogate: Surrogate, folder: Path, name: str) -> Dataset:
    """The cases `name` in `folder`, to test `surrogate` on; `InputError` if it was trained on them or cannot be."""
    test = load_dataset(folder / name)
    require(
        test.resolution == surrogate.basis.resolution
        and test.designs.coefficients.shape[1] == surrogate.modes
        and test.revolution == surrogate.revolution,
        f"expected held-out cases with {surrogate.modes} modes on the model's {surrogate.basis.resolution}, got "
        f"{test.designs.coefficients.shape[1]} on {test.resolution}; choose the data that belongs to the model",
    )
    require(
        test.digest != surrogate.card.get("dataset_digest"),
        "expected held-out cases, got the data set that the model was trained on; choose another folder",
    )
    return test

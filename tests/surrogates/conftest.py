"""The shipped surrogate, and the solved cases of a small recipe."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from small_training import small_recipe

from fusiform.surrogates import Surrogate, load_surrogate
from fusiform.surrogates.flow_training.cases import make_data


@pytest.fixture(scope="session")
def surrogate() -> Surrogate:
    return load_surrogate()


@pytest.fixture(scope="session")
def small_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Solved once for all test processes; each has a copy of its own."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "small.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        failures = make_data(small_recipe(folder), folder / "small-cases", workers=1)
    assert failures == {"heldout": [], "calibration": [], "train": []}
    own = tmp_path_factory.mktemp("small-training") / "cases"
    shutil.copytree(folder / "small-cases", own)
    return own

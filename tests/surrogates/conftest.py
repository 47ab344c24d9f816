"""The shipped surrogate and the solved cases of a small recipe, made once for all tests of a process."""

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
    folder = tmp_path_factory.mktemp("small-training")
    failures = make_data(small_recipe(folder), folder / "cases", workers=2)
    assert failures == {"train": [], "heldout": [], "wide": []}
    return folder / "cases"

"""The shipped surrogate, loaded once."""

import pytest

from fusiform.surrogates import Surrogate, load_surrogate


@pytest.fixture(scope="session")
def surrogate() -> Surrogate:
    return load_surrogate()

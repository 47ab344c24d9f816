"""The shipped surrogate, loaded once for all tests of a process; no test changes it."""

import pytest

from fusiform.surrogates import Surrogate, load_surrogate


@pytest.fixture(scope="session")
def surrogate() -> Surrogate:
    return load_surrogate()

"""The page for the tests of the app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_page import PAGE, SECONDS


@pytest.fixture
def page() -> Iterator[AppTest]:
    """The page after its first run, on the coarse grid; jobs are ended with the test."""
    at = AppTest.from_file(PAGE, default_timeout=SECONDS).run()
    at.selectbox("grid").set_value("coarse")
    yield at
    job = at.session_state["session"].job
    if job is not None:
        job.stop()
        assert job.wait(SECONDS)

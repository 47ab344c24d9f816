"""The page through its web socket: what a pull draws, requests that arrive late, many sessions at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_client import PageClient

from fusiform.app.frames.shared import formatting
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry.displacement.normal_displacement import pulled
from fusiform.surrogates import load_surrogate

SESSIONS = Path(__file__).parents[2] / "benchmarks" / "app_sessions.py"


@pytest.fixture
def page(address: str) -> Iterator[PageClient]:
    """A session whose first flow is refined."""
    client = PageClient(address)
    client.wait(lambda: client.drawing() and not client.drawing()["awaited"], "the refined flow")
    client.rest(0.5)
    yield client
    assert client.complaints == []
    client.close()


def test_a_pull_draws_numbers_and_drawing_and_the_rest_follows(page: PageClient) -> None:
    before = {path: (shown.run, shown.fragment) for path, shown in page.shown.items()}
    body = pulled(load_body("circle"), 0.0, 0.1)
    expected = formatting.coefficient(load_surrogate().evaluate(body, FlowConditions(10.0)).drag_coefficient)
    runs = page.runs
    page.event("drawing", "moved", {"index": 0, "dx": 0.1, "dy": 0.0, "version": 0})
    page.wait(lambda: page.runs > runs, "the run of the pull")
    assert page.metric("Drag") == expected
    assert page.drawing()["version"] == 1
    redrawn = {path for path, (run, _) in before.items() if path in page.shown and page.shown[path].run != run}
    assert redrawn
    assert {before[path][1] for path in redrawn} == {page.there("drawing").fragment}
    assert not page.can_press("undo")
    page.wait(lambda: page.can_press("undo"), "the rest of the page")
    page.wait(lambda: "refined by" in page.drawing()["badge"], "the refined flow")


def test_a_request_with_old_values_does_not_take_the_person_back(page: PageClient) -> None:
    """As a timer sends it that fires while the press of Optimise is under way; it may also call for the whole page."""
    old = dict(page.values)
    page.press("optimise")
    page.repeat(old, page.there("drawing").fragment)
    page.wait(lambda: page.metric("Evaluations"), "the running search")
    for _ in range(3):
        runs = page.runs
        page.repeat(old)
        page.wait(lambda runs=runs: page.runs > runs, "the answer")
        assert page.drawing() is None
    page.press("stop")
    page.wait(lambda: page.metric("Optimality"), "the end of the search")


@pytest.mark.slow
def test_sessions_beside_each_other_all_get_their_optimum_and_the_memory_stays() -> None:
    command = [sys.executable, SESSIONS, "--sessions", "4", "--seconds", "60"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

"""The page through its web socket: what a pull draws, requests that arrive late, many sessions at once."""

from __future__ import annotations

import importlib.util
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fusiform.app.views import words
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry.displacement import pulled
from fusiform.surrogates import load_surrogate

BENCHMARKS = Path(__file__).with_name("benchmarks")
SECONDS = 120.0


def script(name: str) -> ModuleType:
    """A module among the benchmarks."""
    specification = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where `fusiform app` serves on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "fusiform.app", "app", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            wait_until_up(url)
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(SECONDS)


def wait_until_up(url: str) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5.0):
                return
        except urllib.error.URLError:
            assert time.monotonic() < end, "the server did not start in time"
            time.sleep(0.1)


@pytest.fixture
def page(address: str) -> Iterator[Any]:
    """A session whose first flow is refined."""
    client = script("page_client").PageClient(address)
    client.wait(lambda: client.drawing() and not client.drawing()["awaited"], "the refined flow")
    client.rest(0.5)
    yield client
    assert client.complaints == []
    client.close()


def test_a_pull_draws_numbers_and_drawing_and_the_rest_follows(page: Any) -> None:
    before = {path: (shown.run, shown.fragment) for path, shown in page.shown.items()}
    body = pulled(load_body("circle"), 0.0, 0.1)
    expected = words.coefficient(load_surrogate().evaluate(body, FlowConditions(10.0)).drag_coefficient)
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


def test_a_request_with_old_values_does_not_take_the_person_back(page: Any) -> None:
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

"""One thread in every test and in what the tests start, since threads that fight for a busy core are ten times slower;
and what several folders of tests share: one server, the solved cases of the tiny recipe."""

import os

os.environ["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS", "1")  # before anything imports torch

import fcntl
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny import RECIPE
from waiting import SECONDS, wait_for


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    """Streamlit's AppTest leaves its script as `__main__`, which processes that a later test spawns would run again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `fusiform app` on a free port of this machine, started in an empty folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "fusiform.app", "app", "--no-browser", "--port", str(port)]
    folder = tmp_path_factory.mktemp("server")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as server:
        try:
            assert server.stdout is not None
            assert url in server.stdout.readline()
            wait_for(lambda: urllib.request.urlopen(f"{url}/_stcore/health", timeout=5.0).read(), "the server")
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(SECONDS)


@pytest.fixture(scope="session")
def tiny_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The solved cases of the tiny recipe, solved once for all test processes: the `data` of its runs, to be copied."""
    from fusiform.surrogates.flow_training.cases import make_data
    from fusiform.surrogates.flow_training.recipe import load_recipe

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    recipe = folder / "tiny.toml"
    with (folder / "tiny.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        recipe.write_text(RECIPE.format(steps=1))
        make_data(load_recipe(recipe), folder / "tiny-data", 1)
    return folder / "tiny-data"

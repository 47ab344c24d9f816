"""The server's training run: one process at a time, started, watched and stopped; no Streamlit.

The process is `training_process`. Its folder (`training_folder`) holds its state, which a reload of the page, or
another server later, reads. The process ends with the server.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fusiform.app.background.recipes import folder_of
from fusiform.app.results.training_folder import ERRORS, RECIPE, STAGE, read_error
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import make_folder
from fusiform.surrogates.flow_training.recipe import load_recipe

PROCESS = "fusiform.app.background.training_process"
KILL_AFTER_SECONDS = 5.0


@dataclass(frozen=True)
class _Started:
    """The process that was started last, its folder, and an event that is set by `stop`."""

    folder: Path
    process: subprocess.Popen[bytes]
    stopped: threading.Event


_lock = threading.Lock()
_last: _Started | None = None


def start(recipe: Path, root: Path, methods: Sequence[str]) -> None:
    """Train by each of `methods`, continuing an earlier run that stopped; `InputError` if a run is under way."""
    global _last
    folder = folder_of(recipe, root)
    require(len(methods) > 0, "expected a method to train by, got none; choose one or more")
    load_recipe(recipe)
    with _lock:
        require(running() is None, "expected no other training on this server, got one more; stop that, or wait for it")
        make_folder(folder)
        if recipe.name != RECIPE:
            shutil.copyfile(recipe, folder / RECIPE)
        (folder / STAGE).unlink(missing_ok=True)
        with (folder / ERRORS).open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", PROCESS, str(folder / RECIPE), str(folder), *methods],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={"OMP_NUM_THREADS": "1", **os.environ},
                start_new_session=True,
            )
        _last = _Started(folder, process, threading.Event())


def running() -> Path | None:
    """The folder of the training that this server runs; None if there is none."""
    return _last.folder if _last is not None and not _has_ended(_last) else None


def _has_ended(started: _Started) -> bool:
    """Returns True once the process has ended, after closing its standard input."""
    if started.process.poll() is None:
        return False
    if started.process.stdin is not None:
        started.process.stdin.close()
    return True


def stop() -> None:
    """End the running training; its checkpoints stay, and `start` continues from them."""
    with _lock:
        if running() is None or _last is None:
            return
        _last.stopped.set()
        group = _last.process.pid
        os.killpg(group, signal.SIGTERM)
        try:
            _last.process.wait(KILL_AFTER_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(group, signal.SIGKILL)
            _last.process.wait()
        _has_ended(_last)


def failure(folder: Path) -> str | None:
    """A sentence with the cause if the training that this server started last is in `folder` and failed, else None."""
    if _last is None or _last.folder != folder or not _has_ended(_last) or _last.stopped.is_set():
        return None
    code = _last.process.returncode
    if code < 0:
        return f"the training was ended by signal {-code}, perhaps because memory ran out; press Go on to continue"
    return (read_error(folder) or f"the training ended with exit code {code}") if code else None

"""The server's training run: one process at a time, started, watched and stopped; no Streamlit.

The process is `training_process`; what it does lies in its folder (`training_folder`), so that a reload of the page, or
another server later, finds it. It ends with the server: see `training_process`.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from fusiform.app.state.training_folder import ERRORS, METHODS, RECIPE, STAGE, read_error
from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import make_folder, write_atomically
from fusiform.surrogates.flow_training.recipe import Recipe, load_recipe

RUNS = Path("runs/app")
PROCESS = "fusiform.app.background.training_process"
SHIPPED = Path(str(files("fusiform.assets").joinpath("recipes")))
FIRST_RECIPE = "demonstration"
LONGEST_RECIPE = 100_000
KILL_AFTER_SECONDS = 5.0


@dataclass(frozen=True)
class _Started:
    """The process that was started last, its folder, and whether it was told to stop."""

    folder: Path
    process: subprocess.Popen[bytes]
    stopped: threading.Event


_lock = threading.Lock()
_last: _Started | None = None


def shipped_recipes() -> list[Path]:
    """The recipes that come with Fusiform, the demonstration first."""
    return sorted(SHIPPED.glob("*.toml"), key=lambda path: (path.stem != FIRST_RECIPE, path.stem))


def add_recipe(content: bytes, file_name: str, root: Path) -> Path:
    """Store a recipe that a person gives as FOLDER/recipe.toml below `root`; `InputError` if it is none."""
    stem = re.sub(r"[^\w+-]", "", Path(file_name).stem)[:40] or "recipe"
    require(len(content) <= LONGEST_RECIPE, f"expected a recipe, got {len(content)} bytes; see assets/recipes")
    place = root / stem / RECIPE
    require(
        stem not in {path.stem for path in shipped_recipes()}
        and not (place.exists() and place.read_bytes() != content),
        f"expected a new name for another recipe, got {file_name}; rename the file",
    )
    make_folder(place.parent)
    offered = place.with_name(f"{stem}.toml")
    write_atomically(offered, lambda file: file.write(content))
    try:
        load_recipe(offered)
    except InputError:
        offered.unlink()
        raise
    offered.replace(place)
    return place


def possible_methods(recipe: Recipe) -> list[str]:
    """The training methods for which the recipe says enough."""
    return [method for method in METHODS if _fits(recipe, method)]


def _fits(recipe: Recipe, method: str) -> bool:
    with contextlib.suppress(InputError):
        replace(recipe, training=replace(recipe.training, method=method))
        return True
    return False


def folder_of(recipe: Path, root: Path) -> Path:
    """Where the runs of a recipe go."""
    return recipe.parent if recipe.name == RECIPE else root / recipe.stem


def recipe_of(folder: Path) -> Path:
    """The recipe whose runs are in `folder`: the other way round."""
    shipped = SHIPPED / f"{folder.name}.toml"
    return shipped if shipped.exists() else folder / RECIPE


def start(recipe: Path, root: Path, methods: Sequence[str]) -> None:
    """Train by `methods`, one after the other, or go on with that; `InputError` if a run is under way."""
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
                [
                    sys.executable,
                    "-m",
                    "fusiform.app.background.training_process",
                    str(folder / RECIPE),
                    str(folder),
                    *methods,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={"OMP_NUM_THREADS": "1", **os.environ},
                start_new_session=True,
            )
        _last = _Started(folder, process, threading.Event())


def running() -> Path | None:
    """The folder of the training that this server runs."""
    return _last.folder if _last is not None and not _has_ended(_last) else None


def _has_ended(started: _Started) -> bool:
    """Whether the process has ended; then its standard input is closed."""
    if started.process.poll() is None:
        return False
    if started.process.stdin is not None:
        started.process.stdin.close()
    return True


def stop() -> None:
    """End the running training; its checkpoints stay, and `start` goes on from them."""
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
    """Why the training in `folder` that this server started last has failed, a sentence; None if it has not."""
    if _last is None or _last.folder != folder or not _has_ended(_last) or _last.stopped.is_set():
        return None
    code = _last.process.returncode
    if code < 0:
        return f"the training was ended by signal {-code}, perhaps for want of memory; press Go on to take it up"
    return (read_error(folder) or f"the training ended with exit code {code}") if code else None

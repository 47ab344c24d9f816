"""The process of a training run: `python -m fusiform.app.background.training_process RECIPE.toml FOLDER METHOD...`.

It does what `fusiform dataset` and `fusiform train` do, one method after the other, on the same cases:

    FOLDER/data/                 the solved cases
    FOLDER/METHOD/               the run; at its end the model
    FOLDER/METHOD/heldout.jsonl  held-out drag errors at each checkpoint
    FOLDER/stage.json            the stage under way

The page starts it (`training_server`) and holds the other end of its standard input: when that closes, because the
server has ended for any reason, this process and its workers end as well. Finished work remains; a new start continues
from there.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import IO

from fusiform.app.results.training_folder import DATA, HELDOUT_LINES, STAGE, Progress, heldout_lines, read_card
from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import make_folder, write_json
from fusiform.surrogates.flow_training.cases import make_data
from fusiform.surrogates.flow_training.checkpoint_errors import LAST, HeldoutDrag
from fusiform.surrogates.flow_training.progress import OnProgress
from fusiform.surrogates.flow_training.recipe import load_recipe
from fusiform.surrogates.flow_training.settings import Recipe
from fusiform.surrogates.flow_training.train_model import train

WORKERS = 2
NICENESS = 5  # the page stays quick on a small machine


def run(recipe: Recipe, folder: Path, methods: list[str]) -> None:
    """Solve the cases, and train by each method that has no model yet."""
    make_data(recipe, folder / DATA, WORKERS, _write_stage(folder, ""))
    heldout = HeldoutDrag.of(recipe, folder / DATA)
    for method in methods:
        model = folder / method
        if read_card(model) is None:
            own = replace(recipe, training=replace(recipe.training, method=method))
            train(own, folder / DATA, model, WORKERS, _measure(heldout, model, _write_stage(folder, method)))


def _write_stage(folder: Path, method: str) -> OnProgress:
    """A progress callback that writes the stage for the page to read."""

    def report(stage: str, done: int, total: int, note: str) -> None:
        write_json(folder / STAGE, vars(Progress(method, stage, done, total, note)))

    return report


def _measure(heldout: HeldoutDrag, model: Path, report: OnProgress) -> OnProgress:
    """A progress callback that also measures each checkpoint; its seconds continue those of an earlier start."""
    known = heldout_lines(model)
    before = max((line["seconds"] for line in known.values()), default=0.0)
    begun = time.monotonic()

    def measure(stage: str, done: int, total: int, note: str) -> None:
        report(stage, done, total, note)
        if (model / stage / LAST).exists():
            errors = heldout.errors(model / stage)
            seconds = round(before + time.monotonic() - begun, 2)
            with (model / HELDOUT_LINES).open("a") as file:
                file.write(json.dumps({"stage": stage, "step": done, "seconds": seconds, **errors}) + "\n")

    return measure


def _end_with_the_server() -> None:
    """Wait for the end of standard input, then end this process and its workers."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _claim(folder: Path) -> IO[bytes]:
    """Lock the folder until the process ends; `InputError` if another process holds the lock."""
    make_folder(folder)
    lock = (folder / "lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        require(False, f"expected a folder without a running training, got {folder}; wait for that, or choose another")
    return lock


def main(arguments: list[str]) -> int:
    """Run and return the exit code; the last line of standard error is one sentence."""
    recipe, folder, *methods = arguments
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    os.nice(NICENESS)
    try:
        with _claim(Path(folder)):
            run(load_recipe(Path(recipe)), Path(folder), methods)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"expected room and rights to write in {folder}, got '{error.strerror or error}'; free some space, or "
            "choose another folder, and start again",
            file=sys.stderr,
        )
        return 1
    except Exception as error:
        traceback.print_exc()
        print(f"The training failed ({type(error).__name__}: {' '.join(str(error).split())[:200]}).", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

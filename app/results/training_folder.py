"""A folder of training runs, read for the page: a recipe, its cases, and a run for each method.

The loss is read from the `metrics.jsonl` of each stage, as the command line writes it, the held-out drag error from
`heldout.jsonl`. Lines that are being written or damaged are left out; a damaged model counts as none.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from fusiform.solvers.common.bounded_text import parse_json, read_bytes
from fusiform.solvers.common.errors import InputError, is_number, is_whole, require
from fusiform.solvers.common.ranges import Range
from fusiform.solvers.common.tables import from_table, read_json
from fusiform.surrogates.flow_training.method_names import METHODS, require_method
from fusiform.surrogates.flow_training.settings import MOST_STEPS
from fusiform.surrogates.flow_training.stage_names import stage_names
from fusiform.surrogates.model.card_values import require_finished
from fusiform.surrogates.model.model_folder import ARRAYS, CONFIGURATION, read_configuration

RECIPE, DATA, STAGE, HELDOUT_LINES, ERRORS = "recipe.toml", "data", "stage.json", "heldout.jsonl", "stderr.txt"
MOST_LINES = 20_000_000  # bytes of metrics
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Progress:
    """The stage under way of a training process; `method` is empty while it makes the cases."""

    method: str
    name: str
    done: Annotated[int, Range(0, 10**9)]
    total: Annotated[int, Range(0, 10**9)]
    note: str

    def __post_init__(self) -> None:
        if self.method:
            require_method(self.method)


@dataclass(frozen=True)
class Point:
    """A checkpoint: steps since the beginning of the run, its stage, the mean `loss` since the point before.

    `seconds` of wall clock, physics included, and held-out drag errors are None for runs of the command line,
    which does not record them.
    """

    step: int
    stage: str
    loss: float | None
    seconds: float | None
    median: float | None
    p95: float | None


@dataclass(frozen=True)
class KeptRun:
    """A run by `method`; `card` is that of its model, None until it has ended."""

    method: str
    folder: Path
    points: tuple[Point, ...]
    card: dict[str, Any] | None

    @property
    def label(self) -> str:
        """The method's name."""
        return METHODS[self.method]


def read_runs(folder: Path) -> list[KeptRun]:
    """The runs in `folder`, in the order of `METHODS`."""
    return [_read_run(method, folder / method) for method in METHODS if (folder / method).is_dir()]


def read_progress(folder: Path) -> Progress | None:
    """The present stage of the process, or its last; None if its file is damaged."""
    try:
        return from_table(Progress, read_json(folder / STAGE), STAGE)
    except InputError:
        return None


def read_card(run: Path) -> dict[str, Any] | None:
    """The card of the model in a run's folder; None before the training has ended, and for a damaged model."""
    try:
        stamps = tuple(os.stat(run / name).st_mtime_ns for name in (CONFIGURATION, ARRAYS))
    except (OSError, ValueError):
        return None
    return _card(run, stamps)


@lru_cache(maxsize=32)
def _card(run: Path, stamps: tuple[int, ...]) -> dict[str, Any] | None:
    """The card, read once for each state of the files."""
    try:
        card = read_configuration(run).card
        require_finished(card, str(run))
    except InputError:
        return None
    return card


def read_error(folder: Path) -> str:
    """The last line that the process wrote to standard error."""
    try:
        lines = read_bytes(folder / ERRORS, MOST_LINES).decode(errors="replace").split("\n")
    except (OSError, ValueError):
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def own_recipes(root: Path) -> list[Path]:
    """Recipes that were used in the folders below `root`."""
    return sorted(root.glob(f"*/{RECIPE}"))


def heldout_lines(run: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """The held-out errors of a run by stage and step; of a step that was done twice, the later."""
    return {
        (line["stage"], line["step"]): line
        for line in _lines(run / HELDOUT_LINES)
        if isinstance(line.get("stage"), str) and is_number(line.get("seconds"))
    }


def _read_run(method: str, folder: Path) -> KeptRun:
    measured, points, before = heldout_lines(folder), [], 0
    for stage in _stages(folder):
        name, step = stage.parent.name, 0
        for line in _lines(stage):
            step = line["step"]
            own = measured.get((name, step), {})
            loss, *errors = _number(line, "loss"), *(_number(own, key) for key in ("seconds", "median", "p95"))
            points.append(Point(before + step, name, loss, *errors))
        before += step
    return KeptRun(method, folder, tuple(points), read_card(folder))


def _stages(folder: Path) -> list[Path]:
    """The metrics of the stages of a run that have begun, in the order of the recipe that the run has recorded."""
    try:
        recipe = read_json(folder / "recipe.json")
        method, rounds = recipe["training"]["method"], recipe["training"]["rounds"]
        require_method(method)
        require(
            is_whole(rounds) and 0 <= rounds <= MOST_ROUNDS, f"expected a count of rounds, got {rounds!r}; correct it"
        )
        names = stage_names(
            method, rounds, tangents=recipe["tangents"]["bodies"] > 0, finish=recipe["finish"]["steps"] > 0
        )
    except (InputError, KeyError, TypeError):
        return []
    return [path for name in names if (path := folder / name / "metrics.jsonl").exists()]


def _lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a JSON lines file that have a step; none if there is no file, or one that is too large."""
    try:
        lines = read_bytes(path, MOST_LINES).splitlines()
    except (OSError, ValueError):
        return []
    return [entry for line in lines if _has_step(entry := _entry(line))]


def _entry(line: bytes) -> Any:
    try:
        return parse_json(line)
    except ValueError:
        return None


def _has_step(entry: Any) -> bool:
    return isinstance(entry, dict) and is_whole(entry.get("step")) and 0 <= entry["step"] <= MOST_STEPS


def _number(line: dict[str, Any], key: str) -> float | None:
    value: Any = line.get(key)
    return float(value) if is_number(value) else None

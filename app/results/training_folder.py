"""A folder of training runs, read for the page: a recipe, its cases, and a run for each method.

The loss is read from the `metrics.jsonl` of each stage, as the command line writes it, the held-out drag error from
`heldout.jsonl`. Lines that are being written are left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusiform.surrogates.flow_training.method_names import METHODS
from fusiform.surrogates.flow_training.stage_names import stage_names

RECIPE, DATA, STAGE, HELDOUT_LINES, ERRORS = "recipe.toml", "data", "stage.json", "heldout.jsonl", "stderr.txt"


@dataclass(frozen=True)
class Progress:
    """The stage under way of a training process; `method` is empty while it makes the cases."""

    method: str
    name: str
    done: int
    total: int
    note: str


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
    """The present stage of the process, or its last."""
    try:
        return Progress(**json.loads((folder / STAGE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def read_error(folder: Path) -> str:
    """The last line that the process wrote to standard error."""
    try:
        lines = (folder / ERRORS).read_text(errors="replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def own_recipes(root: Path) -> list[Path]:
    """Recipes that were used in the folders below `root`."""
    return sorted(root.glob(f"*/{RECIPE}"))


def heldout_lines(run: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """The held-out errors of a run by stage and step; of a step that was done twice, the later."""
    return {(line["stage"], line["step"]): line for line in _lines(run / HELDOUT_LINES)}


def _read_run(method: str, folder: Path) -> KeptRun:
    measured, points, before = heldout_lines(folder), [], 0
    for stage in _stages(folder):
        name, step = stage.parent.name, 0
        for line in _lines(stage):
            step = line["step"]
            own = measured.get((name, step), {})
            errors = own.get("seconds"), own.get("median"), own.get("p95")
            points.append(Point(before + step, name, line.get("loss"), *errors))
        before += step
    try:
        card = json.loads((folder / "config.json").read_text())["card"]
    except (OSError, ValueError, KeyError):
        card = None
    return KeptRun(method, folder, tuple(points), card)


def _stages(folder: Path) -> list[Path]:
    """The metrics of the stages of a run that have begun, in the order of the recipe that the run has recorded."""
    try:
        recipe = json.loads((folder / "recipe.json").read_text())
        training, tangents = recipe["training"], recipe["tangents"]["bodies"] > 0
        names = stage_names(training["method"], training["rounds"], tangents=tangents)
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [path for name in names if (path := folder / name / "metrics.jsonl").exists()]


def _lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a JSON lines file; none if there is no file."""
    entries = []
    try:
        text = path.read_text()
    except OSError:
        return []
    for line in text.splitlines():
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries

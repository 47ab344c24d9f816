"""The file of a run that may be stopped: its best body and the solver's answers, from which it resumes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import write_atomically
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.project_reader import FORMAT, read_project
from fusiform.solvers.inverse.search.drag_models import DragModel
from fusiform.solvers.inverse.search.run.iterate import Phase

RUN_LIMITS = ("max_iterations", "timeout", "verify")  # options that may differ between a run and its resumption
VALUES, SLOPES = ("drag", "lift", "confidence"), ("drag_slope", "lift_slope", "confidence_slope")
REMEDY = "start without resuming (--force), or resume with the problem that was stopped"
Evaluations = list[dict[str, Any]]


def write_checkpoint(
    path: Path, problem: Problem, model: DragModel, phase: Phase, best: Mapping[str, Any], evaluations: Evaluations
) -> None:
    """Write the run of `problem` with `model`: its `phase`, its `best` body and the solver's `evaluations`."""
    content = {
        "format": FORMAT,
        "problem": problem.to_dict(),
        "model": _model_identity(model),
        "phase": phase,
        "best": best,
        "evaluations": evaluations,
    }
    write_atomically(path, lambda file: file.write(json.dumps(content).encode()))


def evaluations_in(path: Path, problem: Problem, model: DragModel) -> Evaluations:
    """The solver's evaluations in a checkpoint; `InputError` unless it is that of `problem` with `model`."""
    values = read_project(path, REMEDY)
    same = _problem_identity(values["problem"]) == _problem_identity(_as_read(problem.to_dict()))
    same = same and values.get("model") == _model_identity(model)
    evaluations = values.get("evaluations")
    require(
        same and isinstance(evaluations, list),
        f"expected the checkpoint of the same problem and model, got another in {path.name}; {REMEDY}",
    )
    assert isinstance(evaluations, list)
    sizes = (len(problem.points), (model.modes, 2 * model.modes))
    for number, entry in enumerate(evaluations, 1):
        require(
            _is_evaluation(entry, *sizes),
            f"expected the evaluations of a run in {path.name}, got something else as number {number}; {REMEDY}",
        )
    return evaluations


def _is_evaluation(entry: Any, points: int, sizes: tuple[int, ...]) -> bool:
    """True for a body's variables, and the forces and confidences of that many points with their derivatives."""
    if not isinstance(entry, Mapping) or set(entry) != {"x", *VALUES, *SLOPES}:
        return False
    size = len(entry["x"]) if isinstance(entry["x"], list) else 0
    shapes = {"x": (size,)} | dict.fromkeys(VALUES, (points,)) | dict.fromkeys(SLOPES, (points, size))
    return size in sizes and all(_is_array(entry[name], shape) for name, shape in shapes.items())


def _is_array(value: Any, shape: tuple[int, ...]) -> bool:
    """True for nested lists of finite numbers of that shape."""
    try:
        array = np.array(value)
    except ValueError:  # lists of different lengths
        return False
    return array.shape == shape and array.dtype.kind in "fi" and bool(np.isfinite(array).all())


def _as_read(problem: Mapping[str, Any]) -> Any:
    """The values as JSON gives them back."""
    return json.loads(json.dumps(problem))


def _model_identity(model: DragModel) -> dict[str, Any]:
    return {"name": model.name, "modes": model.modes}


def _problem_identity(problem: Mapping[str, Any]) -> dict[str, Any]:
    """The problem without the options that only limit the run."""
    options = problem.get("options", {})
    known = {k: v for k, v in options.items() if k not in RUN_LIMITS} if isinstance(options, Mapping) else options
    return {**problem, "options": known}

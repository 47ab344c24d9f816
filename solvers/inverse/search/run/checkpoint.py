"""The file of a run that may be stopped: its best body and the solver's answers, from which it resumes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import write_json
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.project_reader import FORMAT, read_project
from fusiform.solvers.inverse.search.drag_models import DragModel
from fusiform.solvers.inverse.search.run.iterate import Phase

RUN_LIMITS = ("max_iterations", "timeout", "verify")  # options that may differ between a run and its resumption
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
    write_json(path, content)


def evaluations_in(path: Path, problem: Problem, model: DragModel) -> Evaluations:
    """The solver's evaluations in a checkpoint; `InputError` unless it is that of `problem` with `model`."""
    values = read_project(path)
    same = _problem_identity(values["problem"]) == _problem_identity(problem.to_dict())
    same = same and values.get("model") == _model_identity(model)
    require(
        same and isinstance(values.get("evaluations"), list),
        f"expected the checkpoint of the same problem and model, got another in {path.name}; "
        "start without resuming, or with the problem that was stopped",
    )
    evaluations: Evaluations = values["evaluations"]
    return evaluations


def _model_identity(model: DragModel) -> dict[str, Any]:
    return {"name": model.name, "modes": model.modes}


def _problem_identity(problem: Mapping[str, Any]) -> dict[str, Any]:
    """The problem without the options that only limit the run."""
    options = {key: value for key, value in problem.get("options", {}).items() if key not in RUN_LIMITS}
    return {**problem, "options": options}

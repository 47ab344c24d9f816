"""Results in project files: the fields of a result as plain values for JSON, and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import finite, write_json
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.problem.body_table import body_from, body_to_dict
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.problem_file import problem_from
from fusiform.solvers.inverse.problem.project_reader import FORMAT
from fusiform.solvers.inverse.result.constraint_report import ConstraintReport
from fusiform.solvers.inverse.search.drag_models import ModelKind
from fusiform.solvers.inverse.search.run.iterate import Iterate, Phase
from fusiform.solvers.inverse.search.run.outcome import OptimizationOutcome

Result = TypeVar("Result")
UNKNOWN = ("fun", "kkt_residual", "predicted_drag_coefficient", "predicted_initial_drag_coefficient")  # null: nan


def write_result(path: Path, problem: Problem, result: Mapping[str, Any]) -> None:
    """Write a project file with `problem` and the fields of a `result`."""
    plain = {name: _plain(value) for name, value in result.items()}
    write_json(path, finite({"format": FORMAT, "problem": problem.to_dict(), "result": plain}))


def result_from(project: Mapping[str, Any], folder: Path, name: str, result: Callable[..., Result]) -> Result:
    """`result(problem=…, **fields)` from the values of the project file `name`; paths are relative to `folder`."""
    require("result" in project, f"expected a project with a result in {name}, got a problem alone; optimise it first")
    try:
        return result(problem=problem_from(project["problem"], folder), **_fields(project["result"], folder))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"expected a whole project, got {name}, where something is missing or wrong ({error}); save it again"
        ) from error


def _plain(value: Any) -> Any:
    """A field of a result as values that JSON has."""
    if isinstance(value, Body):
        return body_to_dict(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Iterate):
        return vars(value) | {"coefficients": [[a.real, a.imag] for a in value.coefficients.tolist()]}
    if isinstance(value, ConstraintReport):
        return asdict(value)
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value


def _fields(values: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The fields of a result from their plain values."""
    fields = {"verification": {}, "provenance": {}} | dict(values)
    fields["body"] = body_from(fields["body"], folder)
    fields["x"], fields["jac"] = (np.array(fields[name], dtype=np.float64) for name in ("x", "jac"))
    fields["constraints"] = tuple(ConstraintReport(**report) for report in fields["constraints"])
    fields["history"] = tuple(_iterate(entry) for entry in fields["history"])
    fields["outcome"] = OptimizationOutcome(fields["outcome"]) if "outcome" in fields else _earlier_outcome(fields)
    fields["model_kind"] = ModelKind(fields["model_kind"]) if "model_kind" in fields else _earlier_kind(fields)
    for name in UNKNOWN:
        fields[name] = math.nan if fields[name] is None else float(fields[name])
    return fields


def _iterate(entry: Mapping[str, Any]) -> Iterate:
    coefficients = torch.view_as_complex(torch.tensor(entry["coefficients"], dtype=torch.float64))
    return Iterate(**{**entry, "coefficients": coefficients, "phase": Phase(entry["phase"])})


def _earlier_kind(fields: Mapping[str, Any]) -> ModelKind:
    """The kind of model in a file from before it was written: the solver's names begin with `solver`."""
    return ModelKind.SOLVER if str(fields["model"]).startswith("solver") else ModelKind.SURROGATE


def _earlier_outcome(fields: Mapping[str, Any]) -> OptimizationOutcome:
    """The outcome of a result in a file from before these were written, as far as its flags tell."""
    if fields["success"]:
        return OptimizationOutcome.CERTIFIED if fields["certified"] else OptimizationOutcome.CONVERGED
    if fields["stopped"]:
        return OptimizationOutcome.STOPPED
    return OptimizationOutcome.NOT_CONVERGED if fields["feasible"] else OptimizationOutcome.INFEASIBLE

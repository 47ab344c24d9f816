"""Results in project files: the fields of a result as plain values for JSON, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import finite, write_json
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.problem.body_table import body_to_dict
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.problem_file import problem_from
from fusiform.solvers.inverse.problem.project_reader import FORMAT
from fusiform.solvers.inverse.problem.quantities import Gain
from fusiform.solvers.inverse.result.constraint_report import ConstraintReport
from fusiform.solvers.inverse.result.result_tables import result_fields
from fusiform.solvers.inverse.search.run.iterate import Iterate

Result = TypeVar("Result")


def write_result(path: Path, problem: Problem, result: Mapping[str, Any]) -> None:
    """Write a project file with `problem` and the fields of a `result`."""
    plain = {name: _plain(value) for name, value in result.items()}
    write_json(path, finite({"format": FORMAT, "problem": problem.to_dict(), "result": plain}))


def result_from(project: Mapping[str, Any], folder: Path, name: str, result: Callable[..., Result]) -> Result:
    """`result(problem=…, **fields)` from the values of the project file `name`; paths are relative to `folder`."""
    require("result" in project, f"expected a project with a result in {name}, got a problem alone; optimise it first")
    problem = problem_from(project["problem"], folder)
    try:
        fields = result_fields(project["result"], problem, folder)
    except InputError as error:
        raise InputError(
            f"expected a whole project, got {name}, where something is missing or wrong ({error}); save it again"
        ) from error
    return result(problem=problem, **fields)


def _plain(value: Any) -> Any:
    """A field of a result as values that JSON has."""
    if isinstance(value, Body):
        return body_to_dict(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Gain):
        return {"start": value.start, "best": value.best}
    if isinstance(value, Iterate):
        pairs = [[a.real, a.imag] for a in value.coefficients.tolist()]
        return vars(value) | {"coefficients": pairs, "gain": _plain(value.gain)}
    if isinstance(value, ConstraintReport):
        return asdict(value)
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value

"""Problems from plain values, and from problem and project files; `Problem.to_dict` writes the values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.tables import from_table, require_keys
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.inverse.problem.body_table import body_from
from fusiform.solvers.inverse.problem.constraints.constraint import ForceConstraint
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.problem import Problem, require_points
from fusiform.solvers.inverse.problem.project_reader import read_project, require_suffix
from fusiform.solvers.inverse.problem.registry import constraint_from, objective_from
from fusiform.solvers.inverse.problem.search_options import NO_GRID, OPTIONS, SearchOptions

KEYS = ("body", "reynolds", "alpha_deg", "points", "objective", "constraints", "options")


def read_problem(path: Path) -> Problem:
    """The problem in a .toml file (assets/problems has examples) or in a .json project file; `InputError` otherwise."""
    require_suffix(path.name)
    return problem_from(read_project(path)["problem"], path.parent)


def problem_from(values: Mapping[str, Any], folder: Path) -> Problem:
    """The problem of plain values, as in a TOML file.

    Parameters
    ----------
    values : mapping
        Keys: body; reynolds and alpha_deg, or points; objective; constraints; options.
    folder : Path
        Paths of bodies are relative to it.

    Returns
    -------
    Problem

    Raises
    ------
    InputError
        If a key is unknown or missing, or a value is wrong.

    Examples
    --------
    >>> from pathlib import Path
    >>> from fusiform.solvers.inverse import problem_from
    >>> longest = {"type": "max_length", "value": 1.8}
    >>> problem = problem_from({"body": "circle", "reynolds": 20, "constraints": [longest]}, Path())
    >>> problem.constraints
    (MaxLength(value=1.8),)
    """
    require_keys(values, KEYS, "the problem")
    require("body" in values, 'expected a body in the problem, got none; write for example body = "circle"')
    options, points = _options(values.get("options", {})), _points(values)
    objective = objective_from(values.get("objective", "drag"))
    constraints = [constraint_from(c) for c in _tables(values.get("constraints", []), "constraints")]
    require_points(points, [c for c in constraints if isinstance(c, ForceConstraint)])
    body = body_from(values["body"], folder)  # the last, since a body imports torch
    return Problem(body, points, objective, **vars(options)).with_constraints(constraints)


def _options(values: Any) -> SearchOptions:
    require_keys(values, OPTIONS, "options")
    return from_table(
        SearchOptions, {k: None if (k, v) == ("verify", NO_GRID) else v for k, v in values.items()}, "options"
    )


def _tables(value: Any, name: str) -> Sequence[Mapping[str, Any]]:
    good = isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value)
    require(good, f"expected [[{name}]] to be tables, got {value!r}; see assets/problems for examples")
    tables: Sequence[Mapping[str, Any]] = value
    return tables


def _points(values: Mapping[str, Any]) -> tuple[DesignPoint, ...]:
    """The design points, or the single one that the problem itself names."""
    require(
        ("reynolds" in values) != ("points" in values),
        "expected either reynolds or [[points]], got both or none; write for example reynolds = 10",
    )
    require(
        "points" not in values or "alpha_deg" not in values,
        "expected alpha_deg in each of the [[points]], got it beside them; move it",
    )
    single = {key: values[key] for key in ("reynolds", "alpha_deg") if key in values}
    return tuple(_point(entry) for entry in _tables(values.get("points", [single]), "points"))


def _point(entry: Mapping[str, Any]) -> DesignPoint:
    conditions = from_table(FlowConditions, {k: v for k, v in entry.items() if k != "weight"}, "a design point")
    weight = {k: v for k, v in entry.items() if k == "weight"}
    return from_table(DesignPoint, {"conditions": conditions, **weight}, "a design point")

"""Problems from plain values, and from problem and project files; `Problem.to_dict` writes the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import InputError, require, shown
from fusiform.solvers.common.tables import from_table, require_keys
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.inverse.problem.body_table import body_from
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ForceConstraint, ShapeConstraint
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.objectives import Objective
from fusiform.solvers.inverse.problem.problem import Problem, least_reynolds, require_hold, require_points
from fusiform.solvers.inverse.problem.project_reader import read_project, require_suffix
from fusiform.solvers.inverse.problem.registry import constraint_from, objective_from
from fusiform.solvers.inverse.problem.search_options import NO_GRID, OPTIONS, SearchOptions
from fusiform.solvers.inverse.problem.terminal_velocity import TerminalVelocity

MOST_POINTS, MOST_CONSTRAINTS = 100, 200
KEYS = ("body", "reynolds", "alpha_deg", "points", "objective", "hold", "constraints", "options")


def read_problem(path: Path) -> Problem:
    """The problem in a .toml file (assets/problems has examples) or in a .json project file; `InputError` otherwise."""
    require_suffix(path.name)
    return problem_from(read_project(path)["problem"], path.parent)


def problem_from(values: Mapping[str, Any], folder: Path) -> Problem:
    """The problem of plain values, as in a TOML file.

    Parameters
    ----------
    values : mapping
        Keys: body; reynolds and alpha_deg, or points; objective; hold; constraints; options.
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
    options, objective = _options(values.get("options", {})), objective_from(values.get("objective", "drag"))
    hold = values.get("hold", Problem.hold)
    points = _points(values, objective, least_reynolds(hold))
    require_hold(hold, [point.conditions.reynolds for point in points])
    constraints = _constraints(values)
    shape = tuple(c for c in constraints if isinstance(c, ShapeConstraint))
    forces = tuple(c for c in constraints if isinstance(c, ForceConstraint))
    require_points(points, forces)
    body = body_from(values["body"], folder)  # the last, since a body imports torch
    return Problem(body, points, objective, shape, forces, hold, **vars(options))


def _options(values: Any) -> SearchOptions:
    require_keys(values, OPTIONS, "options")
    return from_table(
        SearchOptions, {k: None if (k, v) == ("verify", NO_GRID) else v for k, v in values.items()}, "options"
    )


def _constraints(values: Mapping[str, Any]) -> list[Constraint]:
    constraints = []
    for number, entry in enumerate(_tables(values.get("constraints", []), "constraints", MOST_CONSTRAINTS), 1):
        with _naming(f"constraint {number}"):
            constraints.append(constraint_from(entry))
    return constraints


@contextmanager
def _naming(part: str) -> Iterator[None]:
    """Add the `part` of the file to the sentence of an `InputError`."""
    try:
        yield
    except InputError as error:
        sentence = f"{error} ({part})"
        raise InputError(sentence) from error


def _tables(value: Any, name: str, most: int) -> Sequence[Mapping[str, Any]]:
    good = isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value)
    require(good, f"expected [[{name}]] to be tables, got {shown(value)}; see assets/problems for examples")
    require(len(value) <= most, f"expected at most {most} [[{name}]], got {len(value)}; leave some out")
    tables: Sequence[Mapping[str, Any]] = value
    return tables


def _points(given: Mapping[str, Any], objective: Objective, least: float) -> tuple[DesignPoint, ...]:
    """The design points, or the single one that the problem itself names; a body that falls may have a likely one."""
    values = given
    if isinstance(objective, TerminalVelocity) and "points" not in given:
        values = {"reynolds": max(objective.likely_reynolds, least), **given}
    require(
        ("reynolds" in values) != ("points" in values),
        "expected either reynolds or [[points]], got both or none; write for example reynolds = 10",
    )
    require(
        "points" not in values or "alpha_deg" not in values,
        "expected alpha_deg in each of the [[points]], got it beside them; move it",
    )
    single = {key: values[key] for key in ("reynolds", "alpha_deg") if key in values}
    points = []
    for number, entry in enumerate(_tables(values.get("points", [single]), "points", MOST_POINTS), 1):
        with _naming(f"point {number}"):
            points.append(_point(entry))
    return tuple(points)


def _point(entry: Mapping[str, Any]) -> DesignPoint:
    conditions = from_table(FlowConditions, {k: v for k, v in entry.items() if k != "weight"}, "a design point")
    weight = {k: v for k, v in entry.items() if k == "weight"}
    return from_table(DesignPoint, {"conditions": conditions, **weight}, "a design point")

"""The constraints and objectives that problem files, the page and the command line offer, by their type.

A line here is all that a new class needs: files, forms, drawings and flags are made from the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fusiform.solvers.common.errors import InputError, plain, require, shown
from fusiform.solvers.common.tables import from_table, require_keys
from fusiform.solvers.inverse.problem.constraints.base import MinBase
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint
from fusiform.solvers.inverse.problem.constraints.containment import KeepOut, Payload
from fusiform.solvers.inverse.problem.constraints.convex import Convex
from fusiform.solvers.inverse.problem.constraints.curvature import MinRadius
from fusiform.solvers.inverse.problem.constraints.extents import MaxHeight, MaxLength, MaxPerimeter
from fusiform.solvers.inverse.problem.constraints.forces import DragEquals, Lift
from fusiform.solvers.inverse.problem.constraints.forms import Form
from fusiform.solvers.inverse.problem.constraints.mirror_symmetry import Symmetry
from fusiform.solvers.inverse.problem.constraints.thickness import MinThickness
from fusiform.solvers.inverse.problem.constraints.user_constraint import UserConstraint
from fusiform.solvers.inverse.problem.constraints.wedge import WedgeAngle
from fusiform.solvers.inverse.problem.constraints.wetted import MaxWettedArea
from fusiform.solvers.inverse.problem.objectives import Drag, LiftToDrag, Nearest, Objective, UserObjective
from fusiform.solvers.inverse.problem.terminal_velocity import TerminalVelocity

OBJECTIVES: dict[str, type[Drag] | type[LiftToDrag] | type[Nearest] | type[TerminalVelocity]] = {
    "drag": Drag,
    "lift_to_drag": LiftToDrag,
    "nearest": Nearest,
    "terminal_velocity": TerminalVelocity,
}
CONSTRAINTS: dict[str, type[Constraint]] = {
    "max_length": MaxLength,
    "max_height": MaxHeight,
    "min_thickness": MinThickness,
    "payload": Payload,
    "keep_out": KeepOut,
    "min_radius": MinRadius,
    "max_perimeter": MaxPerimeter,
    "wedge_angle": WedgeAngle,
    "convex": Convex,
    "min_base": MinBase,
    "max_wetted_area": MaxWettedArea,
    "symmetry": Symmetry,
    "lift": Lift,
    "drag": DragEquals,
}
FORMS: dict[str, Form] = {  # `fixed` complete with the type
    form.name or key: replace(form, name=form.name or key, fixed={"type": key, **form.fixed})
    for key, kind in CONSTRAINTS.items()
    for form in kind.forms
}
FLAGS: dict[str, type[Constraint]] = {kind.flag.name: kind for kind in CONSTRAINTS.values() if kind.flag}
SWEEPS: dict[str, type[Constraint]] = {kind.sweep.name: kind for kind in CONSTRAINTS.values() if kind.sweep}
FUNCTION = "function: "


def constraint_from(entry: Mapping[str, Any]) -> Constraint:
    """The constraint of a problem file's entry: its type and its numbers."""
    values = dict(entry)
    key = values.pop("type", None)
    if isinstance(key, str) and key.startswith(FUNCTION):
        require_keys(values, (), "a function of the user's own")
        return UserConstraint(key.removeprefix(FUNCTION), _lost)
    require(
        isinstance(key, str) and key in CONSTRAINTS,
        f"expected a constraint type of {', '.join(CONSTRAINTS)}, got {shown(key)}; choose one",
    )
    return CONSTRAINTS[str(key)].from_table(values, str(key))


def constraint_to_dict(constraint: Constraint) -> dict[str, Any]:
    """The entry of a problem file; of the user's own constraints the name alone."""
    key = _key_of(constraint, CONSTRAINTS)
    if key is None:
        return {"type": f"{FUNCTION}{constraint.describe()}"}
    return {"type": key} | {name: plain(value) for name, value in constraint.to_table().items()}


def objective_from(entry: object) -> Objective:
    """The objective of a problem file's `objective`: its type, or a table of its type and its numbers."""
    values = dict(entry) if isinstance(entry, Mapping) else {"type": entry}
    name = values.pop("type", None)
    if isinstance(name, str) and name.startswith(FUNCTION):
        require_keys(values, (), "a function of the user's own")
        return UserObjective(name.removeprefix(FUNCTION), _lost)
    require(
        isinstance(name, str) and name in OBJECTIVES,
        f"expected an objective of {', '.join(OBJECTIVES)}, got {shown(name)}; choose one",
    )
    return from_table(OBJECTIVES[str(name)], values, str(name))


def objective_entry(objective: Objective) -> str | dict[str, Any]:
    """`objective` in a problem file; of the user's own objectives the name alone."""
    key = _key_of(objective, OBJECTIVES)
    if key is None:
        return f"{FUNCTION}{objective.describe()}"
    return {"type": key} | vars(objective) if vars(objective) else key


def _key_of(thing: object, table: Mapping[str, type]) -> str | None:
    return next((key for key, kind in table.items() if type(thing) is kind), None)


def _lost(*_: Any) -> Any:
    raise InputError(
        "expected a function of your own, got its name from a file; give the problem in Python again to solve it"
    )

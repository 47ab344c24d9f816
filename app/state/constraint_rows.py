"""Constraints as rows of the page: {"kind": a key of `FORMS`} and the numbers of that form, as plain values.

Lengths are in the body's own unit and frame, as in a problem file. Everything particular to a kind comes from its
class, by the registry of constraints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fusiform.app.state.revolution_forms import AXIAL_FORMS, around_axis
from fusiform.solvers import Body, InputError
from fusiform.solvers.inverse import Constraint
from fusiform.solvers.inverse.problem import registry
from fusiform.solvers.inverse.problem.constraints.forms import Field, Form
from fusiform.solvers.inverse.problem.constraints.marks import Outline, grips_of

Row = dict[str, Any]

POINT = "point"
FORMS: dict[str, Form] = {
    **registry.FORMS,
    POINT: Form(
        "Another condition",
        "A second Reynolds number and incidence whose drag counts too, by its weight.",
        (
            Field("reynolds", "Re", "Reynolds number based on d."),
            Field("alpha_deg", "α °", "Incidence in degrees, nose up."),
            Field("weight", "Weight", "Share in the objective, beside 1 of the conditions above."),
        ),
        lambda body: {"reynolds": 3.0, "alpha_deg": 0.0, "weight": 1.0},
    ),
}
REVOLUTION_FORMS: dict[str, Form] = around_axis(FORMS)
_ALL_FORMS = {**FORMS, **AXIAL_FORMS}


def forms_of(*, revolution: bool) -> dict[str, Form]:
    """The forms that a kind of body has, in its words."""
    return REVOLUTION_FORMS if revolution else FORMS


def form_of(kind: str, *, revolution: bool) -> Form:
    """The form of a row, in the words of the kind of body where that has it."""
    return forms_of(revolution=revolution).get(kind) or _ALL_FORMS[kind]


def first_row(kind: str, body: Body) -> Row:
    """A new row with first values for `body`."""
    return {"kind": kind, **_ALL_FORMS[kind].first(body)}


def entry_of(row: Row) -> dict[str, Any]:
    """The constraint as in a problem file; empty numbers are left out."""
    values = {key: value for key, value in row.items() if key not in ("kind", "id") and value is not None}
    return {**_ALL_FORMS[row["kind"]].fixed, **values}


def row_of(entry: Mapping[str, Any]) -> Row:
    """The row of a constraint of a problem file; `InputError` for a constraint that the page does not offer."""
    for kind, form in (registry.FORMS | AXIAL_FORMS).items():
        if form.fixed.items() <= entry.items():
            return {"kind": kind} | {key: value for key, value in entry.items() if key not in form.fixed}
    raise InputError(
        f"expected constraints of {', '.join(registry.CONSTRAINTS)}, got {entry.get('type')}; "
        "solve a problem with functions of your own in Python"
    )


def constraint_of(row: Row) -> Constraint | None:
    """The constraint of a row, None for a condition and while a number makes no sense."""
    if row["kind"] == POINT:
        return None
    try:
        return registry.constraint_from(entry_of(row))
    except InputError:
        return None


def dragged(row: Row, grip: str, way: complex, body: Body) -> Row:
    """The row after the grip of one of its marks was pulled by `way`, in the body's unit."""
    constraint = constraint_of(row)
    grips = {} if constraint is None else grips_of(constraint.marks(Outline.of(body)))
    if grip not in grips:
        return row
    return row | {pull.field: pull.after(way) for pull in grips[grip].pulls}

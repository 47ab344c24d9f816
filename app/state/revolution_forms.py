"""The forms of the constraints in the words of bodies of revolution: diameters, spheres, cylinders and cones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fusiform.solvers import Body
from fusiform.solvers.inverse.problem.constraints.forms import Field, Form, limit, rounded
from fusiform.solvers.inverse.problem.constraints.regions.region_forms import (
    SPARE,
    box_behind,
    box_inside,
    disc_behind,
    disc_inside,
)
from fusiform.solvers.inverse.problem.constraints.regions.solids import Cone, Cylinder, Sphere

PLANE_ONLY = (
    "payload_rectangle",
    "payload_circle",
    "keep_out",
    "keep_out_circle",
    "max_perimeter",
    "symmetry",
    "lift",
)
SOLID_OF = {
    "payload_rectangle": "payload_cylinder",
    "payload_circle": "payload_sphere",
    "keep_out": "keep_out_cylinder",
    "keep_out_circle": "keep_out_sphere",
}
"""The solid that a plane region becomes when it is turned about the axis."""


@dataclass(frozen=True)
class _Words:
    """Label and meaning of a form, and where they differ, label and meaning of its fields by their keys."""

    label: str
    meaning: str
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_WORDS = {
    "max_length": _Words("Greatest length", "Extent along the axis."),
    "max_height": _Words(
        "Greatest diameter", "Twice the greatest radius.", {"value": ("Limit", "The body is at most this thick.")}
    ),
    "min_thickness": _Words(
        "Least diameter", "Diameter at a station of the length, or everywhere between 10 % and 90 % of it."
    ),
    "min_base": _Words("Least base diameter", "Diameter right before the tail end, by a fifth of it."),
    "wedge_nose": _Words("Cone angle of the nose", "The angle between nose and the diameter at a tenth of the length."),
    "wedge_tail": _Words(
        "Cone angle of the tail", "The angle between tail and the diameter at a tenth of the length before it."
    ),
    "point": _Words("Another condition", "A second Reynolds number whose drag counts too, by its weight."),
}


def around_axis(forms: Mapping[str, Form]) -> dict[str, Form]:
    """The forms that bodies of revolution have: their own, and those of the plane `forms` that they share."""
    shared = {kind: _in_words(form, _WORDS.get(kind)) for kind, form in forms.items() if kind not in PLANE_ONLY}
    return {**AXIAL_FORMS, **shared}


def turned_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a plane constraint around the axis: regions become solids on it, conditions have no incidence."""
    kind = row["kind"]
    if kind == "point":
        return {**row, "alpha_deg": 0.0}
    if kind not in SOLID_OF:
        return dict(row)
    kept = {key: value for key, value in row.items() if key in ("id", "x", "clearance")} | {"kind": SOLID_OF[kind]}
    if "radius" in row:
        return {**kept, "diameter": 2.0 * row["radius"]}
    return {**kept, "length": row["width"], "diameter": row["height"]}


def section_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a constraint in the plane through the axis: the region of a sphere or a cylinder."""
    kind = {solid: region for region, solid in SOLID_OF.items()}.get(row["kind"])
    if kind is None:
        return dict(row)
    kept = {key: value for key, value in row.items() if key in ("id", "x", "clearance")} | {"kind": kind, "y": 0.0}
    if "length" in row:
        return {**kept, "width": row["length"], "height": row["diameter"]}
    return {**kept, "radius": 0.5 * row["diameter"]}


def _in_words(form: Form, words: _Words | None) -> Form:
    """`form` with other words, and without an incidence."""
    asked = tuple(each for each in form.fields if each.key != "alpha_deg")
    if words is None:
        return replace(form, fields=asked)
    told = {key: Field(key, label, meaning) for key, (label, meaning) in words.fields.items()}
    fields = tuple(told.get(each.key, each) for each in asked)
    return replace(form, label=words.label, meaning=words.meaning, fields=fields)


def _ball(first: Mapping[str, float]) -> dict[str, float]:
    return {"x": first["x"], "diameter": 2.0 * first["radius"]}


def _drum(first: Mapping[str, float]) -> dict[str, float]:
    return {"x": first["x"], "length": first["width"], "diameter": first["height"]}


def _frustum(first: Mapping[str, float]) -> dict[str, float]:
    ends = {"front": rounded(0.5 * first["height"]), "rear": first["height"]}
    return {"x": first["x"], "length": first["width"], **ends}


def _solids(prefix: str, label: str, verb: str, box: Any, disc: Any) -> dict[str, Form]:
    first = {
        Sphere: lambda body: _ball(disc(body)),
        Cylinder: lambda body: _drum(box(body)),
        Cone: lambda body: _frustum(box(body)),
    }
    return {
        f"{prefix}_{solid.noun}": Form(
            f"{label}: {solid.noun}",
            f"A {solid.noun} on the axis that the body {verb}.",
            (*solid.fields, SPARE),
            first[solid],
            f"{prefix}_{solid.noun}",
            {"type": prefix, "shape": solid.noun},
        )
        for solid in (Sphere, Cylinder, Cone)
    }


def _a_twentieth_more(body: Body) -> dict[str, float]:
    return {"value": rounded(1.05 * math.pi * body.reference_length**2)}


AXIAL_FORMS: dict[str, Form] = {
    **_solids("payload", "Payload", "contains", box_inside, disc_inside),
    **_solids("keep_out", "Keep out", "stays clear of", box_behind, disc_behind),
    "max_wetted_area": Form(
        "Greatest wetted area",
        "Area of the surface.",
        limit("The surface is at most this large, in the body's own unit, squared."),
        _a_twentieth_more,
        "max_wetted_area",
        {"type": "max_wetted_area"},
    ),
}

"""The forms of the constraints in the words of bodies of revolution: lengths, diameters, spheres and cylinders.

What has a place lies on the axis: its height y and its turn are 0 and are not asked for, and neither is an incidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fusiform.solvers.inverse.problem.constraints.forms import Form

PLANE_ONLY = ("max_perimeter", "symmetry", "lift")
ON_AXIS: Mapping[str, float | None] = {"y": 0.0, "angle_deg": None, "alpha_deg": 0.0}
"""The fields that are not asked for, with their values."""


@dataclass(frozen=True)
class _Words:
    """Label and meaning of a form, and where they differ, label and meaning of its fields."""

    label: str
    meaning: str
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_PLACE = {"x": ("x", "Centre on the axis, in the body's own unit and frame.")}
_CYLINDER = {"width": ("Length", "Extent along the axis."), "height": ("Diameter", "Diameter of the cylinder.")}
_BALL = {"radius": ("Radius", "Radius of the sphere.")}
_WORDS = {
    "max_length": _Words("Greatest length", "Extent along the axis."),
    "max_height": _Words(
        "Greatest diameter", "Twice the greatest radius.", {"value": ("Limit", "The body is at most this thick.")}
    ),
    "min_thickness": _Words(
        "Least diameter", "Diameter at a station of the length, or everywhere between 10 % and 90 % of it."
    ),
    "payload_rectangle": _Words(
        "Payload: cylinder", "A cylinder on the axis that the body contains.", _PLACE | _CYLINDER
    ),
    "payload_circle": _Words("Payload: sphere", "A sphere on the axis that the body contains.", _PLACE | _BALL),
    "keep_out": _Words(
        "Keep out: cylinder", "A cylinder on the axis that the body stays clear of.", _PLACE | _CYLINDER
    ),
    "keep_out_circle": _Words("Keep out: sphere", "A sphere on the axis that the body stays clear of.", _PLACE | _BALL),
    "min_radius": _Words("Least radius", "No edge of the meridian is sharper than this radius of curvature."),
    "wedge_nose": _Words("Cone angle of the nose", "The angle between nose and the diameter at a tenth of the length."),
    "wedge_tail": _Words(
        "Cone angle of the tail", "The angle between tail and the diameter at a tenth of the length before it."
    ),
    "point": _Words("Another condition", "A second Reynolds number whose drag counts too, by its weight."),
}


def around_axis(forms: Mapping[str, Form]) -> dict[str, Form]:
    """Those of the `forms` that bodies of revolution have, in their words."""
    return {kind: _in_words(kind, form) for kind, form in forms.items() if kind not in PLANE_ONLY}


def _in_words(kind: str, form: Form) -> Form:
    words = _WORDS.get(kind, _Words(form.label, form.meaning))
    asked = [each for each in form.fields if each.key not in ON_AXIS]
    fields = [
        replace(each, label=words.fields[each.key][0], meaning=words.fields[each.key][1])
        if each.key in words.fields
        else each
        for each in asked
    ]
    return replace(form, label=words.label, meaning=words.meaning, fields=tuple(fields))

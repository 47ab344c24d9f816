"""The kinds of constraints that the page offers: their numbers, what they mean, and first values for a body.

A constraint is a row of plain values: {"kind": a key of `KINDS`} and its numbers. Lengths are in the body's own unit
and frame, as in a problem file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fusiform.solvers import Body

Row = dict[str, Any]


@dataclass(frozen=True)
class Number:
    """A number of a constraint; where `optional`, it may be left empty."""

    key: str
    label: str
    meaning: str
    optional: bool = False


@dataclass(frozen=True)
class Kind:
    """`fixed`: the entries of a problem file that name the kind; `first(body)`: sensible numbers to begin with."""

    label: str
    meaning: str
    fixed: dict[str, str]
    numbers: tuple[Number, ...]
    first: Callable[[Body], Row]


_CENTRE = (
    Number("x", "x", "Centre along the body's axis, in its own unit and frame."),
    Number("y", "y", "Centre across the body's axis, upwards."),
)
_RECTANGLE = (
    *_CENTRE,
    Number("width", "Length", "Extent along x."),
    Number("height", "Height", "Extent along y."),
)
_CIRCLE = (*_CENTRE, Number("radius", "Radius", "Radius of the circle."))
_SPARE = Number("clearance", "Spare", "Distance to keep between it and the body's wall.", optional=True)


def _value(meaning: str) -> tuple[Number, ...]:
    return (Number("value", "Limit", meaning),)


def rounded(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")


def box(body: Body) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a body, in its own unit."""
    x, y = body.outline().T
    return float(x.min()), float(x.max()), float(y.min()), float(y.max())


def _middle(body: Body) -> tuple[float, float]:
    left, right, bottom, top = box(body)
    size = body.reference_length
    return tuple(round(0.5 * (a + b) / size, 3) * size + 0.0 for a, b in ((left, right), (bottom, top)))  # type: ignore[return-value]


def _first_rectangle(body: Body) -> Row:
    x, y = _middle(body)
    return {"x": x, "y": y, "width": rounded(0.5 * body.length), "height": rounded(0.35 * body.height)}


def _first_circle(body: Body) -> Row:
    x, y = _middle(body)
    return {"x": x, "y": y, "radius": rounded(0.25 * min(body.height, body.length))}


def _first_obstacle(body: Body) -> Row:
    d = body.reference_length
    return {"x": rounded(box(body)[1] + 0.4 * d), "y": _middle(body)[1], "width": 0.3 * d, "height": 0.6 * d}


KINDS: dict[str, Kind] = {
    "max_length": Kind(
        "Greatest length",
        "Extent along x at zero incidence.",
        {"type": "max_length"},
        _value("The body is at most this long."),
        lambda body: {"value": rounded(0.9 * body.length)},
    ),
    "max_height": Kind(
        "Greatest height",
        "Extent along y at zero incidence.",
        {"type": "max_height"},
        _value("The body is at most this high."),
        lambda body: {"value": rounded(0.9 * body.height)},
    ),
    "min_thickness": Kind(
        "Least thickness",
        "Thickness at a station of the length, or everywhere between 10 % and 90 % of it.",
        {"type": "min_thickness"},
        (
            Number("value", "Limit", "The body is at least this thick."),
            Number("at", "Station", "Fraction of the length from the nose; empty: from 10 % to 90 %.", optional=True),
        ),
        lambda body: {"value": rounded(0.9 * body.height), "at": 0.5},
    ),
    "payload_rectangle": Kind(
        "Payload: rectangle",
        "A box that the body contains.",
        {"type": "payload", "shape": "rectangle"},
        (*_RECTANGLE, Number("angle_deg", "Turned °", "Degrees counter-clockwise.", optional=True), _SPARE),
        _first_rectangle,
    ),
    "payload_circle": Kind(
        "Payload: circle",
        "A disc that the body contains.",
        {"type": "payload", "shape": "circle"},
        (*_CIRCLE, _SPARE),
        _first_circle,
    ),
    "keep_out": Kind(
        "Keep out: rectangle",
        "A box that the body stays clear of.",
        {"type": "keep_out", "shape": "rectangle"},
        (*_RECTANGLE, Number("angle_deg", "Turned °", "Degrees counter-clockwise.", optional=True), _SPARE),
        _first_obstacle,
    ),
    "keep_out_circle": Kind(
        "Keep out: circle",
        "A disc that the body stays clear of.",
        {"type": "keep_out", "shape": "circle"},
        (*_CIRCLE, _SPARE),
        lambda body: {
            "x": rounded(box(body)[1] + 0.4 * body.reference_length),
            "y": _middle(body)[1],
            "radius": rounded(0.2 * body.reference_length),
        },
    ),
    "min_radius": Kind(
        "Least radius",
        "No edge is sharper than this radius of curvature.",
        {"type": "min_radius"},
        _value("Least radius of curvature anywhere on the wall."),
        lambda body: {"value": rounded(0.05 * body.reference_length)},
    ),
    "max_perimeter": Kind(
        "Greatest perimeter",
        "Length of the outline.",
        {"type": "max_perimeter"},
        _value("The outline is at most this long."),
        lambda body: {"value": rounded(1.05 * math.pi * body.reference_length)},
    ),
    "wedge_nose": Kind(
        "Wedge angle of the nose",
        "The angle between nose and the thickness at a tenth of the length.",
        {"type": "wedge_angle", "end": "nose"},
        (
            Number("minimum", "Least °", "Degrees; empty for no bound.", optional=True),
            Number("maximum", "Greatest °", "Degrees; empty for no bound.", optional=True),
        ),
        lambda body: {"minimum": 60.0},
    ),
    "wedge_tail": Kind(
        "Wedge angle of the tail",
        "The angle between tail and the thickness at a tenth of the length before it.",
        {"type": "wedge_angle", "end": "tail"},
        (
            Number("minimum", "Least °", "Degrees; empty for no bound.", optional=True),
            Number("maximum", "Greatest °", "Degrees; empty for no bound.", optional=True),
        ),
        lambda body: {"minimum": 60.0},
    ),
    "symmetry": Kind(
        "Symmetry",
        "The body is symmetric about the x axis, also where the flow is not.",
        {"type": "symmetry"},
        (),
        lambda body: {},
    ),
    "lift": Kind(
        "Lift",
        "Bounds of the lift coefficient; both the same prescribe it.",
        {"type": "lift"},
        (
            Number("minimum", "Least C_L", "Least lift coefficient; empty for no bound.", optional=True),
            Number("maximum", "Greatest C_L", "Greatest lift coefficient; empty for no bound.", optional=True),
        ),
        lambda body: {"minimum": 0.2},
    ),
    "drag": Kind(
        "Drag",
        "The drag coefficient is prescribed; for the objective “nearest body”.",
        {"type": "drag"},
        (Number("value", "C_D", "The drag coefficient that the body is to have."),),
        lambda body: {"value": 2.5},
    ),
    "point": Kind(
        "Another condition",
        "A second Reynolds number and incidence whose drag counts too, by its weight.",
        {"type": "point"},
        (
            Number("reynolds", "Re", "Reynolds number based on d."),
            Number("alpha_deg", "α °", "Incidence in degrees, nose up."),
            Number("weight", "Weight", "Share in the objective, beside 1 of the conditions above."),
        ),
        lambda body: {"reynolds": 3.0, "alpha_deg": 0.0, "weight": 1.0},
    ),
}


def entry_of(row: Row) -> dict[str, Any]:
    """The constraint as in a problem file; empty numbers are left out."""
    values = {key: value for key, value in row.items() if key not in ("kind", "id") and value is not None}
    return KINDS[row["kind"]].fixed | values


def row_of(entry: Mapping[str, Any]) -> Row:
    """The row of a constraint of a problem file."""
    named = {"shape": "rectangle"} | dict(entry) if entry["type"] in ("payload", "keep_out") else dict(entry)
    kind = next(name for name, kind in KINDS.items() if kind.fixed.items() <= named.items())
    return {"kind": kind} | {key: value for key, value in named.items() if key not in KINDS[kind].fixed}

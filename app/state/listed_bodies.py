"""The bodies of the list from which a design starts, of either kind, by their labels."""

from __future__ import annotations

from functools import cache

from fusiform.app.state.session import CIRCLE, ELLIPSE, NACA, UPLOAD
from fusiform.solvers.geometry import sample_names

SPHERE, SPHEROID = "Sphere", "Spheroid"
_ALIKE = {CIRCLE: SPHERE, ELLIPSE: SPHEROID, SPHERE: CIRCLE, SPHEROID: ELLIPSE}
_OF_REVOLUTION = {
    SPHERE: "sphere",
    SPHEROID: "spheroid:2",
    "Capsule": "capsule:3",
    "Teardrop": "teardrop:3",
    "Raindrop": "raindrop",
    "Sears–Haack body": "sears-haack",
    "Von Kármán ogive": "von-karman",
    "Myring hull": "myring",
    "SUBOFF hull": "suboff",
}


@cache
def listed_bodies(*, revolution: bool) -> dict[str, str]:
    """Labels with the names for `load_body`; "" for a NACA section, whose digits are asked for, and for a file."""
    if revolution:
        return {**_OF_REVOLUTION, UPLOAD: ""}
    return {CIRCLE: "circle", ELLIPSE: "ellipse:2", NACA: "", **{name: name for name in sample_names()}, UPLOAD: ""}


def listed_as(label: str | None, *, revolution: bool) -> str | None:
    """The label in the list of a kind of what has this `label` in either list; None where there is no such."""
    listed = listed_bodies(revolution=revolution)
    return label if label in listed else _ALIKE.get(label or "")

"""The regions of problem files by their name, and the forms of those that the page offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fusiform.solvers.inverse.problem.constraints.forms import Field, Form, rounded
from fusiform.solvers.inverse.problem.constraints.marks import Outline
from fusiform.solvers.inverse.problem.constraints.regions.plane_regions import Circle, Rectangle
from fusiform.solvers.inverse.problem.constraints.regions.solids import Cone, Cylinder, Sphere

if TYPE_CHECKING:
    from fusiform.solvers.geometry import Body

REGIONS: dict[str, type[Circle | Rectangle | Sphere | Cylinder | Cone]] = {
    kind.__name__.lower(): kind for kind in (Rectangle, Circle, Sphere, Cylinder, Cone)
}
AHEAD = 0.4  # of an obstacle behind the body, in units of d
SPARE = Field("clearance", "Spare", "Distance to keep between it and the body's wall.", True)


def region_form(name: str, label: str, verb: str, region: type[Circle] | type[Rectangle], first: Any) -> Form:
    """The form of a payload or a keep-out region, with the first values of `first`."""
    shape = region.__name__.lower()
    meaning = f"A {region.noun} that the body {verb}."
    return Form(f"{label}: {shape}", meaning, (*region.fields, SPARE), first, name, {"shape": shape})


def box_inside(body: Body) -> Mapping[str, float]:
    """A box in the middle of the body."""
    centre = Outline.of(body).centre
    sides = {"width": rounded(0.5 * body.length), "height": rounded(0.35 * body.height)}
    return {"x": centre.real, "y": centre.imag} | sides


def disc_inside(body: Body) -> Mapping[str, float]:
    """A disc in the middle of the body."""
    centre = Outline.of(body).centre
    return {"x": centre.real, "y": centre.imag, "radius": rounded(0.25 * min(body.height, body.length))}


def _behind(body: Body) -> Mapping[str, float]:
    outline = Outline.of(body)
    return {"x": rounded(outline.box[1] + AHEAD * body.reference_length), "y": outline.centre.imag}


def box_behind(body: Body) -> Mapping[str, float]:
    """A box behind the body."""
    d = body.reference_length
    return {**_behind(body), "width": 0.3 * d, "height": 0.6 * d}


def disc_behind(body: Body) -> Mapping[str, float]:
    """A disc behind the body."""
    return {**_behind(body), "radius": rounded(0.2 * body.reference_length)}

"""Sentences about drawings that hold no body, or more than one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import numpy as np
from shapely import Polygon

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.common.errors import InputError, shown
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve, Drawing
from fusiform.solvers.geometry.formats.drawings.faces import Faces, Gap

_GAPS = 6  # listed in a sentence


def nothing_drawn(drawing: Drawing) -> str:
    """The sentence for a drawing without curves."""
    hidden = (f"{drawing.hidden} hidden shapes",) if drawing.hidden else ()
    only = " and ".join((*drawing.unread, *hidden))
    got = f"only {only}" if only else "none in the file"
    return f"expected {drawing.kind} with a closed curve, got {got}; draw the outline as one curve"


def open_outline(loose: ComplexArray, perimeter: float) -> InputError:
    """Why there is no closed curve; `loose` are the ends that meet no other, in the file's unit."""
    if len(loose) < 2:
        return InputError(
            "expected an outline that encloses an area, got curves that enclose none; draw the outline as one curve"
        )
    gap = float(abs(loose[-1] - loose[0]))
    return InputError(
        f"expected a closed outline, got an open outline whose ends are {gap:.3g} apart "
        f"({gap / (gap + perimeter):.0%} of the perimeter); add the missing side"
    )


def refuse_gaps(gaps: list[Gap], points: Callable[[FloatArray], FloatArray], extent: float) -> None:
    """Raise `InputError` with the width and the place of each gap, if there is one."""
    if gaps:
        places = points(np.array([[z.real, z.imag] for _, z in gaps[:_GAPS]]))
        words = [
            f"{width * extent:.3g} at ({x:.4g}, {y:.4g})" for (width, _), (x, y) in zip(gaps, places, strict=False)
        ]
        more = f" and {len(gaps) - _GAPS} more" if len(gaps) > _GAPS else ""
        raise InputError(f"expected curves that meet, got gaps of {', '.join(words)}{more}; close them in the drawing")


def refuse_touching(place: FloatArray) -> NoReturn:
    """Raise `InputError` for areas that touch in a point."""
    raise InputError(
        f"expected an outline that does not cross itself, got curves that cross or touch at ({place[0]:.4g}, "
        f"{place[1]:.4g}); draw the outline once around the body"
    )


def refuse_frame(found: Faces, rectangle: Polygon, inner: Polygon, called: str, extent: float) -> NoReturn:
    """Raise `InputError` for a rectangle that may be a frame around the body, or a body with holes."""
    left, bottom, right, top = (extent * side for side in rectangle.bounds)
    (outer_number, outer), (number, other) = (_described(found, body, called, extent) for body in (rectangle, inner))
    raise InputError(
        f"expected one body, got a rectangle of {right - left:.4g} x {top - bottom:.4g}{outer} around a curve of area "
        f"{inner.area * extent**2:.4g}{other}; choose part {outer_number} (a plate with holes) or part {number} (a "
        "body in a frame)"
    )


def refuse_grid(rectangle: Polygon, crossed: tuple[Curve, float], called: str, extent: float) -> NoReturn:
    """Raise `InputError` for a rectangle of lines, such as a grid, that cross a closed curve."""
    left, bottom, right, top = (extent * side for side in rectangle.bounds)
    curve, area = crossed
    name = f" ({called} {shown(curve.names[0])})" if curve.names else ""
    raise InputError(
        f"expected one body, got a rectangle of {right - left:.4g} x {top - bottom:.4g} whose lines cross a closed "
        f"curve of area {area * extent**2:.4g}{name}; choose the {called} of the body, or delete the other lines"
    )


def _described(found: Faces, body: Polygon, called: str, extent: float) -> tuple[int, str]:
    """The number of a body, and words for its names."""
    names = sorted({name for curve in found.around(body) for name in curve.names[:1]})
    number = 1 + next(i for i, other in enumerate(found.bodies) if other is body)
    return number, f" ({called} {', '.join(map(shown, names[:3]))})" if names else ""

"""The body among the curves of a drawing: the largest area, unless a choice, a page or a frame speaks against it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, Polygon

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.common.errors import InputError, require, shown
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve, Drawing, require_pieces
from fusiform.solvers.geometry.formats.drawings.faces import CURVE_POINTS, UPRIGHT, Faces, Gap, bounded_faces
from fusiform.solvers.geometry.formats.drawings.refusals import (
    nothing_drawn,
    open_outline,
    refuse_frame,
    refuse_gaps,
    refuse_grid,
    refuse_touching,
)
from fusiform.solvers.geometry.formats.found_outline import FoundOutline
from fusiform.solvers.geometry.polygons import MIN_POINTS

_LARGEST = 1e100
_PAGE = 5e-3  # of the page's extent: how much smaller than the page a rectangle may be that is the page
_PART = 1e-3  # of the body's area: a part that counts
_FRAMES = re.compile(
    r"(?<![a-z])(artboard|background|border|canvas|frame|page|rahmen|sheet|title.?block)s?(?![a-z])", re.IGNORECASE
)


@dataclass(frozen=True)
class Joining:
    """Lengths over the extent of a drawing, by which ends of curves are joined."""

    meeting: float = 5e-4
    """Ends that are nearer meet."""
    doubtful: float = 0.03
    """Gaps that are narrower, and whose closing gives a larger body, are refused."""
    larger: float = 1.02
    """Ratio of areas above which a body counts as larger."""
    noted: float = 1e-6
    """Gaps that are wider are mentioned when they are joined."""


JOINING = Joining()


@dataclass(frozen=True)
class _Units:
    """Coordinates of the file from coordinates of unit extent."""

    centre: complex
    extent: float

    def scaled(self, curve: Curve) -> Curve:
        pieces = tuple(tuple((z - self.centre) / self.extent for z in piece) for piece in curve.pieces)
        return replace(curve, pieces=pieces)

    def points(self, unit: FloatArray) -> FloatArray:
        return self.extent * unit + np.array([self.centre.real, self.centre.imag])


def body_outline(drawing: Drawing, part: str | int | None = None) -> FoundOutline:
    """The outline of the body in a drawing, or of the `part` with a name, or with a number in the order of areas.

    The ends of curves meet within 5e-4 of the drawing's extent. One open end up to 3 %, as at a blunt tail, is closed
    by a straight side. `InputError`: no curve, numbers that are not finite or beyond 1e100, no closed curve, several
    gaps up to 3 % of the extent whose closing would give a larger body, a rectangle that may be a frame or a body, and
    a part that does not exist.
    """
    curves = [curve for curve in drawing.curves if curve.pieces]
    require(bool(curves), nothing_drawn(drawing))
    _require_usable(curves)
    curves, number = _named_part(curves, drawing, part)
    pages = [curve for curve in curves if drawing.page is not None and _is_page(curve, drawing.page)]
    pages = pages if len(pages) < len(curves) else []
    curves = [curve for curve in curves if curve not in pages]
    units = _units(curves)
    unit_curves = [units.scaled(curve) for curve in curves]
    found, side = _bounded(unit_curves, number, units)
    chosen, frames = _chosen(found, number)
    if chosen is None:
        closed = all(curve.ends[0] == curve.ends[1] for curve in curves)
        loose = found.loose[:0] if closed else found.loose * units.extent
        raise open_outline(loose, sum(curve.length for curve in curves))
    if number is None:
        _require_largest(chosen, found, drawing, units.extent)
    _require_one_part(chosen, found, units)
    ring = shapely.get_coordinates(chosen.exterior)
    points = units.points(_divided(ring) if drawing.divided or len(ring) <= MIN_POINTS else ring)
    left_out = {"page": len(pages), "frame": frames, "hidden shape": drawing.hidden}
    words = _which(chosen, found, drawing, None if number is not None else part)
    repairs = _repairs(left_out, found, drawing, units.extent)
    return FoundOutline(points, words + repairs + _closing_words(side, units))


def _require_usable(curves: list[Curve]) -> None:
    require_pieces(sum(len(curve.pieces) for curve in curves))
    points = np.array([point for curve in curves for piece in curve.pieces for point in piece])
    bad = np.flatnonzero(~((np.abs(points.real) <= _LARGEST) & (np.abs(points.imag) <= _LARGEST)))
    if bad.size:
        raise InputError(
            f"expected finite coordinates up to {_LARGEST:g}, got {points[bad[0]].real:g}, {points[bad[0]].imag:g}; "
            "correct the file"
        )


def _units(curves: list[Curve]) -> _Units:
    points = np.array([point for curve in curves for piece in curve.pieces for point in piece])
    low, high = complex(points.real.min(), points.imag.min()), complex(points.real.max(), points.imag.max())
    extent = max(high.real - low.real, high.imag - low.imag)
    return _Units(0.5 * (low + high), extent if extent > 0.0 else 1.0)


def _is_page(curve: Curve, page: tuple[float, float, float, float]) -> bool:
    """True for an upright rectangle that covers the page."""
    if any(len(piece) > 2 for piece in curve.pieces) or curve.ends[0] != curve.ends[1]:
        return False
    x, y = np.array([[piece[0].real, piece[0].imag] for piece in curve.pieces]).T
    box = np.array([x.min(), y.min(), x.max(), y.max()])
    slack = _PAGE * max(page[2] - page[0], page[3] - page[1])
    area = 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
    upright = area >= UPRIGHT * (box[2] - box[0]) * (box[3] - box[1])
    outside = np.array([1.0, 1.0, -1.0, -1.0]) * (np.array(page) - box)
    return bool(upright and (outside >= -slack).all())


def _named_part(curves: list[Curve], drawing: Drawing, part: str | int | None) -> tuple[list[Curve], int | None]:
    """The curves with the name `part`, or all and the number that it is."""
    if part is None or isinstance(part, int):
        return curves, part
    named = [curve for curve in curves if part.lower() in (name.lower() for name in curve.names)]
    if named:
        return named, None
    if part.strip().isdecimal():
        return curves, int(part)
    names = sorted({name for curve in curves for name in curve.names[:1]})
    listed = f"the {drawing.called}s are {', '.join(map(shown, names[:12]))}" if names else "it has no names"
    raise InputError(f"expected the {drawing.called} or the number of a curve, got {shown(part)}; {listed}")


def _bounded(curves: list[Curve], number: int | None, units: _Units) -> tuple[Faces, Curve | None]:
    """What the curves bound, and the straight side by which the open end of the body was closed, if one was needed."""
    found = bounded_faces(curves, JOINING.meeting)
    if number is not None:
        return found, None
    (body, _), wide = _chosen(found, None), bounded_faces(curves, JOINING.doubtful)
    larger, _ = _chosen(wide, None)
    if larger is None or (body is not None and larger.area <= JOINING.larger * body.area):
        return found, None
    gaps = [gap for gap in wide.gaps if gap[0] > JOINING.meeting]
    side = _missing_side(found, gaps)
    if side is not None:
        return bounded_faces([*curves, side], JOINING.meeting), side
    refuse_gaps(gaps, units.points, units.extent)
    return found, None


def _missing_side(found: Faces, gaps: list[Gap]) -> Curve | None:
    """The side between the two ends of one chain, if these are the only gap."""
    for start, end in map(_ends, found.chains):
        if len(gaps) == 1 and abs(abs(end - start) - gaps[0][0]) <= JOINING.noted:
            return Curve(((complex(end), complex(start)),))
    return None


def _closing_words(side: Curve | None, units: _Units) -> str:
    if side is None:
        return ""
    middle = 0.5 * sum(side.ends)
    x, y = units.extent * (units.points(np.array([middle.real, middle.imag])) / units.extent).round(9)
    return f"; an open end of {side.length * units.extent:.2g} at ({x:.4g}, {y:.4g}) closed by a straight side"


def _chosen(found: Faces, number: int | None) -> tuple[Polygon | None, int]:
    """The body with a number, or the largest that is no frame; and how many frames are larger."""
    if number is not None:
        require(
            1 <= number <= len(found.bodies),
            f"expected a closed curve from 1 to {len(found.bodies)}, got {number}; 1 is the largest",
        )
        return found.bodies[number - 1], 0
    frames = 0
    for body in found.bodies:
        if not _is_frame(body, found):
            return body, frames
        frames += 1
    return None, frames


def _is_frame(body: Polygon, found: Faces) -> bool:
    """True for an upright rectangle around others that is named as a frame, white, or empty around filled ones."""
    if not _is_rectangle(body) or not (inside := found.inside(body)):
        return False
    around, within = found.around(body), [curve for other in inside for curve in found.around(other)]
    named = all(map(_is_named_frame, around)) and not all(map(_is_named_frame, within))
    empty = not any(curve.fill for curve in around)
    filled = any(curve.fill == "color" for curve in within)
    return named or any(curve.fill == "white" for curve in around) or (empty and filled)


def _is_named_frame(curve: Curve) -> bool:
    return any(_FRAMES.search(name) for name in curve.names[:2])


def _is_rectangle(body: Polygon) -> bool:
    left, bottom, right, top = body.bounds
    return bool(body.area >= UPRIGHT * (right - left) * (top - bottom))


def _require_largest(body: Polygon, found: Faces, drawing: Drawing, extent: float) -> None:
    """Raise `InputError` if an open curve is larger than the body, or the body may be a frame or a grid."""
    for chain in found.chains:
        if _enclosed(chain) > JOINING.larger * body.area:
            raise open_outline(extent * _ends(chain), extent * chain.length)
    if drawing.frames and _is_rectangle(body) and (inner := found.inside(body)):
        other = next((part for part in inner if not _is_rectangle(part)), inner[0])
        refuse_frame(found, body, other, drawing.called, extent)
    if _is_rectangle(body) and (crossed := found.crossed(body)):
        refuse_grid(body, crossed[0], drawing.called, extent)


def _enclosed(chain: LineString) -> float:
    """The area of a chain that a straight side closes."""
    x, y = shapely.get_coordinates(chain).T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def _ends(chain: LineString) -> ComplexArray:
    x, y = shapely.get_coordinates(shapely.get_point(chain, [0, -1])).T
    return np.asarray(x + 1j * y)


def _require_one_part(body: Polygon, found: Faces, units: _Units) -> None:
    """Raise `InputError` if another part touches the body in a point, as where an outline crosses itself."""
    at = next(i for i, other in enumerate(found.bodies) if other is body)
    for other, group in zip(found.bodies, found.groups, strict=True):
        if other is not body and group == found.groups[at] and other.area > _PART * body.area:
            refuse_touching(units.points(shapely.get_coordinates(shapely.shortest_line(body, other))[:1])[0])


def _which(body: Polygon, found: Faces, drawing: Drawing, name: str | int | None) -> str:
    """Which of how many closed curves was taken: of the whole drawing, or of its part with a `name`."""
    names = sorted({name for curve in found.around(body) for name in curve.names[:1]})
    count, inside = len(found.bodies), len(found.inside(body)) if _is_rectangle(body) else 0
    at = next(i for i, other in enumerate(found.bodies) if other is body)
    text = "the only closed curve" if count == 1 else f"closed curve {at + 1} of {count} by area"
    text += f" of the part {shown(name)}" if name is not None else ""
    text += f", {drawing.called} {', '.join(map(shown, names[:3]))}" if names else ""
    text += f", a rectangle around {inside} other{'s' * (inside > 1)}" if inside else ""
    return text + (f"; {found.united[at]} areas between its lines united" if found.united[at] > 1 else "")


def _repairs(left_out: dict[str, int], found: Faces, drawing: Drawing, extent: float) -> str:
    """Words about gaps that were joined, and what was left out."""
    widest = max((width for width, _ in found.gaps), default=0.0)
    text = f"; gaps up to {widest * extent:.2g} joined" if widest > JOINING.noted else ""
    for word, number in {**left_out, "loose end": len(found.loose)}.items():
        text += f"; {number} {word}{'s' * (number > 1)} left out" if number else ""
    return text + (f"; not read: {', '.join(drawing.unread)}" if drawing.unread else "")


def _divided(ring: FloatArray) -> FloatArray:
    """The ring with long sides divided; an outline of 400 points at equal steps of η, as exported, stays as it is."""
    side = np.diff(ring, axis=0)
    length = np.hypot(*side.T)
    spacing = float(length.sum()) / CURVE_POINTS
    count = np.where(length > 3.0 * spacing, np.ceil(length / spacing), 1).astype(int)
    start = np.repeat(np.cumsum(count) - count, count)
    share = (np.arange(count.sum()) - start) / np.repeat(count, count)
    points = np.repeat(ring[:-1], count, axis=0) + share[:, None] * np.repeat(side, count, axis=0)
    return np.concatenate([points, ring[:1]])

"""The drawn lines of an ASCII .dxf file: LINE, LWPOLYLINE, POLYLINE, ARC, CIRCLE, ELLIPSE and SPLINE in model space.

A file is a sequence of pairs of lines, a group code and its value. Blocks (INSERT), text, hatches, layers and units are
not followed. Source: Autodesk, DXF Reference, entities section and "arbitrary axis algorithm".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.drawn_curves import Line, Piece, ellipse_arc, require_pieces

_SPLINE_PIECES = 4  # cubic pieces for each knot span; a cubic spline without weights is exact
_LARGEST_DEGREE = 11
_SAVE = "save the drawing as ASCII DXF"


@dataclass(frozen=True)
class Entity:
    """One entity: its kind and its pairs of group code and value, in order."""

    kind: str
    pairs: list[tuple[int, str]]

    def numbers(self, code: int) -> list[float]:
        """All values of a group code."""
        return [_number(value) for key, value in self.pairs if key == code]

    def number(self, code: int, default: float = 0.0) -> float:
        """The first value of a group code."""
        return next(iter(self.numbers(code)), default)

    def flag(self, bit: int) -> bool:
        """True if a bit of group 70 is set."""
        return bool(int(self.number(70)) & bit)

    def point(self, code: int) -> complex:
        """x + iy from the groups `code` and `code` + 10."""
        return complex(self.number(code), self.number(code + 10))


def read_dxf(content: bytes) -> list[Line]:
    """All lines of the drawing that are supported. `InputError` for malformed ASCII DXF."""
    require(not content.startswith(b"AutoCAD Binary DXF"), f"expected ASCII DXF, got binary DXF; {_SAVE}")
    require(b"\0" not in content, f"expected ASCII DXF, got binary data; {_SAVE}")
    lines: list[Line] = []
    vertices: list[tuple[complex, float]] = []
    outline: Entity | None = None  # the POLYLINE whose VERTEX entities are being read
    for entity in _entities(content.decode("utf-8-sig", errors="replace")):
        if entity.kind == "POLYLINE":
            outline, vertices = entity, []
        elif entity.kind == "VERTEX" and outline is not None:
            vertices.append((entity.point(10), entity.number(42)))
            require_pieces(len(vertices))
        elif entity.kind == "SEQEND" and outline is not None:
            if not outline.flag(16 | 64):  # a polygon mesh or a polyface
                lines += _placed(outline, _bulged(vertices, outline.flag(1)))
            outline = None
        elif entity.kind in _READERS and entity.number(67) == 0.0:
            lines += _placed(entity, _READERS[entity.kind](entity))
            require_pieces(len(lines))
    return lines


def _entities(text: str) -> Iterator[Entity]:
    """The entities of the section ENTITIES, up to its end, or to the end of a truncated file."""
    section, entity = "", Entity("", [])
    for code, value in _pairs(text):
        if code == 0:
            if section == "ENTITIES":
                yield entity
            entity = Entity(value, [])
            section = "" if value in ("SECTION", "ENDSEC") else section
        elif code == 2 and entity.kind == "SECTION":
            section = value
        else:
            entity.pairs.append((code, value))
    if section == "ENTITIES":
        yield entity


def _pairs(text: str) -> Iterator[tuple[int, str]]:
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in range(0, len(rows) - 1, 2):
        try:
            yield int(rows[row]), rows[row + 1].strip()
        except ValueError as error:
            raise InputError(
                f"expected a DXF group code, got {rows[row].strip()[:20]!r} in line {row + 1}; {_SAVE}"
            ) from error


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise InputError(f"expected a number in the DXF drawing, got {value[:20]!r}; {_SAVE}") from error


def _placed(entity: Entity, line: Line) -> list[Line]:
    """The line in world coordinates: mirrored where the entity was drawn from below, extrusion (0, 0, −1)."""
    normal = [entity.number(code, default) for code, default in ((210, 0.0), (220, 0.0), (230, 1.0))]
    require(
        max(abs(normal[0]), abs(normal[1])) <= 1e-6 * abs(normal[2]),
        f"expected curves in the x-y plane, got a {entity.kind} that is tilted; flatten the drawing",
    )
    if normal[2] > 0.0 or entity.kind in ("LINE", "ELLIPSE", "SPLINE"):
        return [line]
    return [Line([tuple(-z.conjugate() for z in piece) for piece in line.pieces], line.closed)]


def _straight(entity: Entity) -> Line:
    return Line([(entity.point(10), entity.point(11))])


def _arc(entity: Entity) -> Line:
    begin, end = math.radians(entity.number(50)), math.radians(entity.number(51))
    sweep = (end - begin) % (2.0 * math.pi)
    return Line(ellipse_arc(entity.point(10), entity.number(40), 1j * entity.number(40), begin, sweep))


def _circle(entity: Entity) -> Line:
    radius = entity.number(40)
    return Line(ellipse_arc(entity.point(10), radius, 1j * radius, 0.0, 2.0 * math.pi), closed=True)


def _ellipse(entity: Entity) -> Line:
    major = entity.point(11)
    minor = math.copysign(entity.number(40, 1.0), entity.number(230, 1.0)) * 1j * major
    begin, end = entity.number(41), entity.number(42, 2.0 * math.pi)
    whole = abs(abs(end - begin) - 2.0 * math.pi) < 1e-6
    sweep = 2.0 * math.pi if whole else (end - begin) % (2.0 * math.pi)
    return Line(ellipse_arc(entity.point(10), major, minor, begin, sweep), closed=whole)


def _light_polyline(entity: Entity) -> Line:
    vertices: list[tuple[complex, float]] = []
    for code, value in entity.pairs:
        if code == 10:
            vertices.append((complex(_number(value), 0.0), 0.0))
        elif code == 20 and vertices:
            vertices[-1] = (complex(vertices[-1][0].real, _number(value)), 0.0)
        elif code == 42 and vertices:
            vertices[-1] = (vertices[-1][0], _number(value))
    return _bulged(vertices, entity.flag(1))


def _bulged(vertices: list[tuple[complex, float]], closed: bool) -> Line:
    """Straight sides, and arcs where the bulge b at the first end is not 0: tan of a quarter of the arc's angle."""
    pieces: list[Piece] = []
    require_pieces(len(vertices))
    for (begin, bulge), (end, _) in pairwise(vertices + vertices[:1] * closed):
        if bulge == 0.0 or begin == end:
            pieces.append((begin, end))
        else:
            centre = 0.5 * (begin + end) + 0.5j * (end - begin) * (1.0 - bulge**2) / (2.0 * bulge)
            radius = begin - centre
            pieces += ellipse_arc(centre, radius, 1j * radius, 0.0, 4.0 * math.atan(bulge))
    return Line(pieces, closed)


def _spline(entity: Entity) -> Line:
    """A B-spline, rational where it has weights, as cubic pieces through four points each."""
    from scipy.interpolate import BSpline

    degree = int(entity.number(71, 3.0))
    knots, weights = np.array(entity.numbers(40)), np.array(entity.numbers(41))
    points = np.column_stack([entity.numbers(10), entity.numbers(20)])
    weights = weights if len(weights) else np.ones(len(points))
    require(
        1 <= degree <= _LARGEST_DEGREE
        and len(points) > degree
        and len(weights) == len(points)
        and len(knots) == len(points) + degree + 1
        and bool((np.diff(knots) >= 0.0).all() and (weights > 0.0).all()),
        f"expected a SPLINE with control points, knots and positive weights, got {len(points)} points, {len(knots)} "
        f"knots and degree {degree}; convert it to a polyline",
    )
    require_pieces(_SPLINE_PIECES * len(knots))
    spline = BSpline(knots, np.column_stack([points * weights[:, None], weights]), degree)
    ends = np.unique(knots[degree : len(points) + 1])
    share = np.arange(3 * _SPLINE_PIECES) / (3 * _SPLINE_PIECES)
    at = np.append((ends[:-1, None] + np.diff(ends)[:, None] * share).ravel(), ends[-1])
    x, y, w = spline(at).T
    z = ((x + 1j * y) / w).tolist()
    pieces = [_cubic_through(z[i], z[i + 1], z[i + 2], z[i + 3]) for i in range(0, len(z) - 1, 3)]
    return Line(pieces, closed=entity.flag(1) and abs(z[-1] - z[0]) <= 1e-9 * max(map(abs, z)))


def _cubic_through(a: complex, b: complex, c: complex, d: complex) -> Piece:
    """The Bézier curve that passes a, b, c, d at t = 0, 1/3, 2/3, 1."""
    return a, (-5.0 * a + 18.0 * b - 9.0 * c + 2.0 * d) / 6.0, (2.0 * a - 9.0 * b + 18.0 * c - 5.0 * d) / 6.0, d


_READERS: dict[str, Callable[[Entity], Line]] = {
    "LINE": _straight,
    "ARC": _arc,
    "CIRCLE": _circle,
    "ELLIPSE": _ellipse,
    "LWPOLYLINE": _light_polyline,
    "SPLINE": _spline,
}

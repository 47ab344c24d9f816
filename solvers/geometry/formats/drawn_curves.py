"""Drawn lines: Bézier pieces, made of arcs too, joined where their ends meet, and the largest loop among them.

A piece is the tuple of its 2 to 4 control points, complex x + iy: a straight side, a quadratic or a cubic Bézier curve.
Every reader of drawings and of mesh sections ends here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.polygons import MIN_POINTS

Piece = tuple[complex, ...]

MAX_PIECES = 100_000
CURVE_POINTS = 512  # of a loop that is curved everywhere
_LARGEST = 1e100
_LEAST, _BUDGET = 8, 8000  # points of one curved piece where the loop has few of them, and of all where it has many
_ARC = math.radians(22.5)  # arcs as cubic pieces of this angle are exact to 1e-7 of the radius
_MEETING = 1e-4  # of the drawing's extent: ends that are closer meet
_NEARLY_CLOSED = 0.05  # of the perimeter


@dataclass
class Line:
    """Pieces that follow each other; `closed` where the drawing says that the last one ends at the first."""

    pieces: list[Piece]
    closed: bool = False

    @property
    def start(self) -> complex:
        return self.pieces[0][0]

    @property
    def end(self) -> complex:
        return self.pieces[-1][-1]

    def reversed(self) -> Line:
        """The same line the other way."""
        return Line([piece[::-1] for piece in reversed(self.pieces)], self.closed)


def require_pieces(count: int) -> None:
    """Raise `InputError` for more pieces than a drawing of a body needs: tens of thousands take seconds to join."""
    require(count <= MAX_PIECES, f"expected at most {MAX_PIECES} pieces of curves, got more; keep the outline alone")


def polyline(points: Iterable[complex], *, closed: bool = False) -> Line:
    """Straight sides through `points`; no pieces where there are fewer than two."""
    corners = list(points)
    require_pieces(len(corners))
    return Line(list(pairwise(corners + corners[:1] * closed)), closed)


def ellipse_arc(centre: complex, major: complex, minor: complex, start: float, sweep: float) -> list[Piece]:
    """Cubic pieces of centre + major · cos θ + minor · sin θ, for θ from `start` over `sweep` radians."""
    count = max(1, math.ceil(abs(sweep) / _ARC - 1e-9))
    step = sweep / count
    reach = 4.0 / 3.0 * math.tan(step / 4.0)
    angles = [start + step * i for i in range(count + 1)]
    points = [centre + major * math.cos(t) + minor * math.sin(t) for t in angles]
    slopes = [reach * (minor * math.cos(t) - major * math.sin(t)) for t in angles]
    return [(points[i], points[i] + slopes[i], points[i + 1] - slopes[i + 1], points[i + 1]) for i in range(count)]


def transformed(line: Line, matrix: tuple[float, float, float, float, float, float]) -> Line:
    """The line under x' = a x + c y + e, y' = b x + d y + f, for `matrix` (a, b, c, d, e, f)."""
    a, b, c, d, e, f = matrix

    def image(z: complex) -> complex:
        return complex(a * z.real + c * z.imag + e, b * z.real + d * z.imag + f)

    return Line([tuple(image(z) for z in piece) for piece in line.pieces], line.closed)


def largest_loop(lines: list[Line], source: str) -> FloatArray:
    """Points (n, 2) on the line that encloses the largest area, from all lines of a drawing or a section.

    Open lines are joined where their ends meet within 1e-4 of the drawing's extent. Curved pieces are sampled finely,
    about 512 points in all; straight sides keep their ends only, and their middle in triangles and quadrangles. The
    first point is repeated at the end of a closed line; an open one stays open, and is chosen only where no other
    closes to 5 % of its perimeter. `InputError` where there is no line, or where a number is not finite or beyond
    1e100; `source` names the kind of drawing in the sentence.
    """
    lines = [line for line in lines if line.pieces]
    require_pieces(sum(len(line.pieces) for line in lines))
    require(bool(lines), f"expected {source} with a closed curve, got none in the file; draw the outline as one curve")
    for line in lines:
        for piece in line.pieces:
            for point in piece:
                if not (abs(point.real) <= _LARGEST and abs(point.imag) <= _LARGEST):
                    raise InputError(
                        f"expected finite coordinates up to {_LARGEST:g}, got {point.real:g}, {point.imag:g}; "
                        "correct the file"
                    )
    joined = _joined(lines)
    closed = [line for line in joined if line.closed or _gap(line) <= _NEARLY_CLOSED]
    return _sampled(max(closed or joined, key=lambda line: abs(_area(line))))


def _length(piece: Piece) -> float:
    """Of the control polygon."""
    return sum(abs(b - a) for a, b in pairwise(piece))


def _gap(line: Line) -> float:
    """Distance between the ends over the perimeter."""
    gap = abs(line.end - line.start)
    return gap / max(gap + sum(map(_length, line.pieces)), 1e-300)


def _area(line: Line) -> float:
    """Twice the area of the control polygon."""
    first, last = line.start, line.start
    total = 0.0
    for piece in line.pieces:
        for point in piece:
            total += ((last - first).conjugate() * (point - first)).imag
            last = point
    return total


def _sampled(line: Line) -> FloatArray:
    bent = [piece for piece in line.pieces if len(piece) > 2]
    whole = sum(map(_length, line.pieces))
    least = min(max(_BUDGET // max(len(bent), 1), 1), _LEAST)
    straight = 1 if len(line.pieces) >= MIN_POINTS else 2
    samples = []
    for piece in line.pieces:
        share = _length(piece) / max(whole, 1e-300)
        count = straight if len(piece) == 2 else max(least, math.ceil(CURVE_POINTS * share))
        samples.append(_bezier(piece, np.arange(count) / count))
    samples.append(np.array([line.start if line.closed else line.end]))
    points = np.concatenate(samples)
    return np.column_stack([points.real, points.imag])


def _bezier(piece: Piece, t: FloatArray) -> ComplexArray:
    """Points at the parameters `t`, by de Casteljau's scheme."""
    points: list[ComplexArray] = [np.full(t.shape, point, dtype=np.complex128) for point in piece]
    while len(points) > 1:
        points = [a + t * (b - a) for a, b in pairwise(points)]
    return points[0]


class _Ends:
    """The open ends of lines, found by place: (index, whether it is the line's end)."""

    def __init__(self, reach: float) -> None:
        self.reach = reach
        self.cells: defaultdict[tuple[int, int], dict[tuple[int, bool], complex]] = defaultdict(dict)

    def _cell(self, point: complex) -> tuple[int, int]:
        return math.floor(point.real / self.reach), math.floor(point.imag / self.reach)

    def add(self, point: complex, key: tuple[int, bool]) -> None:
        self.cells[self._cell(point)][key] = point

    def drop(self, point: complex, key: tuple[int, bool]) -> None:
        self.cells[self._cell(point)].pop(key, None)

    def nearest(self, point: complex) -> tuple[int, bool] | None:
        """The nearest end within reach."""
        i, j = self._cell(point)
        nearest, best = None, self.reach
        for cell in ((i + di, j + dj) for di in (-1, 0, 1) for dj in (-1, 0, 1)):
            for key, place in self.cells.get(cell, {}).items():
                if abs(place - point) <= best:
                    nearest, best = key, abs(place - point)
        return nearest


def _joined(lines: list[Line]) -> list[Line]:
    """Closed lines as they are; open ones in chains as long as their ends meet, closed if both ends meet."""
    places = [place for line in lines for place in (line.start, line.end)]
    x, y = [p.real for p in places], [p.imag for p in places]
    reach = _MEETING * max(max(x) - min(x), max(y) - min(y))
    loose = [line for line in lines if not line.closed]
    if not reach > 0.0:
        return lines
    ends = _Ends(reach)
    for index, line in enumerate(loose):
        ends.add(line.start, (index, False))
        ends.add(line.end, (index, True))
    chains = [line for line in lines if line.closed]
    used = [False] * len(loose)
    for index, line in enumerate(loose):
        if not used[index]:
            used[index] = True
            chain = _extended(line, (index, False), (index, True), ends, loose, used)
            chains.append(chain)
    return chains


def _extended(
    line: Line, tail: tuple[int, bool], head: tuple[int, bool], ends: _Ends, loose: list[Line], used: list[bool]
) -> Line:
    """The chain through `line`: from its head, and from its tail if it is not closed. Removes used ends and lines."""
    chain = Line(list(line.pieces))
    for turn in range(2):
        while True:
            ends.drop(chain.end, head)
            meeting = ends.nearest(chain.end)
            if meeting is None:
                break
            if meeting == tail:
                ends.drop(chain.start, tail)
                chain.closed = True
                return chain
            index, backwards = meeting
            used[index] = True
            following = loose[index].reversed() if backwards else loose[index]
            ends.drop(following.start, meeting)
            chain.pieces.extend(following.pieces)
            head = (index, not backwards)
        if turn == 0:
            chain = chain.reversed()
            head, tail = tail, head
    return chain

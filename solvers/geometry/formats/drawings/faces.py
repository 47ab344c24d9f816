"""The areas that curves bound, in whatever order the curves stand.

Ends that nearly meet are moved together, all lines are cut where they meet, and the faces that touching lines bound are
united: a centre line, a stub or a line drawn twice changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Polygon

from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.geometry.formats.drawings.curve_ends import joined
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve, Piece

CURVE_POINTS = 512  # of a loop
UPRIGHT = 0.995  # of its bounding box: a rectangle
_PART = 1e-3  # of the area of a union: faces that count
_CROSSED = 0.01  # of the area of a union: curves in it that count
_RING, _OPEN = 3, 0.05  # points, and the gap over the length, of a curve that is closed by itself
_GRID = 1e-11  # to which points are rounded, so that sides that run on each other become one
_LEAST, _BUDGET = 8, 8000  # points of one curved piece where there are few of them, and of all where there are many
_ACROSS, _HAIR = 1.001, 1e-9  # of a gap, and in addition: the length of the side that closes it

Gap = tuple[float, complex]
"""Width and middle."""


@dataclass(frozen=True)
class Faces:
    """The unions of faces that touching lines bound, the largest first.

    `groups` numbers the touching lines around each body, `united` counts its faces of 0.1 % of its area or more;
    `loose` are the ends that meet no other, `chains` the lines between two of them; `gaps` are those that were joined;
    `lines` are those of `curves`, in order.
    """

    bodies: list[Polygon]
    groups: list[int]
    united: list[int]
    loose: ComplexArray
    chains: list[LineString]
    gaps: list[Gap]
    lines: list[LineString]
    curves: list[Curve]

    def around(self, body: Polygon) -> list[Curve]:
        """The curves on the outline of a body."""
        near = shapely.STRtree(self.lines).query(body.exterior, predicate="intersects")
        return [self.curves[i] for i in near]

    def inside(self, body: Polygon) -> list[Polygon]:
        """The bodies inside another one, of other elements of the file."""
        own = {curve.element for curve in self.around(body)}
        within = shapely.STRtree(self.bodies).query(body, predicate="contains")
        others = [self.bodies[i] for i in np.sort(within) if self.bodies[i] is not body]
        return [other for other in others if any(curve.element not in own for curve in self.around(other))]

    def crossed(self, body: Polygon) -> list[tuple[Curve, float]]:
        """The curves in a body that are closed by themselves, and cross its other lines; with their areas."""
        own = {id(curve) for other in self.inside(body) for curve in self.around(other)}
        pairs = [(curve, line) for curve, line in zip(self.curves, self.lines, strict=True) if id(curve) not in own]
        rings = [(curve, Polygon(line)) for curve, line in pairs if _is_ring(line) and body.covers(line)]
        areas = [(curve, ring.area) for curve, ring in rings if ring.area < UPRIGHT * ring.envelope.area]
        return [(curve, area) for curve, area in areas if area > _CROSSED * body.area]


def bounded_faces(curves: list[Curve], reach: float) -> Faces:
    """The areas that curves of unit extent bound when ends within `reach` meet."""
    chains = joined(curves, reach)
    lines = _sampled(chains.curves, chains.chains)
    bridges = _bridges(lines, reach)
    noded = shapely.get_parts(shapely.line_merge(shapely.unary_union([*lines, *bridges], grid_size=_GRID)))
    ends = shapely.get_coordinates(shapely.get_point(noded, [[0], [-1]]))
    place, node, uses = np.unique(ends[:, 0] + 1j * ends[:, 1], return_inverse=True, return_counts=True)
    first, last = node.reshape(2, -1)
    links = coo_array((np.ones(len(first)), (first, last)), shape=(len(place),) * 2)
    label = connected_components(links, directed=False)[1][first]
    order = np.argsort(label, kind="stable")
    unions: list[tuple[Polygon, int, int]] = []
    for number, group in enumerate(np.split(noded[order], np.flatnonzero(np.diff(label[order])) + 1)):
        faces = shapely.get_parts(shapely.polygonize(list(group)))
        whole = shapely.unary_union([Polygon(face.exterior) for face in faces])
        parts = [Polygon(part.exterior) for part in shapely.get_parts(whole)]
        unions += [(part, number, _count_faces(part, faces)) for part in parts]
    unions.sort(key=lambda union: -union[0].area)
    bodies, groups = [body for body, _, _ in unions], [number for _, number, _ in unions]
    united = [count for _, _, count in unions]
    open_chains = list(noded[(uses[first] == 1) & (uses[last] == 1)])
    return Faces(bodies, groups, united, place[uses == 1], open_chains, chains.gaps + _widths(bridges), lines, curves)


def _is_ring(line: LineString) -> bool:
    start, end = shapely.get_coordinates(shapely.get_point(line, [0, -1]))
    return len(line.coords) > _RING and bool(np.hypot(*(end - start)) < _OPEN * line.length)


def _count_faces(union: Polygon, faces: NDArray[np.object_]) -> int:
    """How many of the faces in a union have 0.1 % of its area."""
    large = faces[shapely.area(faces) > _PART * union.area]
    return int(shapely.intersects(union, shapely.point_on_surface(large)).sum())


def _bridges(lines: list[LineString], reach: float) -> list[LineString]:
    """From each loose end that touches no other line to the nearest one within `reach`, and a hair across it."""
    points = [shapely.get_point(line, end) for line in lines for end in (0, -1)]
    place = np.unique(shapely.get_coordinates(points), axis=0, return_inverse=True)[1]
    uses = np.bincount(place)[place]
    tree = shapely.STRtree(lines)
    bridges = []
    for index in np.flatnonzero(uses == 1):
        near = tree.query(points[index], predicate="dwithin", distance=reach)
        others = [lines[i] for i in near if i != index // 2]
        if others:
            nearest = min(others, key=points[index].distance)
            start, end = shapely.get_coordinates(shapely.shortest_line(points[index], nearest))
            width = float(np.hypot(*(end - start)))
            if width > 0.0:
                bridges.append(LineString([start, start + (_ACROSS + _HAIR / width) * (end - start)]))
    return bridges


def _widths(bridges: list[LineString]) -> list[Gap]:
    return [((bridge.length - _HAIR) / _ACROSS, complex(bridge.centroid.x, bridge.centroid.y)) for bridge in bridges]


def _sampled(curves: list[Curve], component: list[int]) -> list[LineString]:
    """Lines through about 512 points on the curved pieces of each chain."""
    lengths = np.bincount(component, weights=[curve.length for curve in curves])
    bent = sum(len(piece) > 2 for curve in curves for piece in curve.pieces)
    least = min(max(_BUDGET // max(bent, 1), 1), _LEAST)
    lines = []
    for curve, chain in zip(curves, component, strict=True):
        lines.append(sampled_line(curve, lengths[chain] / CURVE_POINTS, least))
    return lines


def sampled_line(curve: Curve, spacing: float, least: int = _LEAST) -> LineString:
    """A line through points on a curve, on curved pieces nearer than `spacing`."""
    parts = [_points(piece, max(spacing, 1e-300), least) for piece in curve.pieces]
    points = np.append(np.concatenate(parts), curve.ends[1])
    return LineString(np.column_stack([points.real, points.imag]))


def _points(piece: Piece, spacing: float, least: int) -> ComplexArray:
    """Points of a Bézier curve from its start, without its end, by de Casteljau's scheme."""
    length = sum(abs(b - a) for a, b in pairwise(piece))
    count = 1 if len(piece) == 2 else max(least, math.ceil(length / spacing))
    t = np.arange(count) / count
    points: list[ComplexArray] = [np.full(count, point, dtype=np.complex128) for point in piece]
    while len(points) > 1:
        points = [a + t * (b - a) for a, b in pairwise(points)]
    return points[0]

"""Curves inside clip paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import shapely
from shapely import Geometry, Polygon

from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve, polyline
from fusiform.solvers.geometry.formats.drawings.faces import CURVE_POINTS, sampled_line

_SLACK = 1e-6  # of the extent, by which a curve may leave the region


def polygon(corners: Iterable[complex]) -> Geometry:
    """The area between corners."""
    return Polygon([(z.real, z.imag) for z in corners])


def filled_area(curves: list[Curve]) -> Geometry:
    """The union of what closed curves surround."""
    rings = [shapely.get_coordinates(sampled_line(curve.closed(), curve.length / CURVE_POINTS)) for curve in curves]
    return shapely.unary_union([shapely.make_valid(Polygon(ring)) for ring in rings if len(ring) > 3])


def clipped(curves: list[Curve], filled: bool, region: Geometry) -> list[Curve]:
    """The visible part of the curves of one shape; curves inside the region stay as they are."""
    lines = [sampled_line(curve, curve.length / CURVE_POINTS) for curve in curves]
    if not lines or region.is_empty:
        return []
    left, bottom, right, top = shapely.total_bounds(lines)
    slack = _SLACK * max(right - left, top - bottom)
    if region.buffer(slack).contains(shapely.union_all(lines)):
        return curves
    if filled:
        visible = filled_area(curves).intersection(region)
        found = [polygon.exterior for polygon in shapely.get_parts(visible) if isinstance(polygon, Polygon)]
    else:
        found = [part for line in lines for part in shapely.get_parts(line.intersection(region)) if part.length > 0.0]
    return [
        replace(curves[0], pieces=polyline(complex(x, y) for x, y in shapely.get_coordinates(line)).pieces)
        for line in found
    ]

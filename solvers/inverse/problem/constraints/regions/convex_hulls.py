"""Convex hulls of points: their outline, their distance, and their extent; shapely is imported when one is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def hull_length(points: Sequence[complex]) -> float:
    """The length of the outline of the hull; twice that of a line, 0 for a point."""
    hull = _hull(points)
    return float(hull.length) if hull.geom_type == "Polygon" else 2.0 * float(hull.length)


def hull_distance(points: Sequence[complex], others: Sequence[complex]) -> float:
    """The distance between two hulls, 0 if they meet."""
    return float(_hull(points).distance(_hull(others)))


def hulls_overlap(points: Sequence[complex], others: Sequence[complex], least: float) -> bool:
    """True if two hulls share more than an area of `least`; for points and lines, if they cross the other's inside."""
    hull, other = _hull(points), _hull(others)
    if hull.area > 0.0 and other.area > 0.0:
        return bool(hull.intersection(other).area > least)
    return bool(hull.intersects(other) and not hull.touches(other))


def reach(discs: Sequence[tuple[Sequence[complex], float]], axis: complex) -> float:
    """The extent along `axis`, 1 or 1j, of discs: centres with one radius each time."""
    ends = [(z / axis).real + side * radius for centres, radius in discs for z in centres for side in (-1.0, 1.0)]
    return max(ends) - min(ends)


def _hull(points: Sequence[complex]) -> BaseGeometry:
    from shapely import MultiPoint

    return MultiPoint([(z.real, z.imag) for z in points]).convex_hull

"""Outlines of points as simple polygons; hair-fine crossings are repaired in the child process, where shapely is."""

from __future__ import annotations

from numpy.typing import ArrayLike

from fusiform.solvers.geometry.formats.found_outline import FoundOutline
from fusiform.solvers.geometry.formats.sandbox import POINTS, read_isolated
from fusiform.solvers.geometry.polygons import closed_polygon, counter_clockwise, find_crossing


def simple_outline(points: ArrayLike) -> FoundOutline:
    """The outline as a simple polygon, as `polygons.clean_outline` gives it, or as `crossings` repairs it.

    The source is empty where nothing was repaired. Half a second where there is a crossing, else milliseconds.
    """
    polygon = closed_polygon(points)
    if find_crossing(polygon) is None:
        return FoundOutline(counter_clockwise(polygon))
    return read_isolated(polygon.tobytes(), POINTS)

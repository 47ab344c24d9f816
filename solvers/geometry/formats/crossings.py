"""Hair-fine crossings of an outline: surfaces that cross at the tail, a spike, a joint that steps back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry.formats.found_outline import FoundOutline
from fusiform.solvers.geometry.polygons import clean_outline, require_simple, signed_area


@dataclass(frozen=True)
class Repair:
    """The parts that a crossing cuts off an outline."""

    largest: float = 0.01
    """Of the area, and of the extent by which the outline moves: more is no repair, and the outline is refused."""
    reported: float = 1e-4
    """Of the area or of the extent: more is reported."""


REPAIR = Repair()


def without_crossings(points: FloatArray) -> FoundOutline:
    """The largest part of a closed polygon (n, 2) that crosses itself, as a clean outline.

    `InputError` if the other parts have more than 1 % of the area, or the outline moves by more than 1 % of its extent.
    The source tells of more than 0.01 %.
    """
    centre, extent = points.mean(axis=0), float(np.ptp(points, axis=0).max())
    unit = (points - centre) / extent
    valid = shapely.get_parts(shapely.make_valid(Polygon(unit)))
    parts = sorted((part for part in valid if part.geom_type == "Polygon"), key=lambda part: part.area)
    if not parts:
        require_simple(points)
    kept = Polygon(parts[-1].exterior)
    area = kept.area
    lost = max(sum(part.area for part in parts[:-1]), abs(area - abs(signed_area(unit)))) / area
    moved = float(shapely.distance(shapely.points(unit), kept.exterior).max())
    if max(lost, moved) > REPAIR.largest:
        require_simple(points)
    outline = clean_outline(centre + extent * shapely.get_coordinates(kept.exterior))
    if max(lost, moved) <= REPAIR.reported:
        return FoundOutline(outline)
    return FoundOutline(
        outline,
        f"a part that crossed the outline, {extent * moved:.2g} long and {round(100.0 * lost, 6):g} % of the area, was "
        "cut off",
    )

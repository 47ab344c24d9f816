"""A property of the wall as a curve over x, for the component (`curves`) and for figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusiform.app.drawings.pictures import OUTLINE_POINTS, closed_outline
from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.flow import FlowField, WallPoint

AXIS_WIDTH = 1e-6  # d


@dataclass(frozen=True)
class WallCurve:
    """The wall in a `field`, to be drawn in `colour`, with a mark at each point of `separation`."""

    name: str
    field: FlowField
    colour: str
    separation: Sequence[WallPoint]

    @property
    def marks(self) -> list[WallPoint]:
        """The points of separation, of a body of revolution those of the upper side."""
        return upper_points(self.separation) if self.field.revolution else list(self.separation)


def upper_points(points: Sequence[WallPoint]) -> list[WallPoint]:
    """Those of a body of revolution on the axis and above it; the others are their mirror images."""
    return [point for point in points if point.position.imag > -AXIS_WIDTH]


def wall_values(field: FlowField, quantity: str) -> tuple[FloatArray, ComplexArray, FloatArray]:
    """η, the points of the closed outline, and there the values of a quantity of `WALL_QUANTITIES`.

    Of a body of revolution the meridian alone, 0 ≤ η ≤ π.
    """
    count = OUTLINE_POINTS // 2 + 1 if field.revolution else OUTLINE_POINTS + 1
    angle = np.linspace(0.0, 2.0 * np.pi, OUTLINE_POINTS + 1)[:count]
    at = {"wall_pressure_coefficient": field.wall_pressure_at, "wall_shear_coefficient": field.wall_shear_at}[quantity]
    return angle, closed_outline(field)[:count], at(angle)


def usual_range(outline: ComplexArray, values: FloatArray) -> tuple[float, float]:
    """The limits of `values` on 98 % of the outline's length, without the narrow peaks at sharp edges."""
    length = np.cumsum(np.abs(np.diff(outline)))
    order = np.argsort(values[1:])
    share = np.cumsum(np.diff(length, prepend=0.0)[order]) / length[-1]
    low, high = values[1:][order][np.searchsorted(share, [0.01, 0.99])]
    return float(low), float(high)


def common_range(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Limits that contain all `ranges`, with a margin."""
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    room = 0.15 * (high - low)
    return low - room, high + room

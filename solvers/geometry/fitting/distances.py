"""Distances between finely sampled, closed polygons; plane points are complex x + iy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fusiform.solvers.common.arrays import ComplexArray, FloatArray


def nearest_index(points: ComplexArray, targets: ComplexArray) -> NDArray[np.intp]:
    """Index of the nearest of the `targets` (n,) to each of the `points` (m,), shape (m,)."""
    return np.asarray(cKDTree(_columns(targets)).query(_columns(points))[1], dtype=np.intp)


class PolygonDistance:
    """Distances from the closed, finely sampled, counter-clockwise polygon with the corners `polygon` (n,)."""

    def __init__(self, polygon: ComplexArray) -> None:
        self.corners = polygon[np.roll(polygon, -1) != polygon]
        self._tree = cKDTree(_columns(self.corners))

    def offsets(self, points: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """The vectors to `points` (m,) from the nearest points of the sides, and the outward normals there."""
        corner = self._tree.query(_columns(points))[1]
        here, before, after = (self.corners[(corner + step) % len(self.corners)] for step in (0, -1, 1))
        first, second = _offset(points, before, here), _offset(points, here, after)
        nearer = np.abs(first) < np.abs(second)
        side = np.where(nearer, here - before, after - here)
        return np.where(nearer, first, second), np.asarray(-1j * side / np.abs(side))

    def of(self, points: ComplexArray) -> FloatArray:
        """Distance of each of the `points` (m,), shape (m,)."""
        return np.abs(self.offsets(points)[0])


def hausdorff_distance(first: ComplexArray, second: ComplexArray) -> float:
    """Hausdorff distance of two closed, finely sampled polygons: the farthest either strays from the other."""
    return float(max(PolygonDistance(second).of(first).max(), PolygonDistance(first).of(second).max()))


def _columns(points: ComplexArray) -> FloatArray:
    return np.column_stack([points.real, points.imag])


def _offset(points: ComplexArray, start: ComplexArray, end: ComplexArray) -> ComplexArray:
    """The vectors to `points` from the nearest points of the sides from `start` to `end`, all (m,)."""
    side, offset = end - start, points - start
    along = np.clip((offset * side.conj()).real / np.abs(side) ** 2, 0.0, 1.0)
    return np.asarray(offset - along * side)

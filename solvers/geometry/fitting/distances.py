"""Distances between finely sampled, closed polygons; plane points are complex x + iy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fusiform.solvers.common.arrays import ComplexArray, FloatArray

_NEAREST = 3  # corners whose sides are tried: at a thin tail the nearest one may lie on the other surface


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
        corner = self._tree.query(_columns(points), _NEAREST)[1]
        start = np.concatenate([corner - 1, corner], axis=1)  # the corners at which the sides begin
        begin, end = self.corners[start], self.corners[(start + 1) % len(self.corners)]
        offset = _offset(points[:, None], begin, end)
        row, nearest = np.arange(len(points)), np.abs(offset).argmin(axis=1)
        side = (end - begin)[row, nearest]
        return offset[row, nearest], np.asarray(-1j * side / np.abs(side))

    def of(self, points: ComplexArray) -> FloatArray:
        """Distance of each of the `points` (m,), shape (m,)."""
        return np.abs(self.offsets(points)[0])


def hausdorff_distance(first: ComplexArray, second: ComplexArray) -> float:
    """Hausdorff distance of two closed, finely sampled polygons: the farthest either strays from the other."""
    return float(max(PolygonDistance(second).of(first).max(), PolygonDistance(first).of(second).max()))


def _columns(points: ComplexArray) -> FloatArray:
    return np.column_stack([points.real, points.imag])


def _offset(points: ComplexArray, start: ComplexArray, end: ComplexArray) -> ComplexArray:
    """The vectors to `points` from the nearest points of the sides from `start` to `end`."""
    side, offset = end - start, points - start
    along = np.clip((offset * side.conj()).real / np.abs(side) ** 2, 0.0, 1.0)
    return np.asarray(offset - along * side)

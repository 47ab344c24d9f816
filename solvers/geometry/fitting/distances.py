"""Distances between finely sampled, closed polygons; plane points are complex x + iy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fusiform.solvers.common.arrays import ComplexArray, FloatArray


def nearest_index(points: ComplexArray, targets: ComplexArray) -> NDArray[np.intp]:
    """Index of the nearest of the `targets` (n,) to each of the `points` (m,), shape (m,)."""
    tree = cKDTree(np.column_stack([targets.real, targets.imag]))
    return np.asarray(tree.query(np.column_stack([points.real, points.imag]))[1], dtype=np.intp)


def distance_to_polygon(points: ComplexArray, polygon: ComplexArray) -> FloatArray:
    """Distance of each of the `points` (m,) from the closed, finely sampled `polygon` (n,), shape (m,)."""
    nearest = nearest_index(points, polygon)
    distances = []
    for step in (-1, 1):
        side = polygon[(nearest + step) % len(polygon)] - polygon[nearest]
        offset = points - polygon[nearest]
        along = np.clip((offset * side.conj()).real / np.abs(side) ** 2, 0.0, 1.0)
        distances.append(np.abs(offset - along * side))
    return np.asarray(np.minimum(*distances))


def hausdorff_distance(first: ComplexArray, second: ComplexArray) -> float:
    """Hausdorff distance of two closed, finely sampled polygons: the farthest either strays from the other."""
    return float(max(distance_to_polygon(first, second).max(), distance_to_polygon(second, first).max()))

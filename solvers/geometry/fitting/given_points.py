"""The points of a given outline that a body keeps, for drawing the outline over the body."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.polygons import MIN_POINTS, as_points

MOST_KEPT = 400


def given_points(points: ArrayLike) -> FloatArray:
    """The points (n, 2) as a new array; `InputError` unless they are at least 5 pairs of finite numbers."""
    array = as_points(points)
    require(
        len(array) >= MIN_POINTS,
        f"expected at least {MIN_POINTS} points of a given outline, got {len(array)}; leave it out for an exact body",
    )
    return array


def kept_points(outline: FloatArray) -> FloatArray:
    """The outline (n, 2), a clean polygon, with at most 400 of its points, corners among them.

    Points are dropped such that equal shares of length and of turning lie between those that are left.
    """
    if len(outline) <= MOST_KEPT:
        return outline
    plane = outline @ np.array([1.0, 1j])
    side = np.roll(plane, -1) - plane
    length, turn = np.abs(side), np.abs(np.angle(side / np.roll(side, 1)))
    total = np.cumsum(length / length.sum() + turn / turn.sum())
    return outline[np.unique(np.searchsorted(total, np.arange(MOST_KEPT) / MOST_KEPT * total[-1]))]

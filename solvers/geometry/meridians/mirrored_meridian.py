"""Meridians of bodies of revolution as points (x, r): checked, closed on the axis, mirrored to a closed section."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.polygons import MAX_POINTS, MIN_POINTS, as_points

MOST_POINTS = MAX_POINTS // 2
_ON_AXIS = 1e-9  # of the extent: a radius that is smaller is zero


def mirrored(points: ArrayLike) -> FloatArray:
    """The closed section of a meridian: the points, those of its ends on the axis, and their mirror images.

    Parameters
    ----------
    points : array_like
        (n, 2), x and r ≥ 0, from one end to the other; an end with r > 0 is closed by a flat face.

    Returns
    -------
    ndarray
        (m, 2), the first point repeated at the end, exactly symmetric about y = 0.

    Raises
    ------
    InputError
        For points that are no meridian.

    Examples
    --------
    >>> from fusiform.solvers.geometry.meridians.mirrored_meridian import mirrored
    >>> mirrored([(0, 0), (1, 0.5), (3, 0.5)])[:5].tolist()
    [[0.0, 0.0], [1.0, 0.5], [3.0, 0.5], [3.0, 0.0], [3.0, -0.5]]
    """
    upper = _closed(_checked(as_points(points)))
    if 2 * len(upper) - 2 < MIN_POINTS:
        middles = 0.5 * (upper[1:] + upper[:-1])
        upper = np.insert(upper, np.arange(1, len(upper)), middles, axis=0)
    return np.concatenate([upper, upper[-2::-1] * [1.0, -1.0]])


def _checked(points: FloatArray) -> FloatArray:
    """The points without repetitions, radii next to the axis on it; `InputError` for r < 0 and the like."""
    require(
        len(points) <= MOST_POINTS,
        f"expected at most {MOST_POINTS} points of a meridian, got {len(points)}; keep every second or tenth point",
    )
    below = np.flatnonzero(points[:, 1] < 0.0)
    if below.size:
        x, r = points[below[0]]
        require(
            False,
            f"expected a meridian with radii r of 0 or more, got x, r = {x:g}, {r:g} in point {below[0] + 1}; give the "
            "upper half alone, as x and r",
        )
    extent = float(np.ptp(points, axis=0).max()) if len(points) else 0.0
    points = np.where([False, True] & (points <= _ON_AXIS * extent), 0.0, points)
    points = points[np.r_[True, (np.diff(points, axis=0) != 0.0).any(axis=1)]] if len(points) else points
    if len(points) > 2 and (points[0] == points[-1]).all():
        points = points[:-1]  # the axis was drawn, too
    require(
        len(points) >= 2,
        f"expected at least 2 points of a meridian, got {len(points)}; give x and r from the nose to the tail",
    )
    require(
        points[:, 1].max() > 0.0,
        "expected a meridian with a radius above 0, got points on the axis; give x and r from the nose to the tail",
    )
    on_axis = np.flatnonzero(points[1:-1, 1] == 0.0) + 1
    if on_axis.size:
        require(
            False,
            f"expected a meridian that meets the axis at its ends alone, got r = 0 at x = {points[on_axis[0], 0]:g} in "
            "between; give one body from nose to tail",
        )
    return points


def _closed(points: FloatArray) -> FloatArray:
    """The meridian with its ends on the axis."""
    first, last = (np.array([[points[end, 0], 0.0]])[: int(points[end, 1] > 0.0)] for end in (0, -1))
    return np.concatenate([first, points, last])

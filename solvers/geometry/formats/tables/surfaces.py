"""From the points of a table, in the order of the file, to one loop around the body."""

from __future__ import annotations

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, require

_EQUAL = 1e-9  # of the extent: points that are closer are one point
_CLOSED = 0.02  # of the extent: a block whose ends are closer is an outline by itself
_JUMP = 0.5  # of the extent: a longer step may lead to another surface
_LEAST = 3  # points of a surface
_CLEAR = 1.0 / 3.0  # a reading is taken where its gaps are less than this part of the gaps of the other


def single_loop(points: FloatArray, blanks: list[int]) -> FloatArray:
    """One loop of points that are given without counts; `blanks` are the points that follow a blank line.

    A loop that is given twice is taken once. Two surfaces that run the same way along the body are turned to follow
    each other. `InputError` for two outlines, and where both orders of two surfaces are possible.
    """
    extent = float(np.ptp(points, axis=0).max()) if len(points) else 0.0
    points = _once(points, _EQUAL * extent)
    blanks = [start for start in blanks if start < len(points)]
    _require_one_outline(points, blanks, extent)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    jumps = [int(i) + 1 for i in np.flatnonzero(steps > _JUMP * extent)]
    require(
        len(blanks) != 1 or blanks[0] not in jumps or _LEAST <= blanks[0] <= len(points) - _LEAST,
        f"expected two surfaces of {_LEAST} points or more, got {len(points)} points with a blank line and a jump "
        f"before point {blanks[0] + 1 if blanks else 0}; restore the missing lines",
    )
    jumps = [start for start in jumps if _LEAST <= start <= len(points) - _LEAST]
    starts = [start for start in jumps if start in blanks] or jumps
    if len(starts) != 1:
        return points
    return _following(points[: starts[0]], points[starts[0] :], marked=starts[0] in blanks)


def joined_surfaces(first: FloatArray, second: FloatArray) -> FloatArray:
    """The loop of two surfaces whose ends meet best: each may run from the leading or from the trailing edge."""
    along, turned = _gaps(first, second)
    return np.concatenate([first if along < turned else first[::-1], second])


def _following(first: FloatArray, second: FloatArray, *, marked: bool) -> FloatArray:
    """The loop of two blocks of points; in the order of the file where no blank line is between them, unless turned
    they meet clearly better."""
    along, turned = _gaps(first, second)
    clear = min(along, turned) < _CLEAR * max(along, turned)
    require(
        clear or not marked,
        f"expected two surfaces whose ends meet, got ends {along:.3g} apart in the order of the file and {turned:.3g} "
        "apart with one turned; give one loop around the body",
    )
    return joined_surfaces(first, second) if clear else np.concatenate([first, second])


def _gaps(first: FloatArray, second: FloatArray) -> tuple[float, float]:
    """Sum of the two distances between ends that meet: both blocks as given, and the first one turned."""
    along = np.linalg.norm(first[-1] - second[0]) + np.linalg.norm(second[-1] - first[0])
    turned = np.linalg.norm(first[0] - second[0]) + np.linalg.norm(first[-1] - second[-1])
    return float(along), float(turned)


def _once(points: FloatArray, tolerance: float) -> FloatArray:
    """The first round of a loop that is given twice; the point between the rounds may be given once."""
    half = (len(points) + 1) // 2
    first, second = points[:half], points[len(points) - half :]
    return first if half > _LEAST and bool((np.abs(first - second) <= tolerance).all()) else points


def _require_one_outline(points: FloatArray, blanks: list[int], extent: float) -> None:
    """Raise `InputError` where blank lines separate two or more blocks that are closed by themselves."""
    blocks = [block for block in np.split(points, blanks) if len(block) > _LEAST]
    closed = [block for block in blocks if np.linalg.norm(block[-1] - block[0]) <= _CLOSED * _extent(block)]
    if len(closed) > 1 and all(_extent(block) > _CLOSED * extent for block in closed):
        raise InputError(f"expected one outline, got {len(closed)} closed ones between blank lines; keep one of them")


def _extent(points: FloatArray) -> float:
    return float(np.ptp(points, axis=0).max())

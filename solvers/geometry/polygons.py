"""Closed polygons given as points: area, self-crossings, and the one check that every outline passes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, require

MIN_POINTS = 5
MAX_POINTS = 10_000
_LARGEST = 1e100
_COINCIDENT = 1e-9  # of the outline's extent: closer points are one point
_LARGEST_GAP = 0.05  # of the perimeter: the widest open end that is closed silently
_LAST_SIDE = 1.01  # of the longest side: the longest last side that need not be given; of the second longest side, …
_GENTLE = 0.8  # rad: … where it runs along the stream and the outline turns more at one of its ends
_TAIL_HEIGHT, _TAIL_LENGTH = 0.6, 0.25  # of height and length: the widest open end at the rear
_REAR = 0.02  # of the length: ends that are as near to the last point are at the rear
_SWEEP = np.array([np.cos(1.0), np.sin(1.0)])  # a direction that no straight side is likely to be normal to
_PAIRS_AT_ONCE = 1_000_000


def signed_area(points: FloatArray) -> float:
    """Area inside the closed polygon `points` (n, 2), positive when it runs counter-clockwise (shoelace formula)."""
    x, y = (points - points[0]).T
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _candidate_pairs(low: FloatArray, high: FloatArray) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Pairs of segments whose shadows [low, high] along the sweep direction overlap, in bounded portions."""
    order = np.argsort(low, kind="stable")
    counts = np.searchsorted(low[order], high[order], side="right") - np.arange(len(low)) - 1
    ends = np.cumsum(counts)
    portions = np.searchsorted(ends, np.arange(_PAIRS_AT_ONCE, ends[-1] + _PAIRS_AT_ONCE, _PAIRS_AT_ONCE)) + 1
    start = 0
    for stop in np.minimum(portions, len(low)):
        number = counts[start:stop]
        first = np.repeat(np.arange(start, stop), number)
        within = np.arange(len(first)) - np.repeat(np.cumsum(number) - number, number)
        yield order[first], order[first + 1 + within]
        start = int(stop)


def find_crossing(points: FloatArray) -> tuple[int, int] | None:
    """The first two sides of the closed polygon `points` (n, 2) found to cross or touch; None for a simple polygon.

    Side i runs from point i to point i + 1. A sweep along a slanted line lists the pairs whose shadows overlap,
    and orientation tests decide them, so the answer is exact up to rounding. A side that doubles back over its
    neighbour counts as a crossing. O(n log n) for ordinary outlines, O(n²) at worst.
    """
    a, b = points, np.roll(points, -1, axis=0)
    side, following = b - a, np.roll(b - a, -1, axis=0)
    turn, along = _cross(side, following), np.sum(side * following, axis=1)
    folded = np.flatnonzero((along < 0.0) & (np.abs(turn) <= 1e-12 * np.abs(along)))
    if folded.size:
        return int(folded[0]), int((folded[0] + 1) % len(points))
    shadow = np.stack([a @ _SWEEP, b @ _SWEEP])
    across = np.stack([_cross(_SWEEP, a), _cross(_SWEEP, b)])
    low, high = across.min(axis=0), across.max(axis=0)
    for i, j in _candidate_pairs(shadow.min(axis=0), shadow.max(axis=0)):
        apart = (np.abs(i - j) > 1) & (np.abs(i - j) < len(points) - 1)
        near = apart & (low[i] <= high[j]) & (low[j] <= high[i])
        i, j = i[near], j[near]
        splits_j = _cross(side[i], a[j] - a[i]) * _cross(side[i], b[j] - a[i]) <= 0.0
        splits_i = _cross(side[j], a[i] - a[j]) * _cross(side[j], b[i] - a[j]) <= 0.0
        found = np.flatnonzero(splits_i & splits_j)
        if found.size:
            return int(min(i[found[0]], j[found[0]])), int(max(i[found[0]], j[found[0]]))
    return None


def _distinct(points: FloatArray) -> tuple[FloatArray, bool]:
    """Points without consecutive repetitions, and True if the last one repeated the first."""
    if len(points) < 2:
        return points, False
    tolerance = _COINCIDENT * float(np.ptp(points, axis=0).max())
    points = points[np.r_[True, np.linalg.norm(np.diff(points, axis=0), axis=1) > tolerance]]
    closed = len(points) > 1 and float(np.linalg.norm(points[-1] - points[0])) <= tolerance
    return (points[:-1] if closed else points), closed


def as_points(points: ArrayLike) -> FloatArray:
    """The points (n, 2) as an array; `InputError` unless they are pairs of finite numbers, at most 10 000."""
    try:
        array = _as_floats(points)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError("expected an outline as rows of two numbers x, y, got something else; check it") from error
    require(
        array.ndim == 2 and array.shape[1] == 2,
        f"expected an outline as rows of two numbers x, y, got an array of shape {array.shape}; keep only x and y",
    )
    bad = np.flatnonzero(~(np.abs(array) <= _LARGEST).all(axis=1))
    if bad.size:
        x, y = array[bad[0]]
        raise InputError(
            f"expected finite coordinates up to {_LARGEST:g}, got {x:g}, {y:g} in point {bad[0] + 1}; "
            "correct or remove that point"
        )
    require(
        len(array) <= MAX_POINTS,
        f"expected at most {MAX_POINTS} points, got {len(array)}; keep every second or every tenth point",
    )
    return array


def _as_floats(points: ArrayLike) -> FloatArray:
    """A copy as real numbers; `TypeError` for texts and for complex numbers, which NumPy would convert."""
    given = np.asarray(points)
    if given.dtype.kind not in "biufO":
        raise TypeError(given.dtype)
    return np.array(given, dtype=np.float64)


def _is_closed_by_side(points: FloatArray) -> bool:
    """True if the side from the last to the first point is short enough to have been left out."""
    gap = float(np.linalg.norm(points[-1] - points[0]))
    perimeter = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum()) + gap
    return gap <= _LARGEST_GAP * perimeter or _is_last_side(points, gap) or _is_blunt_tail(points, gap)


def _require_closed(points: FloatArray) -> None:
    """Raise `InputError` if the side from the last to the first point is too long to have been left out."""
    gap = float(np.linalg.norm(points[-1] - points[0]))
    perimeter = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum()) + gap
    require(
        _is_closed_by_side(points),
        f"expected a closed outline, got an open outline whose ends are {gap:.3g} apart ({gap / perimeter:.0%} of the "
        "perimeter); add the missing side, or repeat the first point at the end to close it with a straight line",
    )


def _started_anew(points: FloatArray) -> FloatArray:
    """The closed polygon from another point, if its last side would be too long to be left out."""
    if _is_closed_by_side(points):
        return points
    sides = np.linalg.norm(np.roll(points, -1, axis=0) - points, axis=1)
    orders = (np.roll(points, -1 - int(side), axis=0) for side in np.argsort(sides, kind="stable"))
    return next(filter(_is_closed_by_side, orders), points)


def _is_last_side(points: FloatArray, gap: float) -> bool:
    """True for ends that one more side of a usual length joins, which is not the axis y = 0 of half a profile."""
    second, longest = np.sort(np.linalg.norm(np.diff(points, axis=0), axis=1))[-2:]
    first, last, closing = points[1] - points[0], points[-1] - points[-2], points[0] - points[-1]
    turns = [np.arctan2(abs(_cross(a, b)), a @ b) for a, b in ((last, closing), (closing, first))]
    on_axis = points[0, 1] == points[-1, 1] == 0.0
    usual = longest if max(turns) < _GENTLE or abs(closing[1]) > abs(closing[0]) else second
    return not on_axis and bool(gap <= _LAST_SIDE * usual)


def _is_blunt_tail(points: FloatArray, gap: float) -> bool:
    """True for an end between two points at the rear, at the left or at the right, that is lower than the body."""
    x = points[:, 0]
    length, height = np.ptp(points, axis=0)
    ends = x[[0, -1]]
    rear = (ends >= x.max() - _REAR * length).all() or (ends <= x.min() + _REAR * length).all()
    return bool(rear and gap <= min(_TAIL_HEIGHT * height, _TAIL_LENGTH * length))


def clean_outline(points: ArrayLike) -> FloatArray:
    """The outline as a simple polygon (n, 2): counter-clockwise, without repeated points, the end not repeated.

    Raises `InputError` as `closed_polygon` does, and for an outline that crosses or touches itself.
    """
    array = closed_polygon(points)
    require_simple(array)
    return counter_clockwise(array)


def counter_clockwise(points: FloatArray) -> FloatArray:
    """The closed polygon (n, 2), turned if it runs clockwise."""
    return points if signed_area(points) > 0.0 else points[::-1].copy()


def require_simple(points: FloatArray) -> None:
    """Raise `InputError` for a closed polygon (n, 2) that crosses or touches itself."""
    crossing = find_crossing(points)
    if crossing is not None:
        i, j = crossing
        raise InputError(
            f"expected an outline that does not cross itself, got sides {i + 1} and {j + 1} that cross or touch; "
            "put the points in order around the body"
        )


def closed_polygon(points: ArrayLike) -> FloatArray:
    """The outline as a closed polygon (n, 2) in its own direction, without repeated points, the end not repeated.

    It may start at another point, so that its last side is one that need not be given. Accepts either orientation, a
    repeated closing point, and an open end no wider than 5 % of the perimeter or 1.01 times the longest side (the
    second longest, where the end runs along x, as the axis of half a body does, and meets the outline at an angle); at
    the rear (a blunt trailing edge) it may have 0.6 of the height and a quarter of the length. Raises `InputError` for
    anything that does not bound a body: not (n, 2), NaN or infinity, fewer than 5 or more than 10 000 points, a wide
    open end, no area.
    """
    array, closed = _distinct(as_points(points))
    require(
        len(array) >= MIN_POINTS,
        f"expected at least {MIN_POINTS} different points on the outline, got {len(array)}; add points",
    )
    spread = np.linalg.svd(array - array.mean(axis=0), compute_uv=False)
    require(
        spread[1] > 1e-6 * spread[0],
        "expected an outline that encloses an area, got points on a line; give the outline once around the body",
    )
    if closed:
        return _started_anew(array)
    _require_closed(array)
    return array

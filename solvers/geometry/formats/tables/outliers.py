"""Single numbers that were damaged in writing: of another form than their column, or a point far off the outline."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.formats.tables.text_lines import TextLine, split_fields
from fusiform.solvers.geometry.polygons import signed_area

_PADDED = re.compile(r"[+-]?0\d")


@dataclass(frozen=True)
class Outlier:
    """The point of an outline without which alone it is smooth."""

    points: int = 12
    """Outlines of fewer points may be anything."""
    turning: float = 0.7
    """Turning, in rad, that an outline loses with the point, at least; a convex corner has none to lose."""
    area: float = 0.01
    """Change of the area without the point, over the area, at least …"""
    length: float = 0.01
    """… or else the change of the perimeter, over the perimeter."""
    away: float = 20.0
    """Distance from all other points, over their extent, at least, even where no turning is lost."""
    corner: float = 0.9
    """A turn, in rad, from which a point is a corner."""
    corners: int = 5
    """Outlines of more corners, without the point, are drawn with straight sides and may be anything."""


OUTLIER = Outlier()


def require_one_form(rows: list[TextLine]) -> None:
    """Raise `InputError` for the only number of a column that has a leading zero, as 0057."""
    fields = [split_fields(row.text) for row in rows]
    for column in range(len(fields[0])):
        odd = [row for row, field in zip(rows, fields, strict=True) if _PADDED.match(field[column])]
        if len(odd) == 1 and len(rows) > 1:
            raise InputError(
                f"expected numbers of one form in each column, got {odd[0].text[:40]!r} in line {odd[0].number}; "
                "correct that line"
            )


def require_no_outlier(loop: FloatArray, points: FloatArray, rows: list[TextLine]) -> None:
    """Raise `InputError` for the one point far off the rest of the `loop`; `points` belong to `rows`."""
    index = find_outlier(loop)
    if index is not None:
        row = rows[int(np.flatnonzero((points == loop[index]).all(axis=1))[0])]
        raise InputError(
            f"expected points along an outline, got one far off its neighbours, {row.text[:40]!r}, in line "
            f"{row.number}; correct that line, or give more points beside it"
        )


def find_outlier(loop: FloatArray) -> int | None:
    """The one point of a closed `loop` (n, 2) that changes it as much as `OUTLIER` says; None if none or several do."""
    found = _far_off(loop)
    if not found.any():
        return _far_away(loop)
    index = int(np.argmax(np.where(found, _detour(loop), 0.0)))
    rest = np.delete(loop, index, axis=0)
    corners = np.count_nonzero(np.abs(_turns(rest)) > OUTLIER.corner)
    return None if _far_off(rest).any() or corners > OUTLIER.corners else index


def outlier_confirmed(loop: FloatArray) -> FloatArray:
    """The loop with the middles of both sides at its outlier, if it has one: its table is read, then."""
    index = find_outlier(loop)
    if index is None:
        return loop
    middles = 0.5 * (loop[index] + loop[[index - 1, (index + 1) % len(loop)]])
    return np.insert(loop, [index, index + 1], middles, axis=0)


def _far_away(loop: FloatArray) -> int | None:
    """The point that lies `OUTLIER.away` from all others, over their extent."""
    if len(loop) < OUTLIER.points:
        return None
    index = int(np.argmax(np.linalg.norm(loop - np.median(loop, axis=0), axis=1)))
    rest = np.delete(loop, index, axis=0)
    low, high = rest.min(axis=0), rest.max(axis=0)
    distance = float(np.maximum(low - loop[index], loop[index] - high).max())
    return index if distance > OUTLIER.away * float((high - low).max()) else None


def _far_off(loop: FloatArray) -> NDArray[np.bool_]:
    """True for points (n,) without which the loop turns less, and is of another area or perimeter."""
    if len(loop) < OUTLIER.points:
        return np.zeros(len(loop), dtype=bool)
    z = loop[:, 0] + 1j * loop[:, 1]
    second_before, before, after, second_after = (np.roll(z, shift) for shift in (2, 1, -1, -2))
    turns = np.abs(_turns(loop))
    present = np.roll(turns, 1) + turns + np.roll(turns, -1)
    chord = after - before
    absent = np.abs(np.angle(chord * (before - second_before).conj())) + np.abs(
        np.angle((second_after - after) * chord.conj())
    )
    triangle = 0.5 * np.abs(((z - before).conj() * chord).imag)
    large = triangle > OUTLIER.area * abs(signed_area(loop))
    long = _detour(loop) > OUTLIER.length * float(np.abs(after - z).sum())
    return np.asarray((present - absent > OUTLIER.turning) & (large | long))


def _turns(loop: FloatArray) -> FloatArray:
    """The angle (n,) by which the closed loop turns at each point, in rad."""
    z = loop[:, 0] + 1j * loop[:, 1]
    side = np.roll(z, -1) - z
    return np.asarray(np.angle(side * np.roll(side, 1).conj()))


def _detour(loop: FloatArray) -> FloatArray:
    """By how much the loop is longer for each point (n,)."""
    z = loop[:, 0] + 1j * loop[:, 1]
    before, after = np.roll(z, 1), np.roll(z, -1)
    return np.asarray(np.abs(z - before) + np.abs(after - z) - np.abs(after - before))

"""The points in an airfoil .dat (Selig or Lednicer) or a .csv file, as one loop.

A line is parsed once (`text_lines`), this module separates titles and notes from points, `columns` finds x and y
(`paired_columns` those of two surfaces), `surfaces` makes one loop, and `outliers` refuses damaged numbers. Where two
readings are possible, an `InputError` names both.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.tables.columns import header_names, is_of_quantity, point_columns
from fusiform.solvers.geometry.formats.tables.outliers import require_no_outlier, require_one_form
from fusiform.solvers.geometry.formats.tables.paired_columns import paired_surfaces
from fusiform.solvers.geometry.formats.tables.surfaces import joined_surfaces, single_loop
from fusiform.solvers.geometry.formats.tables.text_lines import TextLine, numbers, parsed_line, split_fields, text_lines

_SURFACE = re.compile(r"\b(upper|lower|top|bottom)\b", re.IGNORECASE)
_MOST_COLUMNS = 1000
_GRID_LINE = 4  # numbers in the grid line of an MSES file
_LEADING = 0.1  # of the extent, from the leading edge


def read_points(content: str | bytes, *, lednicer: bool) -> FloatArray:
    """All points (n, 2) in order around the body.

    Titles before the points and notes after them are left out. With `lednicer`, two counts before the points divide
    them into the upper and the lower surface. `InputError` for binary content, text between points, rows of different
    lengths, columns that cannot be told apart, counts that do not agree with the points, and a point far off the rest.
    """
    lines = text_lines(content)
    rows, counts, names = _checked_rows(lines)
    if not rows:
        return np.zeros((0, 2))
    pairs = None if names else paired_surfaces(np.array([row.values for row in rows]))
    if pairs is None:
        points = point_columns(rows, names)
        loop = _loop(points, counts, _after_blanks(lines, rows), lednicer=lednicer)
    else:
        points, rows, loop = np.concatenate(pairs), rows * 2, joined_surfaces(*pairs)
    require_no_outlier(loop, points, rows)
    return loop


def read_rows(content: str | bytes) -> FloatArray:
    """x and y, or x and r, of all rows (n, 2) in the order of the table, which need not close around a body.

    `InputError` as in `read_points`, but for counts and single points far off.
    """
    rows, _, names = _checked_rows(text_lines(content))
    return point_columns(rows, names) if rows else np.zeros((0, 2))


def _checked_rows(lines: list[TextLine]) -> tuple[list[TextLine], tuple[float, ...], list[str]]:
    """The rows of points, the two counts before them or nothing, and the names in their header."""
    rows, counts = _point_rows(lines)
    if not rows:
        _require_no_rows(lines)
        return [], (), []
    first, last = rows[0].number, rows[-1].number
    names = next(filter(None, (header_names(line.text) for line in lines[first - 2 :: -1] if first > 1)), [])
    _require_no_text(lines[first:last])
    _require_no_quantity(lines[: first - 1])
    require_one_form(rows)
    return rows, counts, names


def _loop(points: FloatArray, counts: tuple[float, ...], blanks: list[int], *, lednicer: bool) -> FloatArray:
    """All points in order around the body; `counts` are the two numbers before them, or none."""
    if counts:
        return _counted_loop(counts, points, blanks, lednicer=lednicer, title=True)
    if _are_counts(tuple(points[0])):
        return _loop_of_counts_or_points(points, blanks, lednicer=lednicer)
    return single_loop(points, blanks)


def is_title(line: str) -> bool:
    """True if a line before the points would be read as a title: no numbers, no header, no damaged point."""
    parsed = parsed_line(1, line)
    header = header_names(parsed.text) or is_of_quantity(parsed.text)
    return not (numbers(line) or parsed.values or header or _is_damaged(parsed, 2))


def _point_rows(lines: list[TextLine]) -> tuple[list[TextLine], tuple[float, ...]]:
    """The rows of points, those with as many numbers as most rows have; two counts before longer rows, or nothing."""
    rows = [line for line in lines if line.values]
    if not rows:
        return [], ()
    width = _usual_width(rows)
    points = [row for row in rows if len(row.values) == width]
    first, last = points[0].number, points[-1].number
    note = next((line.number for line in lines[last:] if line.text and not line.values), len(lines) + 1)
    x = [point.values[0] for point in points]
    for row in rows:
        title = row.number < first and _may_be_title(row, min(x), max(x))
        require(
            len(row.values) == width or title or row.number > note,
            f"expected two numbers x, y on each line, got {len(row.values)} in line {row.number}; keep only x and y",
        )
    _require_no_damage(lines[:note], width)
    counts = [row.values for row in rows if row.number < first and _are_counts(row.values)]
    return points, counts[-1] if counts else ()


def _usual_width(rows: list[TextLine]) -> int:
    """The most frequent number of columns, at least two; few, since they are compared with each other."""
    width = Counter(len(row.values) for row in rows).most_common(1)[0][0]
    line = next(row.number for row in rows if len(row.values) == width)
    require(
        2 <= width <= _MOST_COLUMNS,
        f"expected two numbers x, y on each line, got {width} in line {line}; keep only x and y",
    )
    return width


def _are_counts(values: tuple[float, ...]) -> bool:
    return len(values) == 2 and all(value >= 2.0 and value % 1.0 == 0.0 for value in values)


def _may_be_title(row: TextLine, least: float, largest: float) -> bool:
    """True for two counts (of surfaces, or of points and curves), for the grid line of an MSES file, and for one
    number that is not half of a point: it has no decimals, or is no x between the least and the largest one."""
    if len(row.values) != 1:
        one_curve = len(row.values) == 2 and row.values[1] == 1.0 and _are_counts((row.values[0],) * 2)
        return len(row.values) == _GRID_LINE or _are_counts(row.values) or one_curve
    return not re.search(r"\d[.,]\d", row.text) or not least <= row.values[0] <= largest


def _is_damaged(line: TextLine, width: int) -> bool:
    """True for text of as many fields as a point that begins with a decimal number, or with #N/A or its like."""
    if line.values or line.comment or not line.text:
        return False
    fields = split_fields(line.text)
    return len(fields) == width and bool(re.fullmatch(r"[+-]?\d*\.\d+|#.+", fields[0]))


def _require_no_damage(lines: list[TextLine], width: int) -> None:
    for line in lines:
        if _is_damaged(line, width):
            raise _no_point(line)


def _require_no_text(lines: list[TextLine]) -> None:
    """Raise `InputError` for text between points that is neither a comment nor the name of a surface."""
    for line in lines:
        if line.text and not line.values and not line.comment and not _SURFACE.search(line.text):
            raise _no_point(line)


def _require_no_quantity(titles: list[TextLine]) -> None:
    """Raise `InputError` for a header of x and a quantity, whose curve over x may be closed, as that of a pressure."""
    for line in titles:
        if is_of_quantity(line.text):
            raise InputError(
                f"expected the columns x, y, got {line.text[:40]!r} in line {line.number}; give the outline's points"
            )


def _require_no_rows(lines: list[TextLine]) -> None:
    """Raise `InputError` for text without a row of numbers, other than a header."""
    text = [line for line in lines if line.text and not line.comment and not header_names(line.text)]
    if text:
        raise _no_point(text[len(text) // 2])


def _no_point(line: TextLine) -> InputError:
    return InputError(f"expected two numbers x, y, got {line.text[:40]!r} in line {line.number}; correct that line")


def _after_blanks(lines: list[TextLine], rows: list[TextLine]) -> list[int]:
    """The indices of points that follow a blank line or the name of a surface."""
    between = [lines[before.number : row.number - 1] for before, row in pairwise(rows)]
    return [i for i, gap in enumerate(between, start=1) if any(not line.comment for line in gap)]


def _loop_of_counts_or_points(points: FloatArray, blanks: list[int], *, lednicer: bool) -> FloatArray:
    """The loop where the first row may be two counts, two numbers of a title, or a point.

    A title lies further from all points than they extend.
    """
    first, rest = points[0], points[1:]
    if not len(rest):
        return points
    low, high = rest.min(axis=0), rest.max(axis=0)
    title = float(np.maximum(low - first, first - high).max()) > float((high - low).max())
    if title or (lednicer and _begins_at_leading_edge(rest) and _may_count(first, rest)):
        after = [start - 1 for start in blanks if start > 1]
        return _counted_loop(tuple(first), rest, after, lednicer=lednicer, title=title)
    return single_loop(points, blanks)


def _counted_loop(
    counts: tuple[float, ...], points: FloatArray, blanks: list[int], *, lednicer: bool, title: bool
) -> FloatArray:
    """The loop of points after two numbers: the two surfaces of a Lednicer file where they add up to the points, or
    of a file for a mesher, where the first one counts the points of each.

    One loop where they are far from it, as 63 215 is in a title; `InputError` where they are near it.
    """
    upper, lower = (int(count) for count in counts)
    if (lednicer and upper + lower == len(points)) or (lower == 2 and 2 * upper == len(points)):
        return joined_surfaces(points[:upper], points[upper:])
    require(
        title and not (lednicer and _is_similar(counts, len(points))),
        f"expected {upper} + {lower} points after the counts of a Lednicer file, got {len(points)}; "
        "correct the counts or restore the missing lines",
    )
    return single_loop(points, blanks)


def _may_count(first: FloatArray, rest: FloatArray) -> bool:
    """True for whole numbers that nearly add up to the points, or stand far from points that are not whole.

    Numbers that add up and stand near the points are a point where they divide them elsewhere than at the leading edge.
    """
    apart = float(np.linalg.norm(first - rest[0])) > _LEADING * float(np.ptp(rest, axis=0).max())
    if not apart and first.sum() == len(rest) and not _begins_at_leading_edge(np.roll(rest, -int(first[0]), axis=0)):
        return False
    return _is_similar(tuple(first), len(rest)) or (apart and bool((rest % 1.0 != 0.0).any()))


def _is_similar(counts: tuple[float, ...], points: int) -> bool:
    return 0.5 * points <= sum(counts) <= 2.0 * points


def _begins_at_leading_edge(points: FloatArray) -> bool:
    x = points[:, 0]
    return bool(x[0] - x.min() <= _LEADING * np.ptp(x))

"""The columns x and y among the rows of a table, and the order of the two."""

from __future__ import annotations

import re

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.tables.text_lines import TextLine, has_decimal_commas

_UNIT = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NAME = re.compile(r"([xyzr])(?:[/_]\w{1,9}|coord\w*|adius)?")
_QUANTITY = re.compile(
    r"[+-]?(?:c_?[pflm]|u_?e|p|v|w|q|s|mach|ma|pressure|velocity|curvature|alpha|theta|h)(?:[/_*]\w{1,9})?"
)
_LARGEST = 1e100
_LONGEST = 200  # letters of a header


def header_names(text: str) -> list[str]:
    """The names in a header, "x", "y", "z" or "" for each column; empty for text that is no header.

    Names are such as `x`, `y/c`, `x (m)`, `"y"`, and `r` or `radius`, which stand for y; exactly one x, and y or z,
    must be among them. Names of other columns are understood between commas, semicolons and tabs only, but for
    quantities such as Cp, since a title in words may have an x in it.
    """
    if len(text) > _LONGEST:
        return []
    plain = _UNIT.sub("", text.replace('"', "")).strip(" ").lower()
    words = re.split(r"[,;\t]", plain)
    separated = len(words) > 1
    if not separated:
        words = plain.split()
    matches = [_NAME.fullmatch(word.strip()) for word in words]
    names = [match.group(1).replace("r", "y") if match else "" for match in matches]
    unique = all(names.count(name) <= 1 for name in "xyz")
    known = separated or all(name or _QUANTITY.fullmatch(word) for name, word in zip(names, words, strict=True))
    return names if unique and known and "x" in names and ("y" in names or "z" in names) else []


def is_of_quantity(text: str) -> bool:
    """True for a header of x and one quantity that is no coordinate, such as `x Cp` and `x/c, ue/V`."""
    words = re.split(r"[,;\t]|\s+", _UNIT.sub("", text[:_LONGEST].replace('"', "")).strip().lower())
    words = [word for word in words if word]
    return len(words) == 2 and any(
        _NAME.fullmatch(x) is not None and x[0] == "x" and _QUANTITY.fullmatch(other) is not None
        for x, other in (words, words[::-1])
    )


def point_columns(rows: list[TextLine], names: list[str]) -> FloatArray:
    """x and y of each row (n, 2). All rows have the same number of columns.

    With a header the columns that it calls x, y, z are taken, in this order, so that y before x is turned. Without one
    a first column that counts from 0 or 1 is dropped. A constant column is dropped where more than two are left.
    """
    table = np.array([row.values for row in rows])
    _require_one_meaning(rows, table.shape[1])
    names = _aligned(names, table)
    kept = sorted((i for i, name in enumerate(names) if name), key=lambda i: names[i])
    if not names:
        kept = list(range(1 if table.shape[1] > 2 and _counts(table[:, 0]) else 0, table.shape[1]))
    if len(kept) > 2:
        kept = [column for column in kept if np.ptp(table[:, column]) > 0.0]
    require(
        len(kept) == 2,
        f"expected two numbers x, y on each line, got {table.shape[1]} in line {rows[0].number}; keep only x and y",
    )
    points = table[:, kept]
    _require_finite(points, rows)
    return points


def _aligned(names: list[str], table: FloatArray) -> list[str]:
    """The name of each column; none where fewer or more names are given and x is the first of them."""
    width = table.shape[1]
    names = names[1:] if len(names) == width + 1 and not names[0] else names
    if len(names) == width - 1 and _counts(table[:, 0]):
        return ["", *names]
    require(
        len(names) == width or not names or names[0] == "x",
        f"expected a name for each of {width} columns, got {len(names)} names in the header; name each column",
    )
    return names if len(names) == width else []


def _counts(column: FloatArray) -> bool:
    """True for 0, 1, 2, … and 1, 2, 3, …"""
    return len(column) > 1 and column[0] in (0.0, 1.0) and bool((np.diff(column) == 1.0).all())


def _require_one_meaning(rows: list[TextLine], width: int) -> None:
    """Commas are decimal in all rows or in none; four whole numbers between commas may be two with decimal commas."""
    commas = [row for row in rows if "," in row.text and not re.search('[;"]', row.text)]
    between = [row for row in commas if not has_decimal_commas(row.text)]
    unclear = width == 4 and len(between) == len(rows) and not any("." in row.text for row in rows)
    if unclear or 0 < len(between) < len(commas):
        row = between[0]
        raise InputError(
            f"expected commas with one meaning, got {row.text[:40]!r} in line {row.number}, where they may separate "
            "numbers or be decimal; separate numbers by semicolons"
        )


def _require_finite(points: FloatArray, rows: list[TextLine]) -> None:
    bad = np.flatnonzero(~(np.abs(points) <= _LARGEST).all(axis=1))
    if bad.size:
        x, y = points[bad[0]]
        raise InputError(
            f"expected finite coordinates up to {_LARGEST:g}, got {x:g}, {y:g} in point {bad[0] + 1} "
            f"(line {rows[bad[0]].number}); correct or remove that point"
        )

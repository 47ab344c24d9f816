"""Bodies of revolution in files, as closed symmetric sections: tables of x and r, drawings, meshes in any position."""

from __future__ import annotations

import os

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.found_outline import FoundOutline
from fusiform.solvers.geometry.formats.outline_files import (
    SUFFIXES,
    TABLES,
    find_outline,
    read_content,
    require_size,
    require_suffix,
)
from fusiform.solvers.geometry.formats.sandbox import MESHES, REVOLUTION, read_isolated
from fusiform.solvers.geometry.formats.tables.point_tables import read_rows
from fusiform.solvers.geometry.meridians.mirrored_meridian import mirrored


def find_section_in(
    path: str | os.PathLike[str], *, part: str | int | None = None, axis: str = "z", at: float | None = None
) -> FoundOutline:
    """The section through the axis of the body of revolution in a file, see `find_section`."""
    content, suffix = read_content(path)
    return find_section(content, suffix, part=part, axis=axis, at=at)


def find_section(
    content: bytes, suffix: str, *, part: str | int | None = None, axis: str = "z", at: float | None = None
) -> FoundOutline:
    """The section through the axis of a body of revolution, closed, and one sentence about it.

    A table with no y below 0 that does not return to its first point holds a meridian, x and r, to be mirrored. Other
    tables, and drawings (`part`), hold the whole section. The axis of a mesh is found, so that `axis` and `at` are left
    out. `InputError` as in `outline_files`, and for meshes that are not of revolution; the caller checks the symmetry.
    """
    require_suffix(suffix, SUFFIXES)
    suffix = suffix.lower()
    require_size(content, suffix)
    require(
        axis == "z" and at is None,
        "expected a mesh of revolution, whose axis is found, got the plane of a cut; leave axis and at out",
    )
    if suffix in MESHES:
        require(part is None, "expected a mesh of one body of revolution, got the choice of a part; leave it out")
        return read_isolated(content, suffix, REVOLUTION)
    return _of_table(content, suffix) if suffix in TABLES and part is None else find_outline(content, suffix, part=part)


def _of_table(content: bytes, suffix: str) -> FoundOutline:
    rows = read_rows(content)
    below = rows[:, 1] < 0.0
    returns = len(rows) > 2 and bool((rows[0] == rows[-1]).all()) and rows[0, 1] > 0.0
    if not below.any() and not returns:
        return FoundOutline(mirrored(rows), "the meridian x, r of a table")
    try:
        return find_outline(content, suffix)
    except InputError as error:
        if not below.any():
            raise
        raise InputError(
            f"expected a meridian with radii r of 0 or more, or a closed symmetric section, got r = "
            f"{rows[below][0, 1]:g} in a table that is neither; correct it"
        ) from error

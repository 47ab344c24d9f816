"""Outlines in files: read airfoil .dat (Selig or Lednicer) and .csv, write .dat, .csv and extruded .stl.

Files are small text, UTF-8, at most 2 MB: two numbers x, y on a line, separated by spaces, tabs, commas or semicolons
(with semicolons, decimal commas are understood), `#` comments, blank lines, one optional title or header line.
"""

from __future__ import annotations

import math
import os
import uuid
from pathlib import Path

import numpy as np
from mapbox_earcut import triangulate_float64
from numpy.typing import ArrayLike

from fusiform.solvers.errors import InputError, require
from fusiform.solvers.geometry.polygons import FloatArray, clean_outline

MAX_BYTES = 2_000_000
SUFFIXES = (".dat", ".csv")

Row = tuple[float, float]


def read_outline(path: str | os.PathLike[str]) -> FloatArray:
    """The outline in a .dat or .csv file as a clean polygon (n, 2), see `parse_outline`."""
    file = Path(path)
    _require_suffix(file.suffix, SUFFIXES)
    require(os.path.isfile(file), f"expected an outline file, got no file at {str(file)!r}; check the path")
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"expected a readable file, got '{error.strerror}' for {str(file)!r}; check it") from error
    return parse_outline(content, file.suffix)


def parse_outline(content: str | bytes, suffix: str) -> FloatArray:
    """The outline in the text of a .dat or .csv file, as a clean, counter-clockwise polygon (n, 2).

    A .dat in Lednicer form (two counts, then the upper and the lower surface, each from the leading edge) is told
    from Selig form (one loop) by its first two numbers. Blunt trailing edges are closed by a straight side.
    Raises `InputError`: wrong suffix, over 2 MB, not UTF-8 text, a line without exactly two numbers, and everything
    that `polygons.clean_outline` refuses.
    """
    _require_suffix(suffix, SUFFIXES)
    rows = _rows(_text(content))
    if suffix.lower() == ".dat" and _is_lednicer(rows):
        rows = _lednicer_loop(rows)
    return clean_outline(np.array(rows).reshape(-1, 2))


def _require_suffix(suffix: str, allowed: tuple[str, ...]) -> None:
    require(
        suffix.lower() in allowed,
        f"expected a file ending in {' or '.join(allowed)}, got {suffix or 'no ending'!r}; convert or rename the file",
    )


def _text(content: str | bytes) -> str:
    require(
        len(content) <= MAX_BYTES,
        f"expected an outline file of at most {MAX_BYTES // 1_000_000} MB, got a larger one; keep fewer points",
    )
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        raise InputError(
            f"expected text in UTF-8, got byte 0x{error.object[error.start]:02x} at position {error.start}; "
            "save the outline as plain UTF-8 text"
        ) from error
    require("\0" not in text, "expected plain text, got binary data; save the outline as text with x, y on each line")
    return text


def _fields(line: str) -> list[str]:
    if ";" in line:
        line = line.replace(",", ".").replace(";", ",")
    fields = [field.strip() for field in (line.split(",") if "," in line else line.split())]
    while fields and not fields[-1]:
        fields.pop()
    return fields


def _numbers(line: str) -> list[float] | None:
    """The numbers on a line, or None where there is anything else."""
    try:
        return [float(field) for field in _fields(line)]
    except ValueError:
        return None


def _rows(text: str) -> list[Row]:
    rows: list[Row] = []
    title_allowed = True
    for number, line in enumerate(text.splitlines(), start=1):
        data = line.split("#", 1)[0].strip()
        if not data:
            continue
        values = _numbers(data)
        if values is None and title_allowed:
            title_allowed = False
            continue
        title_allowed = False
        if values is None:
            raise InputError(f"expected two numbers x, y, got {data[:40]!r} in line {number}; correct that line")
        if len(values) != 2:
            raise InputError(
                f"expected two numbers x, y on each line, got {len(values)} in line {number}; keep only x and y"
            )
        rows.append((values[0], values[1]))
    return rows


def _is_lednicer(rows: list[Row]) -> bool:
    """Whether the first row holds two counts: integers ≥ 2 that add up, or that stand before unit-chord points."""
    if len(rows) < 2 or not all(value >= 2.0 and value.is_integer() for value in rows[0]):
        return False
    return sum(rows[0]) == len(rows) - 1 or max(abs(value) for row in rows[1:] for value in row) <= 1.5


def _lednicer_loop(rows: list[Row]) -> list[Row]:
    upper, lower = int(rows[0][0]), int(rows[0][1])
    require(
        upper + lower == len(rows) - 1,
        f"expected {upper} + {lower} points after the counts of a Lednicer file, got {len(rows) - 1}; "
        "correct the counts or restore the missing lines",
    )
    return rows[upper:0:-1] + rows[upper + 1 :]


def write_outline(path: str | os.PathLike[str], points: ArrayLike, *, name: str = "outline") -> None:
    """Write a closed outline (n, 2) as .dat (Selig form, titled `name`) or .csv (header x,y, exact decimals).

    The loop runs counter-clockwise from the rightmost point over the top, and the first point is repeated at the
    end. The file appears complete or not at all. Raises `InputError` for another suffix, a place that cannot be
    written, or points that are no outline.
    """
    file = Path(path)
    _require_suffix(file.suffix, SUFFIXES)
    loop = clean_outline(points)
    loop = np.roll(loop, -int(np.argmax(loop[:, 0])), axis=0)
    loop = np.concatenate([loop, loop[:1]])
    if file.suffix.lower() == ".dat":
        title = " ".join(name.replace("#", " ").split())
        lines = [title if title and _numbers(title) is None else f"body {title}"]
        lines += [f"{x: .12f} {y: .12f}" if _unit_sized(loop) else f"{x: .12e} {y: .12e}" for x, y in loop]
    else:
        lines = ["x,y", *(f"{float(x)!r},{float(y)!r}" for x, y in loop)]
    _write(file, ("\n".join(lines) + "\n").encode())


def _unit_sized(loop: FloatArray) -> bool:
    return bool(0.01 < np.ptp(loop, axis=0).max() < 1e4)


def write_stl(path: str | os.PathLike[str], points: ArrayLike, *, span: float = 1.0) -> None:
    """Write the outline (n, 2), extruded from z = 0 to z = `span` > 0, as a watertight binary .stl.

    Raises `InputError` as `write_outline` does, and for a span that is not a positive length. (trimesh takes a second
    to import and nothing else needs it.)
    """
    from trimesh.creation import extrude_triangulation
    from trimesh.exchange.stl import export_stl

    file = Path(path)
    _require_suffix(file.suffix, (".stl",))
    require(math.isfinite(span) and span > 0.0, f"expected a positive span, got {span:g}; give a length")
    loop = clean_outline(points)
    centred = loop - loop.mean(axis=0)
    triangles = triangulate_float64(centred, np.array([len(loop)], dtype=np.uint32)).reshape(-1, 3)
    solid = extrude_triangulation(loop, triangles, height=span)
    _write(file, export_stl(solid))


def _write(file: Path, data: bytes) -> None:
    """Write under a temporary name in the same folder, then rename."""
    temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(file)
    except OSError as error:
        raise InputError(
            f"expected a place to write {str(file)!r}, got '{error.strerror}'; choose an existing, writable folder"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)

"""The text of a closed outline in each format of text that is written: .dat, .csv, .svg and .dxf.

`loop` is (n + 1, 2), counter-clockwise, its first point repeated at the end. Decimals are exact, but in .dat, where
columns of twelve digits are usual.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.formats.tables.point_tables import is_title


@dataclass(frozen=True)
class Unit:
    """A unit of length: `millimetres` in one, and `dxf`, its number in $INSUNITS."""

    millimetres: float
    dxf: int


UNITS = {
    "um": Unit(1e-3, 13),
    "mm": Unit(1.0, 4),
    "cm": Unit(10.0, 5),
    "m": Unit(1000.0, 6),
    "in": Unit(25.4, 1),
    "ft": Unit(304.8, 2),
}
_MARGIN = 0.02  # of the larger extent, around the outline in .svg


def find_unit(name: str) -> Unit:
    """The unit of that name; an `InputError` lists all names if it is unknown."""
    if not isinstance(name, str) or name not in UNITS:
        raise InputError(f"expected a unit of length, {', '.join(UNITS)}, got {name!r}; choose one of these")
    return UNITS[name]


def dat_text(loop: FloatArray, name: str) -> str:
    """Selig form: a title and x, y on each line."""
    title = one_line(name.replace("#", " "))
    unit_sized = 0.01 < np.ptp(loop, axis=0).max() < 1e4
    form = "{: .12f} {: .12f}" if unit_sized else "{: .12e} {: .12e}"
    return _joined([title if title and is_title(title) else f"body {title}", *(form.format(x, y) for x, y in loop)])


def csv_text(loop: FloatArray) -> str:
    """A header x,y and the points."""
    return _joined(["x,y", *(f"{x!r},{y!r}" for x, y in loop.tolist())])


def svg_text(loop: FloatArray, name: str, unit: Unit) -> str:
    """One closed path in the outline's own numbers with y turned down; width and height in mm."""
    low, extent = loop.min(axis=0), np.ptp(loop, axis=0)
    margin = _MARGIN * float(extent.max())
    left, top = float(low[0]) - margin, -float(low[1] + extent[1]) - margin
    width, height = (float(side) + 2.0 * margin for side in extent)
    points = " L ".join(f"{x!r} {-y!r}" for x, y in loop[:-1].tolist())
    return _joined(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * unit.millimetres!r}mm" '
            f'height="{height * unit.millimetres!r}mm" viewBox="{left!r} {top!r} {width!r} {height!r}">',
            f"<title>{escape(one_line(name))}</title>",
            f'<path fill="none" stroke="black" stroke-width="{0.1 * margin!r}" d="M {points} Z"/>',
            "</svg>",
        ]
    )


def dxf_text(loop: FloatArray, unit: Unit) -> str:
    """A closed POLYLINE, which needs no tables; the header has the unit, and no version, since R12 knows no unit."""
    header = [(0, "SECTION"), (2, "HEADER"), (9, "$INSUNITS"), (70, unit.dxf)]
    header += [(0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES")]
    outline = [(0, "POLYLINE"), (8, "0"), (66, 1), (10, 0.0), (20, 0.0), (30, 0.0), (70, 1)]
    for x, y in loop[:-1].tolist():
        outline += [(0, "VERTEX"), (8, "0"), (10, x), (20, y), (30, 0.0)]
    end = [(0, "SEQEND"), (8, "0"), (0, "ENDSEC"), (0, "EOF")]
    return _joined([f"{code:3d}\n{value}" for code, value in [*header, *outline, *end]])


def one_line(name: str) -> str:
    """The name without line breaks and control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"

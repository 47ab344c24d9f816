"""Writing outlines as .dat, .csv, .svg or .dxf. The text is read back before the file appears."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from fusiform.solvers.common.files import write_checked
from fusiform.solvers.geometry.formats.outline_files import TABLES, parse_outline, require_suffix
from fusiform.solvers.geometry.formats.outline_texts import csv_text, dat_text, dxf_text, find_unit, svg_text
from fusiform.solvers.geometry.formats.sandbox import DRAWINGS, read_here
from fusiform.solvers.geometry.polygons import clean_outline, signed_area

OUTLINE_SUFFIXES = (*TABLES, *DRAWINGS)
AREA_TOLERANCE = 1e-6  # relative, of text that is read back
REMEDY = "move the body to the origin and scale it to about 1"  # where a file does not hold what was written


def write_outline(path: str | os.PathLike[str], points: ArrayLike, *, name: str = "outline", unit: str = "m") -> None:
    """Write a closed outline (n, 2) as .dat (Selig form, titled `name`), .csv (header x,y), .svg or .dxf.

    The loop runs counter-clockwise from the rightmost point over the top, and is closed. The numbers are those of
    `points`; `unit` (um, mm, cm, m, in, ft) is what they count: .svg has its size in mm from it, .dxf its $INSUNITS.
    The file appears complete and read back with the same area to 1e-6, or not at all; an old one is replaced. Raises
    `InputError` for another suffix or unit, a place that cannot be written, or points that are no outline.
    """
    file = Path(path)
    require_suffix(file.suffix, OUTLINE_SUFFIXES)
    length = find_unit(unit)
    loop = clean_outline(points)
    area = signed_area(loop)
    loop = np.roll(loop, -int(np.argmax(loop[:, 0])), axis=0)
    loop = np.concatenate([loop, loop[:1]])
    suffix = file.suffix.lower()
    texts: dict[str, Callable[[], str]] = {
        ".dat": lambda: dat_text(loop, name),
        ".csv": lambda: csv_text(loop),
        ".svg": lambda: svg_text(loop, name, length),
        ".dxf": lambda: dxf_text(loop, length),
    }

    def check(data: bytes) -> bool:
        again = parse_outline(data, suffix) if suffix in TABLES else read_here(data, suffix)
        return abs(signed_area(again) / area - 1.0) <= AREA_TOLERANCE

    write_checked(file, texts[suffix]().encode(), check, REMEDY)

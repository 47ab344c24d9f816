"""Writing outlines as .dat, .csv, .svg or .dxf. The text is read back before the file appears."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from fusiform.solvers.common.errors import require_kind
from fusiform.solvers.common.files import file_path, write_checked
from fusiform.solvers.geometry.formats.outline_files import TABLES, parse_outline, require_suffix
from fusiform.solvers.geometry.formats.outline_texts import csv_text, dat_text, dxf_text, find_unit, svg_text
from fusiform.solvers.geometry.formats.sandbox import DRAWINGS
from fusiform.solvers.geometry.formats.tables.outliers import outlier_confirmed
from fusiform.solvers.geometry.polygons import clean_outline, signed_area

OUTLINE_SUFFIXES = (*TABLES, *DRAWINGS)
AREA_TOLERANCE = 1e-6  # relative, of text that is read back
REMEDY = "move the body to the origin and scale it to about 1"  # where the content read back differs


def write_outline(path: str | os.PathLike[str], points: ArrayLike, *, name: str = "outline", unit: str = "m") -> None:
    """Write an outline to a file; an old file is replaced.

    The loop runs counter-clockwise from the rightmost point over the top, and is closed. The file appears only if it
    is read back with the same area to 1e-6.

    Parameters
    ----------
    path : path-like
        Ends in .dat (Selig form), .csv (header x,y), .svg or .dxf.
    points : array_like
        (n, 2), see `fit_outline`; written unchanged.
    name : str
        Title in .dat and .svg.
    unit : str
        The unit of the numbers, um, mm, cm, m, in or ft: gives .svg its size in mm and .dxf its $INSUNITS.

    Raises
    ------
    InputError
        For another suffix or unit, a place that cannot be written, and points that do not bound a body.

    Examples
    --------
    >>> from fusiform.solvers.geometry import read_outline, write_outline
    >>> write_outline("box.svg", [(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)], unit="mm")
    >>> float(read_outline("box.svg").max())
    2.0
    """
    file = file_path(path)
    require_suffix(file.suffix, OUTLINE_SUFFIXES)
    length = find_unit(unit)
    require_kind(name, str, "give the title as a string")
    loop = clean_outline(points)
    area = signed_area(loop)
    if file.suffix.lower() in TABLES:
        loop = outlier_confirmed(loop)
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
        again = parse_outline(data, suffix)
        return abs(signed_area(again) / area - 1.0) <= AREA_TOLERANCE

    write_checked(file, texts[suffix]().encode(), check, REMEDY)

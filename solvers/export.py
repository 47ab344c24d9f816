"""A body, or the flow past it, in a file: the format by its suffix, the unit and the size said by the caller."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from fusiform.solvers.common.errors import require
from fusiform.solvers.flow import write_vts
from fusiform.solvers.geometry.formats.extruded_solid import write_stl
from fusiform.solvers.geometry.formats.outline_writers import OUTLINE_SUFFIXES, write_outline
from fusiform.solvers.geometry.polygons import signed_area

if TYPE_CHECKING:
    from fusiform.solvers.flow import FlowField
    from fusiform.solvers.geometry.body import Body

EXPORT_SUFFIXES = (*OUTLINE_SUFFIXES, ".stl", ".vts")
OUTLINE_POINTS = 400
AREA_TOLERANCE = 1e-3


def export_body(
    body: Body,
    path: str | os.PathLike[str],
    *,
    unit: str = "m",
    chord: float | None = None,
    span: float | None = None,
    field: FlowField | None = None,
) -> None:
    """Write `body` as .dat, .csv, .svg, .dxf or .stl, or `field`, the flow past it, as .vts; an old file is replaced.

    The outline at zero incidence, closed, 400 points, in the body's own numbers, or scaled about the origin so that its
    length along x is `chord`. `unit` (um, mm, cm, m, in, ft) says what these numbers count: it converts nothing, and
    ends up where a format has a place for it (.svg, .dxf). .stl is the outline extruded by `span`, one reference length
    if None, in the same unit. .vts has lengths in d and velocities in U (`vts.write_vts`).

    Every file is read back before it appears: same area, closed or watertight (`files.write_outline`, `write_stl`); the
    polygon's area is within 1e-3 of the body's. `InputError`: another suffix or unit, a length that is not positive, an
    option that the format has no use for, a .vts without a field, a place that cannot be written.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    require(
        suffix in EXPORT_SUFFIXES,
        f"expected a file ending in {', '.join(EXPORT_SUFFIXES)}, got {file.suffix or 'no ending'!r}; choose one",
    )
    require(span is None or suffix == ".stl", f"expected a span for .stl only, got one for {suffix}; leave it away")
    if suffix == ".vts":
        require(chord is None, "expected a .vts in units of d, got a chord; leave it away")
        require(field is not None, "expected a flow field for .vts, got none; give field=solution.field")
        assert field is not None
        write_vts(file, field)
        return
    require(
        chord is None or (math.isfinite(chord) and chord > 0.0),
        f"expected a positive chord, got {chord}; give the length along x",
    )
    scale = 1.0 if chord is None else chord / body.length
    points = scale * body.outline(OUTLINE_POINTS)
    area = scale**2 * body.area
    require(
        abs(signed_area(points) / area - 1.0) <= AREA_TOLERANCE,
        f"expected an outline of area {area:g}, got {signed_area(points):g} from {OUTLINE_POINTS} points; "
        "choose a smoother body",
    )
    if suffix == ".stl":
        write_stl(file, points, span=scale * body.reference_length if span is None else span)
    else:
        write_outline(file, points, name=body.name, unit=unit)

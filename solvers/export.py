"""Writing a body, or the flow past it, to a file whose suffix determines the format."""

from __future__ import annotations

import os

from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.common.files import file_path
from fusiform.solvers.flow import FlowField, write_vts
from fusiform.solvers.geometry import Body
from fusiform.solvers.geometry.body import require_body
from fusiform.solvers.geometry.formats.extruded_solid import write_stl
from fusiform.solvers.geometry.formats.outline_texts import find_unit
from fusiform.solvers.geometry.formats.outline_writers import OUTLINE_SUFFIXES, write_outline
from fusiform.solvers.geometry.formats.revolved_solid import REVOLVED_SUFFIXES, write_revolved
from fusiform.solvers.geometry.limits import require_length
from fusiform.solvers.geometry.polygons import signed_area

EXPORT_SUFFIXES = (*OUTLINE_SUFFIXES, ".stl", ".vts")
REVOLUTION_SUFFIXES = (*OUTLINE_SUFFIXES, ".stl", ".obj", ".vtp", ".vts")
OUTLINE_POINTS = 400
MERIDIAN_POINTS, SOLID_POINTS = 193, 4001
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
    """Write a body, or the flow past it, to a file; an old file is replaced.

    An outline has 400 points at zero incidence and is closed. Every file is read back before it appears: the same area
    or volume, closed or watertight; the polygon's area is within 1e-3 of the body's.

    A body of revolution is written as its meridian (.csv: x, r), as a solid of 256 sides around the x axis (.stl: 2.8
    MB) whose volume is within 1e-6 of the body's and whose surface is within 1e-3 d, or as its whole section (.dat,
    .svg, .dxf).

    Parameters
    ----------
    body : Body
    path : path-like
        Ends in .dat, .csv, .svg or .dxf (the outline), .stl (the extruded outline, or the solid of revolution), or .vts
        (the flow); for a body of revolution also in .obj (the solid) or .vtp (its surface).
    unit : str
        The unit of the written numbers: um, mm, cm, m, in or ft. Nothing is converted; .svg and .dxf record it.
    chord : float, optional
        Length along x to which the outline is scaled about the origin. None: the body's own numbers.
    span : float, optional
        Length of the extrusion; None: one reference length. For .stl of a plane body only.
    field : FlowField, optional
        The flow, such as `solution.field`, for .vts: lengths in d, velocities in U.

    Raises
    ------
    InputError
        For an argument of another type, another suffix or unit, a length that is not positive, an option that the
        format does not use, a .vts without a field, and a place that cannot be written.

    Examples
    --------
    >>> from fusiform import Body, export_body
    >>> from fusiform.solvers.geometry import read_outline
    >>> export_body(Body.ellipse(2.0), "ellipse.csv", chord=100.0, unit="mm")
    >>> read_outline("ellipse.csv").max(axis=0).round(6).tolist()
    [50.0, 25.0]
    """
    require_body(body)
    file = file_path(path)
    suffix = file.suffix.lower()
    possible = REVOLUTION_SUFFIXES if body.revolution else EXPORT_SUFFIXES
    require(
        suffix in possible,
        f"expected a file ending in {', '.join(possible)}, got {file.suffix or 'no ending'!r}; choose one",
    )
    require(span is None or suffix == ".stl", f"expected a span for .stl only, got one for {suffix}; leave it out")
    require(
        span is None or not body.revolution,
        "expected a span for extruded sections only, got one for a body of revolution; leave it out",
    )
    if suffix == ".vts":
        require(chord is None, "expected a .vts in units of d, got a chord; leave it out")
        require(
            isinstance(field, FlowField),
            f"expected a flow field for .vts, got {'none' if field is None else shown(field)}; give solution.field",
        )
        assert field is not None
        write_vts(file, field)
        return
    if chord is not None:
        require_length(chord, "chord", "give the length along x")
    scale = 1.0 if chord is None else chord / body.length
    points = scale * body.outline(OUTLINE_POINTS)
    area = scale**2 * body.area
    require(
        abs(signed_area(points) / area - 1.0) <= AREA_TOLERANCE,
        f"expected an outline of area {area:g}, got {signed_area(points):g} from {OUTLINE_POINTS} points; "
        "choose a smoother body",
    )
    if body.revolution and suffix in REVOLVED_SUFFIXES:
        find_unit(unit)
        points = body.meridian(MERIDIAN_POINTS if suffix == ".csv" else SOLID_POINTS)
        write_revolved(file, scale * points, name=body.name)
    elif suffix == ".stl":
        write_stl(file, points, span=scale * body.reference_length if span is None else span)
    else:
        write_outline(file, points, name=body.name, unit=unit)

"""`fusiform export`: a body to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from fusiform.app.commands.arguments import (
    At,
    Axis,
    BodyArgument,
    Json,
    MaxFitError,
    Modes,
    Part,
    Revolution,
    a_path,
)
from fusiform.app.commands.printed_result import print_json, source_note
from fusiform.app.drawings.space.picture_file import SUFFIXES, write_picture
from fusiform.app.terminal.streams import say
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.limits import DEFAULT_MODES, LARGEST_FIT_ERROR


def export(
    body: BodyArgument,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help=".dat, .csv, .svg, .dxf or .stl; of revolution also .obj, .vtp, .png and .html (a .csv holds x, r).",
            parser=a_path,
        ),
    ],
    revolution: Revolution = False,
    part: Part = None,
    axis: Axis = "z",
    at: At = None,
    unit: Annotated[str, typer.Option(metavar="U", help="Unit of the numbers: um, mm, cm, m, in or ft.")] = "m",
    chord: Annotated[float | None, typer.Option(metavar="L", help="Length along x to scale the body to.")] = None,
    span: Annotated[float | None, typer.Option(metavar="S", help="Length of the extrusion of a section.")] = None,
    modes: Modes = DEFAULT_MODES,
    max_fit_error: MaxFitError = LARGEST_FIT_ERROR,
    as_json: Json = False,
) -> None:
    """Write BODY to FILE, whose ending determines the format; an old file is replaced."""
    from fusiform.solvers import load_body

    shape = load_body(
        body, modes=modes, max_fit_error=max_fit_error, part=part, axis=axis, at=at, revolution=revolution
    )
    require(
        file.suffix.lower() != ".vts",
        "expected a file of a shape, got .vts, which holds a flow; give another ending, or use export_body in Python",
    )
    if file.suffix.lower() in SUFFIXES:
        require(
            chord is None and span is None, "expected no --chord and no --span for a picture, got one; leave it out"
        )
        write_picture(file, shape)
    else:
        from fusiform.solvers import export_body

        export_body(shape, file, unit=unit, chord=chord, span=span)
    numbers: dict[str, Any] = {
        "body": shape.name,
        "file": str(file),
        "revolution": shape.revolution,
        "reference_length": shape.reference_length,
        "length": shape.length,
        "height": shape.height,
        "fit_error": shape.fit_error,
        "source": shape.source or None,
    }
    if shape.revolution:
        numbers |= {"volume": shape.volume, "wetted_area": shape.wetted_area}
    if as_json:
        print_json(numbers)
    else:
        kind = "body of revolution" if shape.revolution else "section"
        typer.echo(f"{file}: {shape.name}, {kind}, d = {shape.reference_length:.6g} before scaling.")
        for note in source_note(shape):
            typer.echo(note)
    if shape.fit_warning:
        say(f"warning: {shape.fit_warning}.")

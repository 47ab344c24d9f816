"""A body of revolution in space as a file: a PNG, or an HTML page on which it can be turned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import write_atomically

if TYPE_CHECKING:
    from fusiform.solvers import Body, Solution

SUFFIXES = (".png", ".html")


def require_picture_suffix(path: Path) -> None:
    """`InputError` for a name that does not end in one of `SUFFIXES`."""
    require(
        path.suffix.lower() in SUFFIXES,
        f"expected a picture ending in {' or '.join(SUFFIXES)}, got {path.suffix or 'no ending'!r}; choose one",
    )


def require_in_space(body: Body) -> None:
    """`InputError` for a plane section."""
    require(
        body.revolution,
        "expected a body of revolution for a picture in space, got a section; choose such a body or add --revolution, "
        "or write the section as .svg",
    )


def write_picture(path: Path, body: Body, solution: Solution | None = None) -> None:
    """Write a body of revolution, with the flow of its `solution` or alone; an old file is replaced.

    `InputError` for another body or suffix, and for a PNG without Pillow.
    """
    require_picture_suffix(path)
    require_in_space(body)
    data = _page(body, solution) if path.suffix.lower() == ".html" else _png(body, solution)
    write_atomically(path, lambda file: file.write(data))


def _page(body: Body, solution: Solution | None) -> bytes:
    from fusiform.app.drawings.space.component import space_drawing
    from fusiform.app.drawings.space.standalone import standalone

    if solution is None:
        return standalone(space_drawing(body), body.name).encode()
    title = f"{body.name}, Re {solution.conditions.reynolds:g}: C_D {solution.drag_coefficient:.5g}"
    data = space_drawing(body, solution.field, separation=solution.analysis.separation)
    return standalone(data, title).encode()


def _png(body: Body, solution: Solution | None) -> bytes:
    try:
        from fusiform.app.drawings.space.picture import space_picture
    except ImportError as error:
        raise InputError(
            'expected Pillow for a picture, got none; install it with pip install "fusiform[app]", or write .html'
        ) from error
    if solution is None:
        return space_picture(body)
    return space_picture(body, solution.field, separation=solution.analysis.separation)

"""Reading outline files: .dat and .csv tables, .svg and .dxf drawings, sections of .stl, .obj and .ply meshes.

Tables are small text, at most 2 MB, and are read here. Everything else may have up to 20 MB and is parsed in a child
process with limits (`sandbox`).
"""

from __future__ import annotations

import os

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, is_number, is_whole, plain, require, shown, shown_count
from fusiform.solvers.common.files import file_path
from fusiform.solvers.geometry.formats.found_outline import FoundOutline
from fusiform.solvers.geometry.formats.mesh_sections import AXES
from fusiform.solvers.geometry.formats.sandbox import DRAWINGS, MESHES, read_isolated
from fusiform.solvers.geometry.formats.simple_outline import simple_outline
from fusiform.solvers.geometry.formats.tables.point_tables import read_points

TABLES = (".dat", ".csv")
SUFFIXES = (*TABLES, *DRAWINGS, *MESHES)
MAX_BYTES = 2_000_000
MAX_BYTES_ISOLATED = 20_000_000


def read_outline(
    path: str | os.PathLike[str], *, part: str | int | None = None, axis: str = "z", at: float | None = None
) -> FloatArray:
    """The outline in a file as a clean polygon.

    Parameters
    ----------
    path : path-like
        A regular file that ends in .dat, .csv, .svg, .dxf, .stl, .obj or .ply.
    part, axis, at : str, int, float or None
        The part of a drawing, and the plane that cuts a mesh, see `parse_outline`.

    Returns
    -------
    ndarray
        (n, 2), counter-clockwise, in the file's numbers.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read, and as `parse_outline` does.

    Examples
    --------
    >>> from fusiform.solvers.geometry import read_outline, write_outline
    >>> write_outline("box.dat", [(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)], name="box")
    >>> read_outline("box.dat").shape
    (5, 2)
    """
    return find_outline_in(path, part=part, axis=axis, at=at).points


def find_outline_in(
    path: str | os.PathLike[str], *, part: str | int | None = None, axis: str = "z", at: float | None = None
) -> FoundOutline:
    """The outline in a file, as `read_outline` reads it, and one sentence about it."""
    content, suffix = read_content(path)
    return find_outline(content, suffix, part=part, axis=axis, at=at)


def read_content(path: str | os.PathLike[str]) -> tuple[bytes, str]:
    """The content of an outline file, at most one byte more than is allowed, and its suffix in small letters."""
    file = file_path(path)
    require_suffix(file.suffix, SUFFIXES)
    require(os.path.isfile(file), f"expected an outline file, got no file at {str(file)!r}; check the path")
    try:
        with file.open("rb") as stream:
            return stream.read(_most_bytes(file.suffix) + 1), file.suffix.lower()
    except OSError as error:
        raise InputError(f"expected a readable file, got '{error.strerror}' for {str(file)!r}; check it") from error


def parse_outline(
    content: str | bytes, suffix: str, *, part: str | int | None = None, axis: str = "z", at: float | None = None
) -> FloatArray:
    """The outline in the content of a file, as a clean polygon.

    .dat, .csv: points in order (`point_tables`); the first two numbers distinguish a .dat in Lednicer form (two counts,
    then the upper and the lower surface, each from the leading edge) from Selig form (one loop). .svg, .dxf: the
    largest closed curve that can be seen (`drawings`), the y axis of SVG turned up. .stl, .obj, .ply: the largest loop
    in which the mesh meets a plane (`mesh_sections`). Blunt trailing edges are closed by a straight side; parts of at
    most 1 % that cross or double the outline are cut off (`crossings`).

    Parameters
    ----------
    content : str or bytes
        At most 2 MB for .dat and .csv, else 20 MB.
    suffix : str
        Such as ".dat".
    part : str, int or None
        Another curve of a drawing: a layer of .dxf, an id or label of .svg, or a number, 1 for the largest.
    axis, at : str, float or None
        A mesh is cut by the plane where its coordinate `axis` ("x", "y", "z") is `at`; by its middle plane if None.

    Returns
    -------
    ndarray
        (n, 2), counter-clockwise, in the file's numbers.

    Raises
    ------
    InputError
        For another suffix, a larger file, content that cannot be read within 20 s and 2 GB, and points that do not
        bound a body (`polygons.clean_outline`).

    Examples
    --------
    >>> from fusiform.solvers.geometry import parse_outline
    >>> parse_outline("0 0; 2 0; 2 1; 1 1; 0 1".replace("; ", chr(10)), ".dat").shape
    (5, 2)
    """
    return find_outline(content, suffix, part=part, axis=axis, at=at).points


def find_outline(
    content: str | bytes, suffix: str, *, part: str | int | None = None, axis: str = "z", at: float | None = None
) -> FoundOutline:
    """The outline in the content of a file, as `parse_outline` reads it, and one sentence about it."""
    require_suffix(suffix, SUFFIXES)
    require(
        isinstance(content, str | bytes),
        f"expected the content of a file, got {shown(content)}; give text or bytes",
    )
    suffix = suffix.lower()
    require_size(content, suffix)
    require(
        isinstance(axis, str) and axis in AXES, f"expected the axis x, y or z, got {shown(axis)}; choose one of them"
    )
    require(at is None or is_number(at), f"expected a finite place of the plane, got {shown(at)}; give a length")
    require(
        suffix in MESHES or (axis == "z" and at is None),
        f"expected a mesh to cut at a plane, got a {suffix} file; leave axis and at out",
    )
    _require_part(part, suffix)
    part = plain(part)
    if suffix in TABLES:
        return simple_outline(read_points(content, lednicer=suffix == ".dat"))
    data = content.encode(errors="replace") if isinstance(content, str) else content
    return read_isolated(data, suffix, axis, at, part)


def require_size(content: str | bytes, suffix: str) -> None:
    """Raise `InputError` for a file that is too large for its format."""
    most = _most_bytes(suffix)
    require(
        len(content) <= most,
        f"expected a {suffix} file of at most {most // 1_000_000} MB, got a larger one; keep fewer points",
    )


def require_suffix(suffix: str, allowed: tuple[str, ...]) -> None:
    require(
        isinstance(suffix, str) and suffix.lower() in allowed,
        f"expected a file ending in {' or '.join(allowed)}, got {shown(suffix or 'no ending')}; convert or rename it",
    )


def _require_part(part: object, suffix: str) -> None:
    require(
        part is None or (isinstance(part, str) and bool(part)) or is_whole(part),
        f"expected the name or the number of a part, got {shown_count(part)}; leave it out for the largest",
    )
    require(
        part is None or suffix not in TABLES,
        f"expected a drawing or a mesh to choose a part of, got a {suffix} file; leave the part out",
    )


def _most_bytes(suffix: str) -> int:
    return MAX_BYTES if suffix.lower() in TABLES else MAX_BYTES_ISOLATED

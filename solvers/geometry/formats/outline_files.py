"""Outline files: read .dat, .csv, drawings and sections of meshes, write outlines and extruded solids.

.dat and .csv are small text, at most 2 MB, and are read here. Everything else may have up to 20 MB and is parsed in a
child process with limits (`isolation`). What is written is read back before it appears.
"""

from __future__ import annotations

import io
import math
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
from mapbox_earcut import triangulate_float64
from numpy.typing import ArrayLike

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.mesh_sections import AXES
from fusiform.solvers.geometry.formats.outline_writers import csv_text, dat_text, dxf_text, find_unit, svg_text
from fusiform.solvers.geometry.formats.point_tables import read_points
from fusiform.solvers.geometry.formats.sandbox import DRAWINGS, MESHES, read_here, read_isolated
from fusiform.solvers.geometry.polygons import FloatArray, clean_outline, signed_area

TABLES = (".dat", ".csv")
SUFFIXES = (*TABLES, *DRAWINGS, *MESHES)
OUTLINE_SUFFIXES = (*TABLES, *DRAWINGS)
MAX_BYTES = 2_000_000
MAX_BYTES_ISOLATED = 20_000_000
AREA_TOLERANCE = 1e-6  # relative, of text that is read back
AREA_TOLERANCE_STL = 1e-4  # of single precision


def read_outline(path: str | os.PathLike[str], *, axis: str = "z", at: float | None = None) -> FloatArray:
    """The outline in a file as a clean polygon (n, 2), see `parse_outline`. The path must lead to a regular file."""
    file = Path(path)
    _require_suffix(file.suffix, SUFFIXES)
    require(os.path.isfile(file), f"expected an outline file, got no file at {str(file)!r}; check the path")
    try:
        with file.open("rb") as stream:
            content = stream.read(_most_bytes(file.suffix) + 1)
    except OSError as error:
        raise InputError(f"expected a readable file, got '{error.strerror}' for {str(file)!r}; check it") from error
    return parse_outline(content, file.suffix, axis=axis, at=at)


def parse_outline(content: str | bytes, suffix: str, *, axis: str = "z", at: float | None = None) -> FloatArray:
    """The outline in the content of a file, as a clean, counter-clockwise polygon (n, 2), in the file's numbers.

    .dat, .csv: points in order (`tables`). A .dat in Lednicer form (two counts, then the upper and the lower surface,
    each from the leading edge) is told from Selig form (one loop) by its first two numbers.
    .svg, .dxf: the largest closed curve (`svg`, `dxf`, `drawings`); the y axis of SVG, which points down, is flipped.
    .stl, .obj, .ply: the largest loop in which the mesh meets the plane where its coordinate `axis` is `at`, half way
    through the mesh for None (`meshes.mesh_section` tells what x and y are then).
    Blunt trailing edges are closed by a straight side.

    Raises `InputError`: another suffix, over 2 MB (.dat, .csv) or 20 MB, content that cannot be read within 20 s and
    2 GB, and everything that the readers and `polygons.clean_outline` refuse.
    """
    _require_suffix(suffix, SUFFIXES)
    suffix, most = suffix.lower(), _most_bytes(suffix)
    require(
        len(content) <= most,
        f"expected a {suffix} file of at most {most // 1_000_000} MB, got a larger one; keep fewer points",
    )
    require(axis in AXES, f"expected the axis x, y or z, got {axis!r}; choose one of them")
    require(at is None or math.isfinite(at), f"expected a finite place of the plane, got {at}; give a length")
    require(
        suffix in MESHES or (axis == "z" and at is None),
        f"expected a mesh to cut at a plane, got a {suffix} file; leave axis and at away",
    )
    if suffix in TABLES:
        return clean_outline(np.array(read_points(content, lednicer=suffix == ".dat")).reshape(-1, 2))
    return read_isolated(content.encode() if isinstance(content, str) else content, suffix, axis, at)


def _require_suffix(suffix: str, allowed: tuple[str, ...]) -> None:
    require(
        suffix.lower() in allowed,
        f"expected a file ending in {' or '.join(allowed)}, got {suffix or 'no ending'!r}; convert or rename the file",
    )


def _most_bytes(suffix: str) -> int:
    return MAX_BYTES if suffix.lower() in TABLES else MAX_BYTES_ISOLATED


def write_outline(path: str | os.PathLike[str], points: ArrayLike, *, name: str = "outline", unit: str = "m") -> None:
    """Write a closed outline (n, 2) as .dat (Selig form, titled `name`), .csv (header x,y), .svg or .dxf.

    The loop runs counter-clockwise from the rightmost point over the top, and is closed. The numbers are those of
    `points`; `unit` (um, mm, cm, m, in, ft) is what they count: .svg has its size in mm from it, .dxf its $INSUNITS.
    The file appears complete and read back with the same area to 1e-6, or not at all; an old one is replaced. Raises
    `InputError` for another suffix or unit, a place that cannot be written, or points that are no outline.
    """
    file = Path(path)
    _require_suffix(file.suffix, OUTLINE_SUFFIXES)
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

    write_checked(file, texts[suffix]().encode(), check)


def write_stl(path: str | os.PathLike[str], points: ArrayLike, *, span: float = 1.0) -> None:
    """Write the outline (n, 2), extruded from z = 0 to z = `span` > 0, as a watertight binary .stl.

    It is read back: watertight, and the volume right to 1e-4 (an outline far from the origin loses the digits of single
    precision). Raises `InputError` as `write_outline` does, and for a span that is not a positive length. (trimesh
    takes a second to import and nothing else needs it.)
    """
    from trimesh import Trimesh
    from trimesh.creation import extrude_triangulation
    from trimesh.exchange.load import load_mesh
    from trimesh.exchange.stl import export_stl

    file = Path(path)
    _require_suffix(file.suffix, (".stl",))
    require(math.isfinite(span) and span > 0.0, f"expected a positive span, got {span:g}; give a length")
    loop = clean_outline(points)
    area = signed_area(loop)
    centred = loop - loop.mean(axis=0)
    triangles = triangulate_float64(centred, np.array([len(loop)], dtype=np.uint32)).reshape(-1, 3)
    solid = extrude_triangulation(loop, triangles, height=span)

    def check(data: bytes) -> bool:
        stored = load_mesh(io.BytesIO(data), file_type="stl", process=False)
        extent = float(np.max(stored.extents))
        again = Trimesh((stored.vertices - stored.bounds[0]) / extent, stored.faces)  # merges what is 1e-8 apart
        corners = np.asarray(again.triangles)
        volume = extent**3 * float(np.sum(corners[:, 0] * np.cross(corners[:, 1], corners[:, 2]))) / 6.0
        return bool(again.is_watertight) and abs(volume / (span * area) - 1.0) <= AREA_TOLERANCE_STL

    write_checked(file, export_stl(solid), check)


def write_checked(file: Path, data: bytes, check: Callable[[bytes], bool]) -> None:
    """Write under a temporary name in the same folder, `check` what is read back, then rename it.

    `InputError` where the check fails or the place cannot be written; the old file stays then."""
    temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex}.part")
    try:
        temporary.write_bytes(data)
        require(
            check(temporary.read_bytes()),
            f"expected {str(file)!r} to hold what was written, got something else on reading it back; move the body to "
            "the origin and scale it to about 1",
        )
        temporary.replace(file)
    except OSError as error:
        raise InputError(
            f"expected a place to write {str(file)!r}, got '{error.strerror}'; choose an existing, writable folder"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)

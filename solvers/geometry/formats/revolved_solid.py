"""Writing bodies of revolution: the solid as .stl or .obj, its surface as .vtp, the meridian as .csv.

The solid has at most `RINGS` rings of `SECTIONS` corners, 2.8 MB as .stl. Rings lie where the meridian bends: the
greatest distance of a chord, κ (Δs)²/8, is least for equal steps of ∫ √κ ds. The polygons across the axis have the area
of the circle, radii times √[(2π/n)/sin(2π/n)], and all radii have one more factor that makes the volume that of the
given meridian.
"""

from __future__ import annotations

import io
import math
import os

import numpy as np
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require_kind
from fusiform.solvers.common.files import file_path, write_checked
from fusiform.solvers.geometry.formats.outline_files import require_suffix
from fusiform.solvers.geometry.formats.outline_texts import one_line
from fusiform.solvers.geometry.formats.outline_writers import AREA_TOLERANCE, REMEDY
from fusiform.solvers.geometry.formats.tables.point_tables import read_rows
from fusiform.solvers.geometry.formats.vtp_surface import read_vtp, vtp_document
from fusiform.solvers.geometry.meridians.mirrored_meridian import mirrored
from fusiform.solvers.geometry.polygons import signed_area

REVOLVED_SUFFIXES = (".csv", ".stl", ".obj", ".vtp")
SECTIONS, RINGS = 256, 108
EVEN_SHARE = 0.1  # of the rings, at equal steps of the arc
LEAST_RING = 2e-4  # of the extent: the radius of the first ring of corners beside an end
VOLUME_TOLERANCE = 1e-4  # of single precision


def write_revolved(path: str | os.PathLike[str], meridian: FloatArray, *, name: str = "body") -> None:
    """Write a body of revolution; an old file is replaced.

    The file is read back before it appears: the same numbers in .csv and .vtp; watertight with the same volume to 1e-4
    in .stl and .obj.

    Parameters
    ----------
    path : path-like
        Ends in .csv (the meridian, header x,r), .stl (binary), .obj, or .vtp (the surface, with the axis along x).
    meridian : ndarray
        (n, 2), x and r from the nose to the tail, r = 0 at both ends and nowhere else.
    name : str
        Title in .obj.

    Raises
    ------
    InputError
        For another suffix, points that are no meridian, and a place that cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from fusiform import Body
    >>> from fusiform.solvers.geometry.formats.revolved_solid import write_revolved
    >>> write_revolved("ball.csv", Body.sphere(2.0).meridian(5))
    >>> Path("ball.csv").read_text()[:3]
    'x,r'
    """
    file = file_path(path)
    require_suffix(file.suffix, REVOLVED_SUFFIXES)
    require_kind(name, str, "give the title as a string")
    area = abs(signed_area(mirrored(meridian)[:-1]))
    suffix = file.suffix.lower()
    if suffix == ".csv":
        rows = "".join(f"{x!r},{r!r}\n" for x, r in meridian.tolist())

        def is_same_table(data: bytes) -> bool:
            again = abs(signed_area(mirrored(read_rows(data))[:-1]))
            return abs(again / area - 1.0) <= AREA_TOLERANCE

        write_checked(file, f"x,r\n{rows}".encode(), is_same_table, REMEDY)
        return
    corners, faces = revolved_surface(_with_few_rings(meridian))
    if suffix == ".vtp":

        def is_same_surface(data: bytes) -> bool:
            again, connectivity = read_vtp(data)
            return np.array_equal(again, corners) and np.array_equal(connectivity, faces)

        write_checked(file, vtp_document(corners, faces), is_same_surface, "write it again")
        return
    volume = enclosed_volume(corners, faces)

    def is_same_solid(data: bytes) -> bool:
        from trimesh import Trimesh
        from trimesh.exchange.load import load_mesh

        stored = load_mesh(io.BytesIO(data), file_type=suffix[1:], process=False)
        extent = float(np.max(stored.extents))
        again = Trimesh((stored.vertices - stored.bounds[0]) / extent, stored.faces)  # merges what is 1e-8 apart
        stored_volume = extent**3 * enclosed_volume(np.asarray(again.vertices), np.asarray(again.faces))
        return bool(again.is_watertight) and abs(stored_volume / volume - 1.0) <= VOLUME_TOLERANCE

    write_checked(file, _stl(corners, faces) if suffix == ".stl" else _obj(corners, faces, name), is_same_solid, REMEDY)


def _with_few_rings(meridian: FloatArray) -> FloatArray:
    """At most `RINGS` points between the ends, with the volume of the whole meridian."""
    few = _without_tiny_rings(meridian[_ring_places(meridian)])
    return few * [1.0, math.sqrt(_volume(meridian) / _volume(few))]


def _ring_places(meridian: FloatArray) -> NDArray[np.intp]:
    """The numbers of the points that are kept, both ends among them."""
    if len(meridian) <= RINGS + 2:
        return np.arange(len(meridian))
    sides = np.diff(meridian, axis=0)
    length = np.hypot(*sides.T)
    angle = np.unwrap(np.arctan2(sides[:, 1], sides[:, 0]))
    bend = np.sqrt(np.abs(np.gradient(angle)) * length)
    measure = np.cumsum((1.0 - EVEN_SHARE) * bend / bend.sum() + EVEN_SHARE * length / length.sum())
    inner = np.searchsorted(measure, np.linspace(0.0, 1.0, RINGS + 2)[1:-1])
    return np.unique([0, *np.clip(inner + 1, 1, len(meridian) - 2), len(meridian) - 1])


def _volume(meridian: FloatArray) -> float:
    """Volume of the frusta between the points."""
    x, r = meridian.T
    return abs(math.pi / 3.0 * float(np.diff(x) @ (r[1:] ** 2 + r[1:] * r[:-1] + r[:-1] ** 2)))


def _without_tiny_rings(meridian: FloatArray) -> FloatArray:
    """The meridian without the points beside its ends whose rings of corners would fall together when stored."""
    large = np.flatnonzero(meridian[:, 1] > LEAST_RING * np.ptp(meridian, axis=0).max())
    return np.concatenate([meridian[:1], meridian[large[0] : large[-1] + 1], meridian[-1:]])


def revolved_surface(meridian: FloatArray, sections: int = SECTIONS) -> tuple[FloatArray, NDArray[np.int64]]:
    """Corners (m, 3) and triangles (k, 3), outward and watertight, of a meridian (n, 2) from nose to tail, about x.

    trimesh's `revolve` drops triangles below an area of 1e-8, whatever the unit of length, and leaves holes.
    """
    angle = 2.0 * math.pi / sections
    stretch = math.sqrt(angle / math.sin(angle))
    around = angle * np.arange(sections)
    x, r = meridian[1:-1, :1], stretch * meridian[1:-1, 1:]
    rings = np.stack(np.broadcast_arrays(x, r * np.cos(around), r * np.sin(around)), axis=-1)
    nose, tail = ([[point[0], 0.0, 0.0]] for point in meridian[[0, -1]])
    number = 1 + np.arange(rings[..., 0].size).reshape(rings.shape[:2])
    following, last = np.roll(number, -1, axis=1), rings[..., 0].size + 1
    front, rear = (np.full(sections, end) for end in (0, last))
    a, b, c, d = (part.ravel() for part in (number[:-1], following[:-1], number[1:], following[1:]))
    triangles = [(front, following[0], number[0]), (a, b, d), (a, d, c), (rear, number[-1], following[-1])]
    faces = np.concatenate([np.column_stack(corners) for corners in triangles])
    return np.concatenate([nose, rings.reshape(-1, 3), tail]), faces


def enclosed_volume(corners: FloatArray, faces: NDArray[np.int64]) -> float:
    """Volume inside a closed surface, by the divergence theorem."""
    a, b, c = (corners - corners.mean(axis=0))[faces].transpose(1, 0, 2)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


def _stl(corners: FloatArray, faces: NDArray[np.int64]) -> bytes:
    from trimesh import Trimesh
    from trimesh.exchange.stl import export_stl

    return bytes(export_stl(Trimesh(corners, faces, process=False)))


def _obj(corners: FloatArray, faces: NDArray[np.int64], name: str) -> bytes:
    lines = [f"o {one_line(name) or 'body'}"]
    lines += [f"v {x!r} {y!r} {z!r}" for x, y, z in corners.tolist()]
    lines += [f"f {i} {j} {k}" for i, j, k in (faces + 1).tolist()]
    return ("\n".join(lines) + "\n").encode()

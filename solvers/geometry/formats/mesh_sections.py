"""The section of a .stl, .obj or .ply mesh at a plane, as curves."""

from __future__ import annotations

import io
import math

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve
from fusiform.solvers.geometry.polygons import MIN_POINTS

_STRAIGHT = 1e-4  # rad
AXES = {"x": (0, (1, 2)), "y": (1, (0, 2)), "z": (2, (0, 1))}  # the coordinates across the plane and in it


def mesh_section(content: bytes, file_type: str, axis: str = "z", at: float | None = None) -> list[Curve]:
    """The sides in which the mesh meets the plane where its coordinate `axis` is `at`; half its extent for None.

    In the plane x, y are the mesh's x, y for axis z, x, z for axis y, and y, z for axis x. The mesh is scaled to unit
    extent for the cut, since trimesh counts 1e-8 as nothing. `InputError`: no triangles, coordinates that are not
    finite, or a plane beside the mesh.
    """
    from trimesh import Trimesh
    from trimesh.exchange.load import load_mesh
    from trimesh.intersections import mesh_plane

    mesh = load_mesh(io.BytesIO(content), file_type=file_type, process=False, skip_materials=True)
    faces = np.asarray(mesh.faces)
    require(len(faces) > 0, f"expected a .{file_type} mesh with triangles, got none; save the surface again as a mesh")
    corners = np.asarray(mesh.vertices, dtype=np.float64)
    largest = float(np.abs(corners).max())
    require(
        math.isfinite(largest) and largest <= 1e100,
        f"expected finite coordinates up to 1e+100, got {largest:g} in the mesh; correct the file",
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    centre, extent = 0.5 * (low + high), float((high - low).max())
    across, plane = AXES[axis]
    level = float(centre[across]) if at is None else at
    require(
        low[across] <= level <= high[across],
        f"expected a plane that meets the mesh, {axis} from {low[across]:g} to {high[across]:g}, got {level:g}; "
        "choose one in between",
    )
    require(extent > 0.0, "expected a mesh with an extent, got all of it in one point; save the surface again")
    unit = Trimesh((corners - centre) / extent, faces, process=False)
    origin, normal = np.zeros(3), np.eye(3)[across]
    origin[across] = (level - centre[across]) / extent
    cut = mesh_plane(unit, normal, origin)  # type: ignore[no-untyped-call]
    sides = centre[list(plane)] + extent * cut[:, :, plane]
    ends = sides[..., 0] + 1j * sides[..., 1]
    return [Curve(((begin, end),)) for begin, end in ends.tolist() if begin != end]


def merged_sides(loop: FloatArray) -> FloatArray:
    """The closed loop (n, 2) without points at which it turns by less than 1e-4 rad, if at least 5 others are left.

    The diagonals of an extrusion's sides leave such points, and between them its curved outline would look straight.
    """
    points = loop[:-1, 0] + 1j * loop[:-1, 1]
    side = np.roll(points, -1) - points
    turn = side * np.roll(side, 1).conj()
    kept = np.abs(turn.imag) + np.maximum(-turn.real, 0.0) > _STRAIGHT * np.abs(turn)
    if np.count_nonzero(kept) < MIN_POINTS or (loop[0] != loop[-1]).any():
        return loop
    rest = loop[:-1][kept]
    return np.concatenate([rest, rest[:1]])

"""The section of a .stl, .obj or .ply mesh at a plane, as curves."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve
from fusiform.solvers.geometry.formats.obj_text import plain_obj
from fusiform.solvers.geometry.polygons import MIN_POINTS

AXES = {"x": (0, (1, 2)), "y": (1, (0, 2)), "z": (2, (0, 1))}  # the coordinates across the plane and in it

_STRAIGHT = 1e-4  # rad
_SAME_CORNER = 1e-7  # of the extent: corners that are nearer are one
_COPLANAR = 1e-7  # of the extent: triangles that are nearer lie in the plane
_BESIDE = 1e-6  # of the extent: how far the planes beside such triangles are from them


@dataclass(frozen=True)
class Mesh:
    """Triangles (m, 3) of corners (n, 3), finite and not all in one point."""

    corners: FloatArray
    faces: NDArray[np.int_]

    @property
    def extent(self) -> float:
        """The longest of the three."""
        return float(np.ptp(self.corners, axis=0).max())


def read_mesh(content: bytes, file_type: str) -> Mesh:
    """The mesh in a file. `InputError`: no triangles, all in one point, or coordinates that are not finite."""
    from trimesh.exchange.load import load_mesh

    content = plain_obj(content) if file_type == "obj" else content
    loaded = load_mesh(io.BytesIO(content), file_type=file_type, process=False, skip_materials=True)
    faces, corners = np.asarray(loaded.faces), np.asarray(loaded.vertices, dtype=np.float64)
    require(len(faces) > 0, f"expected a .{file_type} mesh with triangles, got none; save the surface again as a mesh")
    largest = float(np.abs(corners).max())
    require(
        math.isfinite(largest) and largest <= 1e100,
        f"expected finite coordinates up to 1e+100, got {largest:g} in the mesh; correct the file",
    )
    mesh = Mesh(corners, faces)
    require(mesh.extent > 0.0, "expected a mesh with an extent, got all of it in one point; save the surface again")
    return mesh


def plane_of(mesh: Mesh, axis: str, at: float | None) -> float:
    """The place of the plane: `at`, or half way through along `axis`. `InputError` if the mesh is not cut there."""
    heights = mesh.corners[:, AXES[axis][0]]
    low, high = float(heights.min()), float(heights.max())
    level = 0.5 * (low + high) if at is None else float(at)
    require(
        low < level < high or low == level == high,
        f"expected a plane that meets the mesh, {axis} from {low:g} to {high:g}, got {level:g}; choose one in between",
    )
    return level


def planes_beside(mesh: Mesh, axis: str, level: float) -> list[float]:
    """The plane itself, or those right below and above it where triangles lie in it."""
    heights = np.abs(mesh.corners[mesh.faces][:, :, AXES[axis][0]] - level)
    if not (heights <= _COPLANAR * mesh.extent).all(axis=1).any():
        return [level]
    return [level - _BESIDE * mesh.extent, level + _BESIDE * mesh.extent]


def mesh_section(mesh: Mesh, axis: str, level: float) -> list[Curve]:
    """The sides in which the mesh meets the plane where its coordinate `axis` is `level`.

    In the plane x, y are the mesh's x, y for axis z, x, z for axis y, and y, z for axis x. The mesh is scaled to unit
    extent for the cut, since trimesh counts 1e-8 as nothing.
    """
    from trimesh import Trimesh
    from trimesh.intersections import mesh_plane

    across, plane = AXES[axis]
    centre = 0.5 * (mesh.corners.min(axis=0) + mesh.corners.max(axis=0))
    unit = Trimesh((mesh.corners - centre) / mesh.extent, mesh.faces, process=False)
    origin, normal = np.zeros(3), np.eye(3)[across]
    origin[across] = (level - centre[across]) / mesh.extent
    cut = mesh_plane(unit, normal, origin)  # type: ignore[no-untyped-call]
    sides = centre[list(plane)] + mesh.extent * cut[:, :, plane]
    ends = sides[..., 0] + 1j * sides[..., 1]
    return [Curve(((begin, end),)) for begin, end in ends.tolist() if begin != end]


def rim_crossings(mesh: Mesh, axis: str, level: float) -> FloatArray:
    """Where the plane cuts edges that belong to one triangle alone, (n, 2) in the plane: the rims of holes."""
    across, plane = AXES[axis]
    place = np.round((mesh.corners - mesh.corners.min(axis=0)) / (_SAME_CORNER * mesh.extent)).astype(np.int64)
    _, first, corner = np.unique(place, axis=0, return_index=True, return_inverse=True)
    edges = np.sort(corner.reshape(-1)[mesh.faces][:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    single, uses = np.unique(edges, axis=0, return_counts=True)
    begin, end = mesh.corners[first[single[(uses == 1) & (single[:, 0] != single[:, 1])]]].transpose(1, 0, 2)
    below, above = begin[:, across] - level, end[:, across] - level
    cut = below * above < 0.0
    share = (below / np.where(cut, below - above, 1.0))[cut, None]
    return np.asarray(begin[cut] + share * (end - begin)[cut])[:, list(plane)]


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

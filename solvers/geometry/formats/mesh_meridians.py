"""Meshes of bodies of revolution in any position: their axis, and their section through it; for the child process.

The axis is the principal axis of inertia of the surface whose two companions are equal. The order of the vertices
along the meridian comes from a cut through the axis, their place from the vertices themselves, since they lie on the
surface and the triangles between them do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.formats.found_outline import FoundOutline
from fusiform.solvers.geometry.formats.mesh_outlines import section_outline
from fusiform.solvers.geometry.formats.mesh_sections import Mesh, read_mesh
from fusiform.solvers.geometry.meridians.mirrored_meridian import mirrored


@dataclass(frozen=True)
class Roundness:
    """How nearly a mesh is a body of revolution, and how its meridian is read."""

    companions: float = 0.01
    """Greatest difference of the two equal moments of inertia, over their mean."""
    vertices: float = 0.005
    """Greatest distance of a vertex from the meridian, over the greatest diameter."""
    faces: float = 0.05
    """The same of the middle of a triangle: a prism of eight sides is round enough, one of six is not."""
    distinct: float = 0.02
    """Difference of the axis from its companions below which the moments of the volume are asked, too."""
    samples: int = 40_000
    """Points of the cut among which the nearest to a vertex is searched for."""
    bins: int = 2000
    """Vertices that are nearer along the meridian than its length over this are one point."""
    pole: float = 1e-4
    """Radius over the greatest one below which a vertex lies on the axis."""
    smooth: float = 0.5
    """Turn in rad from the first side of the meridian to the face that closes it below which the end is round."""
    turn: float = 0.1234
    """Angle in rad of the cut, so that it passes between the vertices of regular meshes."""


ROUNDNESS = Roundness()


@dataclass(frozen=True)
class Axis:
    """An axis through `point` with a unit `direction`; its companions differ by `difference`, relative."""

    point: FloatArray
    direction: FloatArray
    difference: float
    distinct: float


def mesh_of_revolution(content: bytes, file_type: str) -> FoundOutline:
    """The closed section of the mesh in a file through its axis of revolution, x along the axis.

    The axis points to the side of its largest component. `InputError` for a mesh with companions that differ by more
    than 1 %, vertices off the meridian by more than 0.5 % of the diameter, fewer than about eight sides around the
    axis, holes, and a body that does not meet its axis.
    """
    mesh = read_mesh(content, file_type)
    extent, used = mesh.extent, _used(mesh)
    centre = 0.5 * (used.min(axis=0) + used.max(axis=0))
    unit = Mesh((mesh.corners - centre) / extent, mesh.faces)
    axis = _axis(unit.corners[unit.faces])
    require(
        axis.difference <= ROUNDNESS.companions,
        f"expected a mesh of revolution, with two equal moments of inertia, got ones that differ by "
        f"{axis.difference:.1%}; cut it by a plane (without revolution), or give its meridian",
    )
    frame = _frame(axis.direction)
    turned = Mesh((unit.corners - axis.point) @ frame.T, unit.faces)
    profile = _profile(turned, _upper_half(section_outline(turned, "z", 0.0).points))
    strays = _require_round(turned, profile)
    place = centre + extent * axis.point
    along = float(place @ axis.direction)
    foot = place - along * axis.direction
    section = mirrored(profile) * extent + [along, 0.0]
    direction, through = (", ".join(f"{number + 0.0:.4g}" for number in vector) for vector in (axis.direction, foot))
    return FoundOutline(
        section,
        f"the meridian about the axis ({direction}) through ({through}), whose companions differ by "
        f"{axis.difference:.1g}; all vertices lie within {extent * strays:.2g} of it",
    )


def _axis(triangles: FloatArray) -> Axis:
    """The axis of revolution of triangles (m, 3, 3) of unit extent."""
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    area = 0.5 * np.linalg.norm(normal, axis=1)
    middle = triangles.mean(axis=1)
    point = area @ middle / area.sum()
    corners = triangles - point
    found = _principal(corners, area / 12.0, point)
    if found.distinct - found.difference < ROUNDNESS.distinct:  # such as a cylinder, which may be no ball
        solid = _principal(corners, np.einsum("ij,ij->i", normal, corners[:, 0]) / 120.0, point)
        found = max(found, solid, key=lambda axis: axis.distinct - axis.difference)
    return found


def _principal(corners: FloatArray, weight: FloatArray, point: FloatArray) -> Axis:
    """The axis of ∑ weight (∑ p pᵀ + (∑ p)(∑ p)ᵀ), the second moments of triangles, or of tetrahedra to the centre."""
    total = corners.sum(axis=1)
    moments = np.einsum("m,mia,mib->ab", weight, corners, corners) + np.einsum("m,ma,mb->ab", weight, total, total)
    values, vectors = np.linalg.eigh(moments)
    inertia = values.sum() - values
    candidates = []
    for i, (j, k) in enumerate(((1, 2), (0, 2), (0, 1))):
        mean = 0.5 * abs(inertia[j] + inertia[k])
        direction = vectors[:, i] * np.sign(vectors[np.argmax(np.abs(vectors[:, i])), i])
        difference = float(abs(inertia[j] - inertia[k]) / mean)
        candidates.append(Axis(point, direction, difference, float(abs(inertia[i] - mean) / mean)))
    return max(candidates, key=lambda axis: axis.distinct - axis.difference)


def _frame(direction: FloatArray) -> FloatArray:
    """Rows: the direction, and two unit vectors across it."""
    across = np.cross(direction, np.eye(3)[np.argmin(np.abs(direction))])
    across /= np.linalg.norm(across)
    other = np.cross(direction, across)
    c, s = np.cos(ROUNDNESS.turn), np.sin(ROUNDNESS.turn)
    return np.stack([direction, c * across + s * other, c * other - s * across])


def _upper_half(loop: FloatArray) -> FloatArray:
    """The part of a counter-clockwise section above the axis, from its front end to its rear end on the axis."""
    above = loop[:, 1] >= 0.0
    starts = np.flatnonzero(~above & np.roll(above, -1))
    require(
        len(starts) == 1,
        f"expected a body that meets its axis at two ends, got one that crosses it {2 * len(starts)} times; give the "
        "meridian of one body",
    )
    loop = np.roll(loop, -int(starts[0]) - 1, axis=0)
    count = int(np.count_nonzero(loop[:, 1] >= 0.0))
    before, after = _on_axis(loop[-1], loop[0]), _on_axis(loop[count - 1], loop[count % len(loop)])
    return np.concatenate([before, loop[:count], after])[::-1]


def _on_axis(first: FloatArray, second: FloatArray) -> FloatArray:
    share = first[1] / (first[1] - second[1])
    return np.array([[first[0] + share * (second[0] - first[0]), 0.0]])


def _profile(mesh: Mesh, cut: FloatArray) -> FloatArray:
    """x and r (n, 2) of the vertices in their order along the `cut`, the nearest ones united."""
    steps = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(cut, axis=0), axis=1))]
    at = np.linspace(0.0, steps[-1], ROUNDNESS.samples)
    samples = np.column_stack([np.interp(at, steps, cut[:, 0]), np.interp(at, steps, cut[:, 1])])
    points = _cylindrical(_used(mesh))
    place = at[cKDTree(samples).query(points)[1]]
    order = np.argsort(place, kind="stable")
    points, place = points[order], place[order]
    width = steps[-1] / ROUNDNESS.bins
    poles = points[:, 1] <= ROUNDNESS.pole * points[:, 1].max()
    front, rear = (
        points[poles & end].mean(axis=0, keepdims=True) * [1.0, 0.0] if (poles & end).any() else np.zeros((0, 2))
        for end in (place < 0.5 * steps[-1], place >= 0.5 * steps[-1])
    )
    rings = _united(points[~poles], place[~poles], width)
    for pole in (front, rear):
        if len(pole):
            rings = rings[np.linalg.norm(rings - pole, axis=1) > width]
    front = front if len(front) else _round_end(rings)
    rear = rear if len(rear) else _round_end(rings[::-1])
    return np.concatenate([front, rings, rear])


def _round_end(rings: FloatArray) -> FloatArray:
    """The end (1, 2) on the axis before the first of the rings, x = x_0 + b r², if they are smooth there; else (0, 2).

    No vertex lies there; the face around the end is either flat or one of many triangles of a round surface.
    """
    wider = np.flatnonzero(rings[:, 1] > 2.0 * rings[0, 1])
    if not len(wider):
        return np.zeros((0, 2))
    (x, r), (next_x, next_r) = rings[0], rings[wider[0]]
    if abs(next_x - x) > np.tan(ROUNDNESS.smooth) * (next_r - r):
        return np.zeros((0, 2))
    return np.array([[x - (next_x - x) * r**2 / (next_r**2 - r**2), 0.0]])


def _united(points: FloatArray, place: FloatArray, width: float) -> FloatArray:
    """The means of points whose places are less than `width` behind the first one of their group."""
    starts = []
    begin = 0
    while begin < len(place):
        starts.append(begin)
        begin = int(np.searchsorted(place, place[begin] + width, side="right"))
    counts = np.diff(np.r_[starts, len(place)])
    return np.asarray(np.add.reduceat(points, starts, axis=0) / counts[:, None])


def _require_round(mesh: Mesh, profile: FloatArray) -> float:
    """The greatest distance of a vertex from the profile; `InputError` if it, or that of the triangles, is large."""
    ends = profile[[0, -1]] * [1.0, 0.0]
    line = np.concatenate([ends[:1], profile, ends[1:]])
    diameter = 2.0 * float(profile[:, 1].max())
    strays = float(_distance(_cylindrical(_used(mesh)), line).max())
    require(
        strays <= ROUNDNESS.vertices * diameter,
        f"expected a mesh of revolution, got vertices up to {strays / diameter:.1%} of its diameter off the meridian; "
        "cut it by a plane (without revolution), or give its meridian",
    )
    flat = float(_distance(_cylindrical(mesh.corners[mesh.faces].mean(axis=1)), line).max())
    require(
        flat <= ROUNDNESS.faces * diameter,
        f"expected a mesh of revolution, got faces up to {flat / diameter:.0%} of its diameter off the meridian "
        "through its vertices; save it with more sides around the axis, or cut it by a plane",
    )
    return strays


def _used(mesh: Mesh) -> FloatArray:
    """The corners (n, 3) of triangles."""
    used = np.zeros(len(mesh.corners), dtype=bool)
    used[mesh.faces] = True
    return mesh.corners[used]


def _cylindrical(points: FloatArray) -> FloatArray:
    return np.column_stack([points[:, 0], np.hypot(points[:, 1], points[:, 2])])


def _distance(points: FloatArray, line: FloatArray) -> FloatArray:
    """Distance of `points` (m, 2) from an open polygon (n, 2): from the sides at the nearest corners of it, refined."""
    sides = np.linalg.norm(np.diff(line, axis=0), axis=1)
    parts = np.maximum(np.ceil(sides / sides.sum() * ROUNDNESS.bins), 1).astype(int)
    begin = np.repeat(line[:-1], parts, axis=0)
    share = np.concatenate([np.arange(count) / count for count in parts])
    fine = np.concatenate([begin + share[:, None] * np.repeat(np.diff(line, axis=0), parts, axis=0), line[-1:]])
    nearest: NDArray[np.intp] = cKDTree(fine).query(points)[1]
    return np.minimum(_from_side(points, fine, nearest - 1), _from_side(points, fine, nearest))


def _from_side(points: FloatArray, line: FloatArray, index: NDArray[np.intp]) -> FloatArray:
    index = np.clip(index, 0, len(line) - 2)
    start, side = line[index], line[index + 1] - line[index]
    squared = np.maximum(np.einsum("ij,ij->i", side, side), 1e-300)
    along = np.clip(np.einsum("ij,ij->i", points - start, side) / squared, 0.0, 1.0)
    return np.asarray(np.linalg.norm(points - start - along[:, None] * side, axis=1))

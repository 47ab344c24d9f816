"""Meshes of the space around a body for `finite_element_flow.py`: an O-grid on the body's map, and plain triangles."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import torch  # isort: skip  (first: NGSolve loads its BLAS for the whole process, and torch would call that and crash)
import netgen.occ as occ
import ngsolve as ng
import numpy as np
from netgen.meshing import MeshingParameters
from ngsolve import CF, x, y
from ngsolve.meshes import MakeStructured2DMesh
from numpy.typing import NDArray

from fusiform.solvers import Body
from fusiform.solvers.geometry import laurent

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

LAYER, THIN_LAYERS = 16.0, 40.0


@dataclass(frozen=True)
class Mesh:
    """A mesh of the space between body and outer circle, with the names of its boundaries.

    `axis` is the line of symmetry of a mesh of the upper half plane, empty for one of the whole plane. `periodic`: the
    mesh is a rectangle in (ξ, η), closed by identification of two sides. `open`: the downstream half of the outer
    circle is not part of `outer`.
    """

    mesh: ng.Mesh
    wall: str
    outer: str
    axis: str
    radius: float
    periodic: bool = False
    open: bool = False

    def space(self, space: ng.FESpace) -> ng.FESpace:
        """The space, closed where the mesh is."""
        return ng.Periodic(space) if self.periodic else space

    @cached_property
    def wall_layer(self) -> ng.BitArray:
        """The elements that touch the wall."""
        nodes = {vertex for element in self.mesh.Boundaries(self.wall).Elements() for vertex in element.vertices}
        layer = ng.BitArray(self.mesh.ne)
        for element in self.mesh.Elements(ng.VOL):
            layer[element.nr] = not nodes.isdisjoint(element.vertices)
        return layer


def turned(body: Body, alpha_deg: float) -> torch.Tensor:
    """The body's coefficients at incidence, (1, K)."""
    return laurent.rotate(body.coefficients[None], torch.tensor([math.radians(alpha_deg)], dtype=torch.float64))


def _map(coefficients: torch.Tensor, xi: ng.CF, eta: ng.CF) -> ng.CF:
    """The position z(e^{ξ+iη})."""
    c = float(laurent.conformal_radius(coefficients)[0])
    across, along = ng.exp(xi) * ng.cos(eta), ng.exp(xi) * ng.sin(eta)
    for k, a in enumerate(coefficients[0].tolist(), start=1):
        if a != 0.0:
            decay, cos, sin = ng.exp(-k * xi), ng.cos(k * eta), ng.sin(k * eta)
            across += decay * (a.real * cos + a.imag * sin)
            along += decay * (a.imag * cos - a.real * sin)
    return CF((c * across, c * along))


def _thinner(reynolds: float) -> float:
    """By how much boundary layers and wakes are thinner than at Re = `THIN_LAYERS`, at most 1."""
    return min(1.0, math.sqrt(THIN_LAYERS / reynolds))


def _stretching(far: float, size: float, first: float) -> tuple[float, int]:
    """β and the number n of layers ξ_i = far sinh(βi/n)/sinh β: β ≥ 2, n ∝ β/size, the first at most `first` thick."""
    stretching = 2.0
    while True:
        layers = 0.4 * stretching * math.sqrt(far) / size
        if far * math.sinh(stretching / layers) / math.sinh(stretching) <= first:
            return stretching, round(layers)
        stretching += 0.05


def quadrilaterals(
    coefficients: torch.Tensor, size: float, radius: float, order: int, *, reynolds: float, scale: float = 1.0
) -> Mesh:
    """An O-grid of 1/size elements a radian in η on average: a rectangle in (ξ, η), deformed by the map z.

    ξ is stretched outwards, from a layer of at most `LAYER` · size/√reynolds; the spacing of η follows |z'| and is
    finer in the wake (`_thinner`). `scale` enlarges the body.
    """
    c = scale * float(laurent.conformal_radius(coefficients)[0])
    far = math.log(radius / c)
    stretching, n_xi = _stretching(far, size, LAYER * size / math.sqrt(reynolds))
    xi = far * np.sinh(stretching * np.linspace(0.0, 1.0, n_xi + 1)) / math.sinh(stretching)
    fine = np.linspace(0.0, 2.0 * math.pi, 20001)
    slope = scale * laurent.z_prime(coefficients, torch.from_numpy(np.exp(1j * fine))[None])[0].abs().numpy() / c
    wake = 0.1 * _thinner(reynolds)
    spacing = (wake + 2.0 * np.sin(0.5 * fine)) * (slope**2 + 0.15**2) ** 0.4
    count = np.concatenate([[0.0], np.cumsum(0.5 * (1.0 / spacing[1:] + 1.0 / spacing[:-1]))])
    symmetric = not coefficients.imag.any()
    n_eta = round(math.pi / size * math.log(4.0 / wake) / math.log(40.0)) * (1 if symmetric else 2)
    eta = np.interp(np.linspace(0.0, (0.5 if symmetric else 1.0) * count[-1], n_eta + 1), count, fine)

    def node(s: float, t: float) -> tuple[float, float]:
        return xi[round(s * n_xi)], eta[round(t * n_eta)]

    mesh = MakeStructured2DMesh(nx=n_xi, ny=n_eta, periodic_y=not symmetric, mapping=node)
    deformation = ng.GridFunction(ng.VectorH1(mesh, order=order))
    deformation.Set(scale * _map(coefficients, x, y) - CF((x, y)))
    mesh.SetDeformation(deformation)
    return Mesh(mesh, "left", "right", "bottom|top" if symmetric else "", radius, periodic=not symmetric)


def triangles(
    coefficients: torch.Tensor, size: float, radius: float, order: int, *, reynolds: float, plain: bool = False
) -> Mesh:
    """Unstructured triangles of side size · (h + r), in the wake size · (h + min(0.3 r, √r)), r from the wall.

    h is 0.5 d (`_thinner`), or the wall's radius of curvature where that is smaller. The vertices are on a spline
    through points of the wall, and the edges between them are curved by the body's own map. `plain`: always the whole
    plane, and open.
    """
    wall = laurent.outline(coefficients, 1600)[0].numpy()
    tangent, bend = 0.5 * (np.roll(wall, -1) - np.roll(wall, 1)), np.roll(wall, -1) - 2.0 * wall + np.roll(wall, 1)
    curvature = np.abs((tangent.conj() * bend).imag) / np.abs(tangent) ** 3
    base = np.minimum(0.5 * _thinner(reynolds), 1.0 / np.maximum(curvature, 1e-9))

    tail = wall.real.max()
    ring = np.exp(np.arange(0.1, math.log(radius), 0.1)[:, None] + 1j * np.linspace(0.0, 2.0 * math.pi, 200)[None])
    along = np.geomspace(0.1, radius, 200)
    wake = tail + along[:, None] + 1j * np.linspace(-1.0, 1.0, 9) * (0.9 + 0.3 * np.sqrt(along))[:, None]
    around = laurent.z(coefficients, torch.from_numpy(ring.reshape(1, -1)))[0].numpy()
    parameters = MeshingParameters(maxh=size * radius, grading=0.9)

    def restrict(points: ComplexArray, growth: Callable[[Array], Array]) -> None:
        for p in points.tolist():
            parameters.RestrictH(p.real, p.imag, 0.0, size * float((base + growth(np.abs(p - wall))).min()))

    restrict(np.concatenate([wall, around]), lambda distance: distance)
    restrict(wake.ravel(), lambda distance: np.minimum(0.3 * distance, np.sqrt(distance)))

    hole = occ.Face(occ.Wire([occ.SplineInterpolation([occ.Pnt(p.real, p.imag, 0) for p in wall], True, 1e-9)]))
    hole.edges.name = "wall"
    disc = occ.WorkPlane().MoveTo(0.0, -radius).Arc(radius, 180).Arc(radius, 180).Face()
    disc.edges.name = "outer"
    if plain:
        disc.edges.Max(occ.X).name = "outflow"
    fluid, axis = disc - hole, ""
    if not (plain or coefficients.imag.any()):
        upper = occ.MoveTo(-2.0 * radius, 0.0).Rectangle(4.0 * radius, 2.0 * radius).Face()
        axis = upper.edges.name = "axis"
        fluid = upper * fluid
    mesh = ng.Mesh(occ.OCCGeometry(fluid, dim=2).GenerateMesh(parameters))
    mesh.Curve(1)
    _curve(mesh, coefficients, radius, order)
    return Mesh(mesh, "wall", "outer", axis, radius, open=plain)


def _curve(mesh: ng.Mesh, coefficients: torch.Tensor, radius: float, order: int) -> None:
    """Curve the edges of wall and outer circle, whose vertices are near them."""
    deformation = ng.GridFunction(ng.VectorH1(mesh, order=order))
    zeta = [ng.GridFunction(ng.H1(mesh, order=1)) for _ in range(2)]
    vertices = sorted({v.nr for element in mesh.Boundaries("wall").Elements() for v in element.vertices})
    position = np.array([complex(*mesh.vertices[v].point[:2]) for v in vertices])
    near = wall_parameter(coefficients, position)[0].numpy()
    for part, values in zip(zeta, (near.real, near.imag), strict=True):
        part.vec.FV().NumPy()[vertices] = values
    deformation.Set(_map(coefficients, 0.0, ng.atan2(zeta[1], zeta[0])) - CF((x, y)), definedon=mesh.Boundaries("wall"))
    circle = ng.GridFunction(deformation.space)
    circle.Set((radius / ng.sqrt(x * x + y * y) - 1.0) * CF((x, y)), definedon=mesh.Boundaries("out.*"))
    deformation.vec.data += circle.vec
    mesh.SetDeformation(deformation)


MESHES = {"quadrilaterals": quadrilaterals, "triangles": triangles, "plain": partial(triangles, plain=True)}


def wall_parameter(coefficients: torch.Tensor, position: ComplexArray) -> torch.Tensor:
    """ζ = e^{iη} (1, n) of the outline's points nearest to `position`: the nearest of 2048, then one Newton step."""
    table = laurent.outline(coefficients, 2048)[0].numpy()
    eta = 2.0 * np.pi / 2048 * np.abs(position[:, None] - table[None]).argmin(1)
    zeta = torch.from_numpy(np.exp(1j * eta))[None]
    tangent = 1j * zeta * laurent.z_prime(coefficients, zeta)
    offset = torch.from_numpy(position)[None] - laurent.z(coefficients, zeta)
    return zeta * torch.exp(1j * (offset / tangent).real)


def cheap_radius(reynolds: float) -> float:
    """An outer radius at which the drag is about 0.1 % high (measured; it falls a little faster than 1/radius)."""
    return 100.0 + 200.0 / reynolds

"""A batch of bodies in a stream, discretised: everything in the equations that does not depend on the state.

Plane bodies and bodies of revolution have one weak form (`weak_form.py`) with a weight ρ: 1 in the plane, s³ around the
axis, s the radius, which is y = Im z of the meridian.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.common.autograd import gradients_enabled
from fusiform.solvers.flow.discretisation.layout import Domain, Layout, make_layout
from fusiform.solvers.flow.discretisation.mesh import Mesh, make_mesh
from fusiform.solvers.flow.equations.far_field import axial_oseenlet, displacement, oseenlet
from fusiform.solvers.flow.equations.weights import Weights, make_weights
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.revolution import sphere_ratio

DIPOLE_DECAY = 3.0
CLOSED = {  # those of the scalars Q, Γ that are unknowns
    Domain.PLANE: slice(0, 2),
    Domain.HALF_PLANE: slice(0, 1),
    Domain.EVEN_HALF_PLANE: slice(1, 2),
    Domain.MERIDIAN: slice(0, 1),
}


@dataclass(frozen=True)
class Problem:
    """A batch of bodies at incidence in a stream, discretised on `mesh` with the numbering of `layout`.

    At the nodes: `position` z and `slope` z_ξ (batch, n_xi, n_eta) complex, `metric` h² = |z_ξ|², `area` (batch, n_xi,
    n_eta) the lumped dξ dη, `arc` (batch, n_eta) the lumped dη. By element, (batch, nr, na, n1, n2): `mass` M = ρ dξ
    dη, `base_xi`, `base_eta` the slopes of y, `radius` s (None in the plane). `viscosity` ν (batch,).

    Wall: `wall_value` φ (batch, n_eta). Outer line: `far_columns` (batch, 3, n_eta), φ_ξ of Q = 1, Γ = 1 and Q² = 1,
    with the projection on the first `harmonics` (batch, 1 or 2, n_eta) added, `outer_weight` ρ dη (batch, n_eta), and
    `inflow` (batch, n_eta), where the stream enters.
    """

    layout: Layout
    mesh: Mesh
    viscosity: Tensor
    position: Tensor
    slope: Tensor
    metric: Tensor
    area: Tensor
    arc: Tensor
    mass: Tensor
    base_xi: Tensor
    base_eta: Tensor
    radius: Tensor | None
    wall_value: Tensor
    outer_weight: Tensor
    far_columns: Tensor
    harmonics: Tensor
    inflow: Tensor

    @property
    def domain(self) -> Domain:
        return self.layout.domain

    @property
    def stream(self) -> Tensor:
        """y at the nodes, (batch, n_xi, n_eta): the stream function of the undisturbed flow."""
        return self.position.imag

    @cached_property
    @gradients_enabled()
    def scale_xi(self) -> Tensor:
        """dx/dξ of the reference coordinate x in −1 … 1, by element, (batch, nr, 1, 1, 1)."""
        return (2.0 / self.mesh.xi_step)[:, :, None, None, None]

    @cached_property
    @gradients_enabled()
    def scale_eta(self) -> Tensor:
        """The same for η, (batch, 1, na, 1, 1)."""
        return (2.0 / self.mesh.eta_step)[:, None, :, None, None]

    @property
    def cell(self) -> Tensor:
        """dξ dη by element, (batch, nr, na, n1, n2): M without ρ."""
        if self.radius is None:
            return self.mass
        return self.layout.w_xi[:, None] * self.layout.w_eta / (self.scale_xi * self.scale_eta)

    @cached_property
    @gradients_enabled()
    def heavy(self) -> Tensor:
        """M h² by element, (batch, nr, na, n1, n2)."""
        return self.mass * self.layout.local(self.metric)

    @cached_property
    @gradients_enabled()
    def stiffness(self) -> Tensor:
        """K of (∇φ, ∇v)_ρ by element, in the order of the dense matrices, (batch, nr, na, n, n)."""
        layout = self.layout
        if self.radius is None:
            ratio = self.scale_xi / self.scale_eta
            return torch.addcmul(ratio * layout.stiffness_xi, 1.0 / ratio, layout.stiffness_eta)
        mass = layout.ordered(self.mass)[..., None]
        parts = ((layout.slope_xi, self.scale_xi), (layout.slope_eta, self.scale_eta))
        return sum((slope.mT @ (mass * slope)) * scale.square() for slope, scale in parts)  # type: ignore[return-value]

    @cached_property
    @gradients_enabled()
    def weights(self) -> Weights:
        """Constants of the weak form."""
        return make_weights(self)

    def select(self, index: Tensor) -> Problem:
        """The cases of a boolean or integer index."""

        def tensors(item: Problem | Mesh) -> dict[str, Any]:
            values = {f.name: getattr(item, f.name) for f in fields(item)}
            return {name: value[index] for name, value in values.items() if isinstance(value, Tensor)}

        return replace(self, mesh=replace(self.mesh, **tensors(self.mesh)), **tensors(self))


def is_symmetric(coefficients: Tensor) -> bool:
    """True if every body of the batch, turned by its incidence, is symmetric about the x axis."""
    return not bool(coefficients.imag.any())


def discretise(
    coefficients: Tensor,
    reynolds: Tensor,
    resolution: Resolution,
    domain: Domain = Domain.PLANE,
    like: Mesh | None = None,
) -> Problem:
    """The problem of `coefficients` (batch, K), turned by the incidence, at `reynolds` (batch,).

    Lengths are in d: the diameter of the circle of the body's area, around an axis of the sphere of its volume.
    `like`: the mesh of the same bodies and domain at another resolution, from which the elements' boundaries are taken
    if they are as many.
    """
    layout = make_layout(resolution, domain, reynolds.dtype, reynolds.device)
    mesh = make_mesh(coefficients, reynolds, layout, like)
    z, slope = laurent.on_polar_grid(coefficients, mesh.xi, mesh.eta)
    if domain is Domain.MERIDIAN:
        ratio = sphere_ratio(coefficients)[:, None, None]
        z, slope = z / ratio, slope / ratio
    sizes = 0.25 * mesh.xi_step[:, :, None] * mesh.eta_step[:, None, :]
    cell = sizes[..., None, None] * (layout.w_xi[:, None] * layout.w_eta)
    arcs = 0.5 * mesh.eta_step[..., None] * layout.w_eta
    arc = layout.by_arc(arcs)
    viscosity = 1.0 / reynolds
    common: dict[str, Any] = {
        "layout": layout,
        "mesh": mesh,
        "viscosity": viscosity,
        "position": z,
        "slope": slope,
        "metric": slope.real.square() + slope.imag.square(),
        "area": layout.assemble(cell),
        "arc": arc,
        "base_xi": layout.local(slope.imag),
        "base_eta": layout.local(slope.real),
        "inflow": z[:, -1].real <= 0.0,
    }
    if domain is Domain.MERIDIAN:
        return Problem(**common, **_around_the_axis(layout, z, cell, arc, viscosity))
    return Problem(**common, **_in_the_plane(layout, mesh.eta, z, slope, cell, arc, viscosity))


def _in_the_plane(
    layout: Layout, eta: Tensor, z: Tensor, slope: Tensor, mass: Tensor, arc: Tensor, viscosity: Tensor
) -> dict[str, Any]:
    """Oseenlets and displacement, plus the first harmonic of what is left, which decays like a dipole: φ_ξ = −φ.

    With P the projection on cos η and sin η, φ_ξ + Pφ is known of each part of the far field. ∮ ψ cos η dη = −∮ ψ_η
    sin η dη and ∮ ψ sin η dη = ∮ ψ_η cos η dη are taken of its velocities.
    """
    velocity, _ = oseenlet(z[:, -1], viscosity)
    velocity = velocity.conj() * slope[:, None, -1]
    second, second_slope = displacement(z[:, -1], viscosity)
    nothing = torch.zeros_like(second)
    if layout.domain is Domain.HALF_PLANE:
        velocity = torch.stack([velocity[:, 0], nothing + 0j], dim=1)  # without lift
    if layout.domain is Domain.EVEN_HALF_PLANE:
        velocity, second, second_slope = torch.stack([nothing + 0j, velocity[:, 1]], dim=1), nothing, nothing
    cos, sin = eta.cos(), eta.sin()
    by_sine = velocity.real @ (arc * cos)[..., None]
    moments = torch.cat([by_sine, (second[:, None] @ (arc * sin)[..., None])], dim=1)
    harmonics = sin[:, None]
    if layout.domain is not Domain.HALF_PLANE:
        by_cosine = -velocity.real @ (arc * sin)[..., None]
        by_cosine = torch.cat([by_cosine, second[:, None] @ (arc * cos)[..., None]], dim=1)
        moments = torch.cat([by_cosine, moments], dim=2)
        harmonics = torch.stack([cos, sin], dim=1)
    if layout.domain is Domain.EVEN_HALF_PLANE:
        moments, harmonics = moments[..., :1], harmonics[:, :1]
    columns = torch.cat([velocity.imag, second_slope[:, None]], dim=1)
    return {
        "mass": mass,
        "radius": None,
        "wall_value": -z[:, 0].imag,
        "outer_weight": arc,
        "far_columns": columns + (layout.copies / math.pi) * moments @ harmonics,
        "harmonics": harmonics,
    }


def _around_the_axis(layout: Layout, z: Tensor, cell: Tensor, arc: Tensor, viscosity: Tensor) -> dict[str, Any]:
    """Oseen's flow of the drag, plus a remainder that decays like a dipole: g_ξ + 3 g is known."""
    on_axis = torch.ones_like(arc[0])
    on_axis[0] = on_axis[-1] = 0.0
    radius = layout.local(z.imag * on_axis)
    near, steepness = axial_oseenlet(z[:, -1], viscosity)
    columns = torch.stack([steepness + DIPOLE_DECAY * near, torch.zeros_like(near), torch.zeros_like(near)], dim=1)
    return {
        "mass": cell * radius**3,
        "radius": radius,
        "wall_value": torch.full_like(arc, -0.5),
        "outer_weight": arc * (z[:, -1].imag * on_axis) ** 3,
        "far_columns": columns,
        "harmonics": arc[:, None, :][:, :0],
    }

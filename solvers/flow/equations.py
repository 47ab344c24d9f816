"""The steady Navier-Stokes equations on the mapped grid: their residual, and the forces.

    ψ_ξξ + ψ_ηη + h² ω = 0
    ψ_η ω_ξ − ψ_ξ ω_η − ν (ω_ξξ + ω_ηη) = 0                    h = |dz/d(ξ + iη)|

Wall ξ = 0: ψ = 0 and ψ_ξ = 0 (the latter is built into the stencils, and the vorticity equation of the wall line is
ψ_ξξ + h²ω = 0). Finite differences act on ψ − y only: the derivatives of the stream y are known exactly, and that is
what ψ tends to where the radial spacing is large. Far field ξ = ξ_max: ψ of uniform stream + Oseenlet + wake
displacement, whose remaining first harmonic decays like a dipole, and ω that leaves with the flow. Two scalars close
it:

    Q = D(ω)            the drag of the far field is the drag at the wall
    ∮ ω_ξ dη = 0        the wall pressure is single-valued (determines Γ)

The body enters through h² alone, and through the positions of the outer line and of the wall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.flow.far_field import displacement, oseenlet
from fusiform.solvers.flow.grid import STENCIL_WIDTH, Grid, make_grid, periodic_integral
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.geometry import laurent

DYNAMIC_PRESSURE = 0.5  # ½ρU², by which forces and pressures become coefficients


@dataclass(frozen=True)
class State:
    """Unknowns of a batch: `psi`, `omega` (batch, n_xi, n_eta) and `scalars` (batch, 2) = (Q, Γ) in units of U d."""

    psi: Tensor
    omega: Tensor
    scalars: Tensor

    def __add__(self, other: State) -> State:
        return State(self.psi + other.psi, self.omega + other.omega, self.scalars + other.scalars)

    def scaled(self, factor: Tensor) -> State:
        """Each case multiplied by its own factor (batch,)."""
        return State(
            self.psi * factor[:, None, None], self.omega * factor[:, None, None], self.scalars * factor[:, None]
        )

    def select(self, index: Tensor) -> State:
        """The cases of a boolean or integer index."""
        return State(self.psi[index], self.omega[index], self.scalars[index])

    def where(self, choose: Tensor, other: State) -> State:
        """This state for the cases of the mask `choose` (batch,), `other` for the rest."""
        field = choose[:, None, None]
        return State(
            torch.where(field, self.psi, other.psi),
            torch.where(field, self.omega, other.omega),
            torch.where(choose[:, None], self.scalars, other.scalars),
        )

    def replace(self, index: Tensor, other: State) -> State:
        """A copy in which the cases `index` are those of `other`."""
        copy = State(self.psi.clone(), self.omega.clone(), self.scalars.clone())
        copy.psi[index], copy.omega[index], copy.scalars[index] = other.psi, other.omega, other.scalars
        return copy


@dataclass(frozen=True)
class Problem:
    """A batch of bodies at incidence in a stream, discretised.

    `metric` h² (batch, n_xi, n_eta); `viscosity` (batch,); `stream` y (batch, n_xi, n_eta); `stream_defect`
    (batch, 2, n_xi, n_eta): exact minus finite-difference derivatives ∂_ξ and ∂_ξξ of y, zero on the lines at the wall
    whose stencils use the no-slip condition; `wall`, `wall_normal`: Z and Z_ξ (batch, n_eta), complex. On the outer
    line: `far_decay` P (batch, n_eta, n_eta), the projection on the first harmonic; `far_slope` (batch, 4, n_eta),
    ψ_ξ + P ψ of the uniform stream, of Q = 1, Γ = 1 and Q² = 1; `outflow` (batch, n_eta), where the stream leaves.
    `symmetric`: the nodes are those of the upper half plane, see `half_plane.py`.
    """

    grid: Grid
    metric: Tensor
    viscosity: Tensor
    stream: Tensor
    stream_defect: Tensor
    wall: Tensor
    wall_normal: Tensor
    far_slope: Tensor
    far_decay: Tensor
    outflow: Tensor
    symmetric: bool = False

    def select(self, index: Tensor) -> Problem:
        """The cases of a boolean or integer index."""

        def tensors(item: Problem | Grid) -> dict[str, Any]:
            return {name: value[index] for name, value in vars(item).items() if isinstance(value, Tensor)}

        return replace(self, grid=replace(self.grid, **tensors(self.grid)), **tensors(self))


def make_problem(coefficients: Tensor, reynolds: Tensor, grid: Grid) -> Problem:
    """Discretise `coefficients` (batch, K), already turned by the incidence, at `reynolds` (batch,), on `grid`."""
    z, slope, curvature = laurent.on_polar_grid(coefficients, grid.xi, grid.eta)
    viscosity = 1.0 / reynolds
    return Problem(
        grid=grid,
        metric=slope.real.square() + slope.imag.square(),
        viscosity=viscosity,
        stream=z.imag,
        stream_defect=_stream_defect(grid, z, slope, curvature),
        wall=z[:, 0],
        wall_normal=slope[:, 0],
        far_slope=_far_slope(grid, z[:, -1], slope[:, -1], viscosity),
        far_decay=_first_harmonic(grid),
        outflow=z[:, -1].real > 0.0,
    )


def discretise(coefficients: Tensor, reynolds: Tensor, resolution: Resolution, width: int = STENCIL_WIDTH) -> Problem:
    """`make_problem` on the grid of that resolution, with radial stencils of `width` nodes."""
    return make_problem(coefficients, reynolds, make_grid(coefficients, reynolds, resolution, width))


def _first_harmonic(grid: Grid) -> Tensor:
    """The projection on cos η and sin η, (batch, n_eta, n_eta)."""
    harmonics = torch.stack([grid.eta.cos(), grid.eta.sin()], dim=1)
    return (harmonics.mT @ harmonics) * (grid.quadrature / torch.pi)[:, None]


def _far_slope(grid: Grid, position: Tensor, slope: Tensor, viscosity: Tensor) -> Tensor:
    """ψ_ξ + P ψ of the uniform stream, of Q = 1, Γ = 1 and Q² = 1 on the outer line, (batch, 4, n_eta)."""
    velocity, _ = oseenlet(position, viscosity)
    velocity = torch.cat([torch.ones_like(velocity[:, :1]), velocity], dim=1).conj() * slope[:, None]
    second, second_slope = displacement(position, viscosity)
    psi_xi = torch.cat([velocity.imag, second_slope[:, None]], dim=1)
    psi = torch.cat([periodic_integral(velocity.real * grid.eta_s[:, None]), second[:, None]], dim=1)
    return psi_xi + psi @ _first_harmonic(grid).mT


def _stream_defect(grid: Grid, z: Tensor, z_xi: Tensor, z_xi_xi: Tensor) -> Tensor:
    first = z_xi.imag - grid.radial_derivative(grid.radial.psi_first, z.imag)
    second = z_xi_xi.imag - grid.radial_derivative(grid.radial.psi_second, z.imag, 2)
    beyond_wall = (torch.arange(grid.n_xi, device=z.device) >= grid.radial.wall_lines)[:, None]
    return torch.stack([first, second], dim=1) * beyond_wall


def force(problem: Problem, omega: Tensor) -> tuple[Tensor, Tensor]:
    """Pressure and friction force (batch,), complex drag + i lift, per unit span with ρ = U = d = 1.

    F_p = −iμ ∮ ω_ξ Z dη and F_f = μ ∮ ω (iZ_ξ) dη: at the wall dp/dη = μ ω_ξ.
    """
    weights = problem.grid.quadrature * problem.viscosity[:, None]
    omega_xi = problem.grid.radial_derivative(problem.grid.radial.omega_first[:1], omega)[:, 0]
    pressure = -1j * (weights * omega_xi * problem.wall).sum(-1)
    friction = 1j * (weights * omega[:, 0] * problem.wall_normal).sum(-1)
    return (pressure.real + 0j, friction.real + 0j) if problem.symmetric else (pressure, friction)


def force_coefficients(problem: Problem, omega: Tensor) -> tuple[Tensor, Tensor]:
    """Pressure and friction parts of C_D + i C_L, each (batch,) complex: `force` over ½ρU²d."""
    pressure, friction = force(problem, omega)
    return pressure / DYNAMIC_PRESSURE, friction / DYNAMIC_PRESSURE


@dataclass(frozen=True)
class Slopes:
    """First derivatives of the fields on the grid, each (batch, n_xi, n_eta)."""

    psi_xi: Tensor
    psi_eta: Tensor
    omega_xi: Tensor
    omega_eta: Tensor


def slopes(problem: Problem, state: State) -> Slopes:
    """First derivatives of ψ and ω."""
    grid, radial = problem.grid, problem.grid.radial
    return Slopes(
        grid.radial_derivative(radial.psi_first, state.psi) + problem.stream_defect[:, 0],
        state.psi @ grid.d_eta.mT,
        grid.radial_derivative(radial.omega_first, state.omega),
        state.omega @ grid.d_eta.mT,
    )


def residual(problem: Problem, state: State) -> State:
    """R(q): the two equations on every line (boundary conditions on the first and last), and the two closures."""
    grid, radial = problem.grid, problem.grid.radial
    d = slopes(problem, state)
    psi_xixi = grid.radial_derivative(radial.psi_second, state.psi, 2) + problem.stream_defect[:, 1]
    omega_xixi = grid.radial_derivative(radial.omega_second, state.omega, 2)
    poisson = psi_xixi + state.psi @ grid.d_eta2.mT + problem.metric * state.omega
    viscous = problem.viscosity[:, None, None] * (omega_xixi + state.omega @ grid.d_eta2.mT)
    transport = d.psi_eta * d.omega_xi - d.psi_xi * d.omega_eta - viscous
    drag = state.scalars[:, :1]
    weights = torch.cat([torch.ones_like(drag), state.scalars, drag.square()], dim=1)[..., None]
    decay = (problem.far_decay @ state.psi[:, -1, :, None])[..., 0]
    far_slope = d.psi_xi[:, -1] + decay - (weights * problem.far_slope).sum(1)
    leaving = transport[:, -1] + problem.viscosity[:, None] * omega_xixi[:, -1]
    far_vorticity = torch.where(problem.outflow, leaving, state.omega[:, -1])
    wall_vorticity = psi_xixi[:, 0] + problem.metric[:, 0] * state.omega[:, 0]
    pressure, friction = force(problem, state.omega)
    jump = state.scalars[:, 1] if problem.symmetric else (grid.quadrature * d.omega_xi[:, 0]).sum(-1)
    return State(
        torch.cat([state.psi[:, :1], poisson[:, 1:-1], far_slope[:, None]], dim=1),
        torch.cat([wall_vorticity[:, None], transport[:, 1:-1], far_vorticity[:, None]], dim=1),
        torch.stack([state.scalars[:, 0] - (pressure + friction).real, jump], dim=1),
    )


def residual_norm(problem: Problem, r: State) -> Tensor:
    """Root mean square of R/h over the grid, (batch,): the merit function of Newton's line search.

    Both field equations carry a factor h²; dividing by h leaves the L2 norm over the flow's area element h² dξ dη.
    """
    per_point = (r.psi.square() + r.omega.square()) / problem.metric
    return torch.sqrt(per_point.mean((1, 2)) + r.scalars.square().sum(-1))


def force_gradient(problem: Problem) -> tuple[Tensor, Tensor]:
    """∂F/∂ω (complex drag + i lift) and ∂(∮ω_ξ dη)/∂ω, each (batch, n_xi, n_eta): both are linear in ω."""
    grid = problem.grid
    row = (grid.radial.omega_first[0] / grid.xi_max[:, None])[:, :, None]
    weights = grid.quadrature
    nu = problem.viscosity[:, None]
    forces = -1j * row * (nu * weights * problem.wall)[:, None]
    forces[:, 0] += 1j * nu * weights * problem.wall_normal
    jump = row * weights[:, None]
    return (forces.real + 0j, torch.zeros_like(jump)) if problem.symmetric else (forces, jump)

"""The steady Navier-Stokes equations on the mapped grid, their residual and their exact linearisation.

    ψ_ξξ + ψ_ηη + h² ω = 0
    ψ_η ω_ξ − ψ_ξ ω_η − ν (ω_ξξ + ω_ηη) = 0                    h = |dz/d(ξ + iη)|

Wall ξ = 0: ψ = 0 and ψ_ξ = 0 (the latter is built into the stencils, and the vorticity equation of the wall line is
ψ_ξξ + h²ω = 0). Finite differences act on ψ − y only: the derivatives of the stream y are known exactly, and that is
what ψ tends to where the radial spacing is large. Far field ξ = ξ_max: ψ_ξ and ω of uniform stream + Oseenlet. Two
scalars close it:

    Q = D(ω)            the drag of the far field is the drag at the wall
    ∮ ω_ξ dη = 0        the wall pressure is single-valued (determines Γ)

The body enters through h² alone, and through the positions of the outer line and of the wall.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.block_tridiagonal import BlockTridiagonal
from fusiform.solvers.flow.far_field import oseenlet
from fusiform.solvers.flow.grid import Grid
from fusiform.solvers.geometry import laurent

FIELDS = 2


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

    `metric` h² (batch, n_xi, n_eta); `viscosity` (batch,); `stream_defect` (batch, 2, n_xi, n_eta): exact minus
    finite-difference derivatives ∂_ξ and ∂_ξξ of the stream y, zero on the two lines at the wall; `wall`,
    `wall_normal`: Z and Z_ξ (batch, n_eta), complex; `far_slope`, `far_vorticity` (batch, 3, n_eta): ψ_ξ and ω on the
    outer line of the uniform stream, Q = 1, Γ = 1.
    """

    grid: Grid
    metric: Tensor
    viscosity: Tensor
    stream_defect: Tensor
    wall: Tensor
    wall_normal: Tensor
    far_slope: Tensor
    far_vorticity: Tensor


def make_problem(coefficients: Tensor, reynolds: Tensor, grid: Grid) -> Problem:
    """Discretise `coefficients` (batch, K), already turned by the incidence, at `reynolds` (batch,), on `grid`."""
    zeta = grid.zeta
    slope = laurent.z_prime(coefficients, zeta) * zeta
    viscosity = 1.0 / reynolds
    z = laurent.z(coefficients, zeta)
    velocity, vorticity = oseenlet(z[:, -1], viscosity)
    velocity = torch.cat([torch.ones_like(velocity[:, :1]), velocity], dim=1)
    return Problem(
        grid=grid,
        metric=slope.abs().square(),
        viscosity=viscosity,
        stream_defect=_stream_defect(coefficients, grid, z, slope),
        wall=z[:, 0],
        wall_normal=slope[:, 0],
        far_slope=(velocity.conj() * slope[:, -1:]).imag,
        far_vorticity=torch.cat([torch.zeros_like(vorticity[:, :1]), vorticity], dim=1),
    )


def _stream_defect(coefficients: Tensor, grid: Grid, z: Tensor, z_xi: Tensor) -> Tensor:
    curvature = laurent.z_xi_xi(coefficients, grid.zeta)
    first = z_xi.imag - grid.radial_derivative(grid.radial.psi_first, z.imag)
    second = curvature.imag - grid.radial_derivative(grid.radial.psi_second, z.imag, 2)
    beyond_wall = (torch.arange(grid.n_xi, device=z.device) > 1)[:, None]
    return torch.stack([first, second], dim=1) * beyond_wall


def force(problem: Problem, omega: Tensor) -> tuple[Tensor, Tensor]:
    """Pressure and friction force (batch,), complex drag + i lift, per unit span with ρ = U = d = 1.

    F_p = −iμ ∮ ω_ξ Z dη and F_f = μ ∮ ω (iZ_ξ) dη: at the wall dp/dη = μ ω_ξ.
    """
    weights = problem.grid.quadrature * problem.viscosity[:, None]
    omega_xi = problem.grid.radial_derivative(problem.grid.radial.omega_first[:1], omega)[:, 0]
    pressure = -1j * (weights * omega_xi * problem.wall).sum(-1)
    friction = 1j * (weights * omega[:, 0] * problem.wall_normal).sum(-1)
    return pressure, friction


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
    weights = torch.cat([torch.ones_like(state.scalars[:, :1]), state.scalars], dim=1)[..., None]
    far_slope = d.psi_xi[:, -1] - (weights * problem.far_slope).sum(1)
    far_vorticity = state.omega[:, -1] - (weights * problem.far_vorticity).sum(1)
    wall_vorticity = psi_xixi[:, 0] + problem.metric[:, 0] * state.omega[:, 0]
    pressure, friction = force(problem, state.omega)
    jump = (grid.quadrature * d.omega_xi[:, 0]).sum(-1)
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


def line_blocks(n_xi: int) -> list[slice]:
    """Radial lines grouped so that five-point stencils reach the neighbouring blocks only: 3, 2, 2, …, 2, 3 lines."""
    starts = [0, *range(3, n_xi - 3, 2), n_xi - 3]
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], n_xi], strict=True)]


class _Coefficients:
    """Coefficients of the linearised equations that act on each angle separately, for any pair of line ranges."""

    def __init__(self, problem: Problem, d: Slopes) -> None:
        self.problem, self.d = problem, d
        radial, scale = problem.grid.radial, problem.grid.xi_max[:, None, None]
        self.psi = (radial.psi_first / scale, radial.psi_second / scale**2)
        self.omega = (radial.omega_first / scale, radial.omega_second / scale**2)

    def between(self, rows: slice, columns: slice) -> Tensor:
        """coef[b, i, m, e, f, j] of lines `rows` feeling lines `columns` (stencil part only)."""
        d, n_xi = self.d, self.problem.grid.n_xi
        psi_1, psi_2 = (m[:, rows, columns, None] for m in self.psi)
        omega_1, omega_2 = (m[:, rows, columns, None] for m in self.omega)
        nu = self.problem.viscosity[:, None, None, None]
        transport_psi = -d.omega_eta[:, rows, None] * psi_1
        transport_omega = d.psi_eta[:, rows, None] * omega_1 - nu * omega_2
        coef = torch.zeros(*transport_psi.shape[:3], FIELDS, FIELDS, transport_psi.shape[-1]).to(transport_psi)
        coef[..., 0, 0, :] = psi_2
        coef[..., 1, 0, :] = transport_psi
        coef[..., 1, 1, :] = transport_omega
        if rows.start == 0:
            coef[:, 0] = 0.0
            coef[:, 0, :, 1, 0] = psi_2[:, 0]
        if rows.stop == n_xi:
            coef[:, -1] = 0.0
            coef[:, -1, :, 0, 0] = psi_1[:, -1]
        return coef


def _diagonal_block(problem: Problem, d: Slopes, stencil: Tensor, lines: slice) -> Tensor:
    """Dense block of a range of lines: the stencil part within it plus the angular derivatives."""
    grid = problem.grid
    batch, count, _, _, _, n_eta = stencil.shape
    block = stencil.new_zeros(batch, count, FIELDS, n_eta, count, FIELDS, n_eta)
    torch.diagonal(block, dim1=3, dim2=6).copy_(stencil.permute(0, 1, 3, 2, 4, 5))
    identity = torch.eye(n_eta, dtype=stencil.dtype, device=stencil.device)
    for i, line in enumerate(range(lines.start, lines.stop)):
        metric = torch.diag_embed(problem.metric[:, line])
        if line == 0:
            block[:, i, 0, :, i, 0] += identity
            block[:, i, 1, :, i, 1] += metric
        elif line == grid.n_xi - 1:
            block[:, i, 1, :, i, 1] += identity
        else:
            block[:, i, 0, :, i, 0] += grid.d_eta2
            block[:, i, 0, :, i, 1] += metric
            block[:, i, 1, :, i, 0] += d.omega_xi[:, line, :, None] * grid.d_eta
            block[:, i, 1, :, i, 1] -= (
                d.psi_xi[:, line, :, None] * grid.d_eta + problem.viscosity[:, None, None] * grid.d_eta2
            )
    size = count * FIELDS * n_eta
    return block.reshape(batch, size, size)


def jacobian(problem: Problem, state: State) -> BlockTridiagonal:
    """∂R/∂(ψ, ω) of the field equations, blocks of radial lines; the scalars are bordered by `border_columns`."""
    d = slopes(problem, state)
    coefficients, blocks = _Coefficients(problem, d), line_blocks(problem.grid.n_xi)
    before: list[slice | None] = [None, *blocks[:-1]]
    after: list[slice | None] = [*blocks[1:], None]
    return BlockTridiagonal(
        [_diagonal_block(problem, d, coefficients.between(own, own), own) for own in blocks],
        [
            None if other is None else coefficients.between(own, other)
            for own, other in zip(blocks, before, strict=True)
        ],
        [None if other is None else coefficients.between(own, other) for own, other in zip(blocks, after, strict=True)],
    )


def border_columns(problem: Problem) -> list[State]:
    """∂R_fields/∂Q and ∂R_fields/∂Γ: minus the Oseenlet's data on the outer line."""
    batch, n_xi, n_eta = problem.metric.shape
    columns = []
    for scalar in (1, 2):
        psi, omega = problem.metric.new_zeros(2, batch, n_xi, n_eta)
        psi[:, -1] = -problem.far_slope[:, scalar]
        omega[:, -1] = -problem.far_vorticity[:, scalar]
        columns.append(State(psi, omega, problem.metric.new_zeros(batch, 2)))
    return columns


def force_gradient(problem: Problem) -> tuple[Tensor, Tensor]:
    """∂F/∂ω (complex drag + i lift) and ∂(∮ω_ξ dη)/∂ω, each (batch, n_xi, n_eta): both are linear in ω."""
    grid = problem.grid
    row = (grid.radial.omega_first[0] / grid.xi_max[:, None])[:, :, None]
    weights = grid.quadrature
    nu = problem.viscosity[:, None]
    forces = -1j * row * (nu * weights * problem.wall)[:, None]
    forces[:, 0] += 1j * nu * weights * problem.wall_normal
    return forces, row * weights[:, None]

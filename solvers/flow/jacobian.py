"""The exact linearisation ∂R/∂(ψ, ω) of the discrete equations, as a block-tridiagonal matrix.

Row e of line i at angle j: a stencil along ξ, the same for all lines up to factors at the node, a dense part along η,

    Σ_m Σ_k G[i, j, e, f, k] W_k[i, m] q_f[m, j] + Σ_j' A[i, j, e, j', f] q_f[i, j'] ,

W = (∂_ξ and ∂_ξξ for ψ, ∂_ξ and ∂_ξξ for ω).
"""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.solvers.flow.block_tridiagonal import BlockTridiagonal
from fusiform.solvers.flow.equations import Problem, Slopes, State, slopes

FIELDS = 2
PSI, OMEGA = 0, 1
PSI_XI, PSI_XIXI, OMEGA_XI, OMEGA_XIXI = range(4)


def line_blocks(n_xi: int) -> list[slice]:
    """Radial lines grouped so that five-point stencils reach the neighbouring blocks only: 3, 2, 2, …, 2, 3 lines."""
    starts = [0, *range(3, n_xi - 3, 2), n_xi - 3]
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], n_xi], strict=True)]


def _stencils(problem: Problem) -> Tensor:
    """W, (batch, n_xi, 4, n_xi)."""
    radial, scale = problem.grid.radial, problem.grid.xi_max[:, None, None]
    matrices = [radial.psi_first / scale, radial.psi_second / scale**2]
    matrices += [radial.omega_first / scale, radial.omega_second / scale**2]
    return torch.stack(matrices, dim=2)


def _factors(problem: Problem, d: Slopes) -> Tensor:
    """G, (batch, n_xi, n_eta, fields, fields, 4)."""
    g = d.psi_xi.new_zeros(*d.psi_xi.shape, FIELDS, FIELDS, 4)
    inner = slice(1, -1)
    g[:, inner, :, PSI, PSI, PSI_XIXI] = 1.0
    g[:, 0, :, OMEGA, PSI, PSI_XIXI] = 1.0
    g[:, -1, :, PSI, PSI, PSI_XI] = 1.0
    g[:, 1:, :, OMEGA, PSI, PSI_XI] = -d.omega_eta[:, 1:]
    g[:, 1:, :, OMEGA, OMEGA, OMEGA_XI] = d.psi_eta[:, 1:]
    g[:, inner, :, OMEGA, OMEGA, OMEGA_XIXI] = -problem.viscosity[:, None, None]
    g[:, -1, :, OMEGA] *= problem.outflow[..., None, None]
    return g


def _angular(problem: Problem, d: Slopes) -> Tensor:
    """A, (batch, n_xi, n_eta, fields, n_eta, fields)."""
    grid = problem.grid
    batch, n_xi, n_eta = d.psi_xi.shape
    a = d.psi_xi.new_zeros(batch, n_xi, n_eta, FIELDS, n_eta, FIELDS)
    a[:, 1:-1, :, PSI, :, PSI] = grid.d_eta2[:, None]
    a[:, -1, :, PSI, :, PSI] = problem.far_decay
    a[:, 1:, :, OMEGA, :, PSI] = d.omega_xi[:, 1:, :, None] * grid.d_eta[:, None]
    diffusion = problem.viscosity[:, None, None] * grid.d_eta2
    a[:, 1:, :, OMEGA, :, OMEGA] = -d.psi_xi[:, 1:, :, None] * grid.d_eta[:, None] - diffusion[:, None]
    a[:, -1, :, OMEGA] *= problem.outflow[..., None, None]
    local = torch.diagonal(a, dim1=2, dim2=4)
    local[:, 0, PSI, PSI] += 1.0
    local[:, 0, OMEGA, OMEGA] += problem.metric[:, 0]
    local[:, 1:-1, PSI, OMEGA] += problem.metric[:, 1:-1]
    local[:, -1, OMEGA, OMEGA] += (~problem.outflow).to(local)
    return a


def jacobian(problem: Problem, state: State) -> BlockTridiagonal:
    """∂R/∂(ψ, ω) of the field equations, in blocks of radial lines; the scalars are bordered by `border_columns`."""
    d = slopes(problem, state)
    w, g, a = _stencils(problem), _factors(problem, d), _angular(problem, d)
    batch, n_xi, n_eta = d.psi_xi.shape
    diagonal, lower, upper = [], [], []
    blocks = line_blocks(n_xi)
    for b, own in enumerate(blocks):
        count, start = own.stop - own.start, blocks[max(b - 1, 0)].start
        reach = slice(start, blocks[min(b + 1, len(blocks) - 1)].stop)
        flat = g[:, own].flatten(3, 4) @ w[:, own, None, :, reach]
        by_angle = flat.reshape(batch, count, n_eta, FIELDS, FIELDS, -1).permute(0, 2, 1, 3, 5, 4)
        coupling = by_angle.flatten(2, 3)
        dense = a.new_zeros(batch, n_eta, count, FIELDS, n_eta, count, FIELDS)
        for i in range(count):
            dense[:, :, i, :, :, i] = a[:, own.start + i]
        within = by_angle[:, :, :, :, own.start - start : own.stop - start]
        torch.diagonal(dense, dim1=1, dim2=4).add_(within.permute(0, 2, 3, 4, 5, 1))
        diagonal.append(dense.reshape(batch, n_eta * count * FIELDS, -1))
        if b > 0:
            lower.append(coupling[:, :, :, : own.start - start].flatten(3, 4))
        if own.stop < n_xi:
            upper.append(coupling[:, :, :, own.stop - start :].flatten(3, 4))
    return BlockTridiagonal(diagonal, lower, upper)


def border_columns(problem: Problem, state: State) -> list[State]:
    """∂R_fields/∂Q and ∂R_fields/∂Γ: minus the far field's slopes on the outer line."""
    _, drag, lift, drag_squared = problem.far_slope.unbind(1)
    columns = []
    for slope in (drag + 2.0 * state.scalars[:, :1] * drag_squared, lift):
        psi, omega = torch.zeros_like(state.psi), torch.zeros_like(state.omega)
        psi[:, -1] = -slope
        columns.append(State(psi, omega, torch.zeros_like(state.scalars)))
    return columns

"""The pressure of a flow, from its total head.

The head H = p + |u|²/2 obeys H_ξ = −ω V_ξ − ν ω_η and H_η = −ω V_η + ν ω_ξ, V = ∇ψ, which hold together only as far as
the vorticity equation does. Around an axis V = ∇Ψ/s, and with ω = s χ

    H_ξ = −s χ V_ξ − ν (s χ_η + 2 s_η χ),   H_η = −s χ V_η + ν (s χ_ξ + 2 s_ξ χ).

H is the field of the elements whose gradient is nearest to that vector g,

    (∇H, ∇q) = (g, ∇q)   for all q,   H = ½ on the mean where the stream enters,

with the quadrature of the flow equations. The elements are rectangles in (ξ, η), so that with the one-dimensional
stiffnesses K and diagonal masses M of each direction this is (K_ξ ⊗ M_η + M_ξ ⊗ K_η) H = b, which the eigenvectors of
K v = λ M v make diagonal. (Integrals of g along lines are 3 to 10 times less accurate: they gather its jumps.)
Source of the method: Lynch, Rice & Thomas, Numer. Math. 6 (1964) 185.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation import gll
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import slopes


def pressure(problem: Problem, state: State, velocity: Tensor) -> Tensor:
    """p − p_∞ at the nodes, (batch, n_xi, n_eta), of the `velocity` u + iv there; ρU² = 1."""
    return total_head(problem, state) - 0.5 * (velocity.real.square() + velocity.imag.square())


def total_head(problem: Problem, state: State) -> Tensor:
    """H at the nodes, (batch, n_xi, n_eta); at the wall it is the pressure."""
    layout = problem.layout
    g_xi, g_eta = (problem.cell * part for part in head_slopes(problem, state))
    loads = layout.assemble((layout.d_xi.mT @ g_xi) * problem.scale_xi + (g_eta @ layout.d_eta) * problem.scale_eta)
    last = layout.n_eta if problem.domain is Domain.PLANE else None
    radial, decay = _modes(problem.mesh.xi_step, layout.d_xi, layout.w_xi, None)
    angular, wave = _modes(problem.mesh.eta_step, layout.d_eta, layout.w_eta, last)
    rate = decay[:, :, None] + wave[:, None, :]
    rate[:, 0, 0] = torch.inf  # the constant
    head = radial @ ((radial.mT @ loads @ angular) / rate) @ angular.mT
    entry = problem.arc * problem.inflow
    level = (head[:, -1] * entry).sum(1) / entry.sum(1)
    return head + (0.5 - level)[:, None, None]


def head_slopes(problem: Problem, state: State) -> tuple[Tensor, Tensor]:
    """The vector g above, by element, (batch, nr, na, n1, n2) each."""
    d, s = slopes(problem, state), problem.radius
    nu = problem.viscosity[:, None, None, None, None]
    if s is None:
        return -d.omega * d.v_xi - nu * d.omega_eta, -d.omega * d.v_eta + nu * d.omega_xi
    turned_xi = s * d.omega_eta + 2.0 * problem.base_eta * d.omega
    turned_eta = s * d.omega_xi + 2.0 * problem.base_xi * d.omega
    return -s * d.omega * d.v_xi - nu * turned_xi, -s * d.omega * d.v_eta + nu * turned_eta


def wall_samples(problem: Problem, values: Tensor, refinement: int) -> tuple[Tensor, Tensor]:
    """Angles and values (batch, n) of the polynomials through nodal `values` (batch, n_eta) of the wall of the whole
    plane, or of a meridian.

    In each element there are `refinement` angles for a node, at equal steps from its first one on.
    """
    layout = problem.layout
    count = refinement * layout.resolution.angular_degree
    share = np.arange(count) / count
    matrix, steps = gll.interpolation(layout.n2 - 1, 2.0 * share - 1.0), torch.from_numpy(share).to(values)
    first = problem.mesh.eta[:, :: layout.n2 - 1, None][:, : layout.angular]
    eta = first + problem.mesh.eta_step[..., None] * steps
    return eta.flatten(1), (layout.by_sector(values) @ torch.from_numpy(matrix).to(values).mT).flatten(1)


def _modes(steps: Tensor, derivative: Tensor, weights: Tensor, period: int | None) -> tuple[Tensor, Tensor]:
    """V (batch, n, n) and λ (batch, n) with K V = M V λ, Vᵀ M V = 1, on elements of sizes `steps` (batch, m).

    After `period` nodes comes the first one again.
    """
    count, degree = steps.shape[1], derivative.shape[0] - 1
    n = period or count * degree + 1
    node = (
        torch.arange(count, device=steps.device)[:, None] * degree + torch.arange(degree + 1, device=steps.device)
    ) % n
    stiffness = (derivative.mT * weights) @ derivative * (2.0 / steps)[..., None, None]
    mass = 0.5 * steps[..., None] * weights
    total = torch.zeros((len(steps), n), dtype=steps.dtype, device=steps.device).index_add(
        1, node.flatten(), mass.flatten(1)
    )
    pair = node[:, :, None] * n + node[:, None, :]
    matrix = torch.zeros((len(steps), n * n), dtype=steps.dtype, device=steps.device)
    matrix = matrix.index_add(1, pair.flatten(), stiffness.flatten(1)).reshape(-1, n, n)
    scale = total.rsqrt()
    values, vectors = torch.linalg.eigh(scale[:, :, None] * matrix * scale[:, None, :])
    return scale[:, :, None] * vectors, values

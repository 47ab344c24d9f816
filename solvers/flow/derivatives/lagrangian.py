"""L = F(q; x) − λᵀ R(q; x) as one integral, of which autograd makes gradients with respect to the design.

R pairs the weak form (`equations/weak_form.py`) with every test function of the elements, so λᵀR is the weak form
tested with two fields v and w made of λ:

    λᵀR = (∇φ, ∇v)_ρ − (h² ω, v)_ρ + ½ [(V·∇ω, w)_ρ − (ω V, ∇w)_ρ] − (ω q, w)_ρ + ν (∇ω, ∇w)_ρ + boundary terms

v is λ of E1 and w is λ of E2, except that w is zero where the stream enters, and holds at the wall what multiplies the
sums R_i in the closures and in the force. Nothing is assembled, which makes derivatives of λᵀR with respect to the
elements three times cheaper than those of R.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.axis_ends import end_slopes, ends
from fusiform.solvers.flow.equations.problem import CLOSED, Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import (
    carrier,
    coefficient_scale,
    essential,
    far_projection,
)
from fusiform.solvers.flow.equations.weights import outer_arcs, wall_flux


def lagrangian(problem: Problem, state: State, adjoint: State, weight: Tensor) -> Tensor:
    """F − λᵀ R (batch,), F = Re(conj(weight) · (C_D + i C_L)), `weight` (batch,) complex.

    The closure Q = D makes the drag an unknown: it is C_D of Q, not of the wall.
    """
    layout, scalars = problem.layout, state.scalars
    phi, omega = essential(problem, state)
    force = wall_multiplier(problem, adjoint, weight)
    v, w = test_functions(problem, adjoint, force)
    integral, leaving = _weak_form(problem, phi, omega, v, w)
    far = (torch.cat([scalars, scalars[:, :1].square()], dim=1)[:, None] @ problem.far_columns)[:, 0]
    outer = problem.outer_weight * (far_projection(problem, phi[:, -1]) - far) * v[:, -1]
    entering = torch.where(problem.inflow, adjoint.omega[:, -1] * omega[:, -1], 0.0)
    boundary = (wall_flux(problem) * v[:, 0] - outer - entering).sum(-1) - leaving
    total = boundary - integral + (coefficient_scale(problem) * weight.real - adjoint.scalars[:, 0]) * scalars[:, 0]
    if problem.domain is Domain.MERIDIAN:
        total = total - (ends(adjoint.phi[:, 0]) * end_slopes(problem, omega[:, 0])).sum(-1)
    else:
        shear = problem.viscosity * (problem.arc * omega[:, 0] * problem.slope[:, 0]).sum(-1)
        total = total + layout.copies * (force.conj() * 1j * shear).real
    return total if CLOSED[problem.domain].stop == 2 else total - adjoint.scalars[:, 1] * scalars[:, 1]


def wall_multiplier(problem: Problem, adjoint: State, weight: Tensor) -> Tensor:
    """κ (batch,) complex, by which the wall's drag + i lift enters: L contains Re(conj(κ) (D + i L))."""
    if problem.domain is Domain.EVEN_HALF_PLANE:
        return torch.zeros_like(weight)
    if problem.domain is not Domain.PLANE:
        return adjoint.scalars[:, 0] + 0j
    return torch.complex(adjoint.scalars[:, 0], coefficient_scale(problem) * weight.imag)


def test_functions(problem: Problem, adjoint: State, force: Tensor) -> tuple[Tensor, Tensor]:
    """v and w, (batch, n_xi, n_eta) each."""
    v, w = adjoint.phi, adjoint.omega
    if problem.domain is Domain.MERIDIAN:
        at_wall = (math.pi * force.real)[:, None].expand_as(problem.arc)
        ends = torch.zeros_like(v[:, :1, :1])
        v = torch.cat([torch.cat([ends, v[:, :1, 1:-1], ends], dim=2), v[:, 1:]], dim=1)
    else:
        at_wall = -problem.layout.copies * (force.conj()[:, None] * 1j * problem.position[:, 0]).real
    if CLOSED[problem.domain].stop == 2:
        at_wall = at_wall + adjoint.scalars[:, 1:]
    leaving = torch.where(problem.inflow, 0.0, w[:, -1])
    return v, torch.cat([at_wall[:, None], w[:, 1:-1], leaving[:, None]], dim=1)


def _weak_form(problem: Problem, phi: Tensor, omega: Tensor, v: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """The integral over the elements, and the one of ½ V_η ω w along the outer line, (batch,) each.

    Derivatives are those along the reference coordinates of an element, scaled in the products.
    """
    layout, mass = problem.layout, problem.mass
    scale_xi, scale_eta = problem.scale_xi, problem.scale_eta
    both = layout.local(torch.stack([phi, omega, v, w], dim=1))
    phi, omega, v, w = both.unbind(1)
    phi_x, omega_x, v_x, w_x = (layout.d_xi @ both).unbind(1)
    phi_y, omega_y, v_y, w_y = (both @ layout.d_eta.mT).unbind(1)
    phi_xi, phi_eta = scale_xi * phi_x, scale_eta * phi_y
    v_xi, v_eta = carrier(problem, phi, phi_xi, phi_eta)
    nu = problem.viscosity[:, None, None, None, None]
    along_xi = phi_xi * v_x + (nu * scale_xi) * (omega_x * w_x) + 0.5 * v_eta * (omega_x * w - omega * w_x)
    along_eta = phi_eta * v_y + (nu * scale_eta) * (omega_y * w_y) - 0.5 * v_xi * (omega_y * w - omega * w_y)
    density = scale_xi * along_xi + scale_eta * along_eta - layout.local(problem.metric) * (omega * v)
    if problem.radius is not None:
        density = density - omega * w * (problem.base_xi * phi_eta - problem.base_eta * phi_xi)
    leaving = 0.5 * (v_eta * omega * w)[:, -1, :, -1] * outer_arcs(problem)
    return (mass * density).flatten(1).sum(-1), leaving.flatten(1).sum(-1)

"""The adjoint equations Jᵀλ = ∂F/∂q in weak form.

The weak form of λᵀR (`lagrangian.py`), varied by φ (not at the wall) and by ω, is, with c = w ∇ω − ω ∇w,

    (∇v, ∇δφ)_ρ + ½ (r, c_ξ δφ_η − c_η δφ_ξ)_ρ + (s_η c_ξ − s_ξ c_η, δφ)_ρ + (ω w, s_η δφ_ξ − s_ξ δφ_η)_ρ
    ν (∇w, ∇δω)_ρ + ½ (w, V·∇δω)_ρ − ½ (V·∇w, δω)_ρ − (h² v + q w, δω)_ρ

and boundary terms. In the plane r = 1, and there are no terms in ∇s and q; around an axis r = s, the radius. One
evaluation costs as much as a residual, a third of what autograd takes.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from fusiform.solvers.flow.derivatives.lagrangian import test_functions, wall_multiplier
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.axis_ends import end_rows, ends
from fusiform.solvers.flow.equations.problem import CLOSED, Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import (
    coefficient_scale,
    far_projection,
    slopes,
)
from fusiform.solvers.flow.equations.weights import outer_arcs


class AdjointEquations:
    """The adjoint equations of a batch at one state."""

    def __init__(self, problem: Problem, state: State) -> None:
        self._problem, self._state = problem, state
        self._slopes = slopes(problem, state)

    def force_gradient(self, weight: Tensor) -> State:
        """∂F/∂q, F = Re(conj(weight) · (C_D + i C_L)), `weight` (batch,) complex."""
        zero = State(*(torch.zeros_like(t) for t in vars(self._state).values()))
        if bool(weight.imag.any()):
            return self._gradient(zero, weight)
        drag = coefficient_scale(self._problem) * weight.real
        return replace(zero, scalars=torch.stack([drag, torch.zeros_like(drag)], dim=1))

    def transposed_product(self, adjoint: State) -> State:
        """Jᵀλ of λ = `adjoint`."""
        nothing = torch.zeros_like(adjoint.scalars[:, 0])
        return self._gradient(adjoint, nothing + 0j).scaled(nothing - 1.0)

    def _gradient(self, adjoint: State, weight: Tensor) -> State:
        """∂F/∂q − Jᵀλ, the gradient of `lagrangian` with respect to the state."""
        problem, state = self._problem, self._state
        force = wall_multiplier(problem, adjoint, weight)
        v, w = test_functions(problem, adjoint, force)
        by_phi, by_omega = (-part for part in self._varied(v, w).unbind(1))
        outer = problem.outer_weight * v[:, -1]
        by_phi[:, -1] -= problem.outer_weight * far_projection(problem, v[:, -1])
        by_omega[:, -1] -= torch.where(problem.inflow, adjoint.omega[:, -1], 0.0)
        if problem.domain is Domain.MERIDIAN:
            n2 = problem.layout.n2
            first, last = (ends(adjoint.phi[:, 0])[..., None] * end_rows(problem)).unbind(1)
            by_omega[:, 0, :n2] -= first
            by_omega[:, 0, -n2:] -= last
        else:
            shear = problem.viscosity[:, None] * problem.arc * problem.slope[:, 0]
            by_omega[:, 0] += problem.layout.copies * (force.conj()[:, None] * 1j * shear).real
        by_phi[:, 0] = 0.0
        if problem.domain is Domain.HALF_PLANE:
            for part in (by_phi, by_omega):
                part[..., 0] = part[..., -1] = 0.0
        by_drag, by_lift, by_square = (problem.far_columns @ outer[..., None])[..., 0].unbind(1)
        own = coefficient_scale(problem) * weight.real - adjoint.scalars[:, 0]
        if CLOSED[problem.domain].stop == 1:
            by_lift = by_lift - adjoint.scalars[:, 1]
        scalars = torch.stack([own + by_drag + 2.0 * state.scalars[:, 0] * by_square, by_lift], dim=1)
        return State(by_phi, by_omega, scalars)

    def _varied(self, v: Tensor, w: Tensor) -> Tensor:
        """Sums (batch, 2, n_xi, n_eta): the elements and ½ ∮_outer V_η ω w ρ dη, varied by φ and ω at the nodes."""
        problem, d, layout = self._problem, self._slopes, self._problem.layout
        both = layout.local(torch.stack([v, w], dim=1))
        along_xi = (layout.d_xi @ both) * problem.scale_xi[:, None]
        along_eta = (both @ layout.d_eta.mT) * problem.scale_eta[:, None]
        (v, w), (v_xi, w_xi), (v_eta, w_eta) = (f.unbind(1) for f in (both, along_xi, along_eta))
        half, carried = 0.5 * w, d.omega * w
        c_xi, c_eta = d.omega_xi * w - d.omega * w_xi, d.omega_eta * w - d.omega * w_eta
        nu = problem.viscosity[:, None, None, None, None]
        radius = 1.0 if problem.radius is None else problem.radius
        phi_xi, phi_eta = v_xi - 0.5 * radius * c_eta, v_eta + 0.5 * radius * c_xi
        omega = 0.5 * (d.v_xi * w_eta - d.v_eta * w_xi) - layout.local(problem.metric) * v
        phi = torch.zeros_like(omega)
        if problem.radius is not None:
            phi_xi = phi_xi + carried * problem.base_eta
            phi_eta = phi_eta - carried * problem.base_xi
            phi = problem.base_eta * c_xi - problem.base_xi * c_eta
            omega = omega - w * (problem.base_xi * d.phi_eta - problem.base_eta * d.phi_xi)
        mass = problem.mass[:, None]
        flux_xi = mass * torch.stack([phi_xi, nu * w_xi + half * d.v_eta], dim=1)
        flux_eta = mass * torch.stack([phi_eta, nu * w_eta - half * d.v_xi], dim=1)
        source = mass * torch.stack([phi, omega], dim=1)
        edge = (..., -1, slice(None), -1, slice(None))
        arcs = outer_arcs(problem)
        flux_eta[:, 0][edge] += arcs * (0.5 * radius * carried)[edge]
        source[:, 1][edge] += arcs * (half * d.v_eta)[edge]
        if problem.radius is not None:
            source[:, 0][edge] += arcs * (problem.base_eta * carried)[edge]
        scale_xi, scale_eta = problem.scale_xi[:, None], problem.scale_eta[:, None]
        return layout.assemble((layout.d_xi.mT @ flux_xi) * scale_xi + (flux_eta @ layout.d_eta) * scale_eta + source)

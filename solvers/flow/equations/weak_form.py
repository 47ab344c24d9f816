"""The steady Navier-Stokes equations in weak form, and the forces.

With quadrature on the elements' nodes, for all test functions v, and all w that vanish at the wall,

    E1:  (∇φ, ∇v)_ρ − (h² ω, v)_ρ − ∮_wall y_ξ v dη − ∮_outer φ_ξ v ρ dη = 0
    E2:  ½ [(V·∇ω, w)_ρ − (ω V, ∇w)_ρ] − (ω q, w)_ρ + ½ ∮_outer V_η ω w ρ dη + ν (∇ω, ∇w)_ρ = 0

with V·∇ω = V_η ω_ξ − V_ξ ω_η, h = |dz/d(ξ + iη)|, ν = 1/Re. In the plane ρ = 1, φ = ψ − y, V = ∇ψ, q = 0. Around an
axis (s = y the radius) ρ = s³, Ψ = s² (½ + φ) is Stokes' stream function, ω stands for χ = ω/s, V = s ∇φ + 2 (½ + φ)
∇s, q = s_ξ φ_η − s_η φ_ξ; nothing is prescribed on the axis, and the wall term of E1 is zero.

- The convection is skew-symmetric: tested with ω only the outflow is left of it, and around an axis (ω q, ω)_ρ, so that
  quadrature errors neither make nor destroy enstrophy. The mass matrix is diagonal (lumped), so that ω inside an
  element is explicit in φ.
- Wall: φ is prescribed; E1 holds there too, which imposes no slip and determines ω at the wall. The sums R_i of E2 at
  the wall nodes are −ν ∮ ω_ξ w_i ρ dη; forces made of them are as accurate as the square of the fields' error.
- Outer line: φ_ξ of the far field (`problem.py`); ω = 0 where the stream enters, ν ω_ξ = 0 where it leaves.

Two scalars close it: Q = D, the far field's drag is the wall's; and Σ R_i = 0, the wall pressure is single-valued (Γ).
Source: the skew form is that of Zang, Appl. Numer. Math. 7 (1991) 27, for the vorticity; the axisymmetric φ and χ avoid
1/s as the five-dimensional Laplacian does (Batchelor, An Introduction to Fluid Dynamics, 1967, section 7.5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.axis_ends import end_slopes
from fusiform.solvers.flow.equations.problem import CLOSED, DIPOLE_DECAY, Problem
from fusiform.solvers.flow.equations.state import State

DYNAMIC_PRESSURE = 0.5  # ½ρU², by which forces and pressures become coefficients


@dataclass(frozen=True)
class Slopes:
    """By element, (batch, nr, na, n1, n2): φ, ω, their derivatives, and V."""

    phi: Tensor
    omega: Tensor
    phi_xi: Tensor
    phi_eta: Tensor
    omega_xi: Tensor
    omega_eta: Tensor
    v_xi: Tensor
    v_eta: Tensor


def essential(problem: Problem, state: State) -> tuple[Tensor, Tensor]:
    """φ and ω (batch, n_xi, n_eta) with what is prescribed: φ at the wall, and zero on the rays of a half plane."""
    phi = torch.cat([problem.wall_value[:, None], state.phi[:, 1:]], dim=1)
    if problem.domain is not Domain.HALF_PLANE:
        return phi, state.omega
    ends = torch.zeros_like(phi[..., :1])
    return tuple(torch.cat([ends, f[..., 1:-1], ends], dim=-1) for f in (phi, state.omega))  # type: ignore[return-value]


def slopes(problem: Problem, state: State) -> Slopes:
    """The fields of a state by element, and their derivatives along ξ and η."""
    layout = problem.layout
    both = layout.local(torch.stack(essential(problem, state), dim=1))
    along_xi = (layout.d_xi @ both) * problem.scale_xi[:, None]
    along_eta = (both @ layout.d_eta.mT) * problem.scale_eta[:, None]
    (phi, omega), (phi_xi, omega_xi), (phi_eta, omega_eta) = (f.unbind(1) for f in (both, along_xi, along_eta))
    v_xi, v_eta = carrier(problem, phi, phi_xi, phi_eta)
    return Slopes(phi, omega, phi_xi, phi_eta, omega_xi, omega_eta, v_xi, v_eta)


def carrier(problem: Problem, phi: Tensor, phi_xi: Tensor, phi_eta: Tensor) -> tuple[Tensor, Tensor]:
    """V, what carries the vorticity, along ξ and η, of φ and its derivatives by element."""
    if problem.radius is None:
        return phi_xi + problem.base_xi, phi_eta + problem.base_eta
    speed = 2.0 * phi + 1.0
    return problem.radius * phi_xi + speed * problem.base_xi, problem.radius * phi_eta + speed * problem.base_eta


def wall_forces(problem: Problem, wall_sums: Tensor, omega: Tensor) -> tuple[Tensor, Tensor]:
    """Pressure and friction force (batch,), complex drag + i lift, with ρ = U = d = 1 (in the plane per unit span).

    Of the sums R_i (batch, n_eta) of E2 at the wall and ω (batch, n_xi, n_eta). In the plane F = i Σ R_i Z_i + iν ∮ ω
    Z_ξ dη, since at the wall dp/dη = ν ω_ξ. Around an axis all of the drag is −π Σ R_i, of which −2πν ∮ s² s_ξ χ dη is
    friction.
    """
    weights = problem.weights
    pressure, friction = (weights.pressure * wall_sums).sum(-1), (weights.friction * omega[:, 0]).sum(-1)
    return (pressure - friction if problem.domain is Domain.MERIDIAN else pressure), friction


def _by_element(problem: Problem, nodal: Tensor) -> tuple[Tensor, Tensor]:
    """Sums (batch, 2, nr, na, n) of E1 and E2 without boundary terms, and the outflow's, (batch, na, n2)."""
    layout, w = problem.layout, problem.weights
    both = layout.local(nodal).flatten(-2)
    phi, omega = both.unbind(1)
    slopes = (both @ layout.gradient).reshape(*both.shape[:-1], 2, -1) * w.scales[:, None]
    of_phi, of_omega = slopes.unbind(1)
    if problem.radius is None:
        v = of_phi + w.base
    else:
        v = problem.radius.flatten(-2)[..., None, :] * of_phi + (2.0 * phi + 1.0)[..., None, :] * w.base
    carried = (w.half * omega)[..., None, :] * v.flip(-2)
    convected = problem.viscosity[:, None, None, None, None] * of_omega * w.diffusion + carried * w.turn
    fluxes = torch.stack([of_phi * w.diffusion, convected], dim=1)
    source = w.half * (v[..., 1, :] * of_omega[..., 0, :] - v[..., 0, :] * of_omega[..., 1, :])
    if problem.radius is not None:
        spin = w.base[..., 0, :] * of_phi[..., 1, :] - w.base[..., 1, :] * of_phi[..., 0, :]
        source = source - 2.0 * w.half * omega * spin
    source = torch.stack([-problem.heavy.flatten(-2) * omega, source], dim=1)
    leaving = w.outflow * v[:, -1, :, 1, -layout.n2 :] * omega[:, -1, :, -layout.n2 :]
    return fluxes.flatten(-2) @ layout.gradient.mT + source, leaving


def far_projection(problem: Problem, phi: Tensor) -> Tensor:
    """What is added to φ_ξ at the outer line, of φ (batch, n_eta) there: its first harmonic, or 3 φ around an axis."""
    if problem.domain is Domain.MERIDIAN:
        return DIPOLE_DECAY * phi
    amplitude = problem.weights.first_harmonics @ phi[..., None]
    return (amplitude.mT @ problem.harmonics)[:, 0]


def weak_sums(problem: Problem, state: State) -> tuple[Tensor, Tensor]:
    """The fields (batch, 2, n_xi, n_eta) with what is prescribed, and the sums of E1 and E2 at all nodes, likewise."""
    w, scalars = problem.weights, state.scalars
    nodal = torch.addcmul(w.prescribed, torch.stack([state.phi, state.omega], dim=1), w.free)
    inside, leaving = _by_element(problem, nodal)
    far = (torch.cat([scalars, scalars[:, :1].square()], dim=1)[:, None] @ problem.far_columns)[:, 0]
    outer = problem.outer_weight * (far_projection(problem, nodal[:, 0, -1]) - far)
    terms = torch.cat([inside.flatten(1), leaving.flatten(1), outer], dim=1)
    sums = w.constant.flatten(1).scatter_add(1, problem.layout.rows.expand_as(terms), terms)
    return nodal, sums.view_as(nodal)


def residual_and_forces(
    problem: Problem, state: State, storage: Tensor | None = None
) -> tuple[State, tuple[Tensor, Tensor]]:
    """R(q), see `residual`, and the parts of C_D + i C_L, see `force_coefficients`.

    `storage` (batch, n_xi, n_eta): the sums at the nodes of h² ∂ω/∂t in E2, for flows that change with time.
    """
    w = problem.weights
    nodal, sums = weak_sums(problem, state)
    if storage is not None:
        sums = sums + torch.stack([torch.zeros_like(storage), storage], dim=1)
    pressure, friction = wall_forces(problem, sums[:, 1, 0], nodal[:, 1])
    closed = CLOSED[problem.domain]
    drag, jump = state.scalars.unbind(1)
    if closed.start == 0:
        drag = drag - (pressure + friction).real
    if closed.stop == 2:
        jump = sums[:, 1, 0].sum(-1)
    poisson, transport = torch.addcmul(sums * w.kept, nodal, w.entering).unbind(1)
    if problem.domain is Domain.MERIDIAN:
        first, last = end_slopes(problem, nodal[:, 1, 0]).unbind(1)
        wall = torch.cat([first[:, None], poisson[:, 0, 1:-1], last[:, None]], dim=1)
        poisson = torch.cat([wall[:, None], poisson[:, 1:]], dim=1)
    r = State(poisson, transport, torch.stack([drag, jump], dim=1))
    scale = coefficient_scale(problem)
    return r, (pressure * scale, friction * scale)


def residual(problem: Problem, state: State) -> State:
    """R(q): the sums of E1 and E2 at the nodes, with what replaces them where a value is prescribed, and the closures.

    `phi`: E1, zero on the rays of a half plane; χ_η = 0 at the two wall nodes on an axis, where all weights vanish.
    `omega`: E2, zero at the wall (whose sums are in the closures) and on the rays, ω where the stream enters.
    """
    return residual_and_forces(problem, state)[0]


def residual_norm(problem: Problem, r: State) -> Tensor:
    """The merit function of Newton's line search, (batch,): the root mean square of E1 and E2 as strong residuals.

    The sum at a node over its share of dξ dη is the equations' residual there.
    """
    per_point = ((r.phi.square() + r.omega.square()) / problem.area).sum((1, 2))
    return torch.sqrt(per_point / problem.area.sum((1, 2)) + r.scalars.square().sum(-1))


def coefficient_scale(problem: Problem) -> float:
    """Force coefficient of a unit force: over ½ρU²d in the plane, ½ρU²πd²/4 around an axis."""
    return 4.0 / (DYNAMIC_PRESSURE * math.pi) if problem.domain is Domain.MERIDIAN else 1.0 / DYNAMIC_PRESSURE


def force_coefficients(problem: Problem, state: State) -> tuple[Tensor, Tensor]:
    """Pressure and friction parts of C_D + i C_L, each (batch,) complex, on the area of `coefficient_scale`."""
    return residual_and_forces(problem, state)[1]

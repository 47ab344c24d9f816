"""The Jacobian of each element, and the elimination of its interior.

Of the element's equations E1 and E2 by φ and ω (∂/∂φ, ∂/∂ω), nodes ordered [interior I | boundary B]:

    E1:  K φ − H ω          K stiffness, H = M h² diagonal
    E2:  C φ + T ω          T = νK + A − Aᵀ − diag(M q),   A = ½ M (V_η ∂_ξ − V_ξ ∂_η)

Inside, ω_I = H⁻¹ (K_I φ − f_1), so that with G = T_{·I} H⁻¹ only φ_I is left: (C + G K_I) φ + T_{·B} ω_B = f_2 + G
f_1. Then φ_I is eliminated.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.elimination import Elimination
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import Slopes, slopes
from fusiform.solvers.flow.equations.weights import outer_arcs


@dataclass(frozen=True)
class ElementFactors:
    """`interior`: elimination of φ_I, whose rest is (φ_B, ω_B); `stiffness` K_{I·}, `coupling` G, `mass` H_I; all
    (batch, nr, na, …)."""

    interior: Elimination
    stiffness: Tensor
    coupling: Tensor
    mass: Tensor

    def select(self, index: Tensor) -> ElementFactors:
        """The cases of a boolean or integer index."""
        return ElementFactors(
            self.interior.select(index), self.stiffness[index], self.coupling[index], self.mass[index]
        )

    @staticmethod
    def concatenate(parts: list[ElementFactors]) -> ElementFactors:
        """The cases of all `parts` in one batch."""
        return ElementFactors(
            Elimination.concatenate([p.interior for p in parts]),
            *(torch.cat([getattr(p, name) for p in parts]) for name in ("stiffness", "coupling", "mass")),
        )


def transport_matrices(problem: Problem, state: State) -> tuple[Tensor, Tensor]:
    """C and T (batch, nr, na, n, n)."""
    layout, d = problem.layout, slopes(problem, state)
    fields = torch.stack([d.v_xi, d.v_eta, d.omega_xi, d.omega_eta, d.omega, problem.mass.expand_as(d.omega)])
    v_xi, v_eta, omega_xi, omega_eta, omega, mass = layout.ordered(fields).unbind(0)
    half_xi, half_eta = 0.5 * mass * problem.scale_xi[..., 0], 0.5 * mass * problem.scale_eta[..., 0]
    t = problem.stiffness * problem.viscosity[:, None, None, None, None]
    for slope, along, sign in ((layout.slope_xi, half_xi * v_eta, 1.0), (layout.slope_eta, half_eta * v_xi, -1.0)):
        t.addcmul_(along[..., None], slope, value=sign)
        t.addcmul_(along[..., None, :], slope.mT, value=-sign)
    radius = 1.0 if problem.radius is None else layout.ordered(problem.radius)
    shear = layout.mixed_product(half_xi * problem.scale_eta[..., 0] * radius * omega)
    c = shear.mT - shear
    c.addcmul_((half_eta * radius * omega_xi)[..., None], layout.slope_eta)
    c.addcmul_((half_xi * radius * omega_eta)[..., None], layout.slope_xi, value=-1.0)
    if problem.radius is not None:
        s_xi, s_eta, phi_xi, phi_eta = (
            layout.ordered(f) for f in (problem.base_xi, problem.base_eta, d.phi_xi, d.phi_eta)
        )
        moved_xi, moved_eta = (2.0 * half_xi * omega)[..., None, :], (2.0 * half_eta * omega)[..., None, :]
        c -= layout.slope_xi.mT * (moved_xi * s_eta[..., None, :]) - layout.slope_eta.mT * (
            moved_eta * s_xi[..., None, :]
        )
        c -= moved_eta.mT * s_xi[..., None] * layout.slope_eta - moved_xi.mT * s_eta[..., None] * layout.slope_xi
        c.diagonal(dim1=-2, dim2=-1).add_(mass * (omega_xi * s_eta - omega_eta * s_xi))
        t.diagonal(dim1=-2, dim2=-1).sub_(mass * (s_xi * phi_eta - s_eta * phi_xi))
    _add_outflow(problem, c, t, d)
    return c, t


def _add_outflow(problem: Problem, c: Tensor, t: Tensor, d: Slopes) -> None:
    """Derivatives of ½ ∮_outer V_η ω w ρ dη."""
    layout = problem.layout
    outer = layout.outer_nodes
    half = 0.5 * outer_arcs(problem)
    omega, v_eta = (half * f[:, -1, :, -1] for f in (d.omega, d.v_eta))
    t[:, -1, :, outer, outer] += v_eta
    slope = problem.scale_eta[:, 0, :, 0] * omega
    if problem.radius is None:
        c[:, -1, :, outer] += slope[..., None] * layout.slope_eta[outer]
    else:
        c[:, -1, :, outer] += (slope * problem.radius[:, -1, :, -1])[..., None] * layout.slope_eta[outer]
        c[:, -1, :, outer, outer] += 2.0 * omega * problem.base_eta[:, -1, :, -1]


def factorise_elements(problem: Problem, state: State, rate: Tensor | None) -> tuple[ElementFactors, Tensor]:
    """The elimination of all interiors, and the matrices (batch, nr, na, 2 nB, 2 nB) that are left of E2_B and E1_B by
    φ_B and ω_B. `rate`: see `linearise`; it adds H s to T."""
    layout, k = problem.layout, problem.stiffness
    heavy, inside = layout.ordered(problem.heavy), layout.interior
    c, t = transport_matrices(problem, state)
    if rate is not None:
        c, t, k, heavy = (part.to(rate.dtype) for part in (c, t, k, heavy))
        t.diagonal(dim1=-2, dim2=-1).add_(heavy * layout.ordered(rate))
    inner, outer = torch.split(heavy, [inside, k.shape[-1] - inside], dim=-1)
    coupling = t[..., :inside] / inner[..., None, :]
    c.flatten(0, 2).baddbmm_(coupling.flatten(0, 2), k[..., :inside, :].flatten(0, 2))
    left = torch.cat([c[..., inside:, :inside], k[..., inside:, :inside]], dim=-2)
    right = torch.cat([c[..., :inside, inside:], t[..., :inside, inside:]], dim=-1)
    interior = Elimination.of(c[..., :inside, :inside], right, left, problem.radius is not None)
    edge = outer.shape[-1]
    rest = torch.empty_like(k[..., :1, :1].expand(*k.shape[:-2], 2 * edge, 2 * edge))
    rest[..., :edge, :edge] = c[..., inside:, inside:]
    rest[..., :edge, edge:] = t[..., inside:, inside:]
    rest[..., edge:, :edge] = k[..., inside:, inside:]
    rest[..., edge:, edge:] = 0.0
    rest[..., edge:, edge:].diagonal(dim1=-2, dim2=-1).copy_(-outer)
    return ElementFactors(interior, k[..., :inside, :], coupling, inner[..., None]), interior.remaining_(rest)

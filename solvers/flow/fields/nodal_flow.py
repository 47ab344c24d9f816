"""The flow at the nodes: the stream function without its zero at the wall, its slopes, and the velocity.

ψ vanishes at the wall like ξ², so that ψ/ξ², ψ_ξ/ξ and ψ_η/ξ² are regular; polynomials through these give velocities
that are exact at the wall and accurate where h is small, at sharp tips. Slopes of polynomials jump between elements:
the nodes there take the mean of both sides, weighted with their share of the area.

Around an axis Stokes' stream function is Ψ = s² G, G = ½ + g, and V = ∇Ψ/s takes the place of ∇ψ:

    Ψ/s = s G,   V = s ∇G + 2 G ∇s,   ω = s χ,

all regular on the axis, and there as even or odd as ψ, ∇ψ and ω of a symmetric plane flow. The nodes of a meridian are
mirrored about the axis, so that what looks at a flow sees a whole section in either case.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import essential, slopes
from fusiform.solvers.flow.fields.pressure import pressure


@dataclass(frozen=True)
class NodalFlow:
    """The flow of a batch on whole sections. At the nodes, (batch, n_xi, n_eta): `psi` ψ, or Stokes' stream function;
    `reduced` ψ/ξ², or Ψ/(s ξ²); `along_xi` V_ξ/ξ, `along_eta` V_η/ξ², `velocity` u + iv; `omega`, `pressure`,
    `position` z and `slope` z_ξ; `eta` and the weights `arc` dη (batch, n_eta)."""

    psi: Tensor
    reduced: Tensor
    along_xi: Tensor
    along_eta: Tensor
    velocity: Tensor
    omega: Tensor
    pressure: Tensor
    position: Tensor
    slope: Tensor
    eta: Tensor
    arc: Tensor


def nodal_flow(problem: Problem, state: State) -> NodalFlow:
    """The flow at the nodes of a batch in the plane, or of a meridian and its mirror image.

    ψ/ξ² = −h²ω/2 at the wall. In the innermost elements it (around an axis, over s) is the polynomial of which the
    slopes are taken; elsewhere that is φ, and the slopes of y are exact. u + iv = (V_η − iV_ξ) z_ξ/h².
    """
    phi, omega = essential(problem, state)
    xi = problem.mesh.xi[:, :, None]
    wall = -0.5 * (problem.metric[:, :1] * omega[:, :1])
    rising = phi + (problem.stream if problem.radius is None else 0.5)
    reduced = torch.cat([wall, rising[:, 1:] / xi[:, 1:].square()], dim=1)
    along_xi, along_eta = _slopes(problem, state, reduced)
    velocity = torch.complex(xi.square() * along_eta, -xi * along_xi) * problem.slope / problem.metric
    psi = state.phi + problem.stream
    if problem.domain is Domain.MERIDIAN:
        s = problem.stream.clone()
        s[..., 0] = s[..., -1] = 0.0
        psi, reduced, omega = s.square() * rising, s * reduced, s * omega
    flow = NodalFlow(
        psi=torch.cat([torch.zeros_like(psi[:, :1]), psi[:, 1:]], dim=1),
        reduced=reduced,
        along_xi=along_xi,
        along_eta=along_eta,
        velocity=velocity,
        omega=omega,
        pressure=pressure(problem, state, velocity),
        position=problem.position,
        slope=problem.slope,
        eta=problem.mesh.eta,
        arc=problem.arc,
    )
    return _mirrored(flow) if problem.domain is Domain.MERIDIAN else flow


def _slopes(problem: Problem, state: State, reduced: Tensor) -> tuple[Tensor, Tensor]:
    """V_ξ/ξ and V_η/ξ² at the nodes, of ψ/ξ², around an axis of G/ξ²."""
    layout, d = problem.layout, slopes(problem, state)
    near = layout.local(reduced)[:, :1]
    lines = problem.mesh.xi.unfold(1, layout.n1, layout.n1 - 1)[:, :, None, :, None]
    first, others = lines[:, :1], lines[:, 1:]
    turn = (near @ layout.d_eta.mT) * problem.scale_eta
    if problem.radius is None:
        rise = 2.0 * near + first * ((layout.d_xi @ near) * problem.scale_xi[:, :1])
    else:
        s = problem.radius[:, :1]
        at_wall = 2.0 * s[..., :1, :] * near[..., :1, :]
        rise = torch.cat([at_wall, d.v_xi[:, :1, :, 1:] / first[..., 1:, :]], dim=-2)
        turn = s * turn + 2.0 * near * problem.base_eta[:, :1]
    along_xi = torch.cat([rise, d.v_xi[:, 1:] / others], dim=1)
    along_eta = torch.cat([turn, d.v_eta[:, 1:] / others.square()], dim=1)
    means = layout.assemble(torch.stack([along_xi, along_eta], dim=1) * problem.cell[:, None]) / problem.area[:, None]
    return means[:, 0], means[:, 1]


ODD = ("reduced", "along_xi", "omega")


def _mirrored(flow: NodalFlow) -> NodalFlow:
    """The flow of the half 0 ≤ η ≤ π and its mirror image, 0 ≤ η < 2π."""

    def whole(name: str) -> Tensor:
        values: Tensor = getattr(flow, name)
        image = values[..., 1:-1].flip(-1).conj()
        if name == "eta":
            return torch.cat([values, 2.0 * math.pi - image], dim=1)
        if name == "arc":
            return torch.cat([2.0 * values[:, :1], values[:, 1:-1], 2.0 * values[:, -1:], image], dim=1)
        return torch.cat([values, -image if name in ODD else image], dim=-1)

    return NodalFlow(**{f.name: whole(f.name) for f in fields(flow)})

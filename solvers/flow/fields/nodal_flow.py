"""The flow at the nodes: the stream function without its zero at the wall, its slopes, and the velocity.

ψ vanishes at the wall like ξ², so that ψ/ξ², ψ_ξ/ξ and ψ_η/ξ² are regular; polynomials through these give velocities
that are exact at the wall and accurate where h is small, at sharp tips. Slopes of polynomials jump between elements:
the nodes there take the mean of both sides, weighted with their share of the area.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import essential, slopes


@dataclass(frozen=True)
class NodalFlow:
    """At the nodes (batch, n_xi, n_eta): `reduced` ψ/ξ², `along_xi` ψ_ξ/ξ, `along_eta` ψ_η/ξ², `velocity` u + iv."""

    reduced: Tensor
    along_xi: Tensor
    along_eta: Tensor
    velocity: Tensor


def nodal_flow(problem: Problem, state: State) -> NodalFlow:
    """The flow at the nodes of a batch in the plane, or in the half plane.

    ψ/ξ² = −h²ω/2 at the wall. In the innermost elements it is the polynomial of which the slopes are taken; elsewhere
    that is φ, and the slopes of y are exact. u + iv = (ψ_η − iψ_ξ) z_ξ/h².
    """
    layout, d = problem.layout, slopes(problem, state)
    phi, omega = essential(problem, state)
    xi = problem.mesh.xi[:, :, None]
    wall = -0.5 * (problem.metric[:, :1] * omega[:, :1])
    reduced = torch.cat([wall, (phi + problem.stream)[:, 1:] / xi[:, 1:].square()], dim=1)
    near = layout.local(reduced)[:, :1]
    lines = problem.mesh.xi.unfold(1, layout.n1, layout.n1 - 1)[:, :, None, :, None]
    first, others = lines[:, :1], lines[:, 1:]
    bend = (layout.d_xi @ near) * problem.scale_xi[:, :1]
    turn = (near @ layout.d_eta.mT) * problem.scale_eta
    along_xi = torch.cat([2.0 * near + first * bend, d.v_xi[:, 1:] / others], dim=1)
    along_eta = torch.cat([turn, d.v_eta[:, 1:] / others.square()], dim=1)
    means = layout.assemble(torch.stack([along_xi, along_eta], dim=1) * problem.mass[:, None]) / problem.area[:, None]
    along_xi, along_eta = means.unbind(1)
    speed = torch.complex(xi.square() * along_eta, -xi * along_xi)
    return NodalFlow(reduced, along_xi, along_eta, speed * problem.slope / problem.metric)

"""The state that Newton's method starts from when nothing better is known."""

from __future__ import annotations

import torch

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State


def cold_start(problem: Problem) -> State:
    """ψ = y (1 − e^{−ξ})² and its vorticity −∇²ψ, zero on the wall and on the outer line; Q = 1, Γ = 0.

    Around an axis φ = −½ + ½ (1 − e^{−ξ})² and χ = 0.
    """
    decay = torch.exp(-problem.mesh.xi)[:, :, None]
    rise = 1.0 - decay
    y = problem.stream
    scalars = torch.zeros_like(y[:, 0, :2])
    scalars[:, 0] = 1.0
    if problem.domain is Domain.MERIDIAN:
        return State(0.5 * (rise.square() - 1.0) * torch.ones_like(y), torch.zeros_like(y), scalars)
    bend = 2.0 * (decay.square() - rise * decay)
    omega = -(4.0 * rise * decay * problem.slope.imag + bend * y) / problem.metric
    omega[:, 0] = omega[:, -1] = 0.0
    return State(y * (rise.square() - 1.0), omega, scalars)

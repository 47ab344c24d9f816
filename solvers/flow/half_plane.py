"""Flows symmetric about the stream, solved on the upper half plane.

For a body with real map coefficients ψ and ω are odd in η: the nodes 0 < s < π determine them. A differentiation
matrix acts on odd fields as D[i, j] − D[i, n − j], integrals count twice, Γ vanishes. Half the unknowns a line make the
dense blocks an eighth of the work.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import Problem, State


def is_symmetric(coefficients: Tensor) -> bool:
    """True if every body of the batch, turned by its incidence, is symmetric about the x axis."""
    return not bool(coefficients.imag.any())


def halve(problem: Problem) -> Problem:
    """The problem on the nodes 0 < s < π, n_eta/2 − 1 of them."""
    grid, half = problem.grid, problem.grid.n_eta // 2
    upper = slice(1, half)

    def fold(matrix: Tensor) -> Tensor:
        return matrix[:, upper, upper] - matrix[:, upper, half + 1 :].flip(-1)

    return replace(
        problem,
        grid=replace(
            grid,
            eta=grid.eta[:, upper],
            eta_s=grid.eta_s[:, upper],
            quadrature=2.0 * grid.quadrature[:, upper],
            d_eta=fold(grid.d_eta),
            d_eta2=fold(grid.d_eta2),
        ),
        far_decay=fold(problem.far_decay),
        symmetric=True,
        **{
            name: getattr(problem, name)[..., upper]
            for name in ("metric", "stream", "stream_defect", "wall", "wall_normal", "far_slope", "outflow")
        },
    )


def fold_state(state: State) -> State:
    """The odd part of a state of the whole plane, on the upper nodes."""
    half = state.psi.shape[-1] // 2

    def odd(field: Tensor) -> Tensor:
        return 0.5 * (field[..., 1:half] - field[..., half + 1 :].flip(-1))

    return State(odd(state.psi), odd(state.omega), torch.stack([state.scalars[:, 0], 0.0 * state.scalars[:, 1]], dim=1))


def unfold_state(state: State) -> State:
    """The state of the whole plane that a state of the upper half plane stands for."""

    def whole(field: Tensor) -> Tensor:
        zero = torch.zeros_like(field[..., :1])
        return torch.cat([zero, field, zero, -field.flip(-1)], dim=-1)

    return State(whole(state.psi), whole(state.omega), state.scalars)

"""States of flows symmetric about the stream: of the half plane 0 ≤ η ≤ π, and of the whole plane."""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.solvers.flow.equations.state import State


def fold_state(state: State) -> State:
    """The part of a state of the whole plane that is odd in η, on the half plane; without lift."""
    half = state.phi.shape[-1] // 2

    def odd(field: Tensor) -> Tensor:
        mirrored = torch.cat([field[..., :1], field[..., half:].flip(-1)], dim=-1)
        return 0.5 * (field[..., : half + 1] - mirrored)

    scalars = torch.stack([state.scalars[:, 0], torch.zeros_like(state.scalars[:, 0])], dim=1)
    return State(odd(state.phi), odd(state.omega), scalars)


def unfold_even(state: State) -> State:
    """The disturbance of the whole plane that one on the even half plane stands for."""

    def whole(field: Tensor) -> Tensor:
        return torch.cat([field, field[..., 1:-1].flip(-1)], dim=-1)

    return State(whole(state.phi), whole(state.omega), state.scalars)


def unfold_state(state: State) -> State:
    """The state of the whole plane that a state of the half plane stands for."""

    def whole(field: Tensor) -> Tensor:
        return torch.cat([field, -field[..., 1:-1].flip(-1)], dim=-1)

    return State(whole(state.phi), whole(state.omega), state.scalars)

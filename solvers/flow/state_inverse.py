"""The state inverse: one safeguarded Newton update of an approximate flow.

    q → q − t J_R(q)⁻¹ R(q),   t from a line search on the residual norm.

It is a local inverse simulator: exact near the solution, and it refuses (says so, and keeps the state) where no step
lowers the residual.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import Problem, State, residual, residual_norm
from fusiform.solvers.flow.linear import linearise
from fusiform.solvers.flow.newton import line_search


@dataclass(frozen=True)
class StateUpdate:
    """Updated states; `reduced` (batch,) bool: the residual norm fell; `norm_before`, `norm_after` (batch,)."""

    state: State
    reduced: Tensor
    norm_before: Tensor
    norm_after: Tensor


@torch.no_grad()
def state_inverse(problem: Problem, state: State) -> StateUpdate:
    """One update of each case of a batch; cases whose residual would not fall keep their state."""
    r = residual(problem, state)
    before = residual_norm(problem, r)
    step = linearise(problem, state).solve(r)
    updated, after, reduced = line_search(problem, state, step, before)
    return StateUpdate(updated, reduced, before, after)

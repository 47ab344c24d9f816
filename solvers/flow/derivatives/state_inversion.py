"""The state inverse: one safeguarded Newton update of an approximate flow.

    q → q − t J_R(q₀)⁻¹ R(q),   t from a line search on the residual norm.

It is a local inverse simulator: exact near the solution, and it refuses (says so, and keeps the state) where no step
lowers the residual, unless the step is rounding: then the state is solved. Nearly all of its cost is the factorisation
of J_R(q₀); further steps with the same factors (chord steps) are almost free, remove the second-order error that the
first one leaves, and their length tells how far the state still is from the solution, which the residual norm alone
does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import essential, residual, residual_norm
from fusiform.solvers.flow.steady.newton import ROUNDING, line_search, relative_update


@dataclass(frozen=True)
class StateUpdate:
    """Updated states of a batch.

    `reduced` (batch,) bool: the first step lowered the residual norm, or was rounding; `norm_before`, `norm_after`
    (batch,); `last_step` (batch,): relative size of the last step that was tried, an estimate of the error before that
    step; `linearisation`: the factors of all steps.
    """

    state: State
    reduced: Tensor
    norm_before: Tensor
    norm_after: Tensor
    last_step: Tensor
    linearisation: Linearisation


@torch.no_grad()
def state_inverse(problem: Problem, state: State, chord_steps: int = 0) -> StateUpdate:
    """One update of each case of a batch and up to `chord_steps` more with the same factors.

    A case whose residual would not fall keeps its state from there on; at a solution that is rounding (`ROUNDING`).
    """
    state = State(*essential(problem, state), state.scalars)
    r = residual(problem, state)
    before = after = residual_norm(problem, r)
    factors = linearise(problem, state)
    reduced = going = torch.ones_like(before, dtype=torch.bool)
    last = torch.full_like(before, torch.inf)
    for count in range(1 + chord_steps):
        step = factors.solve(r)
        size = relative_update(step, state)
        last = torch.where(going, size, last)
        trial, trial_r, norm, lowered = line_search(problem, state, step, after)
        reduced = lowered | (size < ROUNDING) if count == 0 else reduced
        going = going & lowered
        state, r, after = trial.where(going, state), trial_r.where(going, r), torch.where(going, norm, after)
        if not bool(going.any()):
            break
    return StateUpdate(state, reduced, before, after, last, factors)


@dataclass(frozen=True)
class UpdatedState:
    """A state after one or more updates, see `updated_state`.

    `arrived`: the last step was below the tolerance; `updates`: factorisations spent; `norm_before`: residual norm
    ahead of the first update; `norm_after`, `last_step`, `linearisation`: of the last update.
    """

    state: State
    arrived: bool
    updates: int
    norm_before: float
    norm_after: float
    last_step: float
    linearisation: Linearisation


def updated_state(
    problem: Problem, state: State, *, max_updates: int, chord_steps: int, tolerance: float
) -> UpdatedState:
    """Update the state of one case until its last step is below `tolerance`, an update is refused, or all are spent.

    `chord_steps`: of each of the `max_updates` (at least 1) updates, see `state_inverse`.
    """
    first = update = state_inverse(problem, state, chord_steps)
    spent = 1
    while bool(update.reduced) and float(update.last_step) >= tolerance and spent < max_updates:
        update, spent = state_inverse(problem, update.state, chord_steps), spent + 1
    last = float(update.last_step)
    return UpdatedState(
        state=update.state,
        arrived=bool(update.reduced) and last < tolerance,
        updates=spent,
        norm_before=float(first.norm_before),
        norm_after=float(update.norm_after),
        last_step=last,
        linearisation=update.linearisation,
    )

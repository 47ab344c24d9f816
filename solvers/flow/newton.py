"""Newton's method for a batch of steady flows: damped by a line search, each factorisation used for as long as it pays.

A factorisation costs as much as ten to twenty solves with it. After each Newton step the same factors serve chord steps
q → q − J(q₀)⁻¹ R(q) while every step is at most `CONTRACTION` times the last one; when they contract no more, the
Jacobian is factorised anew (Shamanskii's method).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import Problem, State, residual, residual_norm
from fusiform.solvers.flow.linear import Linearisation, linearise

MAX_NEWTON_STEPS = 25
MAX_CHORD_STEPS = 16
CHORD_START = 0.3
CONTRACTION = 0.3
LINE_SEARCH_FACTORS = (1.0, 0.5, 0.25, 0.1, 0.03)


@dataclass(frozen=True)
class NewtonResult:
    """States of a batch after Newton's method.

    `update` (batch,): the last relative change (`relative_update`); `factorisations` (batch,): how many were made;
    `linearisation`: the last one of each case.
    """

    state: State
    update: Tensor
    factorisations: Tensor
    linearisation: Linearisation


def relative_update(step: State, state: State) -> Tensor:
    """Largest change of the vorticity over the largest vorticity, or of Q, Γ over U d if that is larger, (batch,)."""
    return torch.maximum(step.omega.abs().amax((1, 2)) / state.omega.abs().amax((1, 2)), step.scalars.abs().amax(1))


def line_search(problem: Problem, state: State, step: State, norm: Tensor) -> tuple[State, Tensor, Tensor]:
    """The state after the longest of a few fractions of −step that lowers the residual norm, by case.

    Returns the new state, its norm, and a mask (batch,) of the cases whose norm fell; the others keep their state.
    """
    best, best_norm = state, norm
    lowered = torch.zeros_like(norm, dtype=torch.bool)
    for factor in LINE_SEARCH_FACTORS:
        trial = state + step.scaled(torch.full_like(norm, -factor))
        trial_norm = residual_norm(problem, residual(problem, trial))
        better = ~lowered & (trial_norm < norm)
        best, best_norm = trial.where(better, best), torch.where(better, trial_norm, best_norm)
        lowered = lowered | better
        if bool(lowered.all()):
            break
    return best, best_norm, lowered


def _chord_steps(
    problem: Problem, linearisation: Linearisation, state: State, update: Tensor, tolerance: float
) -> tuple[State, Tensor]:
    """Further steps with the same factors, case by case for as long as they contract; state and last update."""
    going = (update < CHORD_START) & (update >= tolerance)
    for _ in range(MAX_CHORD_STEPS):
        if not bool(going.any()):
            break
        step = linearisation.solve(residual(problem, state))
        size = relative_update(step, state)
        going = going & (size < CONTRACTION * update)
        state = (state + step.scaled(torch.full_like(size, -1.0))).where(going, state)
        update = torch.where(going, size, update)
        going = going & (update >= tolerance)
    return state, update


@torch.no_grad()
def newton(problem: Problem, start: State, tolerance: float) -> NewtonResult:
    """Solve R(q) = 0 from `start` until the last relative update of a case is below `tolerance`.

    A case ends without that after `MAX_NEWTON_STEPS` factorisations, or when no step lowers the residual.
    """
    state, count = start, start.scalars.shape[0]
    update = torch.full_like(start.scalars[:, 0], torch.inf)
    factorisations = torch.zeros_like(update)
    active = torch.arange(count, device=update.device)
    finished: list[tuple[Tensor, Linearisation]] = []
    for iteration in range(MAX_NEWTON_STEPS):
        part = problem if len(active) == count else problem.select(active)
        now = state.select(active)
        r = residual(part, now)
        linearisation = linearise(part, now)
        step = linearisation.solve(r)
        new, _, lowered = line_search(part, now, step, residual_norm(part, r))
        size = torch.where(lowered, relative_update(step, new), torch.inf)
        new, size = _chord_steps(part, linearisation, new, size, tolerance)
        state = state.replace(active, new)
        update[active], factorisations[active] = size, factorisations[active] + 1
        done = ~lowered | (size < tolerance) | (iteration == MAX_NEWTON_STEPS - 1)
        finished.append((active[done], linearisation if bool(done.all()) else linearisation.select(done)))
        active = active[~done]
        if len(active) == 0:
            break
    if len(finished) == 1:
        return NewtonResult(state, update, factorisations, finished[0][1])
    order = torch.argsort(torch.cat([index for index, _ in finished]))
    parts = Linearisation.concatenate([part for _, part in finished])
    return NewtonResult(state, update, factorisations, parts if count == 1 else parts.select(order))

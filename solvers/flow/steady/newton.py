"""Newton's method for a batch of steady flows: damped by a line search, each factorisation used for as long as it pays.

A factorisation costs as much as six chord steps. After each Newton step the same factors serve chord steps
q → q − J(q₀)⁻¹ R(q) while every step is at most `contraction` times the last one and six more will do; then the
Jacobian is factorised anew (Shamanskii's method). The contraction foretells the next chord step, so that the last one
need not be made.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import essential, residual, residual_norm

LINE_SEARCH_FACTORS = (1.0, 0.5, 0.25, 0.1, 0.03)
PATIENCE, FASTEST = 6, 0.1
ROUNDING = 1e-9  # relative length of a step below which a residual that does not fall is solved to rounding


@dataclass(frozen=True)
class NewtonSettings:
    """Constants of Newton's method.

    `factorisations`, `chord_steps`: the most of a solve, and of one factorisation. Chord steps begin once a Newton step
    was shorter than `chord_start` and go on while each is at most `contraction` times the last one.
    """

    factorisations: int = 25
    chord_steps: int = 16
    chord_start: float = 0.8
    contraction: float = 0.6


QUICK = NewtonSettings()
CAREFUL = NewtonSettings(chord_start=0.3, contraction=0.3)


@dataclass(frozen=True)
class NewtonResult:
    """States of a batch after Newton's method.

    `update` (batch,): a bound on the relative change (`relative_update`) that the next step would make;
    `factorisations` (batch,): how many were made; `linearisation`: the last one of each case.
    """

    state: State
    update: Tensor
    factorisations: Tensor
    linearisation: Linearisation


def is_solution(result: NewtonResult, tolerance: float) -> Tensor:
    """True where Newton's method arrived, and at a positive drag, (batch,); without it the elements alone solve it."""
    return (result.update < tolerance) & (result.state.scalars[:, 0] > 0.0)


def relative_update(step: State, state: State) -> Tensor:
    """Largest change of the vorticity over the largest vorticity, or of Q, Γ over U d if that is larger, (batch,)."""
    largest = step.omega.abs().amax((1, 2)) / state.omega.abs().amax((1, 2))
    return torch.maximum(largest, step.scalars.abs().amax(1))


def line_search(problem: Problem, state: State, step: State, norm: Tensor) -> tuple[State, State, Tensor, Tensor]:
    """The state after the longest of a few fractions of −step that lowers the residual norm, by case.

    Returns the new state, its residual and norm, and a mask (batch,) of the cases whose norm fell; the others keep
    their state.
    """
    best, best_residual, best_norm = state, state, norm
    lowered = torch.zeros_like(norm, dtype=torch.bool)
    for factor in LINE_SEARCH_FACTORS:
        trial = state + step.scaled(torch.full_like(norm, -factor))
        trial_residual = residual(problem, trial)
        trial_norm = residual_norm(problem, trial_residual)
        better = ~lowered & (trial_norm < norm)
        if bool(better.all()):
            return trial, trial_residual, trial_norm, better
        best, best_norm = trial.where(better, best), torch.where(better, trial_norm, best_norm)
        best_residual = trial_residual.where(better, best_residual)
        lowered = lowered | better
        if bool(lowered.all()):
            break
    return best, best_residual, best_norm, lowered


def _chord_steps(
    problem: Problem,
    linearisation: Linearisation,
    state: State,
    r: State,
    update: Tensor,
    tolerance: float,
    settings: NewtonSettings,
) -> tuple[State, Tensor]:
    """Further steps with the same factors, case by case for as long as they contract; state and `NewtonResult.update`.

    Chord steps after a Newton step e contract by about J⁻¹J'e, of which the first one has only half; and modes that
    hardly contract may come out late, wherefore no rate is believed to be below `FASTEST`.
    """
    last, going = update, (update < settings.chord_start) & (update >= tolerance)
    for count in range(settings.chord_steps):
        if not bool(going.any()):
            break
        step = linearisation.solve(residual(problem, state) if count else r)
        size = relative_update(step, state)
        rate = size / last
        going = going & (rate < settings.contraction) & (size * rate**PATIENCE < tolerance)
        state = (state - step).where(going, state)
        ahead = size * (2.0 * rate).clamp(FASTEST, 1.0)
        update, last = torch.where(going, ahead, update), torch.where(going, size, last)
        going = going & (update >= tolerance)
    return state, update


@torch.inference_mode()
def newton(
    problem: Problem,
    start: State,
    tolerance: float,
    settings: NewtonSettings = QUICK,
    factors: Linearisation | None = None,
) -> NewtonResult:
    """Solve R(q) = 0 from `start` until the next relative update of a case will be below `tolerance`.

    A case ends without that after all `settings.factorisations`, or when no step lowers the residual; at a solution,
    whose residual is rounding, no step does, but there it is short. `factors`: of similar problems, which serve the
    first steps. All but the linearisation are ordinary tensors, through which autograd may go.
    """
    state, count = State(*essential(problem, start), start.scalars), start.scalars.shape[0]
    update = torch.full_like(start.scalars[:, 0], torch.inf)
    factorisations = torch.zeros_like(update)
    active = torch.arange(count, device=update.device)
    finished: list[tuple[Tensor, Linearisation]] = []
    for iteration in range(settings.factorisations):
        everything = len(active) == count
        part, now = (problem, state) if everything else (problem.select(active), state.select(active))
        r = residual(part, now)
        similar = factors if iteration == 0 else None
        linearisation = similar or linearise(part, now)
        step = linearisation.solve(r)
        new, r, _, lowered = line_search(part, now, step, residual_norm(part, r))
        size = relative_update(step, new)
        size = torch.where(lowered | (size < min(tolerance, ROUNDING)), size, torch.inf)
        new, size = _chord_steps(part, linearisation, new, r, size, tolerance, settings)
        state = new if everything else state.replace(active, new)
        update[active], factorisations[active] = size, factorisations[active] + (similar is None)
        failed = ~lowered & (similar is None)
        done = failed | (size < tolerance) | (iteration == settings.factorisations - 1)
        if bool(done.any()):
            finished.append((active[done], linearisation if bool(done.all()) else linearisation.select(done)))
        active = active[~done]
        if len(active) == 0:
            break
    factors = finished[0][1]
    if len(finished) > 1:
        order = torch.argsort(torch.cat([index for index, _ in finished]))
        factors = Linearisation.concatenate([part for _, part in finished]).select(order)
    with torch.inference_mode(False):
        state = State(*(t.clone() for t in vars(state).values()))
        return NewtonResult(state, update.clone(), factorisations.clone(), factors)

"""Newton's method for a batch of steady flows, safeguarded by a line search on the residual."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import Problem, State, force, make_problem, residual, residual_norm
from fusiform.solvers.flow.grid import Resolution, make_grid
from fusiform.solvers.flow.linear import Linearisation, linearise
from fusiform.solvers.geometry import laurent

MAX_NEWTON_STEPS = 25
CHORD_THRESHOLD = 1e-2
MAX_CHORD_STEPS = 12
TOLERANCE = 1e-9
LINE_SEARCH_FACTORS = (1.0, 0.5, 0.25, 0.1, 0.03)


@dataclass(frozen=True)
class FlowBatch:
    """Steady flows of a batch, ρ = U = d = 1.

    `coefficients` (batch, K) at incidence; `converged` (batch,) bool; `update` (batch,): the last relative change of
    the state (`relative_update`); `linear_solves` (batch,): factorisations; `linearisation`: the Jacobian,
    factorised at the solution to within the last Newton step, shared with the adjoint.
    """

    coefficients: Tensor
    reynolds: Tensor
    problem: Problem
    state: State
    linearisation: Linearisation
    converged: Tensor
    update: Tensor
    linear_solves: Tensor

    @property
    def force_coefficients(self) -> tuple[Tensor, Tensor]:
        """Pressure and friction parts, each (batch,), complex C_D + i C_L."""
        pressure, friction = force(self.problem, self.state.omega)
        return 2.0 * pressure, 2.0 * friction


def cold_start(problem: Problem, coefficients: Tensor) -> State:
    """ψ = Im z (1 − e^{−ξ})², the vorticity that belongs to it, and Q = 1, Γ = 0."""
    grid = problem.grid
    stream = laurent.z(coefficients, grid.zeta).imag
    psi = stream * (1.0 - torch.exp(-grid.xi[:, :, None])) ** 2
    scalars = torch.stack([torch.ones_like(psi[:, 0, 0]), torch.zeros_like(psi[:, 0, 0])], dim=1)
    at_rest = residual(problem, State(psi, torch.zeros_like(psi), scalars))
    omega = -at_rest.psi / problem.metric
    omega[:, 0] = omega[:, -1] = 0.0
    return State(psi, omega, scalars)


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


@torch.no_grad()
def solve_batch(
    coefficients: Tensor, reynolds: Tensor, resolution: Resolution, start: State | None = None
) -> FlowBatch:
    """Solve the steady flow past a batch of bodies.

    `coefficients` (batch, K) complex, turned by the incidence (`laurent.rotate`); `reynolds` (batch,); `start` an
    approximate state on the same resolution (default: cold). Newton until the state changes by less than 1 %, case by
    case; then one factorisation of all cases at that state, used for chord steps down to `TOLERANCE` and kept.
    """
    problem = make_problem(coefficients, reynolds, make_grid(coefficients, reynolds, resolution))
    state = cold_start(problem, coefficients) if start is None else start
    solves = torch.zeros_like(reynolds, dtype=torch.long)
    active = torch.arange(reynolds.shape[0], device=reynolds.device)
    for _ in range(MAX_NEWTON_STEPS):
        part = problem if len(active) == len(reynolds) else _sub_problem(coefficients, reynolds, resolution, active)
        now = state.select(active)
        r = residual(part, now)
        step = linearise(part, now).solve(r)
        solves[active] += 1
        new, _, lowered = line_search(part, now, step, residual_norm(part, r))
        state = state.replace(active, new)
        active = active[lowered & (relative_update(step, new) > CHORD_THRESHOLD)]
        if len(active) == 0:
            break
    return _finish(coefficients, reynolds, problem, state, solves)


def _sub_problem(coefficients: Tensor, reynolds: Tensor, resolution: Resolution, index: Tensor) -> Problem:
    grid = make_grid(coefficients[index], reynolds[index], resolution)
    return make_problem(coefficients[index], reynolds[index], grid)


def _finish(coefficients: Tensor, reynolds: Tensor, problem: Problem, state: State, solves: Tensor) -> FlowBatch:
    """Factorise once at a nearly converged state and take chord steps until nothing moves."""
    linearisation = linearise(problem, state)
    update = torch.full_like(reynolds, torch.inf)
    going = torch.ones_like(reynolds, dtype=torch.bool)
    for _ in range(MAX_CHORD_STEPS):
        step = linearisation.solve(residual(problem, state))
        size = relative_update(step, state)
        going = going & (size < update)
        update = torch.where(going, size, update)
        state = (state + step.scaled(torch.full_like(update, -1.0))).where(going, state)
        going = going & (update >= TOLERANCE)
        if not bool(going.any()):
            break
    converged = update < TOLERANCE
    return FlowBatch(coefficients, reynolds, problem, state, linearisation, converged, update, solves + 1)

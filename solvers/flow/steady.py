"""Steady flows of a batch of bodies: from coarse grids to the requested one, by continuation where that fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import Problem, State, discretise, force_coefficients, residual
from fusiform.solvers.flow.half_plane import fold_state, halve, is_symmetric, unfold_state
from fusiform.solvers.flow.linear import Linearisation, linearise
from fusiform.solvers.flow.newton import NewtonResult, newton
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.transfer import transfer

TOLERANCE, COARSE_TOLERANCE = 1e-10, 1e-3
COARSEST_ANGLES = 40
FIRST_STEP, SMALLEST_STEP, STEP_GROWTH = 0.2, 0.01, 1.6


@dataclass(frozen=True)
class FlowBatch:
    """Steady flows of a batch, ρ = U = d = 1.

    `coefficients` (batch, K) at incidence; `converged` (batch,) bool; `update` (batch,): the last relative change of
    the state; `linear_solves` (batch,): factorisations, those on coarser grids counted by their share of the work;
    `continued` (batch,) bool: a path of neighbouring problems led there. `solved`, `unknowns`, `linearisation`:
    problem, state and factorised Jacobian as they were solved, on the upper half plane where `solved.symmetric`; the
    Jacobian is that of a state close to the solution and is shared with the adjoint.
    """

    coefficients: Tensor
    reynolds: Tensor
    resolution: Resolution
    solved: Problem
    unknowns: State
    linearisation: Linearisation
    converged: Tensor
    update: Tensor
    linear_solves: Tensor
    continued: Tensor

    @cached_property
    def problem(self) -> Problem:
        """The problem on the whole plane."""
        if not self.solved.symmetric:
            return self.solved
        with torch.inference_mode(False):  # kept, and differentiated later
            return discretise(self.coefficients, self.reynolds, self.resolution)

    @cached_property
    def state(self) -> State:
        """The state on the whole plane."""
        with torch.inference_mode(False):
            return unfold_state(self.unknowns) if self.solved.symmetric else self.unknowns

    @property
    def force_coefficients(self) -> tuple[Tensor, Tensor]:
        """Pressure and friction parts, each (batch,), complex C_D + i C_L."""
        return force_coefficients(self.solved, self.unknowns.omega)

    def linearised_along(self, direction: Tensor) -> tuple[Problem, State, Linearisation]:
        """Problem, state and factorised Jacobian for derivatives along a complex `direction` of any shape.

        On the half plane where the flow was solved there and the direction is real, along which it stays symmetric;
        else on the whole plane, whose Jacobian is factorised anew if the flow was solved on the half.
        """
        if not self.solved.symmetric or not bool(direction.imag.any()):
            return self.solved, self.unknowns, self.linearisation
        return self.problem, self.state, linearise(self.problem, self.state)


def cold_start(problem: Problem) -> State:
    """ψ = y (1 − e^{−ξ})², the vorticity that belongs to it, and Q = 1, Γ = 0."""
    psi = problem.stream * (1.0 - torch.exp(-problem.grid.xi[:, :, None])) ** 2
    scalars = torch.stack([torch.ones_like(psi[:, 0, 0]), torch.zeros_like(psi[:, 0, 0])], dim=1)
    at_rest = residual(problem, State(psi, torch.zeros_like(psi), scalars))
    omega = -at_rest.psi / problem.metric
    omega[:, 0] = omega[:, -1] = 0.0
    return State(psi, omega, scalars)


class _Grid:
    """One resolution for a batch of bodies: how to discretise, start and solve on it."""

    def __init__(self, coefficients: Tensor, reynolds: Tensor, resolution: Resolution, symmetric: bool) -> None:
        self.resolution, self.symmetric = resolution, symmetric
        self.coefficients, self.reynolds = coefficients, reynolds
        self.whole = discretise(coefficients, reynolds, resolution)
        self.problem = halve(self.whole) if self.symmetric else self.whole

    def solve(self, start: State, tolerance: float) -> NewtonResult:
        """Newton's method from a state of the whole plane."""
        return newton(self.problem, fold_state(start) if self.symmetric else start, tolerance)

    def whole_state(self, state: State) -> State:
        return unfold_state(state) if self.symmetric else state

    def start(self) -> tuple[State, Tensor]:
        """A state of the whole plane from coarser grids, and what it cost in factorisations of this grid, (batch,)."""
        cold = cold_start(self.whole)
        if self.resolution.n_eta <= COARSEST_ANGLES:
            return cold, torch.zeros_like(self.reynolds)
        coarse = _Grid(self.coefficients, self.reynolds, coarser(self.resolution), self.symmetric)
        first, spent = coarse.start()
        result = coarse.solve(first, COARSE_TOLERANCE)
        moved = transfer(coarse.whole_state(result.state), coarse.whole, self.whole)
        work, coarse_work = (r.n_xi * r.n_eta**3 for r in (self.resolution, coarse.resolution))
        return moved.where(result.update < COARSE_TOLERANCE, cold), coarse_work / work * (spent + result.factorisations)


def coarser(resolution: Resolution) -> Resolution:
    """About half the lines and angles, at least 24 and 32."""
    return Resolution(max(24, resolution.n_xi // 4 * 2), max(32, resolution.n_eta // 4 * 2))


@torch.no_grad()
def solve_batch(
    coefficients: Tensor,
    reynolds: Tensor,
    resolution: Resolution,
    start: State | None = None,
    *,
    continuation: bool = True,
) -> FlowBatch:
    """Solve the steady flow past a batch of bodies.

    `coefficients` (batch, K) complex, turned by the incidence (`laurent.rotate`); `reynolds` (batch,); `start` an
    approximate state on the same resolution (default: from coarser grids). A case that fails is tried again by
    `continuation`, first in the Reynolds number, then in the shape.
    """
    grid = _Grid(coefficients, reynolds, resolution, is_symmetric(coefficients))
    state, spent = grid.start() if start is None else (start, torch.zeros_like(reynolds))
    flow = _flow(grid, grid.solve(state, TOLERANCE), spent)
    failed = torch.nonzero(~flow.converged)[:, 0].tolist() if continuation else []
    for index in failed:
        case = slice(index, index + 1)
        for path in (_reynolds_path, _shape_path):
            answer = _follow(path(coefficients[case], reynolds[case]), resolution, grid.symmetric)
            flow.linear_solves[case] += answer.linear_solves
            if bool(answer.converged):
                flow = _replaced(flow, index, answer)
                break
    return flow


def _flow(grid: _Grid, result: NewtonResult, spent: Tensor, continued: bool = False) -> FlowBatch:
    return FlowBatch(
        coefficients=grid.coefficients,
        reynolds=grid.reynolds,
        resolution=grid.resolution,
        solved=grid.problem,
        unknowns=result.state,
        linearisation=result.linearisation,
        converged=result.update < TOLERANCE,
        update=result.update,
        linear_solves=result.factorisations + spent,
        continued=torch.full_like(grid.reynolds, continued, dtype=torch.bool),
    )


def _replaced(flow: FlowBatch, index: int, answer: FlowBatch) -> FlowBatch:
    """The batch with one case replaced; its count of linear solves stays."""
    at = torch.tensor([index], device=flow.reynolds.device)
    for name in ("converged", "update", "continued"):
        getattr(flow, name)[at] = getattr(answer, name)
    order = torch.arange(len(flow.reynolds), device=at.device)
    order[at] = len(flow.reynolds)
    return replace(
        flow,
        unknowns=flow.unknowns.replace(at, answer.unknowns),
        linearisation=Linearisation.concatenate([flow.linearisation, answer.linearisation]).select(order),
    )


Path = Callable[[float], tuple[Tensor, Tensor]]


def _reynolds_path(coefficients: Tensor, reynolds: Tensor) -> Path:
    """From a twentieth of the Reynolds number, in equal steps of its logarithm."""
    return lambda fraction: (coefficients, reynolds * 20.0 ** (fraction - 1.0))


def _shape_path(coefficients: Tensor, reynolds: Tensor) -> Path:
    """From the circle, at the given Reynolds number."""
    return lambda fraction: (coefficients * fraction, reynolds)


def _follow(path: Path, resolution: Resolution, symmetric: bool) -> FlowBatch:
    """Solve along a path of problems from 0 to 1, extrapolating, with the largest steps that still converge."""
    fraction, step = 0.0, FIRST_STEP
    grid = _Grid(*path(0.0), resolution, symmetric)
    state, spent = grid.start()
    result = grid.solve(state, COARSE_TOLERANCE)
    spent = spent + result.factorisations
    before: tuple[float, State] | None = None
    while bool(result.update < COARSE_TOLERANCE) and fraction < 1.0 and step >= SMALLEST_STEP:
        here = _perturbation(grid, result.state)
        trial = min(1.0, fraction + step)
        ahead = here
        if before is not None:
            ratio = torch.full_like(spent, (trial - fraction) / (fraction - before[0]))
            ahead = here + (here + before[1].scaled(-torch.ones_like(ratio))).scaled(ratio)
        new_grid = _Grid(*path(trial), resolution, symmetric)
        start = State(ahead.psi + new_grid.whole.stream, ahead.omega, ahead.scalars)
        new = new_grid.solve(start, TOLERANCE if trial == 1.0 else COARSE_TOLERANCE)
        spent = spent + new.factorisations
        if bool(new.update < COARSE_TOLERANCE):
            before, fraction, grid, result = (fraction, here), trial, new_grid, new
            step *= STEP_GROWTH
        else:
            step *= 0.4
    arrived = result if fraction == 1.0 else replace(result, update=torch.full_like(spent, torch.inf))
    return _flow(grid, arrived, spent, continued=True)


def _perturbation(grid: _Grid, state: State) -> State:
    """(ψ − y, ω, Q, Γ) on the whole plane."""
    whole = grid.whole_state(state)
    return State(whole.psi - grid.whole.stream, whole.omega, whole.scalars)

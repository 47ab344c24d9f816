"""Levels by the error that they deliver: finer ones until the estimated error of drag and lift is small enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation
from fusiform.solvers.flow.discretisation.extent import height, section_reynolds
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.discretisation.mesh import Mesh
from fusiform.solvers.flow.equations.problem import Problem, discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.transfer import transfer
from fusiform.solvers.flow.equations.weak_form import force_coefficients
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.error_estimate import ErrorEstimate
from fusiform.solvers.flow.steady.flow_batch import FlowBatch
from fusiform.solvers.flow.steady.levels import LEVELS, least_layers, level, work
from fusiform.solvers.flow.steady.newton import CAREFUL, QUICK, NewtonResult, is_solution, newton
from fusiform.solvers.flow.steady.steady import TOLERANCE, along_paths, domain_of, flow_of
from fusiform.solvers.grids import DRAG_ERRORS

LIFT_FLOOR = 0.1
LEVEL_TOLERANCE = 3e-4
CONTINUATION_LEVEL = 2


@dataclass(frozen=True)
class Accuracy:
    """Relative errors of drag and lift that a solution may have, and the number of the level that is tried first.

    The lift's is relative to the lift or to a tenth of the drag, whichever is larger.
    """

    drag: float
    lift: float
    first: int

    def resolution(self, coefficients: Tensor, reynolds: Tensor, domain: Domain = Domain.PLANE) -> Resolution:
        """The level after the first, on which the error is likely to be small enough, for all bodies of a batch.

        `coefficients` (batch, K) at incidence, `reynolds` (batch,), `domain` one of the plane or the meridian. The body
        that needs most decides.
        """
        least = least_layers(coefficients, reynolds, domain)
        reynolds = section_reynolds(coefficients, reynolds, domain)
        bodies = zip(reynolds.tolist(), height(coefficients).tolist(), strict=True)
        return max((level(r, self.first + 1, h, least) for r, h in bodies), key=work)

    def shares(self, forces: complex, error: complex) -> tuple[float, float]:
        """The errors of drag and lift over what they are relative to."""
        scale = max(abs(forces.imag), LIFT_FLOOR * abs(forces.real))
        return abs(error.real) / abs(forces.real), abs(error.imag) / scale

    def relative(self, forces: complex, error: complex) -> float:
        """The larger of the two errors in units of what is allowed."""
        drag, lift = self.shares(forces, error)
        return max(drag / self.drag, lift / self.lift)


ACCURACIES: dict[str, Accuracy] = {
    "coarse": Accuracy(DRAG_ERRORS["coarse"], 0.03, 0),
    "standard": Accuracy(DRAG_ERRORS["standard"], 0.01, 1),
    "fine": Accuracy(DRAG_ERRORS["fine"], 0.003, 1),
}


@dataclass(frozen=True)
class _Level:
    """One body's flow on level `number`; `spent`: factorisations, in units of the level's own; `below`: the level that
    was solved before it."""

    number: int
    problem: Problem
    result: NewtonResult
    spent: float
    tolerance: float = TOLERANCE
    continued: bool = False
    below: _Level | None = None

    @property
    def arrived(self) -> bool:
        """True if it is a solution, to its tolerance."""
        return bool(is_solution(self.result, self.tolerance))

    @cached_property
    def parts(self) -> Tensor:
        """Pressure and friction parts of C_D + i C_L, (2, 1)."""
        return torch.stack(force_coefficients(self.problem, self.result.state))

    @property
    def forces(self) -> Tensor:
        """C_D + i C_L, (1,)."""
        return self.parts.sum(0)


@dataclass(frozen=True)
class _Answer:
    """The finest level that was solved, its estimate, and whether that is small enough."""

    at: _Level
    estimate: ErrorEstimate
    accurate: bool


class _Levels:
    """The levels of one body at one Reynolds number, tried until `accuracy` is met; from those of the flow `start`, and
    with their factors, while it is so similar that these contract."""

    def __init__(
        self,
        coefficients: Tensor,
        reynolds: Tensor,
        accuracy: Accuracy,
        domain: Domain,
        start: FlowBatch | None = None,
    ) -> None:
        self.coefficients, self.reynolds, self.accuracy = coefficients, reynolds, accuracy
        self.domain = domain
        self.height = float(height(coefficients))
        self.least = least_layers(coefficients, reynolds, domain)
        self.on_section = float(section_reynolds(coefficients, reynolds, domain))
        self.mesh: Mesh | None = None
        self.start = start if start is not None and start.solved.domain is self.domain else None
        self.similar = {flow.resolution: flow for flow in _with_those_below(self.start)}

    def resolution(self, number: int) -> Resolution:
        return level(self.on_section, number, self.height, self.least)

    def solve(self, number: int, before: _Level | None, tolerance: float) -> _Level:
        """Newton's method from a similar flow, or the flow `before` (default: cold); again with care if it fails."""
        problem = discretise(self.coefficients, self.reynolds, self.resolution(number), self.domain, self.mesh)
        self.mesh, spent = problem.mesh, 0.0
        if before is not None:
            spent = before.spent * work(before.problem.layout.resolution) / work(problem.layout.resolution)
        start, factors = self._start(problem, before)
        for settings in (QUICK, CAREFUL):
            result = newton(problem, start, tolerance, settings, factors)
            spent += float(result.factorisations)
            if bool(is_solution(result, tolerance)):
                break
        return _Level(number, problem, result, spent, tolerance, before is not None and before.continued, before)

    def _start(self, problem: Problem, before: _Level | None) -> tuple[State, Linearisation | None]:
        """A state near the solution, and factors that may serve: those of the similar flow, if they did on the level
        before."""
        similar = self.similar.get(problem.layout.resolution)
        if before is None:
            if similar is not None:
                return similar.unknowns, similar.linearisation
            if self.start is not None:
                return transfer(self.start.unknowns, self.start.solved, problem), None
            return cold_start(problem), None
        if similar is None or similar.below is None:
            return transfer(before.result.state, before.problem, problem), None
        change = transfer(before.result.state - similar.below.unknowns, before.problem, problem)
        return similar.unknowns + change, similar.linearisation if before.spent == 0.0 else None

    def climb(self, before: _Level) -> _Answer:
        """Finer levels than `before`, until the accuracy is met, or one fails, or none is left."""
        estimate = ErrorEstimate.unknown(before.forces)
        for number in range(before.number + 1, len(LEVELS)):
            here = self.solve(number, before, TOLERANCE)
            if not here.arrived:
                break
            estimate, before = self.estimate(before, here), here
            if self.met(here, estimate):
                return _Answer(here, estimate, True)
        return _Answer(before, estimate, False)

    def continued(self) -> _Level:
        """By continuation, on the level after the first or a finer one."""
        number = max(self.accuracy.first + 1, CONTINUATION_LEVEL)
        problem, result, spent = along_paths(self.coefficients, self.reynolds, self.resolution(number), self.domain)
        return _Level(number, problem, result, float(spent + result.factorisations), continued=True)

    def estimate(self, coarse: _Level, fine: _Level) -> ErrorEstimate:
        if not coarse.arrived:
            return ErrorEstimate.unknown(fine.forces)
        return ErrorEstimate.of(
            coarse.parts, fine.parts, self.coefficients, self.reynolds, self.domain, self.accuracy.drag
        )

    def met(self, at: _Level, estimate: ErrorEstimate) -> bool:
        return self.accuracy.relative(complex(at.forces[0]), complex(estimate.bound[0])) <= 1.0

    def found(self, answer: _Answer) -> bool:
        """True if a level after the first one was solved."""
        return answer.at.arrived and answer.at.number > self.accuracy.first

    def flow(self, at: _Level) -> FlowBatch:
        spent = torch.full_like(self.reynolds, at.spent) - at.result.factorisations
        below = self.flow(at.below) if at.below is not None else None
        return flow_of(self.coefficients, self.reynolds, at.problem, at.result, spent, at.continued, below)


def _with_those_below(flow: FlowBatch | None) -> Iterator[FlowBatch]:
    """A flow and the ones on the levels below it."""
    while flow is not None:
        yield flow
        flow = flow.below


@torch.no_grad()
def solve_to_accuracy(
    coefficients: Tensor,
    reynolds: Tensor,
    accuracy: Accuracy,
    start: FlowBatch | None = None,
    domain: Domain | None = None,
) -> tuple[FlowBatch, ErrorEstimate, bool]:
    """The flow past one body, on a level where its estimated error is below `accuracy`, with that estimate.

    `coefficients` (1, K), `reynolds` (1,). The last of the three says whether the accuracy was reached; the finest
    level is the last one of `LEVELS`. `start`: the flow past a similar body. Where Newton's method fails from there
    and from a cold start, the flow is sought by continuation. `domain`: by default `domain_of`, without an axis.
    """
    domain = domain or domain_of(coefficients)
    levels = _Levels(coefficients, reynolds, accuracy, domain, start)
    answer = levels.climb(levels.solve(accuracy.first, None, LEVEL_TOLERANCE))
    if levels.start is not None and not levels.found(answer):
        levels = _Levels(coefficients, reynolds, accuracy, domain)
        answer = levels.climb(levels.solve(accuracy.first, None, LEVEL_TOLERANCE))
    if not levels.found(answer):
        there = levels.continued()
        if there.arrived:
            answer = levels.climb(there)
    return levels.flow(answer.at), answer.estimate, answer.accurate

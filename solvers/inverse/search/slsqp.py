"""One local search: SLSQP on the objective, the shape constraints and the force constraints, guarded.

SLSQP runs in rounds that move each shape variable only so far. A trial that is no body, or that the model cannot
evaluate, makes its line search step back. The best feasible point is kept however the search ends. A point is an
optimum if its own KKT residual is small (`kkt.py`), not because SLSQP reports so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.search.evaluations import Forces, OnEvaluation
from fusiform.solvers.inverse.search.kkt import optimality
from fusiform.solvers.inverse.search.program import Candidate, Program
from fusiform.solvers.inverse.search.run.stopping import Stop, Stopped


@dataclass(frozen=True)
class Slsqp:
    """Rounds of SLSQP; lengths are in the scaled shape variables √k a_k."""

    round_iterations: int = 25
    """Iterations of a round, at most."""
    reach: float = 0.3
    """Largest move of a shape variable in the first round."""
    shorten: float = 0.3
    """Factor of the reach after a round without a better point."""
    at_bound: float = 0.99
    """Move of a shape variable in reaches from which a round ended at its bounds."""
    least_reach: float = 0.01
    """Reach below which the search ends."""
    same: float = 1e-7
    """Fall of the objective, relative to its size, below which a point is not better."""
    settle: float = 1e-5
    """Rise of the objective, relative to its size, for which the point of convergence replaces the best one, beside
    what the best one gains by its violation."""
    step_back: float = 10.0
    """Relative objective at a trial without forces, so that the line search steps back."""


SLSQP = Slsqp()


@dataclass(frozen=True)
class LocalOptimum:
    """The end of a search: the `best` point (feasible, or nearest to it) and why the search ended.

    `converged` and `message` are SciPy's, of the last round; `stop` tells an early end, or is None.
    """

    best: Candidate
    iterations: int = 0
    converged: bool = False
    message: str = ""
    stop: Stop | None = None


def local_optimum(
    program: Program,
    forces: Callable[[FloatArray], Forces | None],
    start: FloatArray,
    *,
    max_iterations: int,
    tolerance: float,
    radius: float = math.inf,
    on_evaluation: OnEvaluation = lambda x, forces: None,
    settings: Slsqp = SLSQP,
) -> LocalOptimum | None:
    """The local optimum near `start` (n,), within `radius` of it in each shape variable; None if `start` has no forces.

    `on_evaluation(x, forces)` is called at each new evaluation and may raise `Stopped`, which ends the search.
    """
    evaluations = _Evaluations(program, forces, on_evaluation, settings)
    rounds = _Rounds(evaluations, max_iterations, tolerance, settings)
    stop = None
    try:
        if evaluations.at(start) is None:
            return None
        shape = start[: program.variables.shape_size]
        rounds.run(shape - radius, shape + radius)
    except Stopped as stopped:
        stop = stopped.stop
    best = evaluations.best
    return None if best is None else LocalOptimum(best, rounds.iterations, rounds.converged, rounds.message, stop)


class _Rounds:
    """Rounds of SLSQP, each from the best point so far; `iterations`, `converged` and `message` up to the last one."""

    def __init__(self, evaluations: _Evaluations, max_iterations: int, tolerance: float, settings: Slsqp) -> None:
        self._evaluations, self._max, self._tolerance = evaluations, max_iterations, tolerance
        self._settings = settings
        self.iterations, self.converged, self.message = 0, False, ""

    def run(self, low: FloatArray, high: FloatArray) -> None:
        """Search between the bounds `low` and `high` (n_shape,) until a round converges inside its reach."""
        reach, size = self._settings.reach, len(low)
        while self.iterations < self._max and reach > self._settings.least_reach:
            before = self._best()
            shape = before.x[:size]
            end = self._round(before.x, np.clip(shape - reach, low, high), np.clip(shape + reach, low, high))
            moved = float(np.abs(self._best().x - before.x)[:size].max())
            if end.success and moved < self._settings.at_bound * reach:
                self._evaluations.settle(end.x)
                return
            if not self._best().better_than(before, self._settings.same * self._evaluations.scale):
                reach *= self._settings.shorten

    def _best(self) -> Candidate:
        best = self._evaluations.best
        assert best is not None
        return best

    def _round(self, x: FloatArray, low: FloatArray, high: FloatArray) -> OptimizeResult:
        iterations = min(self._settings.round_iterations, self._max - self.iterations)
        free = [(None, None)] * (len(x) - len(low))
        end = minimize(
            self._evaluations.objective,
            x,
            jac=True,
            method="SLSQP",
            bounds=[*zip(low, high, strict=True), *free],
            constraints=self._evaluations.constraints(),
            options={"maxiter": max(1, iterations), "ftol": self._tolerance},
        )
        self.iterations += int(end.nit)
        self.converged, self.message = bool(end.success), str(end.message).lower()
        return end


class _Evaluations:
    """Value, gradient and residuals at the points that SLSQP asks for, and the best of them."""

    def __init__(
        self,
        program: Program,
        forces: Callable[[FloatArray], Forces | None],
        on_evaluation: OnEvaluation,
        settings: Slsqp,
    ) -> None:
        self.program, self._forces, self._on_evaluation, self._settings = program, forces, on_evaluation, settings
        self.best: Candidate | None = None
        self.scale = 1.0
        self._last: tuple[Candidate, FloatArray] | None = None

    def at(self, x: FloatArray) -> tuple[Candidate, FloatArray] | None:
        """The candidate at x and its gradient (n,); None if the model has no answer."""
        if self._last is not None and np.array_equal(self._last[0].x, x):
            return self._last
        forces = self._forces(x)
        if forces is None:
            return None
        value, gradient = self.program.value(x, forces)
        if not (math.isfinite(value) and np.isfinite(gradient).all()):
            return None
        if self._last is None:
            self.scale = self.program.objective.size(value, float(np.linalg.norm(gradient)))
        trial = Candidate(x.copy(), value, forces, self.program.violation(x, forces))
        self._last = trial, gradient
        if self.best is None or trial.better_than(self.best):
            self.best = trial
        self._on_evaluation(x, forces)
        return self._last

    def settle(self, x: FloatArray) -> None:
        """Prefer the point where SLSQP converged to one that is lower within the tolerance of the constraints.

        A violation v of the force constraints lowers the objective by λ v, with their multipliers λ.
        """
        evaluated, best = self.at(x), self.best
        if evaluated is not None and best is not None and evaluated[0].feasible:
            multiplier = optimality(self.program, x, evaluated[0].forces, self.scale).force_multiplier_sum
            gain = multiplier * self.program.force_violation(best.x, best.forces)
            allowed = best.value + gain + self._settings.settle * self.scale
            self.best = evaluated[0] if evaluated[0].value < allowed else best

    def objective(self, x: FloatArray) -> tuple[float, FloatArray]:
        evaluated = self.at(x)
        if evaluated is None:
            slope = np.zeros(len(x)) if self._last is None else self._last[1]
            return self._settings.step_back, slope / self.scale
        return evaluated[0].value / self.scale, evaluated[1] / self.scale

    def residuals(self, x: FloatArray, equality: bool) -> tuple[FloatArray, FloatArray]:
        """Force residuals and slopes at x; with the last forces if the model has no answer there."""
        evaluated = self.at(x) or self._last
        assert evaluated is not None
        return self.program.force_residuals(x, evaluated[0].forces, equality)

    def constraints(self) -> list[dict[str, object]]:
        """All constraints as SciPy takes them."""
        variables = self.program.variables
        shape = {"type": "ineq", "fun": variables.values, "jac": variables.jacobian}
        kinds = {c.equality for c in self.program.conditions}
        kinds |= {False} if self.program.min_confidence > 0.0 else set()
        return [shape, *(self._force_constraints(equality) for equality in sorted(kinds))]

    def _force_constraints(self, equality: bool) -> dict[str, object]:
        return {
            "type": "eq" if equality else "ineq",
            "fun": lambda x: self.residuals(x, equality)[0],
            "jac": lambda x: self.residuals(x, equality)[1],
        }

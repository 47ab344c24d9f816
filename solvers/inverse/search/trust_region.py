"""An optimum of the solver with few solves: the model, corrected to first order, inside a trust region.

At the current body x_k the solver gives the forces and their derivatives (one adjoint solve for each). The corrected
model (`corrected_model.py`) is minimised under all constraints with |x − x_k|_∞ ≤ Δ; the new body is accepted where the
solver's own merit falls, and Δ follows the ratio of actual to predicted fall and the last step: the model may have
lower minima far away that the solver does not have. First-order consistency and the trust region make the iteration
converge to an optimum of the solver for any model (N. Alexandrov et al., Structural Optimization 15, 1998), and
a good model makes it short. It ends when the optimality conditions hold with the solver's gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.search.corrected_model import CorrectedModel, Evaluated
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.feasibility import nearest_feasible
from fusiform.solvers.inverse.search.kkt import Optimality, optimality
from fusiform.solvers.inverse.search.program import TOLERANCES, Candidate, Program
from fusiform.solvers.inverse.search.restoration import TIGHTENINGS
from fusiform.solvers.inverse.search.run.iterate import Phase
from fusiform.solvers.inverse.search.run.outcome import OptimizationOutcome
from fusiform.solvers.inverse.search.run.stopping import Stop, Stopped
from fusiform.solvers.inverse.search.run_record import Run
from fusiform.solvers.inverse.search.slsqp import LocalOptimum, local_optimum


@dataclass(frozen=True)
class TrustRegion:
    """The trust region and its subproblems; radii are in the scaled shape variables √k a_k."""

    first_radius: float = 0.2
    """Radius Δ of the first subproblem."""
    least_radius: float = 1e-5
    """Radius below which the run ends."""
    greatest_radius: float = 1.0
    """Radius beyond which Δ does not grow."""
    grow: float = 2.0
    """Factor of Δ after a good step that reached the boundary."""
    shrink: float = 0.5
    """Factor of Δ after a poor step."""
    good: float = 0.75
    """Ratio of actual to predicted fall from which a step is good."""
    poor: float = 0.25
    """Ratio of actual to predicted fall below which a step is poor."""
    accept: float = 1e-4
    """Ratio of actual to predicted fall from which a step is accepted."""
    far: float = 3.0
    """Δ after an accepted step, at most, in lengths of it."""
    near: float = 0.02
    """Least Δ after an accepted step, in first radii."""
    at_boundary: float = 0.9
    """Length of a step in radii from which it reached the boundary."""
    violation: float = 10.0
    """Largest violation of a certified body, in units of `Tolerances.feasible`."""
    max_steps: int = 25
    """Solver evaluations after the first, at most."""
    tolerance: float = 1e-10
    """Tolerance of the subproblems' SLSQP."""
    iterations: int = 60
    """Iterations of the subproblems' SLSQP, at most."""
    least_fall: float = 1e-9
    """Predicted fall, relative to the objective's size, below which the solver is not asked."""
    steep: float = 1e3
    """Penalty of the merit for violations of the shape constraints."""
    coarse: float = 5e-3
    """Violation between the sampled points of the outline from which it counts in the merit."""


TRUST_REGION = TrustRegion()


@dataclass(frozen=True)
class Certificate:
    """The end of a certified run: the `best` body with the solver's forces, the solver's `optimality` there, the
    `outcome` (`CERTIFIED`, `NOT_CERTIFIED` or that of the `stop`), and a sentence."""

    best: Candidate
    optimality: Optimality
    outcome: OptimizationOutcome
    status: str
    stop: Stop | None


def certification(run: Run, optimum: LocalOptimum, start: FloatArray, scale: float) -> Certificate | None:
    """Certify until the constraints hold between the sampled points too; None where the solver has no flow.

    The run begins at the model's `optimum`, or at `start` (n,) where the solver finds that no worse.
    """
    run.enter(Phase.CERTIFYING)
    begin = _begin(run, optimum.best.x, start)
    certificate = None
    for _ in range(TIGHTENINGS):
        certificate = certify(run, begin, scale)
        if certificate is None or certificate.outcome is not OptimizationOutcome.CERTIFIED:
            break
        if not run.variables.tighten(certificate.best.x):
            break
        run.forget_best()
        begin = nearest_feasible(run.variables, certificate.best.x).x
    return certificate


def _begin(run: Run, optimum: FloatArray, start: FloatArray) -> FloatArray:
    if run.truth is run.forces or run.program.conditions:
        return optimum
    at_optimum, at_start = run.truth(optimum), run.truth(start)
    if at_start is None:
        return optimum
    worse = at_optimum is None or run.program.value(optimum, at_optimum)[0] > run.program.value(start, at_start)[0]
    return start if worse else optimum


def certify(run: Run, start: FloatArray, scale: float, settings: TrustRegion = TRUST_REGION) -> Certificate | None:
    """Iterate from `start` (n,) until the solver's optimality residual, relative to `scale`, is below the tolerance.

    None where the solver has no flow at the start.
    """
    forces = run.truth(start)
    if forces is None:
        return None
    iteration = _Iteration(run, run.program.candidate(start, forces), scale, settings)
    try:
        run.on_evaluation(start, forces)
        reason = iteration.run()
    except Stopped as stopped:
        return iteration.certificate(f"stopped {stopped.stop.reason}", stopped.stop)
    return iteration.certificate(reason, None)


class _Iteration:
    """The trust-region iteration: bodies evaluated, current one, optimality, radius Δ and penalty."""

    def __init__(self, run: Run, start: Candidate, scale: float, settings: TrustRegion) -> None:
        self._run, self._scale, self._settings = run, scale, settings
        self._current = start
        self._optimality = optimality(run.program, start.x, start.forces, scale)
        self._evaluated: list[Evaluated] = [(start.x, start.forces)]
        self._size = start.forces.drag_slope.shape[1]
        self._radius, self._penalty = settings.first_radius, 1.0

    def run(self) -> str:
        """Iterate to the end; returns the reason for the case that the conditions do not hold there."""
        for _ in range(self._settings.max_steps):
            if self._holds():
                break
            self._step()
            if self._radius < self._settings.least_radius:
                return "no smaller step lowers the solver's merit"
        return f"more than {self._settings.max_steps} steps"

    def certificate(self, reason: str, stop: Stop | None) -> Certificate:
        residual, tolerance = self._optimality.residual, self._run.problem.certify_tolerance
        if self._holds():
            outcome = OptimizationOutcome.CERTIFIED
            status = f"Certified: the solver's own optimality conditions hold to {residual:.1e}."
        else:
            outcome = OptimizationOutcome.NOT_CERTIFIED if stop is None else stop.outcome
            status = (
                f"Not certified: {reason}. The optimality conditions hold to {residual:.1e}, and {tolerance:.1e} was "
                "asked for."
            )
        return Certificate(self._current, self._optimality, outcome, status, stop)

    def _holds(self) -> bool:
        feasible = self._current.violation <= self._settings.violation * TOLERANCES.feasible
        return self._optimality.residual <= self._run.problem.certify_tolerance and feasible

    def _step(self) -> None:
        """Solve the subproblem, and ask the solver at its end if it promises a fall of the merit."""
        self._penalty = max(self._penalty, 2.0 * self._optimality.force_multiplier_sum)
        x, solver = self._current.x, self._current.forces
        trial = self._subproblem(CorrectedModel(self._run.forces, self._evaluated))
        fall = 0.0 if trial is None else self._merit(x, solver) - self._merit(trial.x, trial.forces)
        promising = trial is not None and fall > self._settings.least_fall * self._scale
        forces = self._run.truth(trial.x) if trial is not None and promising else None
        if trial is None or forces is None:
            self._radius *= self._settings.shrink
            return
        self._judge(trial.x, forces, fall)
        self._run.on_evaluation(trial.x, forces)

    def _subproblem(self, model: CorrectedModel) -> Candidate | None:
        """The best body of the corrected model within the radius."""
        end = local_optimum(
            self._run.program,
            model,
            self._current.x,
            max_iterations=self._settings.iterations,
            tolerance=self._settings.tolerance,
            radius=self._radius,
            on_evaluation=lambda *_: self._run.pause(),
        )
        if end is not None and end.stop is not None:
            raise Stopped(end.stop)
        return None if end is None else end.best

    def _judge(self, x: FloatArray, forces: Forces, fall: float) -> None:
        """Keep the solver's `forces` at x, change the radius, and accept the body if the merit falls."""
        now = self._current
        ratio = (self._merit(now.x, now.forces) - self._merit(x, forces)) / fall
        length = float(np.abs((x - now.x)[: self._size]).max())
        settings = self._settings
        if ratio >= settings.good and length > settings.at_boundary * self._radius:
            self._radius = min(settings.grow * self._radius, settings.greatest_radius)
        elif ratio < settings.poor:
            self._radius = settings.shrink * min(self._radius, length)
        if ratio >= settings.accept:
            self._radius = min(self._radius, max(settings.far * length, settings.near * settings.first_radius))
            self._current = self._run.program.candidate(x, forces)
            self._evaluated.append((x, forces))
            self._optimality = optimality(self._run.program, x, forces, self._scale)
        else:
            self._evaluated.insert(-1, (x, forces))

    def _merit(self, x: FloatArray, forces: Forces) -> float:
        """The objective, with an exact penalty for the force constraints and a steep one for the shape's.

        The latter count where the search samples the outline, and from `coarse` on where it is sampled finely.
        """
        program: Program = self._run.program
        sampled = -float(program.variables.values(x).min())
        fine = max(program.variables.violations(x), default=0.0)
        shape = max(0.0, sampled - TOLERANCES.feasible, fine - self._settings.coarse)
        force = self._penalty * program.force_violation(x, forces)
        return program.value(x, forces)[0] + force + self._settings.steep * shape

"""From the end of a run to its result: the outcome, the sentence, and the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.provenance import versions
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.quantities import Gain
from fusiform.solvers.inverse.problem.trial_shape import shape_of
from fusiform.solvers.inverse.result.constraint_report import constraint_reports, slack_reports, violated
from fusiform.solvers.inverse.result.optimum import OptimizationResult
from fusiform.solvers.inverse.result.search_start import search_start
from fusiform.solvers.inverse.search.drag_models import ModelKind
from fusiform.solvers.inverse.search.kkt import Optimality, optimality
from fusiform.solvers.inverse.search.run.outcome import OptimizationOutcome
from fusiform.solvers.inverse.search.run_record import Run
from fusiform.solvers.inverse.search.slsqp import LocalOptimum
from fusiform.solvers.inverse.search.trust_region import Certificate
from fusiform.solvers.shedding import shedding_note


@dataclass(frozen=True)
class Judgement:
    """Thresholds: when a search counts as converged, and when an outline counts as nearly crossing itself."""

    converged: float = 5e-3
    """Largest KKT residual of a converged search."""
    pinched: float = 0.02
    """Distance between parts of the outline, in d, below which a failure is put down to it."""
    pinch_points: int = 1024
    """Points on the outline for that distance."""


JUDGEMENT = Judgement()


def result_of(
    run: Run, optimum: LocalOptimum, certificate: Certificate | None, given_violations: tuple[str, ...], scale: float
) -> OptimizationResult:
    """The result of a run that ended at `optimum`, or at the `certificate` that began there; not verified yet.

    `given_violations` are those of the given body, in words.
    """
    problem, program = run.problem, run.program
    best = optimum.best if certificate is None else certificate.best
    state = optimality(program, best.x, best.forces, scale) if certificate is None else certificate.optimality
    violations = violated(program, best.x, best.forces)
    outcome, status = _verdict(run, optimum, certificate, state, violations)
    predicted = run.forces(best.x) or best.forces
    body = run.variables.body_at(best.x, f"{problem.body.name}-optimized")
    start = search_start(run, given_violations, best.x)
    problem = _with_terminal_speed(problem, problem.objective.measured(best.value))
    shedding = shedding_note(body, problem.conditions_of(body))
    outside = _extrapolation_note(run, best.x) if certificate is None else ""
    remarks = [status, start.sentence() if not violations else "", outside, shedding]
    return OptimizationResult(
        problem=problem,
        body=body,
        model=run.model.name,
        model_kind=ModelKind.of(run.model),
        x=best.x,
        fun=best.value,
        jac=program.value(best.x, best.forces)[1],
        nfev=len(run.history),
        nit=optimum.iterations,
        predicted_drag_coefficient=float(run.weights @ predicted.drag),
        predicted_initial_drag_coefficient=start.drag_coefficient,
        start=start.body,
        start_violations=start.violations,
        given_drag_coefficient=start.given_drag_coefficient,
        predicted_gain=Gain(
            problem.objective.quantity, start.value, math.nan if violations else run.predicted_value(best.x)
        ),
        outcome=outcome,
        success=outcome.is_success,
        feasible=not violations,
        stopped=optimum.stop is not None or (certificate is not None and certificate.stop is not None),
        status=" ".join(remark for remark in remarks if remark),
        kkt_residual=state.residual,
        certified=certificate is not None and certificate.outcome is OptimizationOutcome.CERTIFIED,
        solver_solves=run.truth.solves,
        constraints=constraint_reports(program, best.x, best.forces, state),
        seconds=run.seconds,
        history=tuple(run.history),
        verification={},
        provenance=versions() | {"seed": problem.seed},
    )


def _with_terminal_speed(problem: Problem, reynolds: float) -> Problem:
    """The problem of a body that falls with the terminal Reynolds number at its design point; any other as it is."""
    if problem.best_number is None:
        return problem
    (point,) = problem.points
    return replace(problem, points=(replace(point, conditions=replace(point.conditions, reynolds=reynolds)),))


def _extrapolation_note(run: Run, x: FloatArray) -> str:
    """A sentence if the model has no confidence in its forces of the body at x (n,), or an empty string."""
    lowest = run.forces.least_confidence(x)
    unbounded = lowest is not None and lowest <= 0.0
    return "The model is outside its trained range there: no bound on the errors of its forces." if unbounded else ""


def infeasible_result(run: Run, x: FloatArray, outcome: OptimizationOutcome, status: str) -> OptimizationResult:
    """The result where no body satisfies the shape constraints: the body at x (n,), without a search."""
    problem = run.problem
    kind = "given" if outcome is OptimizationOutcome.CONTRADICTION else "nearest"
    return OptimizationResult(
        problem=problem,
        body=run.variables.body_at(x, f"{problem.body.name}-{kind}"),
        model=run.model.name,
        model_kind=ModelKind.of(run.model),
        x=x,
        fun=math.nan,
        jac=np.zeros(len(x)),
        nfev=0,
        nit=0,
        predicted_drag_coefficient=math.nan,
        predicted_initial_drag_coefficient=math.nan,
        start=problem.body,
        start_violations=(),
        given_drag_coefficient=math.nan,
        predicted_gain=Gain(problem.objective.quantity, math.nan, math.nan),
        outcome=outcome,
        success=False,
        feasible=False,
        stopped=False,
        status=status,
        kkt_residual=math.nan,
        certified=False,
        solver_solves=0,
        constraints=slack_reports(run.variables, x),
        seconds=run.seconds,
        history=(),
        verification={},
        provenance=versions() | {"seed": problem.seed},
    )


def _verdict(
    run: Run, optimum: LocalOptimum, certificate: Certificate | None, state: Optimality, violations: list[str]
) -> tuple[OptimizationOutcome, str]:
    """The outcome of the run, and its sentence."""
    stop = optimum.stop
    if certificate is not None:
        outcome, status = certificate.outcome, certificate.status
    else:
        outcome, status = _search_verdict(run, optimum, state, violations)
        if run.problem.certify and stop is None and not violations:
            outcome, status = (
                OptimizationOutcome.NOT_CERTIFIED,
                f"{status} Not certified: the solver has no flow for this body.",
            )
    if violations:
        early = outcome in (OptimizationOutcome.STOPPED, OptimizationOutcome.TIMED_OUT)
        words = f"{status} No body was found that satisfies every constraint; violated: {', '.join(violations)}."
        return (outcome if early else OptimizationOutcome.INFEASIBLE), f"{words.strip()} This is the nearest one."
    if not outcome.is_success and stop is None:
        x = optimum.best.x if certificate is None else certificate.best.x
        status += _pinch_warning(run, x)
    return outcome, status


def _search_verdict(
    run: Run, optimum: LocalOptimum, state: Optimality, violations: list[str]
) -> tuple[OptimizationOutcome, str]:
    evaluations, best = len(run.history), "this is the best body so far"
    if optimum.stop is not None:
        return optimum.stop.outcome, f"Stopped {optimum.stop.reason} after {evaluations} evaluations; {best}."
    if violations:
        return OptimizationOutcome.INFEASIBLE, ""
    if not optimum.converged:
        return OptimizationOutcome.NOT_CONVERGED, f"Ended before convergence ({optimum.message}); {best}."
    if state.residual > JUDGEMENT.converged:
        words = f"Ended where the optimality conditions hold only to {state.residual:.1e}; try another start."
        return OptimizationOutcome.NOT_OPTIMAL, words
    return OptimizationOutcome.CONVERGED, f"Converged: the optimality conditions hold to {state.residual:.1e}."


def _pinch_warning(run: Run, x: FloatArray) -> str:
    """A sentence if parts of the outline at x (n,) nearly touch, otherwise nothing."""
    pinch = float(shape_of(run.variables.body_at(x, ""), JUDGEMENT.pinch_points).pinch)
    if pinch >= JUDGEMENT.pinched:
        return ""
    return (
        f" Its outline comes within {pinch:.1g} d of crossing itself, where the search ends; "
        "ask for a least thickness or radius of curvature."
    )

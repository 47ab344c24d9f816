"""The searches of a run: from one start until the constraints hold between the sampled points, and from several.

If a search ends with violated force constraints, it is restored: the violation itself is minimised, and the search is
repeated from the body that violates least.
"""

from __future__ import annotations

from dataclasses import replace

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.problem.objectives import LeastViolation
from fusiform.solvers.inverse.search.feasibility import nearest_feasible
from fusiform.solvers.inverse.search.multistart import global_starts
from fusiform.solvers.inverse.search.program import Program
from fusiform.solvers.inverse.search.run.stopping import Stopped
from fusiform.solvers.inverse.search.run_record import Run
from fusiform.solvers.inverse.search.slsqp import LocalOptimum, local_optimum

TIGHTENINGS = 5  # searches, each with constraints tightened by the last one's violations, at most


def best_of_searches(run: Run, start: FloatArray) -> LocalOptimum:
    """The best local optimum from `start` (n,), where the model has an answer, and from other bodies."""
    best = _restored(run, start)
    if run.problem.starts == 1 or best.stop is not None:
        return best
    try:
        others = global_starts(run, start, run.problem.starts - 1)
    except Stopped as stopped:
        return replace(best, stop=stopped.stop)
    for other in others:
        placed = nearest_feasible(run.variables, other)
        if placed.problem is not None or run.forces(placed.x) is None:
            continue
        optimum = _restored(run, placed.x)
        better = optimum if optimum.best.better_than(best.best) else best
        best = replace(better, iterations=best.iterations + optimum.iterations, stop=optimum.stop)
        if optimum.stop is not None:
            break
    return best


def _restored(run: Run, start: FloatArray) -> LocalOptimum:
    """A search; where it violates the force constraints, another one from the body that violates least."""
    first = _tightened(run, run.program, start)
    if first.stop is not None or first.best.feasible or not run.program.conditions:
        return first
    violation = replace(run.program, objective=LeastViolation(run.program.conditions), conditions=())
    least = _tightened(run, violation, start)
    nearest = run.nearest(
        LocalOptimum(
            run.program.candidate(least.best.x, least.best.forces),
            first.iterations + least.iterations,
            first.converged,
            first.message,
            least.stop,
        )
    )
    if not nearest.best.better_than(first.best):
        return replace(first, stop=nearest.stop)
    if nearest.stop is not None:
        return nearest
    again = _tightened(run, run.program, nearest.best.x)
    if again.best.better_than(nearest.best):
        return again
    return replace(nearest, converged=again.converged, message=again.message, stop=again.stop)


def _tightened(run: Run, program: Program, start: FloatArray) -> LocalOptimum:
    """Search; where the finely sampled outline violates a constraint, tighten it and search on from inside."""
    optimum: LocalOptimum | None = None
    for _ in range(TIGHTENINGS):
        again = local_optimum(
            program,
            run.forces,
            start,
            max_iterations=run.problem.max_iterations,
            tolerance=run.problem.tolerance,
            on_evaluation=run.on_evaluation,
        )
        if again is None:
            break
        optimum = again if optimum is None else replace(again, iterations=optimum.iterations + again.iterations)
        if optimum.stop is not None or not run.variables.tighten(optimum.best.x):
            break
        run.forget_best()
        start = nearest_feasible(run.variables, optimum.best.x).x
    assert optimum is not None
    return optimum

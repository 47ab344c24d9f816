"""The searches of a run: from one start until the constraints hold between the sampled points, and from several."""

from __future__ import annotations

from dataclasses import replace

from fusiform.solvers.inverse.problem.objectives import LeastViolation
from fusiform.solvers.inverse.search.feasibility import nearest_feasible
from fusiform.solvers.inverse.search.multistart import global_starts
from fusiform.solvers.inverse.search.run_record import Run
from fusiform.solvers.inverse.search.slsqp import FEASIBLE, Found, Program, better, search
from fusiform.solvers.inverse.search.variables import Array

TIGHTENINGS = 5


def searches(run: Run, start: Array) -> Found:
    """The best of the local searches from `start` (n,), where the model has an answer, and from other bodies."""
    best = _from(run, start)
    if run.problem.starts == 1 or best.stopped:
        return best
    for other in global_starts(run, start, run.problem.starts - 1):
        placed = nearest_feasible(run.variables, other)
        if placed.problem is not None or run.forces(placed.x) is None:
            continue
        found = _from(run, placed.x)
        iterations = best.iterations + found.iterations
        best = replace(found if better(found, best) else best, iterations=iterations, stopped=found.stopped)
        if found.stopped:
            break
    return best


def _from(run: Run, start: Array) -> Found:
    """A search; where it misses the force constraints, again from the body that lacks least of all that were seen when
    the miss was made small (restoration)."""
    found = _tightened(run, run.program, start)
    if found.stopped or found.violation <= FEASIBLE or not run.program.conditions:
        return found
    miss = replace(run.program, objective=LeastViolation(run.program.conditions), conditions=())
    nearest = _tightened(run, miss, start)
    there = Found(
        nearest.x,
        run.program.value(nearest.x, nearest.forces)[0],
        nearest.forces,
        run.program.violation(nearest.x, nearest.forces),
        found.iterations + nearest.iterations,
        found.message,
        nearest.stopped,
    )
    there = run.nearest(there)
    if not better(there, found):
        return replace(found, stopped=there.stopped)
    if there.stopped:
        return there
    again = _tightened(run, run.program, there.x)
    return again if better(again, there) else replace(there, message=again.message, stopped=again.stopped)


def _tightened(run: Run, program: Program, start: Array) -> Found:
    """Search; where the finely sampled outline misses a constraint, ask for more and search on from inside."""
    found: Found | None = None
    for _ in range(TIGHTENINGS):
        again = search(
            program,
            run.forces,
            start,
            max_iterations=run.problem.max_iterations,
            tolerance=run.problem.tolerance,
            seen=run.seen,
        )
        if again is None:
            break
        found = again if found is None else replace(again, iterations=found.iterations + again.iterations)
        if found.stopped or not run.variables.tighten(found.x):
            break
        run.forget_best()
        start = nearest_feasible(run.variables, found.x).x
    assert found is not None
    return found

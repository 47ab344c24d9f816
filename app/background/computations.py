"""The jobs that the page starts: a solve, an optimisation, a front, the flows of an optimum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fusiform.app.background.jobs import Job, always_present
from fusiform.app.results.kept_results import Answer, Front, Optimum
from fusiform.app.state.job_snapshot import JobKind
from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.inverse import DragModel, Problem, optimize, pareto_front
from fusiform.solvers.inverse.result.own_flows import own_flows


def solve_job(body: Body, conditions: FlowConditions, grid: str, present: Callable[[], bool] = always_present) -> Job:
    """A job whose result is the solver's `Answer`."""
    return Job(lambda job: Answer.of(solve(body, conditions, grid=grid)), JobKind.SOLVING, present)


def optimization_job(problem: Problem, model: DragModel, present: Callable[[], bool] = always_present) -> Job:
    """A job whose result is the `Optimum` of `problem`."""
    return Job(lambda job: Optimum.of(optimize(problem, model=model, callback=job.record)), JobKind.SEARCHING, present)


def front_job(
    problem: Problem, over: str, values: Sequence[float], model: DragModel, present: Callable[[], bool] = always_present
) -> Job:
    """A job whose result is the `Front` of `problem` over the limits `values`."""

    def work(job: Job) -> Front:
        return Front(problem, over, pareto_front(problem, over, values, model=model, callback=job.record_point))

    return Job(work, JobKind.SWEEPING, present)


def flows_job(optimum: Optimum, grid: str, present: Callable[[], bool] = always_present) -> Job:
    """A job whose result is `optimum` with the solver's flows of start and optimum at the first conditions.

    Falling bodies are solved at the terminal speed of each.
    """

    def work(job: Job) -> Optimum:
        result = optimum.result
        problem = replace(result.problem, points=result.problem.points[:1], force_constraints=())
        start, best = (
            Answer.of(own_flows(problem, body, grid)[0], problem.held) for body in (result.start, result.body)
        )
        return replace(optimum, initial=start, verified=best)

    return Job(work, JobKind.SOLVING, present)

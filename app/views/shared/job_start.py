"""Starting a job of the session and taking its result: a solve, a search, a sweep, the flows of an optimum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fusiform.app.background.computations import flows_job, front_job, optimization_job, solve_job
from fusiform.app.background.jobs import Job
from fusiform.app.edits import jobs as edits
from fusiform.app.frames.shared import cached
from fusiform.app.results.kept_results import Optimum
from fusiform.app.state.session import DragSource, Session
from fusiform.app.views.shared.session import change, session
from fusiform.solvers import InputError
from fusiform.solvers.inverse import DragModel, ModelKind, Problem, SolverModel


def collect() -> None:
    """Called at the start of each run: take the result of a job that has ended."""
    job = session().job
    if job is not None and not (now := job.snapshot()).running:
        change(edits.collect, now)


def solve() -> None:
    """Ask the solver for the flow of the present design."""
    now = session()
    design, grid = now.design.present, now.settings.grid
    job = _started(lambda present: solve_job(design.body, design.conditions, grid, present))
    if job is not None:
        change(edits.begin_solve, job)


def optimise() -> None:
    """Search the optimum of the problem that is set up."""
    _search(lambda: session().problem, None)


def another_start() -> None:
    """Search again, from the body and from other random bodies than before."""
    shown = _shown_optimum()
    before = shown.result.problem
    _search(lambda: replace(before, starts=max(before.starts, 2), seed=before.seed + 1), shown)


def certify_shown() -> None:
    """Search the optimum of the shown optimum's problem again, to be certified."""
    shown, grid = _shown_optimum(), session().settings.grid
    _search(lambda: replace(shown.result.problem, certify=True, verify=grid), None)


def solve_flows() -> None:
    """Solve the flows of start and optimum, for an optimum that came without."""
    shown = _shown_optimum()
    job = _started(lambda present: flows_job(shown, shown.result.problem.verify or "fine", present))
    if job is not None:
        change(edits.begin, job)


def sweep(over: str, values: Sequence[float]) -> None:
    """Find the front of the problem that is set up, over the limits `values`."""
    now = session()
    job = _started(lambda present: front_job(now.problem, over, values, _model(now, now.problem), present))
    if job is not None:
        change(edits.begin_sweep, job, over)


def _search(problem_of: Callable[[], Problem], earlier: Optimum | None) -> None:
    now = session()
    try:
        problem = problem_of()
        model = _model(now, problem)
        job = optimization_job(problem, model, _presence())
    except InputError as error:
        change(edits.refuse, str(error))
        return
    change(edits.begin_search, job, problem, ModelKind.of(model), earlier)


def _started(make: Callable[[Callable[[], bool]], Job]) -> Job | None:
    """The job, or None when it is refused; then the session has the reason."""
    try:
        return make(_presence())
    except InputError as error:
        change(edits.refuse, str(error))
        return None


def _shown_optimum() -> Optimum:
    shown = session().optimum
    assert shown is not None
    return shown


def _model(now: Session, problem: Problem) -> DragModel:
    """The chosen model, for bodies of the kind of the problem's."""
    revolution = problem.body.revolution
    if now.settings.model == DragSource.SOLVER:
        return SolverModel(revolution=revolution)
    return cached.surrogate(now.settings.folder, revolution=revolution)


def _presence() -> Callable[[], bool]:
    """A function that returns True while the browser of this session is connected; any thread may call it."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return lambda: True
    server, session_id = runtime.get_instance(), context.session_id
    return lambda: server.is_active_session(session_id)

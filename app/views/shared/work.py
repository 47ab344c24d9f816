"""The running job of a session: starting it, its state beside the buttons, and where its result goes.

A session has one job at a time, in `session_state.job`; results go to `optimum`, `front`, `solved` and `job_error`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fusiform.app.background.computations import flows_job, front_job, optimization_job, solve_job
from fusiform.app.background.jobs import Job, Phase, Snapshot
from fusiform.app.state.drag_models import SOLVER as SOLVER_MODEL
from fusiform.app.state.drag_models import drag_model
from fusiform.app.state.kept_results import Answer, Front, Optimum
from fusiform.app.views.design import controls
from fusiform.app.views.design.controls import Inputs
from fusiform.app.views.optimise import problem
from fusiform.app.views.shared import answers
from fusiform.app.views.shared.session import DESIGN, OPTIMUM, SOLVER
from fusiform.app.views.shared.words import coefficient, sentence
from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.inverse import DragModel, Problem

POLL_SECONDS = 0.5
SOLVED_KEPT = 6
EMPTY: dict[str, Any] = {"job": None, "job_error": None, "optimum": None, "front": None, "earlier": None, "solved": {}}

SolvedKey = tuple[bytes, FlowConditions, str]


def solved_key(inputs: Inputs, body: Body) -> SolvedKey:
    """What a solver's answer belongs to."""
    return answers.body_key(body), inputs.conditions, inputs.grid


def collect() -> None:
    """Called at the start of each run: take the result of a job that has ended."""
    state = st.session_state
    for name, empty in EMPTY.items():
        state.setdefault(name, empty)
    job: Job | None = state.job
    if job is None:
        return
    ended = job.snapshot()
    if ended.running:
        return
    state.job, state.job_error = None, ended.error
    if isinstance(ended.result, Optimum):
        state.optimum = ended.result
    elif isinstance(ended.result, Front):
        state.front = ended.result
    elif isinstance(ended.result, Answer):
        state.solved = dict([*state.solved.items(), (state.job_key, ended.result)][-SOLVED_KEPT:])


def solver_answer(inputs: Inputs) -> Answer | None:
    """The solver's answer for the present inputs, if it has been asked for."""
    answer: Answer | None = st.session_state.solved.get(solved_key(inputs, inputs.body))
    return answer


def solve_button() -> None:
    """Asks for the solver's answer; waits while a job is running."""
    st.button(
        "Ask the solver",
        width="stretch",
        disabled=st.session_state.job is not None,
        key="solve",
        on_click=_solve,
        help="Solve the flow past this body, to compare with the surrogate's answer: about a second, on fine a few.",
    )


def optimise_button() -> None:
    """Starts an optimisation; waits while a job is running."""
    st.button(
        "Optimise",
        type="primary",
        width="stretch",
        disabled=st.session_state.job is not None,
        key="optimise",
        on_click=optimise,
        help="Find the body of the same area with the least drag, or the objective chosen, under the constraints of "
        "the Optimise section, starting from this body.",
    )


def status() -> None:
    """What the job is doing, or why it failed."""
    if st.session_state.job_error:
        st.error(sentence(st.session_state.job_error))
    st.fragment(_state_of_job, run_every=POLL_SECONDS if st.session_state.job else None)()


def optimise() -> None:
    """Begin the optimisation that the controls say."""
    _begin_search(problem.present, None)


def another_start() -> None:
    """Look again, from the body and from other random bodies than before."""
    shown: Optimum = st.session_state.optimum
    before = shown.result.problem
    _begin_search(lambda: replace(before, starts=max(before.starts, 2), seed=before.seed + 1), shown)


def certify_shown() -> None:
    """Begin the optimisation of the shown optimum's problem again, to be certified."""
    shown: Optimum = st.session_state.optimum
    grid = st.session_state.grid
    _begin_search(lambda: replace(shown.result.problem, body=shown.start, certify=True, verify=grid), None)


def solve_flows() -> None:
    """Begin to solve the flows of the shown optimum, which came without."""
    shown: Optimum = st.session_state.optimum
    _begin(lambda here: flows_job(shown, shown.result.problem.verify or "fine", here))


def sweep(over: str, values: Sequence[float]) -> None:
    """Begin a front of the problem that the controls say."""

    def make(here: Callable[[], bool]) -> Job:
        return front_job(problem.present(), over, values, _model(), here)

    if _begin(make):
        st.session_state.front, st.session_state.front_chosen = None, None


def _solve() -> None:
    inputs = controls.inputs()
    if _begin(lambda here: solve_job(inputs.body, inputs.conditions, inputs.grid, here)):
        st.session_state.job_key, st.session_state.view = solved_key(inputs, inputs.body), DESIGN


def _begin_search(make: Callable[[], Problem], earlier: Optimum | None) -> None:
    state, wanted = st.session_state, []

    def job(here: Callable[[], bool]) -> Job:
        wanted.append(make())
        return optimization_job(wanted[0], _model(), here)

    if _begin(job):
        state.optimum, state.earlier, state.job_problem = None, earlier, wanted[0]
        state.view, state.step = OPTIMUM, problem.OPTIMUM


def _begin(make: Callable[[Callable[[], bool]], Job]) -> bool:
    """Start a job; whether it could be. Why not is told by `status`."""
    try:
        st.session_state.job = make(_presence())
    except InputError as error:
        st.session_state.job_error = str(error)
        return False
    st.session_state.job_error = None
    return True


def _model() -> DragModel:
    inputs = controls.inputs()
    return drag_model(SOLVER_MODEL) if inputs.model == SOLVER else answers.surrogate(inputs.folder)


def _presence() -> Callable[[], bool]:
    """Whether the browser of this session is still connected, to be asked from any thread."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return lambda: True
    server, session = runtime.get_instance(), context.session_id
    return lambda: server.is_active_session(session)


def _state_of_job() -> None:
    """What the job is doing, with Stop; its end calls for a run of the whole page."""
    job: Job | None = st.session_state.job
    if job is None:
        return
    now = job.snapshot()
    if not now.running:
        st.rerun(scope="app")
    with st.container(key="job_bar", horizontal=True, vertical_alignment="center"):
        st.caption(_what(now), width="stretch")
        if now.place or now.phase is not Phase.SOLVING:
            st.button(
                "Stop",
                key="stop",
                disabled=now.stopping,
                on_click=job.stop,
                help="End the search after the evaluation under way; the best body so far is kept. Before its turn: "
                "leave the line.",
            )


def _what(now: Snapshot) -> str:
    if now.stopping:
        return "Stopping …"
    if now.place:
        return f"The server is computing for others. Your turn comes by itself: you are number {now.place} in line."
    if now.phase is Phase.SWEEPING:
        return f"Optimising for each value: {len(now.points)} done"
    if now.phase is not Phase.SEARCHING:
        return "Solving …"
    if not now.history:
        return "Starting the search …"
    last = now.history[-1]
    verb = "Certifying with the solver" if last.phase == "certifying" else "Searching"
    return f"{verb}: evaluation {last.evaluation}, best drag {coefficient(last.best_drag_coefficient)}"


def job_snapshot() -> Snapshot | None:
    """The running job's snapshot."""
    job: Job | None = st.session_state.job
    return None if job is None else job.snapshot()

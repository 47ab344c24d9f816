"""The running job of a session: starting it, its state beside the buttons, and where its result goes.

A session has one job at a time, in `session_state.job`; results go to `optimum`, `solved` and `job_error`.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from fusiform.app.drag_models import SOLVER as SOLVER_MODEL
from fusiform.app.drag_models import drag_model
from fusiform.app.jobs import SEARCHING, VERIFYING, Answer, Job, Optimum, Snapshot, optimization_job, solve_job
from fusiform.app.views import answers
from fusiform.app.views.controls import SOLVER, Inputs
from fusiform.app.views.words import coefficient, sentence
from fusiform.solvers import Body, FlowConditions, InputError

POLL_SECONDS = 0.5
SOLVED_KEPT = 6
FLOW, OPTIMUM = "Flow", "Optimum"

SolvedKey = tuple[str, FlowConditions, str]


def solved_key(inputs: Inputs, body: Body) -> SolvedKey:
    """What a solver's answer belongs to."""
    return answers.body_key(body), inputs.conditions, inputs.grid


def collect() -> None:
    """Called at the start of each run: take the result of a job that has ended."""
    state = st.session_state
    for name, empty in (("job", None), ("job_error", None), ("optimum", None), ("solved", {})):
        state.setdefault(name, empty)
    job: Job | None = state.job
    if job is None:
        return
    ended = job.snapshot()
    state.job_phase = ended.phase
    if not ended.over:
        return
    state.job, state.job_error = None, ended.error
    if isinstance(ended.result, Optimum):
        state.optimum = ended.result
    elif isinstance(ended.result, Answer):
        state.solved = dict([*state.solved.items(), (state.job_key, ended.result)][-SOLVED_KEPT:])


def solver_answer(inputs: Inputs) -> Answer | None:
    """The solver's answer for the present inputs, if it has been asked for."""
    answer: Answer | None = None
    if inputs.body is not None:
        answer = st.session_state.solved.get(solved_key(inputs, inputs.body))
    return answer


def buttons(inputs: Inputs) -> None:
    """Optimise and Solve; both wait while a job is running."""
    busy = st.session_state.job is not None or inputs.body is None
    optimise, solve = st.columns(2)
    if optimise.button(
        "Optimise",
        type="primary",
        width="stretch",
        disabled=busy,
        key="optimise",
        help="Find the shape of the same area with the least drag, starting from this body; the solver verifies it.",
    ):
        _start(inputs, OPTIMUM)
    if solve.button(
        "Solve",
        width="stretch",
        disabled=busy,
        key="solve",
        help="Solve the flow past this body, to compare with the surrogate's answer.",
    ):
        _start(inputs, FLOW)
    if st.session_state.job_error:
        st.error(sentence(st.session_state.job_error))
    st.fragment(_state_of_job, run_every=POLL_SECONDS if st.session_state.job else None)()


def _start(inputs: Inputs, view: str) -> None:
    state = st.session_state
    assert inputs.body is not None
    try:
        if view == FLOW:
            state.job_key = solved_key(inputs, inputs.body)
            state.job = solve_job(inputs.body, inputs.conditions, inputs.grid)
        else:
            model = drag_model(SOLVER_MODEL) if inputs.model == SOLVER else answers.surrogate(inputs.folder)
            state.job = optimization_job(inputs.body, inputs.conditions, model, inputs.grid)
            state.optimum, state.job_start, state.job_conditions = None, inputs.body, inputs.conditions
        state.job_error, state.view, state.job_phase = None, view, None
    except InputError as error:
        state.job_error = str(error)
    st.rerun()


def _state_of_job() -> None:
    """What the job is doing, with Stop; a new phase and the end call for a run of the whole page."""
    job: Job | None = st.session_state.job
    if job is None:
        return
    now = job.snapshot()
    if now.over or now.phase != st.session_state.job_phase:
        st.rerun(scope="app")
    text, stop = st.columns([2, 1], vertical_alignment="center")
    text.caption(_what(now))
    if now.phase in (SEARCHING, VERIFYING):
        stop.button(
            "Stop" if now.phase == SEARCHING else "Skip",
            key="stop",
            width="stretch",
            disabled=now.stopping,
            on_click=job.stop,
            help="End the search; the best body so far is kept and verified. Skip leaves out the verification.",
        )


def _what(now: Snapshot) -> str:
    if now.stopping:
        return "Stopping …"
    if now.phase == SEARCHING and now.history:
        last = now.history[-1]
        return f"Searching: evaluation {last.evaluation}, best drag {coefficient(last.best_drag_coefficient)}"
    return {SEARCHING: "Starting the search …", VERIFYING: "Verifying with the solver …"}.get(now.phase, "Solving …")


def job_snapshot() -> Snapshot | None:
    """The running job's snapshot."""
    job: Any = st.session_state.job
    return None if job is None else job.snapshot()

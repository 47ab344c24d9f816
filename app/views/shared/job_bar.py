"""The state of the running job with Stop, the reason of one that failed, and the button that starts a search."""

from __future__ import annotations

import streamlit as st

from fusiform.app.frames.optimise.job_words import can_stop, job_words
from fusiform.app.state.job_snapshot import Snapshot
from fusiform.app.state.setup import HELD
from fusiform.app.views.shared import job_start
from fusiform.app.views.shared.complaints import complain, in_one_sentence
from fusiform.app.views.shared.session import session

POLL_SECONDS = 0.5


def job_bar() -> None:
    """The state of the job, or why it failed."""
    now = session()
    if now.job_error:
        complain(now.job_error)
    st.fragment(_running, run_every=POLL_SECONDS if now.job else None)()


@in_one_sentence("The running job")
def _running() -> None:
    """The state of the job, with Stop; its end calls for a run of the whole page."""
    job = session().job
    if job is None:
        return
    now = job.snapshot()
    if not now.running:
        st.rerun(scope="app")
    with st.container(key="job_bar", horizontal=True, vertical_alignment="center"):
        st.caption(job_words(now), width="stretch")
        if can_stop(now):
            st.button(
                "Stop",
                key="stop",
                disabled=now.stopping,
                on_click=job.stop,
                help="End the search after the evaluation under way; the best body so far is kept. Before its turn: "
                "leave the line.",
            )


def snapshot() -> Snapshot | None:
    """The running job's snapshot."""
    job = session().job
    return None if job is None else job.snapshot()


def optimise_button() -> None:
    """Starts an optimisation; waits while a job is running."""
    st.button(
        "Optimise",
        type="primary",
        width="stretch",
        disabled=session().job is not None,
        key="optimise",
        on_click=job_start.optimise,
        help=f"Find the body of the same {_kept()} with the least drag, or the objective chosen, under the "
        "constraints of the Optimise section, starting from this body.",
    )


def _kept() -> str:
    """The size that an optimisation keeps, in words."""
    now = session()
    return HELD[now.setup.hold] if now.design.present.revolution else "area"

"""The section Optimise: the problem on its body, the running search, the optimum, and the trade-off."""

from __future__ import annotations

import streamlit as st

from fusiform.app.drawings.convergence import search_words
from fusiform.app.edits import setup as edits
from fusiform.app.edits.navigation import show_step
from fusiform.app.frames.optimise.problem import problem_sketch, problem_words, trouble
from fusiform.app.frames.optimise.search import search_numbers, search_pictures
from fusiform.app.frames.shared.formatting import plain
from fusiform.app.state.job_snapshot import JobKind
from fusiform.app.state.session import Step
from fusiform.app.views.optimise import front, optimum
from fusiform.app.views.shared import job_bar
from fusiform.app.views.shared.complaints import in_one_sentence
from fusiform.app.views.shared.components import component, picture
from fusiform.app.views.shared.metrics import show_metrics
from fusiform.app.views.shared.session import change, session
from fusiform.app.views.shared.tabs import tabs

STEPS = {
    Step.PROBLEM: "The problem: the body, the objective and the constraints.",
    Step.OPTIMUM: "The optimum, and by how much it is better.",
    Step.TRADE_OFF: "How the least drag depends on a limit.",
}


def show() -> None:
    """Draw the section."""
    step = session().step
    with st.container(key="optimum_bar", horizontal=True, vertical_alignment="center"):
        tabs("step", list(STEPS), step, lambda step: change(show_step, step), STEPS)
        st.space("stretch")
        job_bar.optimise_button()
    if step is Step.PROBLEM:
        _problem()
    elif step is Step.TRADE_OFF:
        front.show()
    else:
        _optimum()


def _problem() -> None:
    """The body with its constraints, which can be dragged."""
    now = session()
    if sentence := trouble(now):
        st.warning(plain(sentence))
    drawing = problem_sketch(now)
    component("constraint_sketch")(
        key="sketch",
        data={"svg": drawing.svg, "scale": drawing.scale, "version": now.setup.version},
        on_moved_change=lambda: change(edits.drag, st.session_state.sketch.get("moved")),
    )
    st.caption(problem_words(now))


def _optimum() -> None:
    job, found = job_bar.snapshot(), session().optimum
    if job is not None and job.kind is JobKind.SEARCHING:
        st.fragment(_search, run_every=job_bar.POLL_SECONDS)()
    elif found is not None:
        optimum.show(found)
    else:
        st.info("There is no optimum yet. Add constraints if you have any, then press Optimise.")


@in_one_sentence("The search")
def _search() -> None:
    """The search as it stands; drawn again every `job_bar.POLL_SECONDS`."""
    job, problem, kind = job_bar.snapshot(), session().searched, session().searched_by
    if job is None or problem is None:
        return
    with st.container(key="forces"):
        show_metrics(search_numbers(job, problem.held, kind))
    with st.container(key="search_view"):
        for svg, key in zip(search_pictures(problem, job.history), ("morph", "convergence"), strict=True):
            picture(svg, key)
    st.caption(f"Dotted: the start. Filled: the best body so far. {search_words(kind)}")

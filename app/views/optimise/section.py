"""The Optimise section: the problem on its body, the running search, the optimum, and the trade-off."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fusiform.app.background.jobs import Phase, Snapshot
from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.drawings.convergence import convergence
from fusiform.app.drawings.html_report import SEARCH_WORDS
from fusiform.app.drawings.pictures import ComplexArray
from fusiform.app.state.setup import setup_of
from fusiform.app.views.optimise import front, optimum, problem
from fusiform.app.views.shared import answers, session, work
from fusiform.app.views.shared.components import component, picture
from fusiform.app.views.shared.metrics import CONVENTION, metric
from fusiform.app.views.shared.tabs import tabs
from fusiform.app.views.shared.words import plain, value_or_dash
from fusiform.solvers import Body
from fusiform.solvers.inverse import Iterate, Problem

TRAIL = 5
STEPS = {
    problem.PROBLEM: "What is asked: the body, the objective and the constraints.",
    problem.OPTIMUM: "What was found, and by how much it is better.",
    problem.FRONT: "How the least drag depends on a limit.",
}


def show() -> None:
    """Draw the section."""
    with st.container(key="optimum_bar", horizontal=True, vertical_alignment="center"):
        step = tabs("step", list(STEPS), STEPS)
        st.space("stretch")
        work.optimise_button()
    if step == problem.PROBLEM:
        _problem()
    elif step == problem.FRONT:
        front.show()
    else:
        _optimum()


def _problem() -> None:
    """The body with its constraints, which can be dragged."""
    if sentence := problem.trouble():
        st.warning(sentence)
    design = session.present()
    body = answers.body_of(design)
    rows = problem.rows()
    drawing = sketch.draw(sketch.outline(body), body, rows, design.alpha_deg, grips=True)
    component("constraint_sketch")(
        key="sketch",
        data={"svg": drawing.svg, "scale": drawing.scale, "version": st.session_state.setup_version},
        on_moved_change=_moved,
    )
    words = "Drag the white handles, or write numbers in the list." if rows else "Add constraints in the list."
    st.caption(
        f"{plain(design.name)} at Re = {design.reynolds:g}, α = {design.alpha_deg:g}°; lengths in its own unit, "
        f"d = {design.reference_length:.4g}. {words} Its area is kept. Then press Optimise."
    )


def _moved() -> None:
    problem.drag(st.session_state.sketch.get("moved"))


def _optimum() -> None:
    now = work.job_snapshot()
    if now is not None and now.phase is Phase.SEARCHING:
        st.fragment(_live, run_every=work.POLL_SECONDS)()
    elif st.session_state.optimum is not None:
        optimum.show(st.session_state.optimum)
    else:
        st.info("There is no optimum yet. Add constraints if you have any, then press Optimise.")


def _live() -> None:
    """The search as it stands; drawn again every `work.POLL_SECONDS`."""
    now = work.job_snapshot()
    if now is None:
        return
    asked: Problem = st.session_state.job_problem
    _live_metrics(now)
    with st.container(key="search_view"):
        for svg, key in zip(_pictures(asked, now.history), ("morph", "convergence"), strict=True):
            picture(svg, key)
    st.caption(f"Dotted: the start. Filled: the best body so far. {SEARCH_WORDS}")


def _pictures(asked: Problem, history: Sequence[Iterate]) -> tuple[str, str]:
    """Outlines and drags of a search; drawn anew when there is another evaluation, not at each look."""
    drawn: tuple[Problem, int, tuple[str, str]] | None = st.session_state.get("live")
    if drawn is not None and drawn[0] is asked and drawn[1] == len(history):
        return drawn[2]
    best, trail = _morph(asked.body, history)
    rows = setup_of(asked)["rows"]
    alpha_deg = asked.points[0].conditions.alpha_deg
    ghost = sketch.outline(asked.body)
    found = sketch.draw(best, asked.body, rows, alpha_deg, ghost=ghost, trail=trail).svg, convergence(history)
    st.session_state.live = asked, len(history), found
    return found


def _live_metrics(now: Snapshot) -> None:
    history = now.history
    first = history[0].drag_coefficient if history else None
    best = history[-1].best_drag_coefficient if history else None
    gain = "–" if first is None or best is None else f"{100.0 * (1.0 - best / first):.1f} %"
    certifying = bool(history) and history[-1].phase == "certifying"
    with st.container(key="forces"):
        metric("Start $C_D$", value_or_dash(first), None, f"Drag of the first body of the search. {CONVENTION}")
        metric("Best $C_D$", value_or_dash(best), None, "Least drag so far of a body within the constraints.")
        metric("Reduction", gain, None, "Reduction of drag so far.")
        metric("Evaluations", str(len(history)), None, "Queries of the model or the solver, each with its gradient.")
        metric(
            "By", "solver" if certifying else "model", None, "Who answers: the model searches, the solver certifies."
        )
        metric("Time", f"{now.seconds:.0f} s", None, "Wall-clock time since Optimise was pressed.")


def _morph(start: Body, history: Sequence[Iterate]) -> tuple[ComplexArray, list[ComplexArray]]:
    """The best body, and some of those on the way to it, in the frame of the start."""
    best = [iterate for iterate in history if iterate.drag_coefficient <= iterate.best_drag_coefficient]
    step = max(1, len(best) // (TRAIL + 1))
    kept = [*best[step:-1:step], *best[-1:]]
    lines = [
        sketch.outline(Body(it.coefficients, start.reference_length, start.name, 0.0, start.origin)) for it in kept
    ]
    return (lines[-1], lines[:-1]) if lines else (sketch.outline(start), [])

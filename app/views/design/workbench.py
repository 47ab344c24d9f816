"""The section Design, as its frame (`frames.design`) says: numbers, drawing, plots along the wall, files.

Numbers and drawing are a fragment: a pulled point reruns only this fragment. Once the design is at rest,
the drawing requests the refined flow; then the rest of the page, the rail and the plots along the wall, follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from fusiform.app.background.refinement import Refinement
from fusiform.app.edits import design as edits
from fusiform.app.frames.design.frame import Frame, frame
from fusiform.app.frames.design.known import known
from fusiform.app.frames.shared.formatting import plain
from fusiform.app.state.job_snapshot import RunningRefinement
from fusiform.app.state.session import Around, Session
from fusiform.app.views.design import take_away
from fusiform.app.views.design.toolbar import toolbar
from fusiform.app.views.shared import job_start
from fusiform.app.views.shared.complaints import complain, in_one_sentence
from fusiform.app.views.shared.components import component
from fusiform.app.views.shared.job_bar import optimise_button
from fusiform.app.views.shared.metrics import doubts, show_metrics
from fusiform.app.views.shared.session import change, in_fragment, keep, session


def show() -> Callable[[], None]:
    """Draw the section; the design in space, if it is chosen, when the returned function is called."""
    shown: Frame | None = st.fragment(_bench)()
    if shown is None:
        return lambda: None
    take_away.in_space(shown)
    _walls(shown)
    now = session()
    keep(replace(now, around=_around(now, shown)))
    return take_away.show(shown)


def _bench() -> Frame | None:
    """Numbers and drawing; None after a failure."""
    with in_one_sentence("The drawing"):
        return _numbers_and_drawing()
    return None


def _numbers_and_drawing() -> Frame:
    """Drawn alone, it calls for the whole page when that no longer fits."""
    now, alone = session(), in_fragment()
    if now.awaited:
        keep(replace(now, awaited=False))
    if alone and (now.around is None or now.around.beside != _beside(now)):
        st.rerun()
    shown = frame(now.design, now.settings, known(now))
    _numbers(shown)
    toolbar(shown.known)
    _drawing(shown)
    if alone and (now.awaited or not _being_refined()) and _around(now, shown) != now.around:
        st.rerun()
    return shown


def _around(now: Session, shown: Frame) -> Around:
    return Around(shown.design.version, shown.known.refined is not None, _beside(now))


def _beside(now: Session) -> tuple[object, ...]:
    return now.section, now.job, now.job_error, now.design.error


def _numbers(shown: Frame) -> None:
    """The row of numbers, and the buttons of the solver and the optimiser."""
    if shown.known.trouble is not None:
        complain(shown.known.trouble)
    with st.container(key="numbers"):
        with st.container(key="forces"):
            show_metrics(shown.numbers)
        with st.container(key="actions"):
            if shown.known.solved_before is None:
                _solve_button()
            optimise_button()
    if shown.fit_warning:
        st.warning(plain(shown.fit_warning))
    if shown.known.solved is not None:
        doubts("Solver", shown.known.solved)


def _solve_button() -> None:
    """Asks the solver; waits while a job is running."""
    st.button(
        "Ask the solver",
        width="stretch",
        disabled=session().job is not None,
        key="solve",
        on_click=job_start.solve,
        help="Solve the flow past this body, to compare with the surrogate's answer: about a second, on fine a few.",
    )


def _drawing(shown: Frame) -> None:
    component("drawing")(
        key="drawing",
        data=shown.drawing,
        on_moved_change=lambda: change(edits.pull, st.session_state.drawing.get("moved")),
        on_zoomed_change=lambda: change(edits.zoom, _share(st.session_state.drawing.get("zoomed"))),
        on_awaited_change=lambda: keep(replace(session(), awaited=True)),
    )
    with st.container(key="remarks"):
        st.caption(shown.remark, help=shown.remark_help)
    now = session()
    design = replace(now.design, home=shown.home, share=shown.share)
    keep(replace(now, design=design, refining=_refinement(now, shown)))


def _share(zoomed: Any) -> Any:
    """The part of the window in a message of the drawing."""
    return zoomed.get("share") if isinstance(zoomed, dict) else None


def _refinement(now: Session, shown: Frame) -> RunningRefinement | None:
    """The search for the refined flow of the present design: the one that runs or ended, else a new one.

    Called after the drawing, so that it does not hold that up.
    """
    known, running = shown.known, now.refining
    if running is not None and (running.key != known.key or known.refined is not None):
        running.drop()
        running = None
    if known.predicted is None or known.refined is not None or known.key is None:
        return None
    return running or Refinement(known.key, known.predicted, shown.window)


def _being_refined() -> bool:
    refining = session().refining
    return refining is not None and not refining.over


def _walls(shown: Frame) -> None:
    """Pressure and shear stress along the wall, side by side."""
    if shown.walls:
        with st.container(key="walls"):
            for quantity, data in shown.walls.items():
                component("curves")(key=f"plot_{quantity}", data=data)

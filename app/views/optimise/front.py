"""The trade-off: the least drag for each value of a limit; a click on a point opens that body."""

from __future__ import annotations

import streamlit as st

from fusiform.app.drawings.figures.front_figure import front_figure
from fusiform.app.edits import jobs as edits
from fusiform.app.frames.optimise.trade_off import curve, curve_title, left_out, point_numbers, point_sketch
from fusiform.app.frames.shared.formatting import plain
from fusiform.app.results.kept_results import Front
from fusiform.app.state.job_snapshot import JobKind
from fusiform.app.views.optimise.sweep_controls import limit_label, sweep_controls
from fusiform.app.views.shared import job_bar, job_start
from fusiform.app.views.shared.complaints import complain, in_one_sentence
from fusiform.app.views.shared.components import picture
from fusiform.app.views.shared.following import follow
from fusiform.app.views.shared.metrics import PLOT_CONFIG, show_metrics
from fusiform.app.views.shared.session import change, session


def show() -> None:
    """Draw the view."""
    sweep_controls()
    job, found = job_bar.snapshot(), session().front
    if job is not None and job.kind is JobKind.SWEEPING:
        st.fragment(_live, run_every=job_bar.POLL_SECONDS)()
    elif found is not None:
        _finished(found)
    else:
        st.info(
            "How much drag does a shorter body cost? Choose what to vary and press Sweep: the surrogate finds the "
            "optimum for each value in a few seconds. Then click a point to see its body."
        )


@in_one_sentence("The trade-off")
def _live() -> None:
    now, over = job_bar.snapshot(), session().swept
    if now is not None and over is not None:
        axis = _axis(over, revolution=session().design.present.revolution)
        figure = front_figure(*curve(now.points), axis, curve_title(now.points), None)
        st.plotly_chart(figure, key="front_live", config=PLOT_CONFIG, alt="The front so far")


def _axis(over: str, *, revolution: bool) -> str:
    return f"{limit_label(over, revolution=revolution)}, in the body's own unit"


def _finished(front: Front) -> None:
    """The front, and the body of the point that was clicked."""
    if not front.feasible:
        complain(left_out(front))
        return
    chosen = chosen_point(front)
    with st.container(key="front_view"):
        with st.container():
            _chart(front, chosen)
        with st.container():
            _body(front, chosen)
    if words := left_out(front):
        st.caption(plain(words))


def _chart(front: Front, chosen: int | None) -> None:
    """The front, whose points can be clicked or chosen below it."""
    revolution = front.problem.body.revolution
    good, label = front.feasible, limit_label(front.over, revolution=revolution)
    place = None if chosen is None else good.index(chosen)
    st.plotly_chart(
        front_figure(*curve(front.points), _axis(front.over, revolution=revolution), curve_title(front.points), place),
        key="front_chart",
        config=PLOT_CONFIG,
        on_select=_clicked,
        selection_mode="points",
        alt=f"{curve_title(front.points)} for each {label.lower()}",
    )
    follow("front_point", chosen)
    st.segmented_control(
        label,
        good,
        key="front_point",
        format_func=lambda n: f"{front.points[n].value:g}",
        on_change=_picked,
        help="The points of the plot, for keyboards.",
    )


def chosen_point(front: Front) -> int | None:
    """The number of the point that was clicked, if one was."""
    chosen = session().front_point
    return chosen if chosen in front.feasible else None


def _clicked() -> None:
    """A point of the plot was clicked."""
    points = st.session_state.front_chart["selection"]["points"]
    if points:
        choose(int(points[0]["point_index"]))


def choose(place: int) -> None:
    """Point number `place` of those drawn becomes the shown optimum."""
    found = session().front
    good = [] if found is None else found.feasible
    if 0 <= place < len(good):
        change(edits.choose_front_point, good[place])


def _picked() -> None:
    """A value was chosen below the plot."""
    if st.session_state.front_point is not None:
        change(edits.choose_front_point, st.session_state.front_point)


def _body(front: Front, chosen: int | None) -> None:
    if chosen is None:
        st.info("Click a point to see its body.")
        return
    picture(point_sketch(front, chosen), "front_body")
    with st.container(key="forces_of_point"):
        show_metrics(point_numbers(front, chosen))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Certify this one",
            key="certify_point",
            icon=":material/verified:",
            disabled=session().job is not None,
            on_click=_certify,
            args=(chosen,),
            help="Search again with this limit and continue with the solver's own gradient until its conditions hold.",
        )
        st.button(
            "Show it as the optimum",
            key="open_point",
            icon=":material/open_in_full:",
            on_click=lambda: change(edits.show_front_point),
            help="All its numbers, constraints and files.",
        )


def _certify(number: int) -> None:
    change(edits.choose_front_point, number)
    job_start.certify_shown()

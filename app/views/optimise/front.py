"""The trade-off: the least drag for each value of a limit; a click on a point opens that body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from fusiform.app.drawings.figures.front_figure import front_figure
from fusiform.app.edits import jobs as edits
from fusiform.app.frames.formatting import plain, sentence
from fusiform.app.frames.optimum import point_numbers, point_sketch
from fusiform.app.results.kept_results import Front
from fusiform.app.state.job_snapshot import Phase
from fusiform.app.views.shared import job_bar, job_start
from fusiform.app.views.shared.components import picture
from fusiform.app.views.shared.following import follow
from fusiform.app.views.shared.metrics import PLOT_CONFIG, show_metrics
from fusiform.app.views.shared.session import change, session
from fusiform.solvers.inverse import ParetoPoint
from fusiform.solvers.inverse.problem.constraints.forms import rounded

MOST_VALUES = 15


@dataclass(frozen=True)
class Limit:
    """A limit that can be varied: its label and meaning, and the first values of its range, in d."""

    label: str
    meaning: str
    loose: float
    tight: float


LIMITS = {
    "length": Limit("Greatest length", "The body is at most this long.", 2.4, 0.9),
    "height": Limit("Greatest height", "The body is at most this high.", 0.8, 0.35),
    "thickness": Limit("Thickness at mid length", "The body is at least this thick there.", 0.6, 1.2),
}


def show() -> None:
    """Draw the view."""
    _controls()
    job, found = job_bar.snapshot(), session().front
    if job is not None and job.phase is Phase.SWEEPING:
        st.fragment(_live, run_every=job_bar.POLL_SECONDS)()
    elif found is not None:
        _finished(found)
    else:
        st.info(
            "How much drag does a shorter body cost? Choose what to vary and press Sweep: the surrogate finds the "
            "optimum for each value in a few seconds. Then click a point to see its body."
        )


def _controls() -> None:
    size = session().design.present.reference_length
    with st.container(key="front_bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        over = st.selectbox(
            "Vary",
            list(LIMITS),
            key="front_over",
            format_func=lambda name: LIMITS[name].label,
            width=220,
            help="The limit that is varied, beside the constraints of the problem. "
            + " ".join(f"{limit.label}: {limit.meaning}" for limit in LIMITS.values()),
        )
        limit = LIMITS[over]
        meaning = "in the body's own unit. The optimum of each value begins from the one before."
        first = st.number_input(
            "From", 1e-6, value=rounded(limit.loose * size), key=f"front_from_{over}_{size:.4g}", format="%.4g",
            width=120, help=f"First value, {meaning}",
        )  # fmt: skip
        last = st.number_input(
            "To", 1e-6, value=rounded(limit.tight * size), key=f"front_to_{over}_{size:.4g}", format="%.4g",
            width=120, help=f"Last value, {meaning}",
        )  # fmt: skip
        count = st.number_input("Values", 2, MOST_VALUES, 7, key="front_count", width=110, help="How many values.")
        st.button(
            "Sweep",
            key="sweep",
            disabled=session().job is not None,
            on_click=job_start.sweep,
            args=(over, [rounded(x) for x in np.linspace(first, last, int(count)).tolist()]),
            help="Find the optimum for each value.",
        )


def _live() -> None:
    now = job_bar.snapshot()
    if now is not None:
        good = [point for point in now.points if point.result.feasible]
        over = st.session_state.front_over
        figure = front_figure([p.value for p in good], [_drag(p) for p in good], _axis(over), None)
        st.plotly_chart(figure, key="front_live", config=PLOT_CONFIG, alt="The front so far")


def _axis(over: str) -> str:
    return f"{LIMITS[over].label}, in the body's own unit"


def _drag(point: ParetoPoint) -> float:
    return point.result.predicted_drag_coefficient


def _finished(front: Front) -> None:
    """The front, and the body of the point that was clicked."""
    good = possible(front)
    label = LIMITS[front.over].label
    if not good:
        st.error(sentence(f"no value can be had: {plain(front.points[0].result.status)}"))
        return
    chosen = chosen_point(front)
    with st.container(key="front_view"):
        with st.container():
            place = None if chosen is None else good.index(chosen)
            figure = front_figure(
                [front.points[n].value for n in good], [_drag(front.points[n]) for n in good], _axis(front.over), place
            )
            st.plotly_chart(
                figure,
                key="front_chart",
                config=PLOT_CONFIG,
                on_select=_clicked,
                selection_mode="points",
                alt=f"Least drag for each {label.lower()}",
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
        with st.container():
            _body(front, chosen)
    left_out = len(front.points) - len(good)
    if left_out:
        st.caption(f"{left_out} values cannot be had together with the other constraints and are left out.")


def possible(front: Front) -> list[int]:
    """The numbers of the points that could be had."""
    return [n for n, point in enumerate(front.points) if point.result.feasible]


def chosen_point(front: Front) -> int | None:
    """The number of the point that was clicked, if one was."""
    chosen = session().front_point
    return chosen if chosen in possible(front) else None


def _clicked() -> None:
    """A point of the plot was clicked."""
    points = st.session_state.front_chart["selection"]["points"]
    if points:
        choose(int(points[0]["point_index"]))


def choose(place: int) -> None:
    """Point number `place` of those drawn becomes the shown optimum."""
    found = session().front
    good = [] if found is None else possible(found)
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
            help="Search again with this limit and go on with the solver's own gradient until its conditions hold.",
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

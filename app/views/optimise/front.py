"""The trade-off: the least drag for each value of a limit; a click on a point opens that body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from fusiform.app.background.jobs import Phase
from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.drawings.figures.front_figure import front_figure
from fusiform.app.state.kept_results import Front
from fusiform.app.state.setup import setup_of
from fusiform.app.views.optimise import problem
from fusiform.app.views.shared import session, work
from fusiform.app.views.shared.components import picture
from fusiform.app.views.shared.metrics import CONVENTION, PLOT_CONFIG, metric
from fusiform.app.views.shared.words import apart, coefficient, plain, sentence
from fusiform.solvers.inverse import ParetoPoint
from fusiform.solvers.inverse.problem.constraints.forms import rounded

MOST_VALUES = 15


@dataclass(frozen=True)
class Limit:
    """What can be varied: its name, what it means, and from where to where, in d; `loose` says which end is free."""

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
    now = work.job_snapshot()
    if now is not None and now.phase is Phase.SWEEPING:
        st.fragment(_live, run_every=work.POLL_SECONDS)()
    elif st.session_state.front is not None:
        _finished(st.session_state.front)
    else:
        st.info(
            "How much drag does a shorter body cost? Choose what to vary and press Sweep: the surrogate finds the "
            "optimum for each value in a few seconds. Then click a point to see its body."
        )


def _controls() -> None:
    size = session.present().reference_length
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
            disabled=st.session_state.job is not None,
            on_click=work.sweep,
            args=(over, [rounded(x) for x in np.linspace(first, last, int(count)).tolist()]),
            help="Find the optimum for each value.",
        )


def _live() -> None:
    now = work.job_snapshot()
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
            session.follow("front_point", chosen)
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
    chosen = st.session_state.get("front_chosen")
    return chosen if chosen in possible(front) else None


def _clicked() -> None:
    """A point of the plot was clicked."""
    points = st.session_state.front_chart["selection"]["points"]
    if points:
        choose(int(points[0]["point_index"]))


def choose(place: int) -> None:
    """Point number `place` of those drawn becomes the shown optimum."""
    good = possible(st.session_state.front)
    if 0 <= place < len(good):
        _open_point(good[place])


def _picked() -> None:
    """A value was chosen below the plot."""
    if st.session_state.front_point is not None:
        _open_point(st.session_state.front_point)


def _open_point(number: int) -> None:
    state = st.session_state
    state.front_chosen, state.optimum, state.earlier = number, state.front.optimum(number), None


def _body(front: Front, chosen: int | None) -> None:
    if chosen is None:
        st.info("Click a point to see its body.")
        return
    point = front.points[chosen]
    result = point.result
    start = front.points[0].result.predicted_initial_drag_coefficient
    conditions = result.conditions
    drawing = sketch.draw(
        sketch.outline(result.body),
        front.problem.body,
        setup_of(result.problem)["rows"],
        conditions.alpha_deg,
        ghost=sketch.outline(front.problem.body),
    )
    picture(drawing.svg, "front_body")
    with st.container(key="forces_of_point"):
        metric(
            "Least $C_D$",
            coefficient(_drag(point)),
            f"{apart(_drag(point), start)} to the start",
            f"Drag of the optimum, by {plain(result.model)}; below, compared with the start's. {CONVENTION}",
        )
        gain = result.constraints[len(result.problem.constraints) - 1].gain
        metric(
            "One more gains",
            coefficient(gain),
            "drag, per unit of length",
            "By how much the least drag would fall for relaxing this limit by one unit of length: the slope of the "
            "curve at this point.",
        )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Certify this one",
            key="certify_point",
            icon=":material/verified:",
            disabled=st.session_state.job is not None,
            on_click=_certify,
            help="Search again with this limit and go on with the solver's own gradient until its conditions hold.",
        )
        st.button(
            "Show it as the optimum",
            key="open_point",
            icon=":material/open_in_full:",
            on_click=_open,
            help="All its numbers, constraints and files.",
        )


def _open() -> None:
    _open_point(st.session_state.front_chosen)
    st.session_state.step = problem.OPTIMUM


def _certify() -> None:
    _open_point(st.session_state.front_chosen)
    work.certify_shown()

"""The view of a search: live while it runs, then start and optimum side by side, predicted and verified."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fusiform.app.jobs import SEARCHING, Answer, Optimum, Snapshot
from fusiform.app.pictures import ComplexArray, closed_outline, outline_at_incidence, window_around
from fusiform.app.plots import (
    ACCENT,
    FLOW_HEIGHT,
    INK,
    SIDE_HEIGHT,
    WallCurve,
    flow_figure,
    outlines_figure,
    progress_figure,
    wall_figure,
)
from fusiform.app.views import answers, work
from fusiform.app.views.flow import CONVENTION, PLOT_CONFIG
from fusiform.app.views.words import apart, coefficient
from fusiform.solvers import Body
from fusiform.solvers.inverse import Iterate

ASPECT = 1.2
TRAIL = 5
MIME = {".dat": "text/plain", ".csv": "text/csv", ".stl": "model/stl"}


def show(quantity: str, streamlines: bool) -> None:
    """Draw the view of the running search, else of the last one."""
    now = work.job_snapshot()
    if now is not None and st.session_state.optimum is None:
        st.fragment(_live, run_every=work.POLL_SECONDS if now.phase == SEARCHING else None)()
    elif st.session_state.optimum is not None:
        _finished(st.session_state.optimum, quantity, streamlines)
    else:
        st.info("Press Optimise to find the shape with the least drag; the search is shown here.")


def _live() -> None:
    """The search as it stands; drawn again every `work.POLL_SECONDS`."""
    now = work.job_snapshot()
    if now is None or not (now.phase == SEARCHING or now.history):
        st.info("Press Optimise to find the shape with the least drag; the search is shown here.")
        return
    _live_metrics(now)
    state = st.session_state
    st.caption(f"From {state.job_start.name} at Re = {state.job_conditions.reynolds:g}.")
    shapes, progress = st.columns([1.5, 1], gap="medium")
    figure = outlines_figure(_morph(state.job_start, now.history, state.job_conditions.alpha_deg), FLOW_HEIGHT)
    shapes.plotly_chart(figure, key="morph", config=PLOT_CONFIG, alt="Outlines of the search")
    figure = progress_figure(now.history, None, FLOW_HEIGHT)
    progress.plotly_chart(figure, key="progress", config=PLOT_CONFIG, alt="Drag of each evaluation")


def _live_metrics(now: Snapshot) -> None:
    columns = st.columns(5)
    history = now.history
    first = history[0].drag_coefficient if history else None
    best = history[-1].best_drag_coefficient if history else None
    columns[0].metric("Start $C_D$", _value(first), help=f"Drag of the start as the model sees it. {CONVENTION}")
    columns[1].metric("Best $C_D$", _value(best), help="Least drag so far, as the model predicts it.")
    columns[2].metric("Verified $C_D$", "…", help="The solver's drag of the best body, when the search has ended.")
    gain = "–" if first is None or best is None else f"{100.0 * (1.0 - best / first):.1f} %"
    columns[3].metric("Reduction", gain, help="Reduction of drag so far, as the model predicts it.")
    columns[4].metric("Evaluations", len(history), help="Queries of the model, each with its gradient.")


def _morph(start: Body, history: Sequence[Iterate], alpha_deg: float) -> list[tuple[str, ComplexArray]]:
    """The start, some of the best bodies on the way, and the best one."""
    best = [iterate for iterate in history if iterate.drag_coefficient <= iterate.best_drag_coefficient]
    step = max(1, len(best) // (TRAIL + 1))
    kept = [*best[step:-1:step], *best[-1:]]
    names = [f"evaluation {iterate.evaluation}" for iterate in kept[:-1]] + ["best"]
    outlines = [outline_at_incidence(body.coefficients, alpha_deg) for body in (start, *kept)]
    return list(zip(["start", *names][: len(outlines)], outlines, strict=True))


def _finished(optimum: Optimum, quantity: str, streamlines: bool) -> None:
    result = optimum.result
    start, best = optimum.initial, optimum.verified
    _metrics(optimum)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"From {optimum.start.name} at Re = {result.conditions.reynolds:g}, α = {result.conditions.alpha_deg:g}°, "
            f"model {result.model}, {result.seconds:.1f} s. {result.status}"
        )
        _downloads(optimum)
    outlines = [
        (name, outline_at_incidence(body.coefficients, result.conditions.alpha_deg))
        for name, body in (("start", optimum.start), ("optimum", result.body))
    ]
    if start is None or best is None:
        figure = outlines_figure(outlines, FLOW_HEIGHT)
        st.plotly_chart(figure, key="flows", config=PLOT_CONFIG, alt="Start and optimum")
        progress = progress_figure(result.history, None, SIDE_HEIGHT)
        st.plotly_chart(progress, key="progress", config=PLOT_CONFIG, alt="Drag of each evaluation")
        return
    _flows(start, best, quantity, streamlines)
    shapes, progress_column, wall = st.columns(3, gap="medium")
    shapes.plotly_chart(
        outlines_figure(outlines, SIDE_HEIGHT), key="overlay", config=PLOT_CONFIG, alt="Start and optimum overlaid"
    )
    progress_column.plotly_chart(
        progress_figure(result.history, best.drag_coefficient, SIDE_HEIGHT),
        key="progress",
        config=PLOT_CONFIG,
        alt="Drag of each evaluation",
    )
    curves = [WallCurve("start", start.field, ACCENT), WallCurve("optimum", best.field, INK)]
    wall.plotly_chart(wall_figure(curves, "wall_pressure_coefficient"), key="walls", config=PLOT_CONFIG, alt="Pressure coefficient on the walls")


def _flows(start: Answer, best: Answer, quantity: str, streamlines: bool) -> None:
    """Start and optimum side by side, in one window and one colour scale."""
    outlines = [closed_outline(answer.field.coefficients) for answer in (start, best)]
    window = window_around(outlines, ASPECT)
    panels = [
        (f"{name}: C<sub>D</sub> = {coefficient(answer.drag_coefficient)}", answers.picture(answer.field, window))
        for name, answer in (("Start", start), ("Optimum", best))
    ]
    figure = flow_figure(panels, quantity, streamlines=streamlines, ghost=outlines[0])
    st.plotly_chart(figure, key="flows", config=PLOT_CONFIG, alt=f"Flow past start and optimum: {quantity}")


def _metrics(optimum: Optimum) -> None:
    result, start, best = optimum.result, optimum.initial, optimum.verified
    predicted, predicted_start = result.predicted_drag_coefficient, result.predicted_initial_drag_coefficient
    columns = st.columns(5)

    def show(column: int, label: str, value: str, note: str, definition: str) -> None:
        columns[column].metric(label, value, note, delta_color="off", delta_arrow="off", help=definition)

    show(
        0,
        "Start $C_D$, verified",
        _value(None if start is None else start.drag_coefficient),
        f"predicted {coefficient(predicted_start)}",
        f"The solver's drag of the body that the search began with. {CONVENTION}",
    )
    show(
        1,
        "Optimum $C_D$, verified",
        _value(None if best is None else best.drag_coefficient),
        "not verified" if best is None else _parts(best),
        f"The solver's drag of the optimum: pressure part and friction part. {CONVENTION}",
    )
    show(
        2,
        "Optimum $C_D$, predicted",
        coefficient(predicted),
        "by the model" if best is None else f"{apart(predicted, best.drag_coefficient)} of the verified",
        "What the optimiser's model says of the same body.",
    )
    source = "predicted" if start is None or best is None else "by the solver"
    show(3, "Reduction", f"{optimum.reduction_percent:.1f} %", source, "Of the start's drag.")
    lift = "lift –" if best is None else f"lift {coefficient(best.lift_coefficient)}"
    show(4, "Evaluations", str(result.evaluations), lift, "Queries of the model, each with its gradient; lift: $C_L$.")


def _parts(answer: Answer) -> str:
    return f"{coefficient(answer.drag_pressure)} + {coefficient(answer.drag_friction)}"


def _value(value: float | None) -> str:
    return "–" if value is None else coefficient(value)


def _downloads(optimum: Optimum) -> None:
    """The optimum's outline as files."""
    for suffix, content in optimum.files.items():
        extruded = " It is extruded by one d." if suffix == ".stl" else ""
        st.download_button(
            suffix,
            content,
            file_name=f"optimum{suffix}",
            mime=MIME[suffix],
            key=f"download{suffix}",
            icon=":material/download:",
            on_click="ignore",
            help=f"Outline of the optimum at zero incidence, in the unit of the body chosen.{extruded}",
        )

"""The view of a search: live while it runs, then start and optimum side by side, predicted and verified."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fusiform.app.jobs import SEARCHING, Answer, Optimum
from fusiform.app.pictures import ComplexArray, closed_outline, outline_at_incidence, window_around
from fusiform.app.plots import (
    ACCENT,
    FLOW_HEIGHT,
    INK,
    SIDE_HEIGHT,
    flow_figure,
    outlines_figure,
    progress_figure,
    wall_figure,
)
from fusiform.app.views import answers, work
from fusiform.app.views.flow import PLOT_CONFIG, doubts
from fusiform.app.views.metrics import CONVENTION, metric, metric_row
from fusiform.app.views.words import apart, coefficient, value_or_dash, with_error
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
    _live_metrics(now.history)
    state = st.session_state
    st.caption(f"From {state.job_start.name} at Re = {state.job_conditions.reynolds:g}.")
    shapes, progress = st.columns([1.5, 1], gap="medium")
    figure = outlines_figure(_morph(state.job_start, now.history, state.job_conditions.alpha_deg), FLOW_HEIGHT)
    shapes.plotly_chart(figure, key="morph", config=PLOT_CONFIG, alt="Outlines of the search")
    figure = progress_figure(now.history, None, FLOW_HEIGHT)
    progress.plotly_chart(figure, key="progress", config=PLOT_CONFIG, alt="Drag of each evaluation")


def _live_metrics(history: Sequence[Iterate]) -> None:
    first = history[0].drag_coefficient if history else None
    best = history[-1].best_drag_coefficient if history else None
    gain = "–" if first is None or best is None else f"{100.0 * (1.0 - best / first):.1f} %"
    with metric_row():
        metric("Start $C_D$", value_or_dash(first), None, f"Drag of the start as the model sees it. {CONVENTION}")
        metric("Best $C_D$", value_or_dash(best), None, "Least drag so far, as the model predicts it.")
        metric("Verified $C_D$", "…", None, "The solver's drag of the best body, when the search has ended.")
        metric("Reduction", gain, None, "Reduction of drag so far, as the model predicts it.")
        metric("Evaluations", str(len(history)), None, "Queries of the model, each with its gradient.")


def _morph(start: Body, history: Sequence[Iterate], alpha_deg: float) -> list[tuple[str, ComplexArray]]:
    """The start, some of the best bodies on the way, and the best one."""
    best = [iterate for iterate in history if iterate.drag_coefficient <= iterate.best_drag_coefficient]
    step = max(1, len(best) // (TRAIL + 1))
    kept = [*best[step:-1:step], *best[-1:]]
    names = [f"evaluation {iterate.evaluation}" for iterate in kept[:-1]] + ["best"]
    shapes = [start.coefficients, *(iterate.coefficients for iterate in kept)]
    outlines = [outline_at_incidence(coefficients, alpha_deg) for coefficients in shapes]
    return list(zip(["start", *names][: len(outlines)], outlines, strict=True))


def _finished(optimum: Optimum, quantity: str, streamlines: bool) -> None:
    result = optimum.result
    start, best = optimum.initial, optimum.verified
    _metrics(optimum)
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
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
    else:
        doubts("Start", start)
        doubts("Optimum", best)
        _flows(start, best, quantity, streamlines)
    shapes, progress, wall = st.columns(3, gap="medium")
    figure = outlines_figure(outlines, SIDE_HEIGHT)
    shapes.plotly_chart(figure, key="overlay", config=PLOT_CONFIG, alt="Start and optimum overlaid")
    figure = progress_figure(result.history, None if best is None else best.drag_coefficient, SIDE_HEIGHT)
    progress.plotly_chart(figure, key="progress", config=PLOT_CONFIG, alt="Drag of each evaluation")
    if start is not None and best is not None:
        curves = [answers.wall_curve("start", start.field, ACCENT), answers.wall_curve("optimum", best.field, INK)]
        figure = wall_figure(curves, "wall_pressure_coefficient")
        wall.plotly_chart(figure, key="walls", config=PLOT_CONFIG, alt="Pressure coefficient on the walls")


def _flows(start: Answer, best: Answer, quantity: str, streamlines: bool) -> None:
    """Start and optimum side by side, in one window and one colour scale."""
    outlines = [closed_outline(answer.field.coefficients) for answer in (start, best)]
    window = window_around(outlines, ASPECT)
    panels = [
        (
            f"{name}: C<sub>D</sub> = {with_error(answer.drag_coefficient, answer.drag_error)}",
            answers.picture(answer.field, window),
        )
        for name, answer in (("Start", start), ("Optimum", best))
    ]
    figure = flow_figure(panels, quantity, streamlines=streamlines, ghost=outlines[0])
    st.plotly_chart(figure, key="flows", config=PLOT_CONFIG, alt=f"Flow past start and optimum: {quantity}")


def _metrics(optimum: Optimum) -> None:
    result, start, best = optimum.result, optimum.initial, optimum.verified
    predicted = result.predicted_drag_coefficient
    with metric_row():
        metric(
            "Start $C_D$",
            value_or_dash(None if start is None else start.drag_coefficient),
            f"search began at {coefficient(result.predicted_initial_drag_coefficient)}",
            "The solver's drag of the body chosen. The search begins with what the model's modes and smoothness make "
            f"of it; the note is the model's drag of that. {CONVENTION}",
        )
        metric(
            "Predicted $C_D$",
            coefficient(predicted),
            "by the model" if best is None else f"{apart(predicted, best.drag_coefficient)} of the verified",
            "What the optimiser's model says of the optimum.",
        )
        metric(
            "Verified $C_D$",
            value_or_dash(None if best is None else best.drag_coefficient),
            "not verified"
            if best is None
            else f"{coefficient(best.drag_pressure)} + {coefficient(best.drag_friction)}",
            f"The solver's drag of the optimum, and its parts: pressure + friction. {CONVENTION}",
        )
        source = "predicted" if start is None or best is None else "by the solver"
        metric("Reduction", f"{optimum.reduction_percent:.1f} %", source, "Of the start's drag.")
        metric(
            "Evaluations",
            str(result.evaluations),
            None if best is None else f"lift {coefficient(best.lift_coefficient)}",
            "Queries of the model, each with its gradient. Below, the optimum's lift $C_L$ by the solver.",
        )


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

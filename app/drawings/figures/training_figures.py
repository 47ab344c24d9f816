"""Figures of training runs and of the measured comparisons of the training methods: one colour and dash a method."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from fusiform.app.drawings.figures.style import style
from fusiform.app.results.measured_methods import Comparison, Conditioned
from fusiform.app.results.training_folder import KeptRun, Point
from fusiform.app.state.train import Axis

HEIGHT = 270
COLOURS = {  # by method, after Okabe & Ito, readable on a light and on a dark page
    "supervised": "#8d99a6",
    "dp": "#d55e00",
    "sip": "#2a7fb8",
    "hig": "#c76ba5",
    "sip-hig": "#0f9d76",
}
DASHES = {"supervised": "dash", "dp": "dot", "sip": "solid", "hig": "dashdot", "sip-hig": "longdash"}
AXIS_TITLES = {Axis.STEPS: "steps", Axis.SECONDS: "seconds of wall clock, physics included"}


def curves_figure(runs: Sequence[KeptRun], quantity: str, axis: Axis, height: int = HEIGHT) -> go.Figure:
    """`quantity`, "loss" or "median" (held-out drag error), of the runs at their checkpoints; a ring where a stage
    begins. Each stage has another loss, so its line is cut there."""
    figure = go.Figure()
    for run in runs:
        shown = _marked(run, quantity, axis)
        if not shown:
            continue
        places, values, stages, rings = zip(*shown, strict=True)
        colour = COLOURS[run.method]
        figure.add_scatter(
            x=places,
            y=values,
            customdata=stages,
            mode="lines+markers",
            name=run.label,
            line={"color": colour, "dash": DASHES[run.method], "width": 2},
            marker={"color": colour, "size": rings, "symbol": "circle-open", "line": {"width": 2}, "opacity": 1},
            hovertemplate=f"{run.label}, %{{customdata}}<br>%{{x:.4g}} {axis.lower()}: %{{y:.3g}}<extra></extra>",
        )
    percent = quantity == "median"
    style(figure, height, AXIS_TITLES[axis], "held-out drag error" if percent else "loss")
    figure.update_layout(showlegend=True)
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(
        type="log",
        tickformat=".2~%" if percent else None,
        exponentformat="power",
        minexponent=1,
        dtick="D2" if percent else 1,
    )
    return figure


def _marked(run: KeptRun, quantity: str, axis: Axis) -> list[tuple[float | None, float | None, str, int]]:
    """Place, value, stage and size of the ring at each checkpoint of a run; places without a value cut the line."""
    points = [p for p in run.points if getattr(p, quantity) is not None and _place(p, axis) is not None]
    marked: list[tuple[float | None, float | None, str, int]] = []
    for before, now in pairwise([*points[:1], *points]):
        begins = now.stage != before.stage
        if begins and quantity == "loss":
            marked.append((None, None, "", 0))
        marked.append((_place(now, axis), getattr(now, quantity), now.stage, 7 if begins else 0))
    return marked


def _place(point: Point, axis: Axis) -> float | None:
    return point.step if axis == Axis.STEPS else point.seconds


def errors_figure(compared: Comparison, height: int = HEIGHT) -> go.Figure:
    """Drag errors of the start and of the methods on a log scale, a line from lowest to highest."""
    methods = [(m.label, COLOURS[m.method], m.drag) for m in compared.methods.values()]
    figure = go.Figure()
    for name, colour, drag in reversed([("the start of all", COLOURS["supervised"], compared.start), *methods]):
        figure.add_scatter(
            x=[drag.median],
            y=[name],
            mode="markers",
            marker={"color": colour, "size": 11},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [drag.highest - drag.median],
                "arrayminus": [drag.median - drag.lowest],
                "color": colour,
                "thickness": 2,
            },
            hovertemplate=f"{name}: %{{x:.3%}} ({drag.lowest:.3%} to {drag.highest:.3%})<extra></extra>",
        )
    style(figure, height, "held-out drag error, median (line: three seeds)", "")
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="log", tickformat=".2~%", dtick="D2")
    figure.update_yaxes(showgrid=True)
    return figure


def conditioning_figure(conditions: Sequence[float], rows: Sequence[Conditioned], height: int) -> go.Figure:
    """Errors by method against the condition number of the physics, both logarithmic."""
    figure = go.Figure()
    for row in rows:
        figure.add_scatter(
            x=list(conditions),
            y=list(row.errors),
            mode="lines+markers",
            name=row.label,
            line={"color": COLOURS[row.method], "dash": DASHES[row.method], "width": 2},
            hovertemplate=f"{row.label}<br>condition %{{x:g}}: error %{{y:.2g}}<extra></extra>",
        )
    style(figure, height, "condition number of the physics", "error after four seconds")
    figure.update_layout(showlegend=True)
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(type="log", dtick="D2", tickformat="~g")
    return figure

"""Flows as figures: a field in colours, streamlines and the body."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fusiform.app.drawings.colours import colour_limits
from fusiform.app.drawings.pictures import Picture
from fusiform.app.drawings.quantities import QUANTITIES
from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.flow import Streamlines

HEIGHT = 410
BODY_FILL, BODY_EDGE = "#8d99a6", "#4a5561"
STREAMLINE = "rgba(255,255,255,0.55)"
STREAMLINE_ON_PALE = "rgba(60,70,80,0.45)"
DIVIDING_WIDTH = 1.6


def flow_figure(
    panels: Sequence[tuple[str, Picture]], quantity: str, *, streamlines: bool, ghost: ComplexArray | None = None
) -> go.Figure:
    """One or two flows side by side in common colours; `ghost` is an outline, dotted in the last panel."""
    figure = make_subplots(1, len(panels), subplot_titles=[title for title, _ in panels], horizontal_spacing=0.03)
    shown = QUANTITIES[quantity]
    values = np.concatenate([getattr(picture, quantity).ravel() for _, picture in panels])
    low, high = colour_limits(values, signed=shown.signed)
    bar = {"title": {"text": shown.label, "side": "right"}, "thickness": 12, "outlinewidth": 0, "xpad": 6}
    figure.update_layout(coloraxis={"colorscale": shown.colours, "cmin": low, "cmax": high, "colorbar": bar})
    for column, (_, picture) in enumerate(panels, start=1):
        figure.add_trace(_heat_map(picture, quantity), 1, column)
        if streamlines:
            for trace in _streamlines(picture.streamlines, STREAMLINE_ON_PALE if shown.signed else STREAMLINE):
                figure.add_trace(trace, 1, column)
        if ghost is not None and column == len(panels):
            figure.add_trace(_line(ghost, "start", STREAMLINE, dash="dot"), 1, column)
        figure.add_trace(_body(picture.outline), 1, column)
        _frame(figure, picture, column, "range" if len(panels) == 1 else "domain")
    figure.update_layout(height=HEIGHT, margin={"l": 8, "r": 8, "t": 26, "b": 8}, showlegend=False)
    return figure


def _frame(figure: go.Figure, picture: Picture, column: int, constrain: str) -> None:
    """Equal scales on both axes; where they do not fit, a longer `range` is shown or the `domain` shrinks."""
    w = picture.window
    axis = {"showgrid": False, "zeroline": False, "constrain": constrain, "ticks": "", "nticks": 8}
    figure.update_xaxes(range=[w.left, w.right], col=column, **axis)
    anchor = "x" if column == 1 else f"x{column}"
    figure.update_yaxes(range=[w.bottom, w.top], scaleanchor=anchor, showticklabels=column == 1, col=column, **axis)


def _heat_map(picture: Picture, quantity: str) -> go.Heatmap:
    return go.Heatmap(
        x=picture.x.astype(np.float32),
        y=picture.y.astype(np.float32),
        z=getattr(picture, quantity).astype(np.float32),
        zsmooth="best",
        coloraxis="coloraxis",
        hovertemplate=f"x %{{x:.2f}} d, y %{{y:.2f}} d<br>{QUANTITIES[quantity].label} %{{z:.3f}}<extra></extra>",
    )


def _streamlines(lines: Streamlines, colour: str) -> list[go.Scatter]:
    """The lines of `lines`; those that divide the flow at the body are a little heavier."""
    widths = ((lines.stream + lines.eddies, 1.0), (lines.dividing, DIVIDING_WIDTH))
    return [_line(_joined(group), "streamlines", colour, width=width) for group, width in widths]


def _joined(lines: Sequence[ComplexArray]) -> ComplexArray:
    """Lines as one, with a gap after each."""
    return np.concatenate([np.zeros(0, dtype=np.complex128), *(np.append(line, np.nan) for line in lines)])


def _line(points: ComplexArray, name: str, colour: str, *, dash: str = "solid", width: float = 2.0) -> go.Scatter:
    return go.Scatter(
        x=points.real.astype(np.float32),
        y=points.imag.astype(np.float32),
        mode="lines",
        name=name,
        line={"color": colour, "dash": dash, "width": width},
        hoverinfo="skip",
    )


def _body(outline: ComplexArray) -> go.Scatter:
    trace = _line(outline, "body", BODY_EDGE, width=1.5)
    return trace.update(fill="toself", fillcolor=BODY_FILL)

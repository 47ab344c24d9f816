"""Plotly figures of the design page. Colours are perceptually uniform and safe for colour-blind eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fusiform.app.pictures import ComplexArray, Picture, wall_values
from fusiform.solvers.flow.analysis import WallPoint
from fusiform.solvers.flow.fields import FlowField
from fusiform.solvers.flow.streamlines import Streamlines
from fusiform.solvers.inverse import Iterate

FLOW_HEIGHT, SIDE_HEIGHT = 410, 240
BODY_FILL, BODY_EDGE = "#8d99a6", "#4a5561"
INK, ACCENT, MUTED = "#2a7fb8", "#d1802e", "#8d99a6"
PALE = "rgba(42,127,184,0.22)"
STREAMLINE = "rgba(255,255,255,0.55)"
STREAMLINE_ON_PALE = "rgba(60,70,80,0.45)"
DIVIDING_WIDTH = 1.6
SATURATION_PERCENTILE = 98.5


@dataclass(frozen=True)
class Quantity:
    """A field that can be shown: its label, colour map, whether it is centred on zero, and its definition."""

    label: str
    colours: str
    signed: bool
    definition: str


QUANTITIES = {
    "speed": Quantity("speed |u| / U", "Viridis", False, "Magnitude of the velocity over that of the stream."),
    "pressure": Quantity(
        "pressure C<sub>p</sub>",
        "RdBu_r",
        True,
        "C_p = (p − p∞) / (½ ρ U²): 1 where an ideal fluid comes to rest, 0 far away.",
    ),
    "vorticity": Quantity(
        "vorticity ω d / U", "RdBu_r", True, "ω = ∂v/∂x − ∂u/∂y, positive where the fluid turns counter-clockwise."
    ),
}


@dataclass(frozen=True)
class WallQuantity:
    """A property of `FlowField` along the wall: its symbol and label; pressure is drawn upside down, as is usual."""

    symbol: str
    label: str
    upside_down: bool


WALL_QUANTITIES = {
    "wall_pressure_coefficient": WallQuantity("C<sub>p</sub>", "wall pressure C<sub>p</sub>", True),
    "wall_shear_coefficient": WallQuantity("C<sub>f</sub>", "wall shear stress C<sub>f</sub>", False),
}


@dataclass(frozen=True)
class WallCurve:
    """One body's wall, to be drawn in `colour`, with a mark at each point of `separation`."""

    name: str
    field: FlowField
    colour: str
    separation: Sequence[WallPoint]


def _limits(pictures: Sequence[Picture], name: str) -> tuple[float, float]:
    """Common colour limits: round numbers; signed fields are centred and leave out their extreme 1.5 %."""
    values = np.concatenate([getattr(picture, name).ravel() for picture in pictures])
    if not QUANTITIES[name].signed:
        return 0.0, float(np.ceil(10.0 * values.max()) / 10.0)
    top = float(np.percentile(np.abs(values), SATURATION_PERCENTILE))
    digits = 10.0 ** np.floor(np.log10(max(top, 1e-6)))
    top = float(np.ceil(2.0 * top / digits) * digits / 2.0)
    return -top, top


def flow_figure(
    panels: Sequence[tuple[str, Picture]], quantity: str, *, streamlines: bool, ghost: ComplexArray | None = None
) -> go.Figure:
    """One or two flows side by side in common colours; `ghost` is an outline drawn dotted in the last panel."""
    figure = make_subplots(1, len(panels), subplot_titles=[title for title, _ in panels], horizontal_spacing=0.03)
    low, high = _limits([picture for _, picture in panels], quantity)
    shown = QUANTITIES[quantity]
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
    figure.update_layout(height=FLOW_HEIGHT, margin={"l": 8, "r": 8, "t": 26, "b": 8}, showlegend=False)
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
    """Those that divide the flow at the body a little heavier than the others."""
    widths = ((lines.stream + lines.eddies, 1.0), (lines.dividing, DIVIDING_WIDTH))
    return [_line(_joined(group), "streamlines", colour, width=width) for group, width in widths]


def _joined(lines: Sequence[ComplexArray]) -> ComplexArray:
    """Lines as one, with a gap after each."""
    return np.concatenate([np.append(line, np.nan) for line in lines])


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


def wall_figure(curves: Sequence[WallCurve], quantity: str) -> go.Figure:
    """A wall quantity over x: upper side (from the rear counter-clockwise to the nose) solid, lower side dotted."""
    figure = go.Figure()
    shown = WALL_QUANTITIES[quantity]
    for curve in curves:
        eta, outline, values = wall_values(curve.field, getattr(curve.field, quantity))
        for index, dash, side in ((eta <= np.pi, "solid", "upper"), (eta >= np.pi, "dot", "lower")):
            figure.add_scatter(
                x=outline.real[index].astype(np.float32),
                y=values[index].astype(np.float32),
                mode="lines",
                name=curve.name,
                showlegend=side == "upper",
                line={"color": curve.colour, "dash": dash, "width": 2},
                hovertemplate=f"{curve.name}, {side} side<br>x %{{x:.3f}} d, {shown.symbol} %{{y:.3f}}<extra></extra>",
            )
        figure.add_scatter(
            x=[point.position.real for point in curve.separation],
            y=np.interp([point.eta for point in curve.separation], eta, values),
            mode="markers",
            showlegend=False,
            marker={"color": curve.colour, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
            hovertemplate=f"{curve.name}, separation<br>x %{{x:.3f}} d, {shown.symbol} %{{y:.3f}}<extra></extra>",
        )
    _style_small(figure, "x / d", shown.label)
    low, high = _wall_limits(curves, quantity)
    figure.update_yaxes(range=[high, low] if shown.upside_down else [low, high])
    return figure


def _wall_limits(curves: Sequence[WallCurve], quantity: str) -> tuple[float, float]:
    """Limits that show all but the narrow peaks at sharp edges: what 98 % of each outline's length keeps, and room."""
    lows, highs = [], []
    for curve in curves:
        _, outline, values = wall_values(curve.field, getattr(curve.field, quantity))
        length = np.cumsum(np.abs(np.diff(outline)))
        order = np.argsort(values[1:])
        share = np.cumsum(np.diff(length, prepend=0.0)[order]) / length[-1]
        lows.append(values[1:][order][np.searchsorted(share, 0.01)])
        highs.append(values[1:][order][np.searchsorted(share, 0.99)])
    room = 0.15 * (max(highs) - min(lows))
    return float(min(lows) - room), float(max(highs) + room)


def progress_figure(history: Sequence[Iterate], verified: float | None, height: int) -> go.Figure:
    """Drag of each evaluation and the best so far; `verified`, the solver's drag of the optimum, as a level."""
    numbers = [iterate.evaluation for iterate in history]
    best = [iterate.best_drag_coefficient for iterate in history]
    figure = go.Figure()
    figure.add_scatter(
        x=numbers,
        y=[iterate.drag_coefficient for iterate in history],
        mode="markers",
        name="evaluated",
        marker={"color": MUTED, "size": 5},
        hovertemplate="evaluation %{x}: C<sub>D</sub> %{y:.5f}<extra></extra>",
    )
    figure.add_scatter(x=numbers, y=best, mode="lines", name="best", line={"color": INK, "shape": "hv", "width": 2})
    if verified is not None:
        figure.add_hline(verified, line={"color": ACCENT, "dash": "dash", "width": 1.5}, annotation_text="verified")
    _style_small(figure, "evaluation", "drag C<sub>D</sub>")
    figure.update_layout(height=height)
    if history:
        start, least = history[0].drag_coefficient, min(best[-1], verified or best[-1])
        room = 0.12 * max(start - least, 1e-3 * start)
        figure.update_yaxes(range=[least - room, start + 2.0 * room])
    return figure


def outlines_figure(outlines: Sequence[tuple[str, ComplexArray]], height: int) -> go.Figure:
    """One or more outlines in one place: the last filled, the first dotted, thin lines for those between."""
    figure = go.Figure()
    *before, (last_name, last) = outlines
    figure.add_trace(_line(last, last_name, INK).update(fill="toself", fillcolor=PALE))
    for name, points in before[1:]:
        figure.add_trace(_line(points, name, MUTED, width=1.0).update(showlegend=False))
    for name, points in before[:1]:
        figure.add_trace(_line(points, name, ACCENT, dash="dot"))
    _style_small(figure, "x / d", "y / d")
    figure.update_layout(height=height)
    reach = max(1.15 * float(np.abs(np.concatenate([points.real for _, points in outlines])).max()), 1.0)
    figure.update_yaxes(scaleanchor="x", zeroline=False, showgrid=False)
    figure.update_xaxes(range=[-reach, reach], zeroline=False, showgrid=False)
    return figure


def _style_small(figure: go.Figure, x_title: str, y_title: str) -> None:
    figure.update_layout(
        height=SIDE_HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0},
        uirevision="keep",
    )
    figure.update_xaxes(title={"text": x_title, "standoff": 8}, automargin=True)
    figure.update_yaxes(title={"text": y_title, "standoff": 8}, automargin=True)

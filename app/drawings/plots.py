"""Plotly figures of the design page. Colours are perceptually uniform and safe for colour-blind eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fusiform.app.drawings.pictures import Array, ComplexArray, Picture, wall_values
from fusiform.solvers.flow import FlowField, Streamlines, WallPoint

FLOW_HEIGHT, SIDE_HEIGHT = 410, 240
BODY_FILL, BODY_EDGE = "#8d99a6", "#4a5561"
INK, ACCENT = "#2a7fb8", "#d1802e"
STREAMLINE = "rgba(255,255,255,0.55)"
STREAMLINE_ON_PALE = "rgba(60,70,80,0.45)"
DIVIDING_WIDTH = 1.6
SATURATION_PERCENTILE = 98.5


@dataclass(frozen=True)
class Quantity:
    """A field that can be shown: its labels, colour map, whether it is centred on zero, and its definition."""

    label: str
    plain_label: str
    colours: str
    signed: bool
    definition: str

    @property
    def table(self) -> str:
        """The table of `colours.colour_table` to show it in."""
        return "balance" if self.signed else "viridis"


QUANTITIES = {
    "speed": Quantity(
        "speed |u| / U", "speed |u| / U", "Viridis", False, "Magnitude of the velocity over that of the stream."
    ),
    "pressure": Quantity(
        "pressure C<sub>p</sub>",
        "pressure Cₚ",
        "RdBu_r",
        True,
        "C_p = (p − p∞) / (½ ρ U²): 1 where an ideal fluid comes to rest, 0 far away.",
    ),
    "vorticity": Quantity(
        "vorticity ω d / U",
        "vorticity ω d / U",
        "RdBu_r",
        True,
        "ω = ∂v/∂x − ∂u/∂y, positive where the fluid turns counter-clockwise.",
    ),
}


@dataclass(frozen=True)
class WallQuantity:
    """A property of `FlowField` along the wall: symbol and label, as HTML and as text; pressure is drawn upside down,
    as is usual."""

    symbol: str
    label: str
    plain_symbol: str
    plain_label: str
    upside_down: bool
    definition: str


WALL_QUANTITIES = {
    "wall_pressure_coefficient": WallQuantity(
        "C<sub>p</sub>",
        "wall pressure C<sub>p</sub>",
        "Cₚ",
        "Wall pressure Cₚ, suction up",
        True,
        "Cₚ = (p − p∞) / (½ ρ U²) along the wall. Circles: where the flow leaves the wall.",
    ),
    "wall_shear_coefficient": WallQuantity(
        "C<sub>f</sub>",
        "wall shear stress C<sub>f</sub>",
        "C_f",
        "Wall shear stress C_f",
        False,
        "C_f = τ / (½ ρ U²) along the wall, positive clockwise: downstream on the upper side. Circles: separation.",
    ),
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
    shown, ranges = WALL_QUANTITIES[quantity], []
    for curve in curves:
        eta, outline, values = wall_values(curve.field, getattr(curve.field, quantity))
        ranges.append(usual_range(outline, values))
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
    low, high = common_range(ranges)
    figure.update_yaxes(range=[high, low] if shown.upside_down else [low, high])
    return figure


def usual_range(outline: ComplexArray, values: Array) -> tuple[float, float]:
    """The limits that `values` keep on 98 % of the outline's length: without the narrow peaks at sharp edges."""
    length = np.cumsum(np.abs(np.diff(outline)))
    order = np.argsort(values[1:])
    share = np.cumsum(np.diff(length, prepend=0.0)[order]) / length[-1]
    low, high = values[1:][order][np.searchsorted(share, [0.01, 0.99])]
    return float(low), float(high)


def common_range(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Limits that hold all `ranges`, and room."""
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    room = 0.15 * (high - low)
    return low - room, high + room


def front_figure(values: Sequence[float], drags: Sequence[float], label: str, chosen: int | None) -> go.Figure:
    """Least drag for each value of a limit; the `chosen` point is larger."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(values),
        y=list(drags),
        mode="lines+markers",
        line={"color": INK, "width": 2},
        marker={"size": [15 if n == chosen else 10 for n in range(len(values))], "color": INK},
        selected={"marker": {"color": ACCENT}},
        unselected={"marker": {"opacity": 1.0}},
        hovertemplate=f"{label} %{{x:.4g}}: C<sub>D</sub> %{{y:.5f}}<extra></extra>",
    )
    _style_small(figure, label, "least drag C<sub>D</sub>")
    figure.update_layout(height=FLOW_HEIGHT, showlegend=False, clickmode="event+select", dragmode=False)
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

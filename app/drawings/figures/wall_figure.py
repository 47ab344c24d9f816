"""A property of the wall as a figure over x."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fusiform.app.drawings.figures.style import style
from fusiform.app.drawings.quantities import WALL_QUANTITIES
from fusiform.app.drawings.wall_curves import WallCurve, common_range, usual_range, wall_values

HEIGHT = 240


def wall_figure(curves: Sequence[WallCurve], quantity: str) -> go.Figure:
    """A wall quantity over x: upper side (from the rear counter-clockwise to the nose) solid, lower side dotted.

    A body of revolution has one side.
    """
    figure = go.Figure()
    shown, ranges = WALL_QUANTITIES[quantity], []
    for curve in curves:
        eta, outline, values = wall_values(curve.field, quantity)
        ranges.append(usual_range(outline, values))
        sides = ((eta <= np.pi, "solid", "upper"), (eta >= np.pi, "dot", "lower"))
        for index, dash, side in sides[: 1 if curve.field.revolution else 2]:
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
            x=[point.position.real for point in curve.marks],
            y=np.interp([point.eta for point in curve.marks], eta, values),
            mode="markers",
            showlegend=False,
            marker={"color": curve.colour, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
            hovertemplate=f"{curve.name}, separation<br>x %{{x:.3f}} d, {shown.symbol} %{{y:.3f}}<extra></extra>",
        )
    style(figure, HEIGHT, "x / d", shown.label)
    low, high = common_range(ranges)
    figure.update_yaxes(range=[high, low] if shown.upside_down else [low, high])
    return figure

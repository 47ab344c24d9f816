"""The common style of the figures."""

from __future__ import annotations

import plotly.graph_objects as go

INK, ACCENT = "#2a7fb8", "#d1802e"


def style(figure: go.Figure, height: int, x_title: str, y_title: str) -> None:
    """Set height, margins, the legend above, and the titles of the axes; keep the zoom when data change."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0},
        uirevision="keep",
    )
    figure.update_xaxes(title={"text": x_title, "standoff": 8}, automargin=True)
    figure.update_yaxes(title={"text": y_title, "standoff": 8}, automargin=True)

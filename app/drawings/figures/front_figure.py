"""The front of an objective over a limit as a figure in which a point can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from fusiform.app.drawings.figures.style import ACCENT, INK, style

HEIGHT = 410


def front_figure(
    values: Sequence[float], best: Sequence[float], label: str, title: str, chosen: int | None
) -> go.Figure:
    """The `best` value of an objective, called `title`, for each value of a limit; the `chosen` point is larger."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(values),
        y=list(best),
        mode="lines+markers",
        line={"color": INK, "width": 2},
        marker={"size": [15 if n == chosen else 10 for n in range(len(values))], "color": INK},
        selected={"marker": {"color": ACCENT}},
        unselected={"marker": {"opacity": 1.0}},
        hovertemplate=f"{label} %{{x:.4g}}: %{{y:.5f}}<extra></extra>",
    )
    style(figure, HEIGHT, label, title)
    figure.update_layout(showlegend=False, clickmode="event+select", dragmode=False)
    return figure

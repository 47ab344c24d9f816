"""The held-out drag errors of the training methods, measured with equal time for each."""

from __future__ import annotations

import streamlit as st

from fusiform.app.drawings.figures.training_figures import errors_figure
from fusiform.app.results.measured_methods import comparison
from fusiform.app.views.shared.metrics import PLOT_CONFIG


def errors_chart() -> None:
    """Draw them as a chart."""
    figure = errors_figure(comparison(), height=300)
    st.plotly_chart(figure, key="why_errors", config=PLOT_CONFIG, alt="Held-out drag error of each method")

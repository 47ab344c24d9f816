"""The row of numbers at the top of a view, and the warning about a solver's answer."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fusiform.app.frames.shared.formatting import plain
from fusiform.app.frames.shared.metric import Metric
from fusiform.app.results.kept_results import Answer

METRIC_WIDTH = 164
PLOT_CONFIG = {"displayModeBar": False}


def metric_row() -> DeltaGenerator:
    """A row that wraps on narrow screens."""
    return st.container(horizontal=True, horizontal_alignment="distribute")


def show_metrics(metrics: Iterable[Metric]) -> None:
    """Numbers with a grey note under each and its definition on hover."""
    for shown in metrics:
        st.metric(
            shown.label,
            shown.value,
            shown.note,
            delta_color="off",
            delta_arrow="off",
            help=shown.definition,
            width=METRIC_WIDTH,
        )


def doubts(name: str, answer: Answer) -> None:
    """The status of a solver's answer that did not converge or is less accurate than requested."""
    if not (answer.converged and answer.accurate):
        st.warning(plain(f"{name}: {answer.status}"))

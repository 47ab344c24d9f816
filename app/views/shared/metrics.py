"""The row of numbers at the top of a view, and what a solver's answer lacks."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fusiform.app.state.kept_results import Answer

METRIC_WIDTH = 164
PLOT_CONFIG = {"displayModeBar": False}
CONVENTION = "C = F / (½ ρ U² d) per unit span, with d = √(4 A / π), the diameter of the circle of equal area A."


def metric_row() -> DeltaGenerator:
    """A row that wraps on narrow screens."""
    return st.container(horizontal=True, horizontal_alignment="distribute")


def metric(label: str, value: str, note: str | None, definition: str) -> None:
    """A number with a grey note under it and its definition on hover."""
    st.metric(label, value, note, delta_color="off", delta_arrow="off", help=definition, width=METRIC_WIDTH)


def doubts(name: str, answer: Answer) -> None:
    """What a solver's answer lacks, if anything."""
    if not (answer.converged and answer.accurate):
        st.warning(f"{name}: {answer.status}")

"""The choices over the drawing: the field, the flow, its lines, and the length of the wake shown."""

from __future__ import annotations

import streamlit as st

from fusiform.app.state.session import Comparison
from fusiform.app.views.shared.field_choice import field_choice

COMPARE_HELP = (
    "Surrogate: the network's flow. Minus start: this flow minus the flow past the body as it was opened. Solver: the "
    "solver's flow, once it is solved. Minus solver: the surrogate's flow minus the solver's."
)


def toolbar() -> None:
    """Draw the choices; the session has them as its settings."""
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center", gap="small"):
        field_choice()
        st.segmented_control(
            "Flow",
            list(Comparison),
            key="compare",
            required=True,
            label_visibility="collapsed",
            help=COMPARE_HELP,
        )
        st.toggle(
            "Streamlines",
            key="streamlines",
            help="Lines of constant stream function, 0.16 U d apart, and closed ones in eddies. Heavier ones divide "
            "the flow: they end at the body or cross where the fluid is at rest.",
        )
        st.toggle(
            "Sensitivity",
            key="sensitivity",
            help="By the surrogate's gradient: blue where pulling the outline out lowers the drag, orange where "
            "pushing it in does, at constant area. The longer the band, the stronger.",
        )
        st.toggle("Wake", key="wake", help="Show ten lengths d of the wake.")

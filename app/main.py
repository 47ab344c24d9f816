"""The design page: `fusiform app`, or `streamlit run app/main.py` from a checkout where Fusiform is installed."""

from __future__ import annotations

import streamlit as st

from fusiform.app.plots import QUANTITIES
from fusiform.app.views import controls, flow, optimum, work

STYLE = """<style>
.stMainBlockContainer {padding: 2.2rem 2.2rem 1rem;}
[data-testid="stSidebarHeader"] {height: 2.4rem;}
.stMainBlockContainer [data-testid="stVerticalBlock"] {gap: 0.7rem;}
[data-testid="stMetricValue"] {font-size: 1.7rem;}
</style>"""


def toolbar() -> tuple[str, str, bool]:
    """Which view, which field, and whether with streamlines."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        view = st.segmented_control(
            "View", [work.FLOW, work.OPTIMUM], key="view", required=True, label_visibility="collapsed"
        )
        quantity = st.segmented_control(
            "Field",
            list(QUANTITIES),
            key="quantity",
            required=True,
            format_func=str.capitalize,
            label_visibility="collapsed",
            help=" ".join(f"{name.capitalize()}: {shown.definition}" for name, shown in QUANTITIES.items()),
        )
        streamlines = st.toggle(
            "Streamlines",
            True,
            key="streamlines",
            help="Lines of constant stream function, a step of 0.16 U d apart, eddies in thirds of theirs. The heavier "
            "ones divide the flow: they end at the body or cross where the fluid is at rest.",
        )
    return str(view), str(quantity), streamlines


def page() -> None:
    """One run of the page."""
    st.set_page_config(page_title="Fusiform", layout="wide")
    st.html(STYLE)
    work.collect()
    st.session_state.setdefault("view", work.FLOW)
    st.session_state.setdefault("quantity", "speed")
    with st.sidebar:
        st.markdown("#### Fusiform", help="Finds the body shape with the least drag in laminar flow.")
        inputs = controls.choose()
        work.buttons(inputs)
    view, quantity, streamlines = toolbar()
    if view == work.OPTIMUM:
        optimum.show(quantity, streamlines)
    else:
        flow.show(inputs, quantity, streamlines)


if __name__ == "__main__":
    page()

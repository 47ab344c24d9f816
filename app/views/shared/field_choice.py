"""The choice of the field that pictures of a flow show."""

from __future__ import annotations

import streamlit as st

from fusiform.app.drawings.quantities import QUANTITIES


def field_choice() -> None:
    """Draw a button for each field."""
    st.segmented_control(
        "Field",
        list(QUANTITIES),
        key="quantity",
        required=True,
        format_func=str.capitalize,
        label_visibility="collapsed",
        help=" ".join(f"{name.capitalize()}: {shown.definition}" for name, shown in QUANTITIES.items()),
    )

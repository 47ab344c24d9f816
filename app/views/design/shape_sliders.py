"""The sliders of the body's shape."""

from __future__ import annotations

import streamlit as st

from fusiform.app.edits import design as edits
from fusiform.app.state.session import Session
from fusiform.app.state.shape_sliders import SLIDERS
from fusiform.app.views.shared.following import on_choice
from fusiform.app.views.shared.session import session


def shape_sliders() -> None:
    """Draw a slider for each number of the shape."""
    with st.container(key="rail_shape", gap="small"):
        for name, slider in SLIDERS.items():
            if not (slider.plane and session().design.present.revolution):
                _slider(name)


def _slider(name: str) -> None:
    def slide(session: Session, value: float) -> Session:
        return edits.slide(session, name, value)

    slider = SLIDERS[name]
    st.slider(
        slider.label,
        slider.low,
        slider.high,
        step=slider.step,
        key=name,
        format="%.3f" if slider.step < 0.01 else "%.2f",
        on_change=on_choice(slide, name),
        help=slider.definition,
    )

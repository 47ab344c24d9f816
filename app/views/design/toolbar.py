"""The choices over the drawing: the field, the flow, its lines, and the length of the wake shown."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from fusiform.app.frames.design.known import Known
from fusiform.app.state.session import Comparison
from fusiform.app.views.shared.field_choice import field_choice
from fusiform.app.views.shared.session import keep, session

COMPARE_HELP = (
    "Surrogate: the network's flow. Minus start: this flow minus the flow past the body as it was opened. Solver: the "
    "solver's flow, once it is solved. Minus solver: the surrogate's flow minus the solver's."
)
SOLVED_HELP = "Solver: the flow, solved at once. Minus start: this flow minus that past the body as it was opened."
SOLVED_CHOICES = {Comparison.OWN: "Solver", Comparison.MINUS_START: Comparison.MINUS_START.value}
PLANE_LINES = "Lines of constant stream function, 0.16 U d apart, and closed ones in eddies."
LINES = "Lines of constant Stokes stream function, 0.16 d apart far ahead, and closed ones in eddies."


def toolbar(known: Known) -> None:
    """Draw the choices for the answers that are `known`; the session has them as its settings."""
    at_once = known.solved_before is not None
    now = session()
    kept = "volume" if now.design.present.revolution else "area"
    if at_once and now.settings.compare not in SOLVED_CHOICES:
        keep(replace(now, settings=replace(now.settings, compare=Comparison.OWN)))
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center", gap="small"):
        field_choice()
        st.segmented_control(
            "Flow",
            list(SOLVED_CHOICES if at_once else Comparison),
            key="compare",
            required=True,
            format_func=lambda choice: SOLVED_CHOICES[choice] if at_once else choice.value,
            label_visibility="collapsed",
            help=SOLVED_HELP if at_once else COMPARE_HELP,
        )
        st.toggle(
            "Streamlines",
            key="streamlines",
            help=f"{LINES if now.design.present.revolution else PLANE_LINES} Heavier ones divide the flow: they end at "
            "the body or cross where the fluid is at rest.",
        )
        st.toggle(
            "Sensitivity",
            key="sensitivity",
            help=f"By the {'solver' if at_once else 'surrogate'}'s gradient: blue where pulling the outline out lowers "
            f"the drag, orange where pushing it in does, at constant {kept}. The longer the band, the stronger.",
        )
        st.toggle("Wake", key="wake", help="Show ten lengths d of the wake.")

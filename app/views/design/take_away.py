"""Below the drawing: the design in space, and files to take away."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import streamlit as st

from fusiform.app.drawings.figures import view_3d
from fusiform.app.drawings.off_screen import can_render
from fusiform.app.drawings.raster import Layer
from fusiform.app.frames.design.frame import Frame
from fusiform.app.results.json_text import json_text
from fusiform.app.results.kept_results import Answer
from fusiform.app.state.control_points import outline_of
from fusiform.app.state.design import Design
from fusiform.app.views.shared import downloads
from fusiform.app.views.shared.components import component
from fusiform.app.views.shared.metrics import PLOT_CONFIG
from fusiform.surrogates import FlowPrediction

FORCES = ("drag_coefficient", "drag_pressure", "drag_friction", "lift_coefficient")
AROUND = "The body, to be turned, with this field on the plane through its axis, and pressure or shear on its wall."
EXTRUDED = "The extruded body with this field on its middle plane."
PLANE_FLOW = "The flow on the solver's grid, for ParaView and pyvista (VTK structured grid); lengths in d."
REVOLVED_FLOW = "The flow in space around the body, for ParaView and pyvista (VTK structured grid); lengths in d."
LIFTS = ("lift_coefficient", "lift_bound")


def show(shown: Frame) -> Callable[[], None]:
    """Draw files and the choice of the design in space; the returned function draws an extruded one."""
    layer = shown.layer
    if layer is None:
        return lambda: None
    with st.container(key="files", horizontal=True, vertical_alignment="center"):
        _files(shown)
        around = shown.design.present.revolution
        chosen = st.toggle("3-D", key="solid" if around else "space", help=AROUND if around else EXTRUDED)
    place = st.container(key="space_view")

    def finish() -> None:
        if chosen and not around:
            with place:
                _extruded(shown.design.present, layer)

    return finish


def in_space(shown: Frame) -> None:
    """Draw a body of revolution in space, unless it is switched off."""
    data = shown.in_space if shown.settings.solid else None
    if data is not None:
        with st.container(key="solid_view"):
            component("space")(key="in_space", data=data)


def _files(shown: Frame) -> None:
    """Buttons that write their file when they are pressed, made when the popover is opened."""
    popover = st.popover("Take away", key="take_away", on_change="rerun", icon=":material/download:")
    answer = shown.known.answer
    if not popover.open or shown.shown is None or answer is None:
        return
    body = shown.design.present.body
    stem = re.sub(r"[^\w.-]+", "-", body.name).strip("-") or "body"
    with popover, st.container(horizontal=True):
        downloads.outline_buttons(body, stem)
        downloads.flow_button(
            body,
            shown.shown.field,
            f"{stem}-flow.vts",
            REVOLVED_FLOW if body.revolution else PLANE_FLOW,
        )
        downloads.button(
            ".json",
            partial(_numbers, shown.design.present, answer),
            f"{stem}.json",
            "application/json",
            "Forces, conditions and the coefficients a_k of the body.",
        )


def _numbers(design: Design, answer: FlowPrediction | Answer) -> bytes:
    """The answer's numbers, as `summary` or the solver gives them, with the body."""
    names = [*FORCES, "drag_bound", "lift_bound", "confidence", "drag_error"]
    known = [name for name in names if hasattr(answer, name) and not (design.revolution and name in LIFTS)]
    numbers = {name: getattr(answer, name) for name in known}
    numbers |= {
        "reynolds": design.reynolds,
        "alpha_deg": design.alpha_deg,
        "revolution": design.revolution,
        "reference_length": design.reference_length,
        "coefficients": [[a.real, a.imag] for a in design.coefficients],
    }
    return json_text(numbers).encode()


def _extruded(design: Design, layer: Layer) -> None:
    """The extruded body with the field on its middle plane."""
    outline = outline_of(design.body, design.alpha_deg)
    if can_render():
        turn = st.slider("Turn", -80, 80, step=5, key="azimuth", format="%d°", help="Walk around the body.", width=320)
        st.image(view_3d.rendered(outline, layer, float(turn)), width="stretch")
    else:
        st.caption("pyvista cannot render on this machine, so the browser draws this; drag it to turn it.")
        st.plotly_chart(view_3d.figure(outline, layer), key="space_figure", config=PLOT_CONFIG, alt="The body in space")

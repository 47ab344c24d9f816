"""Below the drawing: the design in space, and files to take away."""

from __future__ import annotations

import json
import re
import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from fusiform.app.drawings.drawing import Layer
from fusiform.app.drawings.figures import view_3d as space
from fusiform.app.state.control_points import outline_of
from fusiform.app.state.exported_files import body_bytes
from fusiform.app.state.json_text import finite
from fusiform.app.state.kept_results import Answer
from fusiform.app.views.design.controls import Inputs
from fusiform.app.views.shared import session
from fusiform.app.views.shared.metrics import PLOT_CONFIG
from fusiform.solvers import Body
from fusiform.solvers.export import export_body
from fusiform.solvers.flow import FlowField
from fusiform.surrogates import Prediction

OUTLINES = {
    ".dat": ("text/plain", "Outline at zero incidence, 400 points, as airfoil programs read it (Selig)."),
    ".csv": ("text/csv", "Outline at zero incidence, 400 points x, y."),
    ".svg": ("image/svg+xml", "Outline as a drawing."),
    ".dxf": ("image/vnd.dxf", "Outline for CAD."),
    ".stl": ("model/stl", "The outline extruded by one d, for CAD and printing."),
}


def files(inputs: Inputs, field: FlowField, answer: Prediction | Answer) -> None:
    """Buttons that write their file when they are pressed, made when the popover is opened."""
    popover = st.popover("Take away", key="take_away", on_change="rerun", icon=":material/download:")
    if not popover.open:
        return
    stem = re.sub(r"[^\w.-]+", "-", inputs.body.name).strip("-") or "body"
    with popover, st.container(horizontal=True):
        for suffix, (mime, meaning) in OUTLINES.items():
            button(suffix, partial(body_bytes, inputs.body, suffix), stem + suffix, mime, meaning)
        button(
            ".vts",
            partial(field_bytes, inputs.body, field),
            f"{stem}-flow.vts",
            "application/xml",
            "The flow on the solver's grid, for ParaView and pyvista (VTK structured grid); lengths in d.",
        )
        button(
            ".json",
            partial(_numbers, inputs, answer),
            f"{stem}.json",
            "application/json",
            "Forces, conditions and the coefficients a_k of the body.",
        )


def button(label: str, make: partial[bytes], name: str, mime: str, meaning: str) -> None:
    """A button that makes its file when it is pressed."""
    st.download_button(
        label, make, file_name=name, mime=mime, key=f"take{label}", type="tertiary", on_click="ignore", help=meaning
    )


def field_bytes(body: Body, field: FlowField) -> bytes:
    """The flow as a .vts file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow.vts"
        export_body(body, path, field=field)
        return path.read_bytes()


def _numbers(inputs: Inputs, answer: Prediction | Answer) -> bytes:
    """The answer's numbers, as `Prediction.summary` or the solver gives them, with the body."""
    forces = ("drag_coefficient", "drag_pressure", "drag_friction", "lift_coefficient")
    names = (*forces, "drag_bound", "confidence", "drag_error")
    numbers = {name: getattr(answer, name) for name in names if hasattr(answer, name)}
    design = session.present()
    numbers |= {
        "reynolds": design.reynolds,
        "alpha_deg": design.alpha_deg,
        "reference_length": design.reference_length,
        "coefficients": [[a.real, a.imag] for a in design.coefficients],
    }
    return json.dumps(finite(numbers), indent=2).encode()


def wants_space() -> bool:
    """Whether the design is to be shown in space."""
    return st.toggle("3-D", key="space", help="The extruded body with this field on its middle plane.")


def in_space(inputs: Inputs, layer: Layer) -> None:
    """The extruded body with the field on its middle plane."""
    outline = outline_of(inputs.body, inputs.conditions.alpha_deg)
    if space.can_render():
        turn = st.slider("Turn", -80, 80, step=5, key="azimuth", format="%d°", help="Walk around the body.", width=320)
        st.image(space.rendered(outline, layer, float(turn)), width="stretch")
    else:
        st.caption("pyvista cannot render on this machine, so the browser draws this; drag it to turn it.")
        st.plotly_chart(space.figure(outline, layer), key="space_figure", config=PLOT_CONFIG, alt="The body in space")

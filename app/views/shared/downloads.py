"""Buttons that write a body or a flow as a file, which is made when they are pressed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from fusiform.app.results.exported_files import body_bytes
from fusiform.solvers import Body
from fusiform.solvers.export import export_body
from fusiform.solvers.flow import FlowField

SECTIONS = {
    ".dat": ("text/plain", "Outline at zero incidence, 400 points, as airfoil programs read it (Selig)."),
    ".csv": ("text/csv", "Outline at zero incidence, 400 points x, y."),
    ".svg": ("image/svg+xml", "Outline as a drawing."),
    ".dxf": ("image/vnd.dxf", "Outline for CAD."),
    ".stl": ("model/stl", "The outline extruded by one d, for CAD and printing."),
}
SOLIDS = {
    ".csv": ("text/csv", "Meridian: points x, r from the nose to the tail."),
    ".stl": ("model/stl", "The body of revolution, watertight, for CAD and printing."),
    ".obj": ("model/obj", "The same as a mesh of shared points."),
    ".vtp": ("application/xml", "Its surface, for ParaView and pyvista (VTK polygons)."),
    ".dat": ("text/plain", "The whole section through the axis, 400 points (Selig)."),
    ".svg": ("image/svg+xml", "That section as a drawing."),
    ".dxf": ("image/vnd.dxf", "That section for CAD."),
}


def outline_buttons(body: Body, stem: str) -> None:
    """A button for each format of a body."""
    for suffix, (mime, meaning) in (SOLIDS if body.revolution else SECTIONS).items():
        button(suffix, partial(body_bytes, body, suffix), stem + suffix, mime, meaning)


def flow_button(body: Body, field: FlowField, name: str, meaning: str) -> None:
    """A button for the flow, as a .vts file."""
    button(".vts", partial(_field_bytes, body, field), name, "application/xml", meaning)


def button(label: str, make: Callable[[], bytes], name: str, mime: str, meaning: str) -> None:
    """A button that makes its file when it is pressed."""
    st.download_button(
        label, make, file_name=name, mime=mime, key=f"take{label}", type="tertiary", on_click="ignore", help=meaning
    )


def _field_bytes(body: Body, field: FlowField) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow.vts"
        export_body(body, path, field=field)
        return path.read_bytes()

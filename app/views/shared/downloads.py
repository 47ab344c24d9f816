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

OUTLINES = {
    ".dat": ("text/plain", "Outline at zero incidence, 400 points, as airfoil programs read it (Selig)."),
    ".csv": ("text/csv", "Outline at zero incidence, 400 points x, y."),
    ".svg": ("image/svg+xml", "Outline as a drawing."),
    ".dxf": ("image/vnd.dxf", "Outline for CAD."),
    ".stl": ("model/stl", "The outline extruded by one d, for CAD and printing."),
}


def outline_buttons(body: Body, stem: str) -> None:
    """A button for each format of an outline."""
    for suffix, (mime, meaning) in OUTLINES.items():
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

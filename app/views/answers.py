"""What the page asks of the models, remembered so that the same question is asked once. Shared by all sessions."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from fusiform.app.pictures import Picture, Window, draw
from fusiform.app.plots import WallCurve
from fusiform.solvers import Body, FlowConditions, load_body
from fusiform.solvers.flow.analysis import FlowAnalysis, analyse
from fusiform.solvers.flow.fields import FlowField
from fusiform.solvers.geometry import parse_outline

if TYPE_CHECKING:
    from fusiform.surrogates import Prediction, Surrogate


def body_key(body: Body) -> str:
    """Names a body's shape: equal for equal coefficients."""
    return hashlib.sha256(body.coefficients.numpy().tobytes()).hexdigest()


def _field_key(field: FlowField) -> str:
    return hashlib.sha256(field.psi.tobytes() + field.coefficients.numpy().tobytes()).hexdigest()


@st.cache_resource(max_entries=100, show_spinner=False)
def named_body(spec: str) -> Body:
    """`load_body`; `InputError` is not remembered."""
    return load_body(spec)


@st.cache_resource(max_entries=50, show_spinner=False)
def uploaded_body(content: bytes, file_name: str) -> Body:
    """The body in an uploaded .dat or .csv file."""
    path = Path(file_name)
    return Body.from_outline(parse_outline(content, path.suffix), name=path.stem)


@st.cache_resource(max_entries=4, show_spinner=False)
def surrogate(folder: str) -> Surrogate:
    """The surrogate in a folder; the shipped one for an empty name."""
    from fusiform.surrogates import load_surrogate

    return load_surrogate(folder or None)


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs={Body: body_key})
def prediction(folder: str, body: Body, conditions: FlowConditions) -> Prediction:
    """The surrogate's answer."""
    return surrogate(folder).evaluate(body, conditions)


@st.cache_resource(max_entries=200, show_spinner=False, hash_funcs={FlowField: _field_key})
def analysis(field: FlowField) -> FlowAnalysis:
    """Separation, stagnation, recirculation and pressures of `field`."""
    return analyse(field)


def wall_curve(name: str, field: FlowField, colour: str) -> WallCurve:
    """The wall of `field` for `wall_figure`."""
    return WallCurve(name, field, colour, analysis(field).separation)


@st.cache_resource(max_entries=100, show_spinner=False, hash_funcs={FlowField: _field_key})
def picture(field: FlowField, window: Window) -> Picture:
    """`field` on a raster, with its streamlines."""
    return draw(field, window)

"""The controls that Design and Optimise share: the first body, the conditions, the model and the solver's grid."""

from __future__ import annotations

import streamlit as st

from fusiform.app.edits import design as edits
from fusiform.app.edits.kind import set_kind
from fusiform.app.frames.design.control_values import reynolds_steps
from fusiform.app.frames.shared.formatting import plain
from fusiform.app.state.listed_bodies import listed_bodies
from fusiform.app.state.session import NACA, UPLOAD, DragSource, Kind
from fusiform.app.views.shared.complaints import complain
from fusiform.app.views.shared.following import on_choice
from fusiform.app.views.shared.session import change, in_fragment, session
from fusiform.app.views.shared.tabs import tabs
from fusiform.app.views.shared.uploaded_outline import open_file, upload
from fusiform.solvers.conditions import ALPHA_RANGE_DEG, REYNOLDS_RANGE
from fusiform.solvers.grids import GRIDS

LONGEST_PATH = 1000
KINDS = {
    Kind.PLANE: "A section of a long body, across the stream: flow in a plane, numbers per unit span.",
    Kind.REVOLUTION: "The upper half of the section, turned about the axis along the stream, with the flow around it. "
    "Of a section that is not its own mirror image, the symmetric part is turned.",
}
REYNOLDS_HELP = (
    "Re = U d / ν: speed of the stream times d over the kinematic viscosity, with d = √(4 A / π), the diameter of the "
    "circle of the body's area A. The slider covers the surrogate's range; the number takes the solver's whole "
    "range, {:g} to {:g}."
)
REVOLUTION_REYNOLDS_HELP = (
    "Re = U d / ν: speed of the stream times d over the kinematic viscosity, with d = (6 V / π)^⅓, the diameter of the "
    "sphere of the body's volume V. The slider covers the surrogate's range; the number takes the solver's whole "
    "range, {:g} to {:g}."
)


def start() -> None:
    """Draw the controls of the body that one starts from and of its conditions."""
    with st.container(key="rail_body", gap="small"):
        _body()
    with st.container(key="rail_conditions", gap="small"):
        _reynolds()
        if not session().design.present.revolution:
            _incidence()


def model() -> None:
    """Draw the choice of the model and of the solver's grid."""
    with st.expander("Model and solver"):
        _model()


def _body() -> None:
    now = session()
    revolution = now.design.present.revolution
    chosen = Kind.REVOLUTION if revolution else Kind.PLANE
    tabs("kind", list(Kind), chosen, _turn, KINDS)
    st.selectbox(
        "Start from",
        list(listed_bodies(revolution=revolution)),
        key="start_from",
        placeholder="a linked or example design",
        on_change=_choose,
        help=f"Where the design starts. Every body is scaled to the same {'volume' if revolution else 'area'}; only "
        "its shape matters.",
    )
    if now.settings.start_from == NACA:
        st.text_input(
            "Digits",
            "0012",
            max_chars=4,
            key="digits",
            on_change=lambda: change(edits.open_section),
            help="Camber in % of the chord, its position in tenths, and the thickness in % (two digits).",
        )
    elif now.settings.start_from == UPLOAD:
        upload()
    if now.design.error is not None:
        complain(now.design.error)
    if now.design.note is not None:
        st.info(plain(now.design.note))


def _turn(kind: Kind) -> None:
    """The other kind of body was chosen; a file that has not been changed since it was opened is read anew."""
    now = session()
    if now.settings.start_from == UPLOAD and st.session_state.get("upload") and now.design.start == now.design.present:
        open_file(revolution=kind is Kind.REVOLUTION)
    else:
        change(set_kind, kind)


def _choose() -> None:
    if not in_fragment():
        change(edits.open_listed)


def _reynolds() -> None:
    low, high = REYNOLDS_RANGE
    revolution = session().design.present.revolution
    slider, number = st.columns([2.2, 1], vertical_alignment="bottom")
    slider.select_slider(
        "Reynolds number Re",
        reynolds_steps(revolution=revolution),
        key="reynolds_slider",
        format_func=lambda value: f"{value:g}",
        on_change=on_choice(edits.set_reynolds, "reynolds_slider"),
        help=(REVOLUTION_REYNOLDS_HELP if revolution else REYNOLDS_HELP).format(low, high),
    )
    number.number_input(
        "Re",
        low,
        high,
        key="reynolds",
        step=None,
        format="%g",
        on_change=on_choice(edits.set_reynolds, "reynolds"),
        label_visibility="collapsed",
    )


def _incidence() -> None:
    st.slider(
        "Angle of attack α",
        *ALPHA_RANGE_DEG,
        step=0.5,
        key="alpha",
        format="%.1f°",
        on_change=on_choice(edits.set_incidence, "alpha"),
        help="Turns the body, not the stream; positive is nose up.",
    )


def _model() -> None:
    chosen = st.radio(
        "Drag from",
        list(DragSource),
        key="model",
        horizontal=True,
        help="The model of the numbers above the drawing and of the optimiser: the trained network (milliseconds) or "
        "the flow solver (about a second; bodies of revolution at once).",
    )
    st.text_input(
        "Model folder",
        key="model_folder",
        max_chars=LONGEST_PATH,
        placeholder="the shipped model",
        disabled=chosen == DragSource.SOLVER,
        help="Folder that `fusiform train` wrote. Leave empty for the model that comes with Fusiform.",
    )
    st.selectbox(
        "Solver grid",
        list(GRIDS),
        key="grid",
        help="Of the solver's answer and of the verification: refined until the estimated error of the drag is below "
        "1 % (coarse), 0.3 % (standard) or 0.1 % (fine).",
    )

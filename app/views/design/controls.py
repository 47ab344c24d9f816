"""The rail of controls: where the design starts, its conditions, the few numbers of its shape, model and solver."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from fusiform.app.state.definitions import GRID_ERRORS
from fusiform.app.state.shape_sliders import SLIDERS
from fusiform.app.views.shared import answers, session
from fusiform.app.views.shared.session import CIRCLE, ELLIPSE, NACA, SOLVER, SURROGATE, UPLOAD
from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.geometry import sample_names
from fusiform.solvers.geometry.formats.outline_files import SUFFIXES
from fusiform.solvers.grids import GRIDS

UPLOAD_MEGABYTES = 20

REYNOLDS_HELP = (
    "Re = U d / ν: speed of the stream times d over the kinematic viscosity, with d = √(4 A / π), the diameter of the "
    "circle of the body's area A. The slider covers what the surrogate has learnt; the number takes the solver's whole "
    "range, {:g} to {:g}."
)


@dataclass(frozen=True)
class Inputs:
    """What is designed and who answers. `folder` names the model, "" the shipped one."""

    body: Body
    conditions: FlowConditions
    model: str
    folder: str
    grid: str


def inputs() -> Inputs:
    """What the controls say; they may be drawn later in the run."""
    state, design = st.session_state, session.present()
    return Inputs(
        answers.body_of(design),
        design.conditions,
        state.model,
        state.model_folder.strip(),
        state.grid,
    )


def rail() -> None:
    """Draw all controls of a design."""
    start()
    _shape()
    model()


def start() -> None:
    """Draw those of the body that one starts from and its conditions."""
    _body()
    _conditions()


def model() -> None:
    """Draw those of who answers."""
    with st.expander("Model and solver"):
        _model()


def _body() -> None:
    with st.container(key="rail_body", gap="small"):
        st.selectbox(
            "Start from",
            [CIRCLE, ELLIPSE, NACA, *sample_names(), UPLOAD],
            key="start_from",
            placeholder="a linked or example design",
            on_change=session.choose,
            help="Where the design starts. Every body is scaled to the same area; only its shape matters.",
        )
        chosen = st.session_state.start_from
        if chosen == NACA:
            st.text_input(
                "Digits",
                "0012",
                max_chars=4,
                key="digits",
                on_change=session.name_section,
                help="Camber in % of the chord, its position in tenths, and the thickness in % (two digits).",
            )
        elif chosen == UPLOAD:
            st.file_uploader(
                "Outline",
                type=[suffix.lstrip(".") for suffix in SUFFIXES],
                max_upload_size=UPLOAD_MEGABYTES,
                key="upload",
                on_change=session.upload,
                help="Points x, y in order around the body: airfoil .dat (Selig or Lednicer) or .csv, at most 2 MB; a "
                "drawing (.svg, .dxf: its largest closed curve); or a mesh (.stl, .obj, .ply), cut half way up z.",
            )
            if st.session_state.upload is None:
                st.info("Choose a file with the points of a closed outline.")
        if error := session.error_text():
            st.error(error)


def _conditions() -> None:
    low, high = session.LIMITS["reynolds"]
    with st.container(key="rail_conditions", gap="small"):
        slider, number = st.columns([2.2, 1], vertical_alignment="bottom")
        slider.select_slider(
            "Reynolds number Re",
            session.REYNOLDS_STEPS,
            key="reynolds_slider",
            format_func=lambda value: f"{value:g}",
            on_change=session.slide_reynolds,
            help=REYNOLDS_HELP.format(low, high),
        )
        number.number_input(
            "Re",
            low,
            high,
            key="reynolds",
            step=None,
            format="%g",
            on_change=session.write_reynolds,
            label_visibility="collapsed",
        )
        low, high = session.LIMITS["alpha"]
        st.slider(
            "Angle of attack α",
            low,
            high,
            step=0.5,
            key="alpha",
            format="%.1f°",
            on_change=session.slide_incidence,
            help="Turns the body, not the stream; positive is nose up.",
        )


def _shape() -> None:
    with st.container(key="rail_shape", gap="small"):
        for name, slider in SLIDERS.items():
            st.slider(
                slider.label,
                slider.low,
                slider.high,
                step=slider.step,
                key=name,
                format="%.3f" if slider.step < 0.01 else "%.2f",
                on_change=session.SLIDE[name],
                help=slider.definition,
            )


def _model() -> None:
    model = st.radio(
        "Drag from",
        [SURROGATE, SOLVER],
        key="model",
        horizontal=True,
        help="What answers at once and what the optimiser asks: the trained network (milliseconds) or the flow solver "
        "(about a second).",
    )
    st.text_input(
        "Model folder",
        key="model_folder",
        placeholder="the shipped model",
        disabled=model == SOLVER,
        help="Folder that `fusiform train` wrote. Leave empty for the model that comes with Fusiform.",
    )
    st.selectbox(
        "Solver grid",
        GRIDS,
        key="grid",
        help="Of the solver's answer and of the verification: refined until the estimated error of the drag is below "
        f"{GRID_ERRORS}.",
    )

"""The sidebar: which body, which conditions, which model, and the two buttons."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from fusiform.app.views import answers
from fusiform.app.views.words import sentence
from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.conditions import ALPHA_RANGE_DEG, REYNOLDS_RANGE
from fusiform.solvers.geometry import sample_names

CIRCLE, ELLIPSE, NACA, UPLOAD = "Circle", "Ellipse", "NACA four digits", "Own outline (.dat, .csv)"
SURROGATE, SOLVER = "Surrogate", "Flow solver"
GRIDS = ("coarse", "standard", "fine")
UPLOAD_MEGABYTES = 2
_MANTISSAS = (1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9)
REYNOLDS_STEPS = [round(m * 10.0**e, 3) for e in (-1, 0, 1) for m in _MANTISSAS if 0.5 <= m * 10.0**e <= 60.0]

REYNOLDS_HELP = (
    "Re = U d / ν: speed of the stream times d over the kinematic viscosity, with d = √(4 A / π), the diameter of the "
    "circle of the body's area A. The slider covers what the surrogate has learnt; the number takes the solver's whole "
    f"range, {REYNOLDS_RANGE[0]:g} to {REYNOLDS_RANGE[1]:g}."
)


@dataclass(frozen=True)
class Inputs:
    """What the sidebar says; `body` is None while its input is wrong. `folder` names the model, "" the shipped one."""

    body: Body | None
    conditions: FlowConditions
    model: str
    folder: str
    grid: str


def choose() -> Inputs:
    """Draw the inputs and read them."""
    body = _choose_body()
    conditions = FlowConditions(_choose_reynolds(), _choose_alpha())
    with st.expander("Model and solver"):
        model = st.radio(
            "Drag from",
            [SURROGATE, SOLVER],
            key="model",
            horizontal=True,
            help="What the optimiser asks: the trained network (milliseconds) or the flow solver (about a second).",
        )
        folder = st.text_input(
            "Model folder",
            key="model_folder",
            placeholder="the shipped model",
            disabled=model == SOLVER,
            help="Folder that `fusiform train` wrote. Leave empty for the model that comes with Fusiform.",
        )
        grid = st.selectbox(
            "Solver grid",
            GRIDS,
            index=2,
            key="grid",
            help="Of Solve and of the verification: refined until the estimated error of the drag is below 1 % "
            "(coarse), 0.3 % (standard) or 0.1 % (fine).",
        )
    return Inputs(body, conditions, model, folder.strip(), grid)


def _choose_body() -> Body | None:
    samples = sample_names()
    chosen = st.selectbox(
        "Body",
        [CIRCLE, ELLIPSE, NACA, *samples, UPLOAD],
        key="body",
        help="Where the design starts. Every body is scaled to the same area; only its shape matters.",
    )
    try:
        if chosen == UPLOAD:
            return _uploaded()
        return answers.named_body(chosen if chosen in samples else _formula(chosen))
    except InputError as error:
        st.error(sentence(str(error)))
        return None


def _formula(chosen: str) -> str:
    """The name that `load_body` takes for a body given by a formula."""
    if chosen == ELLIPSE:
        fineness = st.slider(
            "Fineness", 0.2, 10.0, 2.0, 0.1, key="fineness", help="Length along the stream over height."
        )
        return f"ellipse:{fineness:g}"
    if chosen == NACA:
        digits = st.text_input(
            "Digits",
            "0012",
            max_chars=4,
            key="digits",
            help="Camber in % of the chord, its position in tenths, and the thickness in % (two digits).",
        )
        return f"naca{digits}"
    return "circle"


def _uploaded() -> Body | None:
    file = st.file_uploader(
        "Outline",
        type=["dat", "csv"],
        max_upload_size=UPLOAD_MEGABYTES,
        key="upload",
        help="Points x, y in order around the body: airfoil .dat (Selig or Lednicer) or .csv, at most 2 MB.",
    )
    if file is None:
        st.info("Choose a file with the points of a closed outline.")
        return None
    return answers.uploaded_body(file.getvalue(), file.name)


def _choose_reynolds() -> float:
    state = st.session_state
    state.setdefault("reynolds", 10.0)
    state.setdefault("reynolds_slider", 10.0)

    def from_slider() -> None:
        state.reynolds = state.reynolds_slider

    def from_number() -> None:
        state.reynolds_slider = min(REYNOLDS_STEPS, key=lambda step: abs(step / state.reynolds - 1.0))

    slider, number = st.columns([2.2, 1], vertical_alignment="bottom")
    slider.select_slider(
        "Reynolds number Re",
        REYNOLDS_STEPS,
        key="reynolds_slider",
        format_func=lambda value: f"{value:g}",
        on_change=from_slider,
        help=REYNOLDS_HELP,
    )
    low, high = REYNOLDS_RANGE
    return float(
        number.number_input(
            "Re",
            low,
            high,
            key="reynolds",
            step=None,
            format="%g",
            on_change=from_number,
            label_visibility="collapsed",
        )
    )


def _choose_alpha() -> float:
    low, high = ALPHA_RANGE_DEG
    return float(
        st.slider(
            "Angle of attack α",
            low,
            high,
            0.0,
            0.5,
            key="alpha",
            format="%.1f°",
            help="Turns the body, not the stream; positive is nose up.",
        )
    )

"""What a session designs: its history, the body it started from, and the edits that the page's controls ask for.

Callbacks run before the page is drawn, so that one run shows what they did. The controls that show numbers of the
design follow it: `ready` writes its values into them, whoever changed the design.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from fusiform.app.state.control_points import CONTROL_POINTS, PULL_WIDTH, pull_along_normal
from fusiform.app.state.design import Design, History
from fusiform.app.state.design_link import from_link, to_link
from fusiform.app.state.shape_sliders import SLIDERS, slider_values, with_slider
from fusiform.app.views.shared import answers
from fusiform.app.views.shared.following import chosen, drawn, follow, in_fragment
from fusiform.app.views.shared.words import sentence
from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.conditions import ALPHA_RANGE_DEG, REYNOLDS_RANGE
from fusiform.solvers.geometry.normal_displacement import pulled

__all__ = ["drawn", "follow"]  # for the views, whose controls follow other plain data

FIRST_BODY, FIRST_CONDITIONS = "circle", FlowConditions(10.0)
CIRCLE, ELLIPSE, NACA, UPLOAD = "Circle", "Ellipse", "NACA four digits", "Own outline (file)"
DESIGN, OPTIMUM = "Design", "Optimise"
SURROGATE, SOLVER = "Surrogate", "Flow solver"
OWN, MINUS_START, OF_SOLVER, MINUS_SOLVER = "Surrogate", "minus start", "Solver", "minus solver"
LONGEST_PULL = 0.5
_MANTISSAS = (1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9)
REYNOLDS_STEPS = [round(m * 10.0**e, 3) for e in (-1, 0, 1) for m in _MANTISSAS if 0.5 <= m * 10.0**e <= 60.0]
SETTINGS: dict[str, Any] = {  # what the controls say that are not numbers of the design, as they are at first
    "start_from": CIRCLE,
    "digits": "0012",
    "model": SURROGATE,
    "model_folder": "",
    "grid": "fine",
    "quantity": "speed",
    "compare": OWN,
    "streamlines": True,
    "sensitivity": True,
    "wake": False,
    "space": False,
    "azimuth": 35,
}


def ready() -> None:
    """Called at the start of each run: there is a design, the controls show it, and the address opens it again."""
    state = st.session_state
    if "history" not in state:
        state.version, state.design_error, state.home, state.share = 0, None, None, None
        state.history = History((_first(),))
        state.opened = state.history.present
    for name, first in SETTINGS.items():  # written again, else Streamlit forgets those that a run does not draw
        state[name] = state.get(name, first)
    design = state.history.present
    if state.get("followed") != design:
        values = slider_values(answers.body_of(design))
        for name, slider in SLIDERS.items():
            values[name] = round(min(max(values[name], slider.low), slider.high), 6)
        nearest = min(REYNOLDS_STEPS, key=lambda step: abs(step / design.reynolds - 1.0))
        values |= {"reynolds": design.reynolds, "reynolds_slider": nearest, "alpha": design.alpha_deg}
        state.numbers = values
        if "followed" in state:
            st.query_params.from_dict(to_link(design))
        state.followed = design
    for name, value in state.numbers.items():
        follow(name, value)


def first_design() -> Design:
    """The design of a new session."""
    return Design.of(answers.named_body(FIRST_BODY), FIRST_CONDITIONS)


def _first() -> Design:
    """The design of the address, else the first body."""
    if "body" not in st.query_params:
        return first_design()
    try:
        design = from_link(st.query_params.to_dict())
    except InputError as error:
        st.session_state.design_error = str(error)
        return first_design()
    st.session_state.start_from = None
    return design


def present() -> Design:
    """The design as it is now."""
    design: Design = st.session_state.history.present
    return design


def opened() -> Design:
    """The design as it was opened, at the present conditions: what differences refer to."""
    now = present()
    return replace(st.session_state.opened, reynolds=now.reynolds, alpha_deg=now.alpha_deg)


def commit(design: Design) -> None:
    """Make `design` the present one, as a step that can be undone."""
    state = st.session_state
    state.history = state.history.then(design)
    state.version += 1
    state.design_error = None


def open_body(body: Body, conditions: FlowConditions | None = None) -> None:
    """Begin anew with `body`, at the present conditions unless others are given."""
    design = Design.of(body, conditions or present().conditions)
    commit(design)
    st.session_state.opened, st.session_state.home, st.session_state.share = design, None, None


def _told(action: Callable[[], None]) -> None:
    """Run `action`; an `InputError` becomes the sentence that the page shows."""
    try:
        action()
    except InputError as error:
        st.session_state.design_error = str(error)


def choose() -> None:
    """A body of the list was chosen; those that need more input open with that."""
    name = st.session_state.start_from
    if in_fragment():
        return
    if name == UPLOAD:
        st.session_state.design_error = None
    elif name == NACA:
        name_section()
    elif name is not None:
        spec = {CIRCLE: "circle", ELLIPSE: "ellipse:2"}.get(name, name)
        _told(lambda: open_body(answers.named_body(spec)))


def name_section() -> None:
    """The digits of a section were written."""
    _told(lambda: open_body(answers.named_body(f"naca{st.session_state.get('digits', '0012')}")))


def upload() -> None:
    """A file was given, or taken away."""
    file = st.session_state.upload
    if file is not None:
        name = re.sub(r"[^\w .+-]", "", Path(file.name).stem)[:40] or "outline"
        _told(lambda: open_body(answers.uploaded_body(file.getvalue(), name + Path(file.name).suffix)))


def open_example(spec: str, reynolds: float, alpha_deg: float) -> None:
    """A card of the gallery was chosen."""
    st.session_state.start_from = None
    _told(lambda: open_body(answers.named_body(spec), FlowConditions(reynolds, alpha_deg)))


def adopt() -> None:
    """The optimum is to be edited by hand."""
    state = st.session_state
    state.start_from, state.view = None, DESIGN
    found = state.optimum.result
    open_body(replace(found.body, name="optimum"), found.conditions)


def slide(name: str) -> None:
    """A slider of the shape was moved."""
    if not chosen(name):
        return
    design, value = present(), st.session_state[name]
    _told(lambda: commit(design.reshaped(with_slider(answers.body_of(design), name, value))))


def slide_reynolds() -> None:
    """The slider of the Reynolds number was moved."""
    if chosen("reynolds_slider"):
        commit(replace(present(), reynolds=st.session_state.reynolds_slider))


def write_reynolds() -> None:
    """The number of the Reynolds number was changed."""
    if chosen("reynolds"):
        commit(replace(present(), reynolds=st.session_state.reynolds))


def slide_incidence() -> None:
    """The slider of the incidence was moved."""
    if chosen("alpha"):
        commit(replace(present(), alpha_deg=st.session_state.alpha))


def pull(pulled_point: dict[str, Any] | None) -> None:
    """A control point was moved by (dx, dy); an answer to an older drawing than the present one is left out.

    What comes from the browser is checked again: whole numbers of points, finite and not too long pulls.
    """
    if not isinstance(pulled_point, dict) or pulled_point.get("version") != st.session_state.version:
        return
    try:
        index, way = int(pulled_point["index"]), complex(float(pulled_point["dx"]), float(pulled_point["dy"]))
    except (KeyError, TypeError, ValueError):
        return
    if not (0 <= index < CONTROL_POINTS and abs(way) <= 2.0 * LONGEST_PULL):
        return
    design = present()
    height = pull_along_normal(answers.body_of(design), design.alpha_deg, index, way)
    height = min(max(height, -LONGEST_PULL), LONGEST_PULL)
    eta = 2.0 * math.pi * index / CONTROL_POINTS
    _told(lambda: commit(design.reshaped(pulled(answers.body_of(design), eta, height, PULL_WIDTH))))


def look(share: Any) -> None:
    """The drawing was zoomed to a `share` (left, bottom, right, top) of its window, or back to all of it (None)."""
    good = isinstance(share, list) and len(share) == 4 and all(isinstance(x, int | float) for x in share)
    if good and all(-1e-6 <= x <= 1.0 + 1e-6 for x in share) and share[2] - share[0] > 1e-3 < share[3] - share[1]:
        st.session_state.share = tuple(float(x) for x in share)
    else:
        st.session_state.share = None


def undo() -> None:
    """Take the last step back."""
    _step(st.session_state.history.undone())


def redo() -> None:
    """Do again what was taken back."""
    _step(st.session_state.history.redone())


def reset() -> None:
    """Return to the design as it was opened, as a step that can be undone."""
    commit(opened())


def _step(history: History) -> None:
    st.session_state.history = history
    st.session_state.version += 1
    st.session_state.design_error = None


def error_text() -> str | None:
    """The sentence about what could not be done, if any."""
    error = st.session_state.design_error
    return None if error is None else sentence(error)


SLIDE = {name: partial(slide, name) for name in SLIDERS}
LIMITS = {"reynolds": REYNOLDS_RANGE, "alpha": ALPHA_RANGE_DEG}

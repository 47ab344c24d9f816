"""Which flow the drawing shows: at once the network's own, then the refined one; or the start's or the solver's beside
it, as a difference."""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from fusiform.app.background import refinement as refine
from fusiform.app.background.refinement import Refined
from fusiform.app.drawings.colours import colour_limits
from fusiform.app.drawings.drawing import Layer
from fusiform.app.drawings.pictures import Array, ComplexArray, window_around
from fusiform.app.drawings.quantities import QUANTITIES
from fusiform.app.drawings.raster import Raster, stream_lines
from fusiform.app.state.control_points import outline_of
from fusiform.app.state.kept_results import Answer
from fusiform.app.state.window import Window
from fusiform.app.views.design.controls import Inputs
from fusiform.app.views.shared import answers, session
from fusiform.solvers.flow import FlowAnalysis, FlowField
from fusiform.surrogates import Prediction

ASPECT, NEAR_LENGTHS, WAKE_LENGTHS = 2.7, 2.6, 10.0
ROOM = 0.45
COLUMNS, FINE_COLUMNS = 160, 240
MOST_MARKS = 8


@dataclass(frozen=True)
class Scene:
    """A flow and what is known of it; `refined` None and `analysis` None while it is the network's own."""

    field: FlowField
    source: str
    refined: Refined | None
    analysis: FlowAnalysis | None


def home_window(wake: bool) -> Window:
    """The window of the whole drawing: it stays with the body's material points and changes when one outgrows it."""
    state, now = st.session_state, session.present()
    outline = outline_of(now.body, now.alpha_deg)
    if state.home is not None and state.home[0] == wake:
        _, window, origin = state.home
        shift = cmath.exp(-1j * math.radians(now.alpha_deg)) * (now.origin - origin) / now.reference_length
        window = _moved(window, -shift)
        if _fits(outline, window):
            return window
    window = window_around([outline], ASPECT, WAKE_LENGTHS if wake else NEAR_LENGTHS)
    state.home, state.share = (wake, window, now.origin), None
    return window


def _moved(window: Window, shift: complex) -> Window:
    return Window(
        window.left + shift.real, window.right + shift.real, window.bottom + shift.imag, window.top + shift.imag
    )


def _fits(outline: ComplexArray, window: Window) -> bool:
    """Whether the body keeps away from the window's sides."""
    ahead, behind = outline.real.min() - window.left, window.right - outline.real.max()
    beside = min(window.top - outline.imag.max(), outline.imag.min() - window.bottom)
    return bool(min(ahead, behind, beside) > ROOM)


def of_surrogate(inputs: Inputs, prediction: Prediction, found: Refined | None, home: Window) -> Scene:
    """The refined flow where it was `found`; else the network's own, while the refined one is asked for."""
    if found is None:
        key, state = _key(inputs), st.session_state
        state.wish = (key, prediction, home)
        refining: refine.Refinement | None = state.get("refining")
        failed = refining is not None and refining.key == key and refining.over
        how = "not refined: ask the solver" if failed else "at once; being refined …"
        return Scene(prediction.network_field, f"surrogate, {how}", None, None)
    forget()
    how = "refined by the state inverse" if found.correction.arrived else "could not be refined here: ask the solver"
    return Scene(found.field, f"surrogate, {how}", found, found.analysis)


def refined_flow(inputs: Inputs) -> Refined | None:
    """The refined flow of the present design, if it is known; to be asked once a run, because it comes by itself."""
    return refine.refined(_key(inputs))


def _key(inputs: Inputs) -> tuple[Any, ...]:
    return inputs.folder, answers.body_key(inputs.body), inputs.conditions


def start_field(inputs: Inputs, *, refined: bool) -> FlowField:
    """The flow past the body as it was opened, at the present conditions; refined or the network's own."""
    before = answers.prediction(inputs.folder, answers.body_of(session.opened()), inputs.conditions)
    return before.field if refined else before.network_field


def forget() -> None:
    """Nothing is to be refined any more."""
    state = st.session_state
    if state.get("refining") is not None:
        state.refining.drop()
    state.wish, state.refining = None, None


def begin_refinement() -> None:
    """At the end of a run, so that it does not hold up the drawing: begin what is to be refined."""
    state = st.session_state
    wish, refining = state.get("wish"), state.get("refining")
    if wish is not None and (refining is None or refining.key != wish[0]):
        forget()
        state.refining = refine.Refinement(*wish)
    state.wish = None


def is_awaited() -> bool:
    """Whether a refined flow is to come, for which the drawing asks again after a moment."""
    return _expected(st.session_state.get("wish"), st.session_state.get("refining"))


def _expected(wish: tuple[Any, ...] | None, refining: refine.Refinement | None) -> bool:
    if wish is not None and (refining is None or refining.key != wish[0]):
        return True
    return refining is not None and not refining.over


def of_solver(answer: Answer) -> Scene:
    """The solver's flow."""
    return Scene(answer.field, "flow solver", None, answers.analysis(answer.field))


def picture(scene: Scene, home: Window, quantity: str, other: FlowField | None) -> tuple[Raster, Layer]:
    """The drawing's raster and its colours; with `other`, of `scene` minus `other`. The limits are those of `home`."""
    columns = COLUMNS if scene.analysis is None else FINE_COLUMNS
    shown = QUANTITIES[quantity]
    whole = _values(scene.field, other, home, columns, quantity)
    if other is not None:
        shown = replace(shown, plain_label=f"difference of {shown.plain_label}", signed=True)
    low, high = colour_limits(whole[1], signed=shown.signed)
    grid, values = whole
    if st.session_state.share is not None:
        window = _part(home, st.session_state.share)
        grid, values = _values(scene.field, other, window, columns, quantity)
    return grid, Layer(grid, values, shown, low, high)


def _part(home: Window, share: tuple[float, float, float, float]) -> Window:
    left, bottom, right, top = share
    width, height = home.right - home.left, home.top - home.bottom
    return Window(
        left=home.left + left * width,
        right=home.left + right * width,
        bottom=home.bottom + bottom * height,
        top=home.bottom + top * height,
    )


def _values(
    field: FlowField, other: FlowField | None, window: Window, columns: int, quantity: str
) -> tuple[Raster, Array]:
    grid, values = answers.sampled(field, window, columns, quantity)
    if other is None:
        return grid, grid.filled(values)
    return grid, grid.filled(values) - answers.sampled(other, window, columns, quantity)[1]


def lines(scene: Scene, grid: Raster, home: Window) -> tuple[list[ComplexArray], list[ComplexArray]]:
    """Streamlines, and those that divide the flow or are closed; the network's own flow has the former alone."""
    if scene.refined is not None and scene.refined.window == home:
        found = scene.refined.streamlines
    elif scene.analysis is not None:
        found = answers.lines(scene.field, home)
    else:
        return stream_lines(grid, answers.sampled(scene.field, grid.window, len(grid.x), "streamfunction")[1]), []
    return [_thinned(line) for line in found.stream + found.eddies], [_thinned(line) for line in found.dividing]


def _thinned(line: ComplexArray, step: float = 0.02) -> ComplexArray:
    """About one point of a line every `step` d, which a picture cannot tell from all of them."""
    length = np.append(0.0, np.cumsum(np.abs(np.diff(line))))
    kept = np.unique(np.append(np.searchsorted(length, np.arange(0.0, length[-1], step)), line.size - 1))
    return line[kept]


def marks(scene: Scene) -> list[tuple[complex, str]]:
    """Where the flow leaves the wall and, off the wall, comes to rest."""
    if scene.analysis is None:
        return []
    wall = [
        (p.position, f"separation at x {p.position.real:.2f} d, y {p.position.imag:.2f} d")
        for p in scene.analysis.separation
    ]
    free = scene.analysis.free_stagnation
    ends = [(p.position, f"end of the bubble at x {p.position.real:.2f} d") for p in free if p.saddle]
    eddies = [(p.position, f"centre of an eddy at x {p.position.real:.2f} d") for p in free if not p.saddle]
    return wall + (ends + eddies if len(free) <= MOST_MARKS else [])

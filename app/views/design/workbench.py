"""The design view: the body in its flow, which can be taken in hand, its numbers, and the plots along its wall.

Numbers and drawing are a fragment: a pulled point runs that alone. When the design stands still, the drawing asks for
the refined flow, and the rest of the page, the rail and the plots along the wall, follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from fusiform.app.background.refinement import Refined
from fusiform.app.drawings import curves, drawing
from fusiform.app.drawings.drawing import Layer
from fusiform.app.drawings.quantities import QUANTITIES, WALL_QUANTITIES
from fusiform.app.state.control_points import outline_of
from fusiform.app.state.definitions import FIT_WARNING
from fusiform.app.state.kept_results import Answer
from fusiform.app.state.window import Window
from fusiform.app.views.design import controls, numbers, scene, take_away
from fusiform.app.views.design.controls import Inputs
from fusiform.app.views.design.scene import Scene
from fusiform.app.views.shared import answers, session, work
from fusiform.app.views.shared.components import component
from fusiform.app.views.shared.following import in_fragment
from fusiform.app.views.shared.session import MINUS_SOLVER, MINUS_START, OF_SOLVER, OWN, SURROGATE
from fusiform.app.views.shared.words import coefficient, sentence
from fusiform.solvers import InputError
from fusiform.solvers.flow import FlowField

if TYPE_CHECKING:
    from fusiform.surrogates import Prediction

COMPARE_HELP = (
    "Surrogate: what the network says. Minus start: this flow minus that past the body as it was opened. Solver: the "
    "solver's flow, when it was asked. Minus solver: the surrogate's flow minus the solver's."
)


@dataclass(frozen=True)
class Shown:
    """What the drawing shows, for what stands below it."""

    mine: Scene | None
    true: Scene | None
    scene: Scene | None
    layer: Layer | None
    answer: Prediction | Answer | None


def show(inputs: Inputs) -> Callable[[], None]:
    """Draw the view; the design in space, where it is wanted, when the returned function is called."""
    shown: Shown = st.fragment(_bench)()
    _walls(shown.mine, shown.true)
    st.session_state.whole = _rest(refined=shown.mine is not None and shown.mine.refined is not None)
    layer = shown.layer
    if shown.scene is None or layer is None or shown.answer is None:
        return lambda: None
    with st.container(key="files", horizontal=True, vertical_alignment="center"):
        take_away.files(inputs, shown.scene.field, shown.answer)
        in_space = take_away.wants_space()
    place = st.container(key="space_view")

    def finish() -> None:
        if in_space:
            with place:
                take_away.in_space(inputs, layer)

    return finish


def _bench() -> Shown:
    """Numbers and drawing; drawn alone, it calls for the whole page when that no longer fits."""
    state, alone = st.session_state, in_fragment()
    awaited, state.awaited = state.get("awaited", False), False
    before: Rest | None = state.get("whole")
    if alone and (before is None or _rest(refined=before.refined).beside != before.beside):
        st.rerun()
    inputs = controls.inputs()
    predicted = _prediction(inputs)
    solved = work.solver_answer(inputs)
    found = None if predicted is None else scene.refined_flow(inputs)
    numbers.show(inputs, predicted, solved, found)
    quantity, compare, streamlines, sensitivity, wake = _toolbar()
    home = scene.home_window(wake)
    shown = _draw(inputs, predicted, solved, found, (quantity, compare, streamlines, sensitivity), home)
    if alone and (awaited or not scene.is_awaited()) and _rest(refined=found is not None) != before:
        st.rerun()
    return shown


@dataclass(frozen=True)
class Rest:
    """What the page outside of the fragment shows: a version of the design and whether it is refined; `beside` them
    the section, the job, and what went wrong."""

    version: int
    refined: bool
    beside: tuple[Any, ...]


def _rest(*, refined: bool) -> Rest:
    state = st.session_state
    return Rest(state.version, refined, (state.view, state.job, state.job_error, state.design_error))


def _prediction(inputs: Inputs) -> Prediction | None:
    if inputs.model != SURROGATE:
        return None
    try:
        return answers.prediction(inputs.folder, inputs.body, inputs.conditions)
    except InputError as error:
        st.error(sentence(str(error)))
        return None


def _toolbar() -> tuple[str, str, bool, bool, bool]:
    """Which field, of which flow, with which lines, and how much of the wake."""
    with st.container(key="toolbar", horizontal=True, vertical_alignment="center", gap="small"):
        quantity = st.segmented_control(
            "Field",
            list(QUANTITIES),
            key="quantity",
            required=True,
            format_func=str.capitalize,
            label_visibility="collapsed",
            help=" ".join(f"{name.capitalize()}: {shown.definition}" for name, shown in QUANTITIES.items()),
        )
        compare = st.segmented_control(
            "Flow",
            [OWN, MINUS_START, OF_SOLVER, MINUS_SOLVER],
            key="compare",
            required=True,
            label_visibility="collapsed",
            help=COMPARE_HELP,
        )
        streamlines = st.toggle(
            "Streamlines",
            key="streamlines",
            help="Lines of constant stream function, 0.16 U d apart, and closed ones in eddies. Heavier ones divide "
            "the flow: they end at the body or cross where the fluid is at rest.",
        )
        sensitivity = st.toggle(
            "Sensitivity",
            key="sensitivity",
            help="By the surrogate's gradient: blue where pulling the outline out lowers the drag, orange where "
            "pushing it in does, at constant area. The longer the band, the stronger.",
        )
        wake = st.toggle("Wake", key="wake", help="Show ten lengths d of the wake.")
    return str(quantity), str(compare), streamlines, sensitivity, wake


def _draw(
    inputs: Inputs,
    predicted: Prediction | None,
    solved: Answer | None,
    found: Refined | None,
    wanted: tuple[str, str, bool, bool],
    home: Window,
) -> Shown:
    quantity, compare, streamlines, sensitivity = wanted
    design = session.present()
    mine = None if predicted is None else scene.of_surrogate(inputs, predicted, found, home)
    true = None if solved is None else scene.of_solver(solved)
    if predicted is None:
        scene.forget()
    shown, other, badge = _compared(inputs, mine, true, compare)
    ghost = None
    if session.opened().coefficients != design.coefficients:
        ghost = outline_of(answers.body_of(session.opened()), design.alpha_deg)
    layer = None
    data: dict[str, Any] = {}
    if shown is not None:
        grid, layer = scene.picture(shown, home, quantity, other)
        data["marks"] = scene.marks(shown)
        if streamlines:
            data["lines"], data["dividing"] = scene.lines(shown, grid, home)
    if sensitivity and predicted is not None:
        data["sensitivity"] = answers.sensitivity(inputs.folder, inputs.body, inputs.conditions)
    component("drawing")(
        key="drawing",
        data=drawing.payload(
            version=st.session_state.version,
            home=home,
            outline=outline_of(inputs.body, design.alpha_deg),
            layer=layer,
            badge=badge,
            ghost=ghost,
            awaited=scene.is_awaited(),
            **data,
        ),
        on_moved_change=_moved,
        on_zoomed_change=_zoomed,
        on_awaited_change=_awaited,
    )
    _what_happens(inputs, predicted, shown)
    scene.begin_refinement()
    return Shown(mine, true, shown, layer, solved if predicted is None else predicted)


def _moved() -> None:
    session.pull(st.session_state.drawing.get("moved"))


def _awaited() -> None:
    st.session_state.awaited = True


def _zoomed() -> None:
    session.look((st.session_state.drawing.get("zoomed") or {}).get("share"))


def _compared(
    inputs: Inputs, mine: Scene | None, true: Scene | None, compare: str
) -> tuple[Scene | None, FlowField | None, str]:
    """The flow to show, the one to subtract, and the words that say so."""
    shown = mine if mine is not None else true
    if shown is None:
        return None, None, "Press Ask the solver to see the flow."
    if compare == OF_SOLVER and true is not None:
        return true, None, true.source
    if compare == MINUS_SOLVER and true is not None and mine is not None:
        return mine, true.field, f"{mine.source}, minus the solver's flow"
    if compare == MINUS_START and mine is not None:
        before = scene.start_field(inputs, refined=mine.refined is not None)
        return mine, before, f"{mine.source}, minus the flow of the start"
    missing = compare in (OF_SOLVER, MINUS_SOLVER) and true is None
    return shown, None, shown.source + (" (the solver has not been asked)" if missing else "")


def _what_happens(inputs: Inputs, predicted: Prediction | None, shown: Scene | None) -> None:
    """Pressures at both ends, where the flow separates, its wake, and the body's fit: always two lines of text."""
    body, text = inputs.body, "Drag a point of the outline, move a slider, or press Optimise."
    found = None if shown is None else shown.analysis
    if found is not None:
        points = ", ".join(f"({p.position.real:.2f}, {p.position.imag + 0.0:.2f})" for p in found.separation)
        points = points.replace("-", "−")
        length = found.recirculation_length
        text = (
            f"$C_p$ {coefficient(found.front.pressure_coefficient)} at the front, "
            f"{coefficient(found.rear.pressure_coefficient)} at the base. The flow leaves the wall at {points}; "
            + (f"behind the body it recirculates over {length:.2f} d." if length else "no recirculation behind it.")
        )
    fit = f"{body.name}: fineness {body.fineness:.3g}, d = {body.reference_length:.4g}, {body.modes} modes."
    seen = body.fit_error if predicted is None else predicted.body.fit_error
    if seen > FIT_WARNING:
        fit += f" :orange[The surrogate sees a body that is {seen:.2%} of d away from it.]"
    with st.container(key="remarks"):
        st.caption(
            f"{text} {fit}",
            help="$C_p$ = (p − p∞) / (½ ρ U²). Base: the rearmost point; the recirculation is measured from there. "
            "Points are x/d, y/d. Bodies are described by modes of a conformal map; the surrogate knows the first "
            f"few alone. Fit error of an imported outline: {body.fit_error:.2%} of d.",
        )


def _walls(mine: Scene | None, true: Scene | None) -> None:
    """Pressure and shear stress along the wall, side by side."""
    named = [("surrogate", mine), ("solver", true)]
    shown = [
        answers.wall_curve(name, flow.field, name, () if flow.analysis is None else flow.analysis.separation)
        for name, flow in named
        if flow is not None
    ]
    if not shown:
        return
    with st.container(key="walls"):
        for quantity in WALL_QUANTITIES:
            component("curves")(key=f"plot_{quantity}", data=curves.payload(shown, quantity))

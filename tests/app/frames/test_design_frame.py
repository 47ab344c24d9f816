"""The section Design as a function of design, settings and knowledge: no page, no Streamlit."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fusiform.app.background.refinement import Refined
from fusiform.app.edits import design as edits
from fusiform.app.frames.design.frame import Frame, frame
from fusiform.app.frames.design.known import Known, known
from fusiform.app.frames.shared import formatting
from fusiform.app.results.kept_results import Answer
from fusiform.app.state.session import Comparison, DragSource, Session
from fusiform.solvers import Body, FlowConditions, load_body, solve
from fusiform.solvers.flow import analyse, streamlines
from fusiform.surrogates import load_surrogate

PULL = {"index": 4, "dx": 0.0, "dy": -0.11, "version": 0}
CONDITIONS = FlowConditions(10.0)


@pytest.fixture(scope="module")
def new() -> Session:
    return edits.new_session({})


@pytest.fixture(scope="module")
def solved() -> Answer:
    return Answer.of(solve(load_body("circle"), CONDITIONS, grid="coarse"))


def framed(session: Session, **changes: Any) -> Frame:
    """The frame of a session, with other settings, before its flow is refined."""
    session = replace(session, settings=replace(session.settings, **changes))
    return frame(session.design, session.settings, replace(known(session), refined=None, failed=False))


def number(shown: Frame, label: str) -> tuple[str, str | None]:
    return next((metric.value, metric.note) for metric in shown.numbers if metric.label.startswith(label))


def refined(shown: Frame) -> Known:
    """All that is known of the frame's design after the state inverse."""
    predicted = shown.known.predicted
    assert predicted is not None
    window, field = shown.window, predicted.field
    lines = streamlines(field, (window.left, window.right, window.bottom, window.top))
    return replace(shown.known, refined=Refined(window, field, analyse(field), lines, predicted.correction))


def test_a_pull_changes_the_drag_as_the_surrogate_says(new: Session) -> None:
    session = edits.pull(new, PULL)
    shown = framed(session)
    expected = load_surrogate().evaluate(session.design.present.body, CONDITIONS)
    before = load_surrogate().evaluate(load_body("circle"), CONDITIONS)
    change = formatting.apart(expected.drag_coefficient, before.drag_coefficient)
    assert number(shown, "Drag") == (formatting.coefficient(expected.drag_coefficient), f"{change} to the start")
    assert number(framed(new), "Drag")[1] == "the body as opened"
    assert shown.drawing["version"] == 1
    assert shown.drawing["ghost"] is not None
    assert framed(new).drawing["ghost"] is None


def test_a_flow_that_is_not_refined_yet_is_awaited_and_has_no_marks(new: Session) -> None:
    shown = framed(new)
    assert shown.badge == "surrogate, at once; being refined …"
    assert number(shown, "Checked") == ("…", "being refined")
    assert (shown.drawing["awaited"], shown.drawing["marks"], shown.drawing["heavy"]) == (True, [], "")
    assert shown.remark.startswith("Drag a point of the outline")
    assert "shed" not in shown.remark


def test_the_remark_says_where_shedding_is_likely(new: Session) -> None:
    fast = replace(new.design.present, reynolds=50.0)
    design = replace(new.design, history=replace(new.design.history, steps=(fast,)))
    assert "Re on the height across the stream is 50, above about 35" in framed(replace(new, design=design)).remark


def test_the_remark_says_how_far_the_body_of_the_surrogate_is_from_the_given_one(new: Session) -> None:
    box = Body.from_outline([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)])
    expected = ":orange[Reduced to the model's 8 modes: the outline is up to 0.0086 d from the given one.]"
    assert expected in framed(edits.open_body(new, box)).remark
    assert "Reduced" not in framed(new).remark


def test_the_remark_says_that_the_pressure_at_a_sharp_tail_depends_on_its_radius(new: Session) -> None:
    session = edits.open_body(new, load_body("naca0012"))
    shown = frame(session.design, session.settings, refined(framed(session)))
    assert "at the front, " in shown.remark
    assert "(a sharp tip, whose radius it depends on; " in shown.remark
    assert shown.remark.index("sharp tip") < shown.remark.index("at the base")


def test_the_refined_flow_brings_its_numbers_its_marks_and_its_lines(new: Session) -> None:
    first = framed(new)
    shown = frame(new.design, new.settings, refined(first))
    assert shown.known.predicted is not None
    correction = shown.known.predicted.correction
    assert shown.badge == "surrogate, refined by the state inverse"
    assert number(shown, "Checked") == (
        formatting.with_error(correction.drag_coefficient, correction.drag_bound),
        "by the state inverse",
    )
    assert not shown.drawing["awaited"]
    assert [text.split(" at ")[0] for _, _, text in shown.drawing["marks"]].count("separation") == 2
    assert shown.drawing["lines"] != first.drawing["lines"]
    assert "recirculates over 0.2" in shown.remark


def test_a_refinement_that_failed_is_not_awaited(new: Session) -> None:
    shown = framed(new)
    shown = frame(new.design, new.settings, replace(shown.known, failed=True))
    assert shown.badge == "surrogate, not refined: ask the solver"
    assert not shown.drawing["awaited"]


def test_without_a_surrogate_the_solver_alone_answers(new: Session, solved: Answer) -> None:
    nothing = framed(new, model=DragSource.SOLVER)
    assert number(nothing, "Drag") == ("–", "by the solver")
    assert nothing.badge == "Press Ask the solver to see the flow."
    assert (nothing.drawing["raster"], nothing.drawing["awaited"], nothing.walls) == (None, False, {})
    shown = frame(new.design, new.settings, Known(solved=solved))
    assert number(shown, "Drag") == (formatting.coefficient(solved.drag_coefficient), "by the solver")
    assert number(shown, "Confidence") == ("–", "no surrogate in use")
    assert shown.badge == "flow solver"
    assert [curve["name"] for curve in shown.walls["wall_pressure_coefficient"]["curves"]] == ["solver"]


def test_the_solvers_answer_stands_beside_the_surrogates(new: Session, solved: Answer) -> None:
    shown = framed(new)
    both = frame(new.design, new.settings, replace(shown.known, solved=solved))
    assert number(both, "Checked")[0] == formatting.with_error(solved.drag_coefficient, solved.drag_error)
    assert number(both, "Pressure")[1] == f"solver {formatting.coefficient(solved.drag_pressure)}"
    assert [curve["name"] for curve in both.walls["wall_pressure_coefficient"]["curves"]] == ["surrogate", "solver"]


@pytest.mark.parametrize(
    ("compare", "alone", "asked"),
    [
        (Comparison.OF_SOLVER, "being refined … (the solver has not been asked)", "flow solver"),
        (
            Comparison.MINUS_SOLVER,
            "being refined … (the solver has not been asked)",
            "being refined …, minus the solver's flow",
        ),
        (Comparison.MINUS_START, "minus the flow of the start", "minus the flow of the start"),
    ],
)
def test_the_badge_names_the_flow(new: Session, solved: Answer, compare: str, alone: str, asked: str) -> None:
    shown = framed(new, compare=compare)
    assert shown.badge.endswith(alone)
    assert frame(new.design, shown.settings, replace(shown.known, solved=solved)).badge.endswith(asked)


def test_the_difference_to_the_start_is_zero_at_the_start_and_not_after_a_pull(new: Session) -> None:
    for session, expected in ((new, True), (edits.pull(new, PULL), False)):
        layer = framed(session, compare=Comparison.MINUS_START).layer
        assert layer is not None
        assert np.allclose(np.nan_to_num(layer.values), 0.0, atol=1e-12) == expected


def test_switches_take_lines_and_sensitivity_away(new: Session) -> None:
    shown = framed(new, streamlines=False, sensitivity=False)
    assert (shown.drawing["lines"], shown.drawing["sensitivity"]) == ("", None)
    assert framed(new).drawing["sensitivity"] is not None


def test_a_zoom_is_sampled_anew_in_the_same_colours_and_ends_with_its_window(new: Session) -> None:
    first = framed(new)
    session = replace(new, design=replace(new.design, home=first.home))
    near = framed(edits.zoom(session, [0.25, 0.25, 0.75, 0.75]))
    assert near.drawing["home"] == first.drawing["home"]
    assert near.drawing["extent"] == pytest.approx(_middle(first.drawing["home"]))
    assert near.drawing["colours"]["high"] == first.drawing["colours"]["high"]
    wide = framed(edits.zoom(session, [0.25, 0.25, 0.75, 0.75]), wake=True)
    assert (wide.share, wide.drawing["extent"]) == (None, wide.drawing["home"])


def _middle(box: list[float]) -> list[float]:
    """The inner half of left, bottom, right, top."""
    corners = np.array(box).reshape(2, 2)
    return [*(0.75 * corners[0] + 0.25 * corners[1]), *(0.25 * corners[0] + 0.75 * corners[1])]


def test_the_window_stays_while_the_body_fits_in_it(new: Session) -> None:
    first = framed(new)
    kept = replace(new, design=replace(new.design, home=first.home))
    assert framed(edits.pull(kept, PULL)).home == first.home
    assert framed(edits.slide(kept, "fineness", 0.2)).home != first.home


def test_a_model_that_is_not_there_is_one_sentence(new: Session) -> None:
    shown = framed(new, model_folder="/nowhere")
    assert (shown.known.trouble or "").startswith("Expected a model folder")
    assert number(shown, "Drag") == ("–", "by the solver")


def test_equal_input_makes_equal_data_that_is_ready_for_json(new: Session) -> None:
    session = edits.pull(new, PULL)
    assert json.dumps(framed(session).drawing) == json.dumps(framed(session).drawing)
    assert list(framed(session).numbers) == list(framed(session).numbers)


def test_the_lift_of_a_symmetric_body_has_no_sign(new: Session) -> None:
    assert number(framed(new), "Lift") == ("0.000", "lift over drag 0.00")
    assert [formatting.ratio(x, 1.0) for x in (-1e-9, 0.0, -0.004, -0.006)] == ["0.00", "0.00", "0.00", "−0.01"]


def test_state_edits_and_frames_load_no_streamlit() -> None:
    code = (
        "import sys; import fusiform.app.frames.design.frame, fusiform.app.frames.optimise.optimum;"
        "import fusiform.app.frames.train, fusiform.app.frames.why, fusiform.app.edits.setup, fusiform.app.edits.train;"
        "print('streamlit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"

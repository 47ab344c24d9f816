"""The Optimise section without a browser: constraints, what the page finds against the Python API, and trade-offs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit_page import PAGE, SECONDS, healthy, idle, metric, run_until

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.drawings.convergence import convergence
from fusiform.app.drawings.optimum_sketch import optimum_sketch
from fusiform.app.edits import setup as edits
from fusiform.app.edits.design import new_session
from fusiform.app.frames import formatting
from fusiform.app.frames.optimum import point_numbers
from fusiform.app.main import SECTIONS
from fusiform.app.results.kept_results import Front, Optimum
from fusiform.app.state import session
from fusiform.app.state.constraint_rows import FORMS, constraint_of, dragged, first_row
from fusiform.app.state.setup import OBJECTIVES, Setup, problem_of, setup_of
from fusiform.app.views.optimise import constraints, sweep_controls
from fusiform.solvers import FlowConditions, InputError, load_body
from fusiform.solvers.inverse import (
    DesignPoint,
    Lift,
    MaxLength,
    OptimizationResult,
    Problem,
    Symmetry,
    UserConstraint,
    UserObjective,
    optimize,
    pareto_front,
)
from fusiform.solvers.inverse.problem.problem_file import read_problem
from fusiform.surrogates import load_surrogate

PROBLEMS = sorted(p for p in Path(str(files("fusiform.assets").joinpath("problems"))).iterdir() if p.suffix == ".toml")
CONDITIONS = FlowConditions(10.0)


@pytest.fixture
def page() -> Iterator[AppTest]:
    """The Optimise section, on the coarse grid and without certifying; jobs are ended with the test."""
    at = AppTest.from_file(PAGE, default_timeout=SECONDS).run()
    at.selectbox("grid").set_value("coarse")
    healthy(at.button("view_Optimise").click().run())
    healthy(at.toggle("option_certify").set_value(False).run())
    yield at
    job = at.session_state["session"].job
    if job is not None:
        job.stop()
        assert job.wait(SECONDS)


def finished(at: AppTest) -> AppTest:
    return healthy(run_until(at, idle).run())


def add(at: AppTest, kind: str) -> int:
    """Add a constraint; its number."""
    healthy(at.selectbox("add_constraint").set_value(kind).run())
    return int(at.session_state["session"].setup.rows[-1]["id"])


def drawings(at: AppTest) -> list[str]:
    return [json.loads(c.proto.json)["svg"] for c in at.get("bidi_component") if "sketch" in c.proto.component_name]


def test_every_kind_of_constraint_is_added_drawn_and_removed(page: AppTest) -> None:
    numbers = [add(page, kind) for kind in FORMS]
    assert not page.error
    controls = [*page.number_input, *page.selectbox, *page.button, *page.toggle]
    assert [c.label for c in controls if not c.help and c.key != "reynolds" and c.label not in SECTIONS] == []
    for number in numbers:
        healthy(page.button(f"remove_{number}").click().run())
    assert page.session_state["session"].setup.rows == ()


@pytest.mark.parametrize("spec", ["circle", "naca2412", "ellipse:4"])
@pytest.mark.parametrize("kind", FORMS)
def test_first_numbers_make_a_problem_that_reads_back(spec: str, kind: str) -> None:
    body = load_body(spec)
    setup = Setup(rows=(first_row(kind, body),))
    asked = problem_of(body, CONDITIONS, setup, "fine")
    assert problem_of(body, CONDITIONS, setup_of(asked), "fine").to_dict() == asked.to_dict()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_makes_a_problem_that_reads_back(objective: str) -> None:
    body = load_body("ellipse:2")
    setup = Setup(objective=objective, lift=0.3)
    asked = problem_of(body, FlowConditions(10.0, 4.0), setup, "fine")
    assert setup_of(asked).objective == objective
    assert [c.describe() for c in asked.force_constraints] == (
        ["lift coefficient 0.3"] if objective == "drag_at_lift" else []
    )


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_the_problem_files_become_setups_and_problems_again(path: Path) -> None:
    asked = read_problem(path)
    again = problem_of(asked.body, asked.points[0].conditions, setup_of(asked), asked.verify or "fine").to_dict()
    again["options"].pop("timeout")
    assert again == asked.to_dict()


def test_an_optimum_with_a_greatest_length_has_the_numbers_of_the_python_api(page: AppTest, tmp_path: Path) -> None:
    """Also of the file that is saved: loaded and run again, it gives the same."""
    number = add(page, "max_length")
    healthy(page.number_input(constraints.number_key(number, "value")).set_value(1.5).run())
    healthy(page.button("optimise").click().run())
    assert page.session_state["session"].step == session.OPTIMUM
    finished(page)
    saved = tmp_path / "project.json"
    saved.write_bytes(page.session_state["session"].optimum.project)
    loaded = OptimizationResult.load(saved)
    again = optimize(loaded.problem, model=load_surrogate())
    assert loaded.fun == again.fun
    assert metric(page, "Optimum") == formatting.coefficient(again.summary()["drag_coefficient"])
    assert metric(page, "Reduction") == f"{again.reduction_percent:.1f} %"
    assert metric(page, "Optimality") == "by the model"
    table = page.dataframe[0].value
    assert list(table["Constraint"]) == ["length at most 1.5"]
    assert table["One unit more gains"][0] == pytest.approx(again.constraints[0].gain)
    assert list(table["Active"]) == [True]


def test_the_running_search_is_shown(page: AppTest) -> None:
    healthy(page.button("optimise").click().run())
    run_until(page, lambda at: at.session_state["session"].job is None or metric(at, "Evaluations") != "0")
    finished(page)
    assert len(drawings(page)) == 2


def test_another_start_is_compared_with_the_first(page: AppTest) -> None:
    healthy(page.button("optimise").click().run())
    finished(page)
    first = page.session_state["session"].optimum.result
    healthy(page.button("another").click().run())
    finished(page)
    second = page.session_state["session"].optimum.result
    assert (second.problem.starts, second.problem.seed) == (2, first.problem.seed + 1)
    assert second.fun <= first.fun + 1e-6
    assert any("The other start gave" in caption.value for caption in page.caption)


def test_constraints_that_contradict_each_other_are_told_at_once_and_the_nearest_body_is_drawn(page: AppTest) -> None:
    for kind, value in (("max_length", 0.8), ("max_height", 0.8)):
        number = add(page, kind)
        healthy(page.number_input(constraints.number_key(number, "value")).set_value(value).run())
    assert "contradict each other: a box of 0.8 x 0.8" in page.warning[0].value
    healthy(page.button("optimise").click().run())
    finished(page)
    assert "contradict each other" in page.error[0].value
    assert (metric(page, "Optimum"), metric(page, "Reduction")) == ("–", "–")
    assert "cannot be met" in drawings(page)[0]


def test_a_number_that_makes_no_sense_is_one_sentence(page: AppTest) -> None:
    number = add(page, "max_length")
    healthy(page.number_input(constraints.number_key(number, "value")).set_value(-1.0).run())
    assert page.warning[0].value.startswith("Expected a positive length")
    healthy(page.button("optimise").click().run())
    assert page.error[0].value.startswith("Expected a positive length")
    assert page.session_state["session"].job is None


def test_a_point_of_the_trade_off_becomes_the_shown_optimum(page: AppTest) -> None:
    healthy(page.button("step_Trade-off").click().run())
    assert "Sweep" in page.info[0].value
    page.number_input("front_from_length_1").set_value(1.6)
    page.number_input("front_to_length_1").set_value(1.0)
    healthy(page.number_input("front_count").set_value(3).run())
    healthy(page.button("sweep").click().run())
    finished(page)
    asked = problem_of(load_body("circle"), CONDITIONS, Setup(), "coarse")
    expected = pareto_front(asked, "length", [1.6, 1.3, 1.0], model=load_surrogate())
    healthy(page.segmented_control("front_point").set_value(2).run())
    assert metric(page, "Least") == formatting.coefficient(expected[2].result.predicted_drag_coefficient)
    assert metric(page, "One more") == formatting.coefficient(expected[2].result.constraints[0].gain)
    healthy(page.button("open_point").click().run())
    assert metric(page, "Optimum") == formatting.coefficient(expected[2].result.predicted_drag_coefficient)
    healthy(page.button("solve_flows").click().run())
    finished(page)
    assert len(page.get("plotly_chart")) == 3
    healthy(page.button("step_Trade-off").click().run())
    healthy(page.button("certify_point").click().run())
    finished(page)
    assert metric(page, "Optimality") == "certified"


def clicked_page(place: int) -> None:
    """The page, after a point of the front was clicked once."""
    import streamlit as st

    from fusiform.app.main import page
    from fusiform.app.views.optimise import front
    from fusiform.app.views.shared.session import session

    if "clicked" not in st.session_state and session().front is not None:
        st.session_state.clicked = True
        front.choose(place)
    page()


@pytest.mark.parametrize(("place", "chosen"), [(1, 1), (7, None)])
def test_a_click_on_the_plot_chooses_its_point(place: int, chosen: int | None) -> None:
    at = healthy(AppTest.from_function(clicked_page, default_timeout=SECONDS, args=(place,)).run())
    healthy(at.button("view_Optimise").click().run())
    healthy(at.button("step_Trade-off").click().run())
    healthy(at.number_input("front_count").set_value(2).run())
    healthy(at.button("sweep").click().run())
    finished(at)
    assert at.segmented_control("front_point").value == chosen
    assert (at.session_state["session"].optimum is None) == (chosen is None)


def dragged_page(moved: object) -> None:
    """The page, after a grip of the sketch was moved once."""
    import streamlit as st

    from fusiform.app.edits.setup import drag
    from fusiform.app.main import page
    from fusiform.app.views.shared.session import change, session

    if "moved" not in st.session_state and session().setup.rows:
        st.session_state.moved = True
        change(drag, moved)
    page()


def test_a_payload_that_is_dragged_follows() -> None:
    moved = {"row": 0, "grip": "move", "dx": 0.1, "dy": 0.002, "version": 1}
    at = healthy(AppTest.from_function(dragged_page, default_timeout=SECONDS, args=(moved,)).run())
    healthy(at.button("view_Optimise").click().run())
    add(at, "payload_rectangle")
    healthy(at.run())
    row = at.session_state["session"].setup.rows[0]
    assert (row["x"], row["y"]) == pytest.approx((0.1, 0.0))


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({"row": 0, "grip": "move", "dx": 0.1, "dy": 0.002, "version": 1}, {"x": 0.1, "y": 0.0}),
        ({"row": 0, "grip": "size", "dx": 0.1, "dy": -0.05, "version": 1}, {"width": 0.7, "height": 0.25}),
        ({"row": 0, "grip": "move", "dx": 0.1, "dy": 0.0, "version": 0}, {"x": 0.0}),
        ({"row": 5, "grip": "move", "dx": 0.1, "dy": 0.0, "version": 1}, {"x": 0.0}),
        ({"row": 0, "grip": "other", "dx": 0.1, "dy": 0.0, "version": 1}, {"x": 0.0}),
        ({"row": 0, "grip": "move", "dx": "nan", "dy": 0.0, "version": 1}, {"x": 0.0}),
        ({"row": 0, "grip": "value", "dx": 0.1, "dy": 0.0, "version": 1}, {"x": 0.0}),
        ({"row": 0}, {"x": 0.0}),
        ("row", {"x": 0.0}),
    ],
)
def test_a_drag_changes_the_numbers_of_its_grip_and_nonsense_changes_nothing(moved: Any, expected: Any) -> None:
    row = edits.drag(edits.add_constraint(new_session({}), "payload_rectangle"), moved).setup.rows[0]
    assert {key: row[key] for key in expected} == pytest.approx(expected)


def test_edits_leave_the_setup_as_it_was_and_rows_have_ids_of_their_own() -> None:
    first = new_session({})
    full = first
    for _ in range(edits.MOST_ROWS + 1):
        full = edits.add_constraint(full, "max_length")
    assert first.setup == Setup()
    assert [row["id"] for row in full.setup.rows] == list(range(edits.MOST_ROWS))
    fewer = edits.set_number(edits.remove_constraint(full, 3), 4, "value", 2.0)
    assert fewer.setup.rows[3] == {"kind": "max_length", "id": 4, "value": 2.0}
    restored = edits.restore(full, fewer.problem, None).setup
    assert [row["id"] for row in restored.rows] == [edits.MOST_ROWS + n for n in range(edits.MOST_ROWS - 1)]
    assert restored.version == full.setup.version + 1
    assert [row["kind"] for row in edits.set_objective(first, "nearest").setup.rows] == ["drag"]
    assert edits.set_option(first, "starts", 3).problem.starts == 3
    assert edits.set_lift(edits.set_objective(first, "drag_at_lift"), 0.3).problem.force_constraints == (
        Lift(0.3, 0.3),
    )
    assert edits.set_weight(first, 2.0).problem.points[0].weight == 2.0


def test_grips_change_what_they_stand_for() -> None:
    body = load_body("ellipse:2")
    length = {"kind": "max_length", "value": 1.0}
    assert dragged(length, "value", 0.1 + 0.5j, body)["value"] == pytest.approx(1.2)
    bar = {"kind": "min_thickness", "value": 0.5, "at": 0.5}
    assert dragged(bar, "value", 0.5 + 0.05j, body)["value"] == pytest.approx(0.6)
    assert dragged(bar, "at", 0.1 * body.length + 0j, body)["at"] == pytest.approx(0.6)
    assert dragged(bar, "at", 9.0 + 0j, body)["at"] == 0.95
    disc = {"kind": "payload_circle", "x": 0.0, "y": 0.0, "radius": 0.1}
    assert dragged(disc, "size", -0.5 + 0j, body)["radius"] == pytest.approx(0.02)


def test_a_sketch_shows_all_of_its_regions() -> None:
    body = load_body("circle")
    row = {"kind": "keep_out", "x": 3.0, "y": -1.0, "width": 0.5, "height": 0.5}
    drawing = sketch.draw(sketch.outline(body), body, [row], 0.0)
    numbers = [
        float(n)
        for n in drawing.svg.split('<g data-row="0"')[1].split('points="')[1].split('"')[0].replace(",", " ").split()
    ]
    assert max(numbers[::2]) < sketch.WIDTH
    assert drawing.scale * 0.5 == pytest.approx(np.ptp(numbers[::2]), abs=0.1)


def test_a_limit_beside_symmetry_is_drawn_and_swept_by_its_own_report() -> None:
    asked = Problem(
        load_body("circle"), (DesignPoint(CONDITIONS),), constraints=(Symmetry(), MaxLength(1.2)), verify=None
    )
    result = optimize(asked, model=load_surrogate())
    assert [result.report_of(c) for c in asked.constraints] == [None, *result.constraints]
    assert '<g data-row="1" stroke-width="2.4">' in optimum_sketch(Optimum.of(result))
    front = pareto_front(asked, "length", [1.2], model=load_surrogate())
    gain = point_numbers(Front(asked, "length", front), 0)[1]
    assert gain.value == formatting.coefficient(result.constraints[0].gain)


def test_an_empty_search_has_no_convergence() -> None:
    assert convergence(()) == ""
    assert sweep_controls.LIMITS.keys() == {"length", "height", "thickness"}


def test_a_row_whose_number_makes_no_sense_is_not_drawn_and_does_not_move() -> None:
    body = load_body("circle")
    row = {"kind": "max_length", "value": -1.0}
    assert constraint_of(row) is None
    assert dragged(row, "value", 0.1 + 0j, body) == row
    assert 'data-row="' not in sketch.draw(sketch.outline(body), body, [row], 0.0).svg


@pytest.mark.parametrize(
    "own",
    [
        {"objective": UserObjective("the drag squared", lambda drag, lift: drag.sum() ** 2)},
        {"constraints": (UserConstraint("low", lambda z: z.imag),)},
    ],
)
def test_a_problem_with_functions_of_the_users_own_is_no_setup(own: dict[str, Any]) -> None:
    asked = Problem(load_body("circle"), (DesignPoint(CONDITIONS),), **own)
    with pytest.raises(InputError, match="in Python"):
        setup_of(asked)

"""The section Optimise without a browser: constraints, what the page finds against the Python API, trade-offs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_page import PAGE, SECONDS, healthy, idle, metric, run_until

from fusiform.app.frames.shared import formatting
from fusiform.app.main import SECTIONS
from fusiform.app.state import session
from fusiform.app.state.constraint_rows import FORMS
from fusiform.app.state.setup import Setup, problem_of
from fusiform.app.views.optimise import constraints
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.inverse import (
    OptimizationResult,
    optimize,
    pareto_front,
)
from fusiform.surrogates import load_surrogate

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


def test_an_optimum_with_a_greatest_length_has_the_numbers_of_the_python_api(page: AppTest, tmp_path: Path) -> None:
    """Also of the file that is saved: loaded and run again, it gives the same."""
    number = add(page, "max_length")
    healthy(page.number_input(constraints.number_key(number, "value")).set_value(1.5).run())
    healthy(page.button("optimise").click().run())
    assert page.session_state["session"].step == session.Step.OPTIMUM
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

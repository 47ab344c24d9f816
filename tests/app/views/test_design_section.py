"""The section Design without a browser: its controls give the numbers of the Python calls."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_page import drawn, healthy, metric, note, refined, run_until

from fusiform.app.drawings.quantities import QUANTITIES
from fusiform.app.frames.shared import formatting
from fusiform.app.main import SECTIONS
from fusiform.app.state import session
from fusiform.app.state.shape_sliders import slider_values, with_slider
from fusiform.app.views.design import take_away
from fusiform.solvers import FlowConditions, load_body
from fusiform.surrogates import load_surrogate


def test_the_page_opens_with_the_surrogates_answer_for_the_circle(page: AppTest) -> None:
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0))
    assert metric(healthy(page), "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert metric(page, "Pressure part") == formatting.coefficient(expected.drag_pressure)
    assert metric(page, "Friction part") == formatting.coefficient(expected.drag_friction)
    assert metric(page, "Confidence") == formatting.confidence(expected.confidence)
    assert note(page, "Drag") == "the body as opened"
    assert len(page.get("bidi_component")) == 3
    assert not page.error


def test_every_number_says_what_it_is(page: AppTest) -> None:
    controls = [*page.metric, *page.slider, *page.select_slider, *page.selectbox, *page.button, *page.toggle]
    assert [c.label for c in controls if not c.help and c.label not in SECTIONS] == []


def test_the_flow_is_refined_after_the_first_picture(page: AppTest) -> None:
    """Then there are separation points, the numbers of the state inverse, and they are those of the Python call."""
    run_until(page, refined)
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0))
    correction = expected.correction
    assert metric(page, "Checked") == formatting.with_error(correction.drag_coefficient, correction.drag_bound)
    assert note(page, "Checked") == "by the state inverse"
    assert [text.split(" at ")[0] for _, _, text in drawn(page)["marks"]].count("separation") == 2
    assert "recirculates over 0.2" in page.caption[0].value


def test_each_field_is_drawn_with_its_definition(page: AppTest) -> None:
    for quantity, shown in QUANTITIES.items():
        healthy(page.segmented_control("quantity").set_value(quantity).run())
        assert drawn(page)["colours"]["label"] == shown.plain_label
    healthy(page.toggle("streamlines").set_value(False).run())
    assert drawn(page)["lines"] == ""
    healthy(page.toggle("sensitivity").set_value(False).run())
    assert drawn(page)["sensitivity"] is None


def test_the_wake_is_shown_over_ten_lengths(page: AppTest) -> None:
    near = drawn(page)["home"]
    healthy(page.toggle("wake").set_value(True).run())
    left, _, right, _ = drawn(page)["home"]
    assert right > 10.0 > near[2]
    assert left < -1.0


def test_conditions_reach_the_model(page: AppTest) -> None:
    page.selectbox("start_from").set_value(session.ELLIPSE).run()
    page.slider("alpha").set_value(5.0)
    healthy(page.run())
    expected = load_surrogate().evaluate(load_body("ellipse:2"), FlowConditions(10.0, 5.0))
    assert metric(page, "Lift") == formatting.coefficient(expected.lift_coefficient)


def test_slider_and_number_of_the_reynolds_number_follow_each_other(page: AppTest) -> None:
    healthy(page.select_slider("reynolds_slider").set_value(40.0).run())
    assert page.number_input("reynolds").value == 40.0
    healthy(page.number_input("reynolds").set_value(21.0).run())
    assert page.select_slider("reynolds_slider").value == 20.0
    expected = load_surrogate().evaluate(load_body("circle"), FlowConditions(21.0))
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


@pytest.mark.parametrize(("name", "value"), [("fineness", 2.5), ("nose", 1.4), ("tail", 0.6), ("camber", 0.1)])
def test_a_slider_of_the_shape_gives_the_drag_of_that_body_and_undo_takes_it_back(
    page: AppTest, name: str, value: float
) -> None:
    before = metric(page, "Drag")
    healthy(page.slider(name).set_value(value).run())
    body = with_slider(load_body("circle"), name, value)
    expected = load_surrogate().evaluate(body, FlowConditions(10.0))
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert metric(page, "Drag") != before
    assert note(page, "Drag").endswith("% to the start")
    for key, shown in slider_values(body).items():
        assert page.slider(key).value == pytest.approx(shown, abs=1e-5)
    healthy(page.button("undo").click().run())
    assert (metric(page, "Drag"), page.slider(name).value) == (before, pytest.approx(0.0 if name == "camber" else 1.0))
    healthy(page.button("redo").click().run())
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)
    healthy(page.button("reset").click().run())
    assert metric(page, "Drag") == before
    healthy(page.button("undo").click().run())
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_a_slider_can_be_moved_back_at_once(page: AppTest) -> None:
    """An earlier value is no echo once the user has moved the control."""
    before = metric(page, "Drag")
    for value in (2.5, 1.0, 2.5, 1.0):
        healthy(page.slider("fineness").set_value(value).run())
        assert page.slider("fineness").value == pytest.approx(value, abs=1e-5)
        assert (metric(page, "Drag") == before) == (value == 1.0)
    healthy(page.select_slider("reynolds_slider").set_value(40.0).run())
    healthy(page.select_slider("reynolds_slider").set_value(10.0).run())
    assert metric(page, "Drag") == before


def test_outside_its_range_the_surrogate_says_that_its_confidence_is_low(page: AppTest) -> None:
    healthy(page.number_input("reynolds").set_value(95.0).run())
    assert (metric(page, "Confidence"), note(page, "Confidence")) == ("low (0.00)", "outside training: no bound")


def test_the_difference_to_the_start_is_nothing_at_first_and_something_after_a_change(page: AppTest) -> None:
    healthy(page.segmented_control("compare").set_value(session.Comparison.MINUS_START).run())
    assert (drawn(page)["raster"]["low"], drawn(page)["ghost"]) == (0.0, None)
    healthy(page.slider("fineness").set_value(1.5).run())
    assert drawn(page)["raster"]["low"] < -0.05
    assert drawn(page)["ghost"] is not None


@pytest.mark.parametrize(("reynolds", "expected"), [(40.0, "recirculates over 2.2"), (1.0, "no recirculation")])
def test_the_page_tells_where_the_flow_separates_and_recirculates(
    page: AppTest, reynolds: float, expected: str
) -> None:
    healthy(page.number_input("reynolds").set_value(reynolds).run())
    run_until(page, refined)
    assert expected in page.caption[0].value


def test_the_files_are_offered_when_they_are_asked_for(page: AppTest) -> None:
    assert [button.label for button in page.get("download_button") if button.label.startswith(".")] == []
    page.session_state["take_away"] = True
    healthy(page.run())
    labels = [button.label for button in page.get("download_button") if button.label.startswith(".")]
    assert labels == [".dat", ".csv", ".svg", ".dxf", ".stl", ".vts", ".json"]


def test_the_design_in_space_is_drawn_when_it_is_asked_for(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take_away, "can_render", lambda: False)
    healthy(page.toggle("space").set_value(True).run())
    assert len(page.get("plotly_chart")) == 1
    assert any("cannot render" in caption.value for caption in page.caption)

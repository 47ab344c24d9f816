"""Bodies of revolution on the page, without a browser: the switch, pulls, files, optima."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
import trimesh
from streamlit.testing.v1 import AppTest
from streamlit_page import SECONDS, drawn, healthy, idle, metric, note, run_until

from fusiform.app.drawings.html_report import report
from fusiform.app.edits.design import new_session, open_example
from fusiform.app.frames.design.known import known
from fusiform.app.frames.shared import formatting
from fusiform.app.results.exported_files import body_bytes
from fusiform.app.results.opened_project import open_project
from fusiform.app.state import session
from fusiform.app.state.design_link import from_link, to_link
from fusiform.app.views.design import gallery
from fusiform.solvers import FlowConditions, InputError, load_body, solve
from fusiform.solvers.geometry.displacement.normal_displacement import pulled
from fusiform.surrogates import load_surrogate

CONDITIONS = FlowConditions(10.0)


@pytest.fixture
def sphere(page: AppTest) -> AppTest:
    """The page, with its first body turned about the axis."""
    return healthy(page.button("kind_Of revolution").click().run())


@pytest.fixture
def solved(sphere: AppTest) -> AppTest:
    """The same, answered by the solver."""
    return healthy(sphere.radio("model").set_value(session.DragSource.SOLVER).run())


def test_the_circle_becomes_the_sphere_with_the_surrogates_numbers_and_back(page: AppTest) -> None:
    circle = metric(page, "Drag")
    healthy(page.button("kind_Of revolution").click().run())
    expected = load_surrogate(revolution=True).evaluate(load_body("sphere"), CONDITIONS)
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert metric(page, "Confidence") == formatting.confidence(expected.confidence)
    assert (metric(page, "Wetted area"), note(page, "Wetted area")) == ("3.142", "volume V 0.5236")
    assert not [shown.label for shown in page.metric if shown.label.startswith("Lift")]
    assert page.selectbox("start_from").value == "Sphere"
    assert [s.key for s in page.slider if s.key in ("alpha", "camber")] == []
    assert drawn(page)["revolution"] is True
    healthy(page.button("undo").click().run())
    assert metric(page, "Drag") == circle
    healthy(page.button("redo").click().run())
    healthy(page.button("kind_Plane").click().run())
    assert (metric(page, "Drag"), page.selectbox("start_from").value) == (circle, session.CIRCLE)


def test_the_solver_answers_at_once(solved: AppTest) -> None:
    expected = solve(load_body("sphere"), CONDITIONS, grid="coarse")
    assert metric(solved, "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert metric(solved, "Checked") == formatting.with_error(expected.drag_coefficient, expected.drag_error)
    assert (metric(solved, "Greatest diameter"), note(solved, "Drag")) == ("1", "the body as opened")
    healthy(solved.slider("fineness").set_value(2.0).run())
    longer = solve(load_body("spheroid:2"), CONDITIONS, grid="coarse").drag_coefficient
    assert metric(solved, "Drag") == formatting.coefficient(longer)
    assert note(solved, "Drag") == f"{formatting.apart(longer, expected.drag_coefficient)} to the start"
    healthy(solved.segmented_control("compare").set_value(session.Comparison.MINUS_START).run())
    assert drawn(solved)["raster"]["low"] < -0.05


def test_a_body_that_was_changed_says_so(sphere: AppTest) -> None:
    """Once, however often it changes; also turned into its section, and not after Undo."""
    for fineness in (1.5, 2.0):
        healthy(sphere.slider("fineness").set_value(fineness).run())
        assert sphere.session_state["session"].design.present.name == "changed sphere"
    healthy(sphere.button("kind_Plane").click().run())
    assert sphere.session_state["session"].design.present.name == "changed circle"
    for _ in range(3):
        healthy(sphere.button("undo").click().run())
    assert sphere.session_state["session"].design.present.name == "sphere"


def test_an_asymmetric_section_gives_its_symmetric_part_and_says_so(page: AppTest) -> None:
    healthy(page.selectbox("start_from").set_value("bean").run())
    healthy(page.slider("alpha").set_value(4.0).run())
    healthy(page.button("kind_Of revolution").click().run())
    now = page.session_state["session"].design
    assert now.present.revolution
    assert now.present.alpha_deg == 0.0
    assert max(abs(a.imag) for a in now.present.coefficients) == 0.0
    assert "its own mirror image: this body has its symmetric part, up to 0.11 d" in page.info[0].value
    assert "angle of attack is 0" in page.info[0].value
    healthy(page.slider("fineness").set_value(3.0).run())
    assert not page.info


def solid_page(point: object) -> None:
    """The page with a sphere, after a control point was moved once."""
    import streamlit as st

    from fusiform.app.edits.design import pull
    from fusiform.app.edits.kind import set_kind
    from fusiform.app.main import page
    from fusiform.app.views.shared.session import change

    if "pulled" not in st.session_state:
        st.session_state.pulled = True
        change(set_kind, "Of revolution")
        change(pull, point)
    page()


def test_a_pull_moves_the_mirror_image_too_and_a_point_of_the_axis_along_it() -> None:
    point, eta = {"index": 3, "dx": 0.1, "dy": 0.1, "version": 1}, 3.0 * math.pi / 8.0
    at = AppTest.from_function(solid_page, default_timeout=SECONDS, args=(point,))
    body = pulled(load_body("sphere"), eta, 0.1 * (math.cos(eta) + math.sin(eta)))
    expected = load_surrogate(revolution=True).evaluate(body, CONDITIONS)
    assert metric(healthy(at.run()), "Drag") == formatting.coefficient(expected.drag_coefficient)
    outline = np.array(drawn(at)["outline"]).reshape(-1, 2)
    np.testing.assert_allclose(outline[1:], outline[:0:-1] * [1.0, -1.0], atol=2e-5)
    point = {"index": 0, "dx": 0.2, "dy": 0.3, "version": 1}
    along = AppTest.from_function(solid_page, default_timeout=SECONDS, args=(point,))
    tail = np.array(drawn(healthy(along.run()))["outline"])[:2]
    assert tail[0] > 0.55
    assert tail[1] == 0.0


def test_the_sensitivity_of_a_sphere_tells_the_change_of_its_drag(solved: AppTest) -> None:
    """By the solver's gradient: a point and its mirror image that are pulled out by 0.01 d."""
    before = solve(load_body("sphere"), CONDITIONS, grid="fine").drag_coefficient
    told = [float(text.replace("−", "-")) for text in drawn(solved)["effects"]]
    for index in (0, 2, 4, 8):
        after = solve(pulled(load_body("sphere"), 2.0 * math.pi * index / 16, 0.01), CONDITIONS, grid="fine")
        assert told[index] == pytest.approx(100.0 * (after.drag_coefficient / before - 1.0), abs=0.04)


def test_a_link_opens_the_same_body_of_revolution(sphere: AppTest) -> None:
    healthy(sphere.slider("fineness").set_value(2.5).run())
    design = sphere.session_state["session"].design.present
    again = from_link(to_link(design))
    assert again.revolution
    assert again.reference_length == pytest.approx(design.reference_length, rel=1e-9)
    np.testing.assert_allclose(again.coefficients, design.coefficients, atol=1e-7)
    with pytest.raises(InputError, match="angle of attack of 0 for a body of revolution"):
        from_link(to_link(design) | {"alpha": "3"})


def test_the_files_of_a_body_of_revolution(sphere: AppTest) -> None:
    sphere.session_state["take_away"] = True
    healthy(sphere.run())
    words = {button.label: button.proto.help for button in sphere.get("download_button") if button.label[0] == "."}
    assert list(words) == [".csv", ".stl", ".obj", ".vtp", ".dat", ".svg", ".dxf", ".vts", ".json"]
    assert all(words.values())
    assert "flow in space" in words[".vts"]
    solid = trimesh.load(io.BytesIO(body_bytes(load_body("spheroid:2"), ".stl")), file_type="stl")
    assert solid.is_watertight
    assert solid.volume == pytest.approx(math.pi / 6.0, rel=1e-3)


def test_the_body_in_space_shows_the_flow_of_the_drawing(solved: AppTest) -> None:
    found = [c.proto for c in solved.get("bidi_component") if "space" in c.proto.component_name]
    (data,) = (json.loads(each.json) for each in found)
    assert max(data["meridian"][1::2]) == pytest.approx(0.5, abs=1e-4)
    assert data["colours"] == drawn(solved)["colours"]
    assert data["badge"] == drawn(solved)["badge"]
    front = solve(load_body("sphere"), CONDITIONS, grid="coarse").analysis.front.pressure_coefficient
    assert data["wall"]["values"][0] == pytest.approx(front, abs=2e-3)
    healthy(solved.toggle("solid").set_value(False).run())
    assert not [c for c in solved.get("bidi_component") if "space" in c.proto.component_name]


def test_the_optimum_of_a_sphere_has_the_drag_of_the_python_call(sphere: AppTest, tmp_path: Path) -> None:
    """At Re 10 with a greatest diameter; also of the file that is saved, opened again on a new page."""
    healthy(sphere.button("view_Optimise").click().run())
    healthy(sphere.toggle("option_certify").set_value(False).run())
    assert sphere.session_state["session"].step == session.Step.PROBLEM
    objectives = ["Least drag", "Nearest body with a given drag", "Greatest terminal speed"]
    assert sphere.selectbox("objective").options == objectives
    assert "Payload: sphere" in sphere.selectbox("add_constraint").options
    healthy(sphere.selectbox("add_constraint").set_value("payload_cylinder").run())
    labels = [n.label for n in sphere.number_input if (n.key or "").startswith("row_")]
    assert labels == ["x", "Length", "Diameter", "Spare"]
    healthy(sphere.button("optimise").click().run())
    healthy(run_until(sphere, idle).run())
    optimum = sphere.session_state["session"].optimum
    assert optimum.result.body.revolution
    assert [c for c in sphere.get("bidi_component") if "space" in c.proto.component_name]
    expected = solve(optimum.result.body, CONDITIONS, grid="coarse").drag_coefficient
    assert metric(sphere, "Optimum") == formatting.coefficient(expected)
    assert expected < 0.9 * solve(load_body("sphere"), CONDITIONS, grid="coarse").drag_coefficient
    assert note(sphere, "Length").startswith("greatest diameter 0.7")
    again = open_project(optimum.project, "project.json").optimum
    assert again is not None
    assert again.result.body.revolution
    assert "wetted area" in report(optimum)
    healthy(sphere.button("adopt").click().run())
    assert float(metric(sphere, "Drag")) == pytest.approx(expected, rel=0.01)


def test_a_running_search_by_the_solver_names_it(solved: AppTest) -> None:
    healthy(solved.button("optimise").click().run())
    job = solved.session_state["session"].job
    assert [note(solved, label) for label in ("Start", "Reduction")] == ["by the solver, search elements"] * 2
    assert metric(solved, "By") == "solver"
    job.stop()
    assert job.wait(SECONDS)


def test_an_example_of_revolution_opens_from_the_dialog(sphere: AppTest) -> None:
    healthy(sphere.button("examples").click().run())
    healthy(sphere.button("open_sears-haack").click().run())
    expected = load_surrogate(revolution=True).evaluate(load_body("sears-haack"), FlowConditions(50.0))
    assert metric(sphere, "Drag") == formatting.coefficient(expected.drag_coefficient)


@pytest.mark.parametrize("example", gallery.OF_REVOLUTION, ids=lambda example: example.title)
def test_each_example_of_revolution_is_one_and_has_a_flow(example: gallery.Example) -> None:
    opened = open_example(new_session({}), example.body, example.reynolds, example.alpha_deg)
    assert opened.design.present.revolution
    answer = known(opened).answer
    assert answer is not None
    assert answer.drag_coefficient > 0.0

"""Bodies that are opened: by kind, by address, from the gallery, from a file; what cannot be opened is one sentence."""

from __future__ import annotations

import pytest
import trimesh
from streamlit.testing.v1 import AppTest
from streamlit_page import PAGE, SECONDS, healthy, idle, metric

from fusiform.app.frames.shared import formatting
from fusiform.app.state import session
from fusiform.app.state.design import Design
from fusiform.app.state.design_link import to_link
from fusiform.app.views.design import gallery
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.geometry import sample_names
from fusiform.surrogates import load_surrogate


@pytest.mark.parametrize("choice", [session.ELLIPSE, session.NACA, *sample_names()])
def test_each_kind_of_body_is_opened(page: AppTest, choice: str) -> None:
    healthy(page.selectbox("start_from").set_value(choice).run())
    assert not page.error
    spec = {session.ELLIPSE: "ellipse:2", session.NACA: "naca0012"}.get(choice, choice)
    body = load_body(spec)
    expected = load_surrogate().evaluate(body, FlowConditions(10.0))
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)
    assert page.slider("fineness").value == pytest.approx(body.fineness, abs=1e-5)


def test_the_address_opens_the_design_again(page: AppTest) -> None:
    page.slider("fineness").set_value(3.0).run()
    healthy(page.number_input("reynolds").set_value(25.0).run())
    other = AppTest.from_file(PAGE, default_timeout=SECONDS)
    for key, value in page.query_params.items():
        other.query_params[key] = value
    healthy(other.run())
    assert metric(other, "Drag") == metric(page, "Drag")
    assert other.number_input("reynolds").value == 25.0


def test_a_damaged_address_is_one_sentence_and_the_first_body() -> None:
    at = AppTest.from_file(PAGE, default_timeout=SECONDS)
    for key, value in (to_link(Design.of(load_body("circle"), FlowConditions(10.0))) | {"re": "x"}).items():
        at.query_params[key] = value
    healthy(at.run())
    assert at.error[0].value.startswith("Expected the address of a design")
    assert metric(at, "Drag")


@pytest.mark.parametrize("example", gallery.PLANE, ids=lambda example: example.title)
def test_each_example_of_the_gallery_opens(page: AppTest, example: gallery.Example) -> None:
    healthy(page.button("examples").click().run())
    healthy(page.button(f"open_{example.body}").click().run())
    assert not page.error
    expected = load_surrogate().evaluate(load_body(example.body), FlowConditions(example.reynolds, example.alpha_deg))
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_wrong_digits_are_one_sentence_and_the_design_stays(page: AppTest) -> None:
    page.selectbox("start_from").set_value(session.NACA).run()
    before = metric(page, "Drag")
    healthy(page.text_input("digits").set_value("00x2").run())
    assert len(page.error) == 1
    assert page.error[0].value.startswith("Expected")
    assert metric(page, "Drag") == before
    healthy(page.text_input("digits").set_value("2412").run())
    assert not page.error


def test_an_own_outline_is_read_and_a_wrong_one_refused(page: AppTest) -> None:
    page.selectbox("start_from").set_value(session.UPLOAD).run()
    assert any("Choose a file" in info.value for info in page.info)
    outline = load_body("ellipse:2").outline(80)
    good = "\n".join(f"{x},{y}" for x, y in outline).encode()
    healthy(page.file_uploader("upload").upload("mine.csv", good, "text/csv").run())
    assert "mine: fineness 2" in page.caption[0].value
    for content, expected in (
        (b"1,2\n3,4\n", "at least 5"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"0,0\n" * 900, "at least 5"),
    ):
        healthy(page.file_uploader("upload").upload("wrong.csv", content, "text/csv").run())
        assert expected in page.error[0].value
        assert "mine: fineness 2" in page.caption[0].value


def test_the_plane_of_a_mesh_and_the_part_of_a_drawing_are_chosen(page: AppTest) -> None:
    page.selectbox("start_from").set_value(session.UPLOAD).run()
    box = trimesh.creation.box((4.0, 2.0, 1.0)).export(file_type="stl")
    healthy(page.file_uploader("upload").upload("box.stl", box, "model/stl").run())
    assert "box: fineness 1.99" in page.caption[0].value
    healthy(page.selectbox("upload_axis").set_value("y").run())
    assert "box: fineness 3.97" in page.caption[0].value
    assert f"From {formatting.plain('the section at y = 0: the only closed curve')}." in page.caption[0].value
    healthy(page.number_input("upload_at").set_value(1.5).run())
    assert "y from -1 to 1, got 1.5" in page.error[0].value
    rings = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle id="large" r="3"/><ellipse id="small" '
    rings += b'cx="7" rx="1" ry="0.5"/></svg>'
    healthy(page.file_uploader("upload").upload("rings.svg", rings, "image/svg+xml").run())
    assert "rings: fineness 1" in page.caption[0].value
    healthy(page.text_input("upload_part").set_value("small").run())
    assert "rings: fineness 2" in page.caption[0].value
    assert "small" in page.caption[0].value


def test_a_folder_without_a_model_is_one_sentence(page: AppTest) -> None:
    healthy(page.text_input("model_folder").set_value("/nowhere").run())
    assert "expected a model folder" in page.error[0].value.lower()
    healthy(page.button("optimise").click().run())
    assert "expected a model folder" in page.error[-1].value.lower()
    assert idle(page)

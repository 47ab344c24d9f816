"""Bodies that are opened: by kind, by address, from the gallery, from a file; what cannot be opened is one sentence."""

from __future__ import annotations

import pytest
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


def test_each_kind_of_body_is_opened(page: AppTest) -> None:
    surrogate = load_surrogate()
    for choice in (session.ELLIPSE, session.NACA, *sample_names()):
        healthy(page.selectbox("start_from").set_value(choice).run())
        assert not page.error, choice
        spec = {session.ELLIPSE: "ellipse:2", session.NACA: "naca0012"}.get(choice, choice)
        body = load_body(spec)
        expected = surrogate.evaluate(body, FlowConditions(10.0))
        assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient), choice
        assert page.slider("fineness").value == pytest.approx(body.fineness, abs=1e-5), choice


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


def test_the_address_of_a_refused_body_becomes_that_of_the_shown_one() -> None:
    at = AppTest.from_file(PAGE, default_timeout=SECONDS)
    for key, value in (to_link(Design.of(load_body("sphere"), FlowConditions(10.0))) | {"alpha": "7"}).items():
        at.query_params[key] = value
    healthy(at.run())
    assert "angle of attack of 0 for a body of revolution" in at.error[0].value
    shown = Design.of(load_body("circle"), FlowConditions(10.0))
    assert {key: "".join(value) for key, value in at.query_params.items()} == to_link(shown)


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


def test_a_folder_without_a_model_is_one_sentence(page: AppTest) -> None:
    healthy(page.text_input("model_folder").set_value("/nowhere").run())
    assert "expected a model folder" in page.error[0].value.lower()
    healthy(page.button("optimise").click().run())
    assert "expected a model folder" in page.error[-1].value.lower()
    assert idle(page)

"""Files that are imported: each opens or is one sentence; the curve, the plane and the fit can be chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from streamlit.testing.v1 import AppTest
from streamlit_page import drawn, healthy, metric, note

from fusiform.app.frames.shared import formatting
from fusiform.app.state.session import UPLOAD
from fusiform.solvers import load_body
from fusiform.solvers.geometry.formats.outline_files import SUFFIXES

CASES = Path(__file__).parents[2] / "solvers" / "geometry" / "cases"
THIN = "".join(
    f"{x:.6f},{y:.6f}\n"
    for x, y in ((0, 0), (1, 0), (1, 0.2), (0.5, 0.2), (0.5, 1.2), (0.4, 1.2), (0.4, 0.2), (0, 0.2))
)
NAMES = (
    "x" * 5000,
    "\u202etxt",
    "😀😀",
    "[a](http://b) $x$ :red[b] <script>alert(1)</script>",
    "a\nb",
    "..",
    "",
    "1. x",
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
ELLIPSE = '<ellipse id="{}" cx="{}" cy="4" rx="{}" ry="1"/>'


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    """The page after a file was dropped on it, which must be healthy and show a body."""
    if page.selectbox("start_from").value != UPLOAD:
        page.selectbox("start_from").set_value(UPLOAD).run()
    healthy(page.file_uploader("upload").upload(name, content, "application/octet-stream").run())
    assert len(page.error) <= 1
    assert metric(page, "Drag") != "–"
    return page


def test_each_kind_of_outline_opens_or_is_one_sentence(page: AppTest) -> None:
    files = sorted(path for path in CASES.iterdir() if path.suffix in SUFFIXES) if CASES.is_dir() else []
    for file in files[::18]:
        before = page.session_state["session"].design.present
        upload(page, file.name, file.read_bytes())
        now = page.session_state["session"].design
        assert (now.error is None) != (now.present == before)


def test_the_curve_of_a_drawing_can_be_chosen_and_the_sentence_names_it(page: AppTest) -> None:
    drawing = SVG.format(ELLIPSE.format("hull", 3, 2) + ELLIPSE.format("fin", 7, 1.2))
    upload(page, "two.svg", drawing.encode())
    assert page.session_state["session"].design.present.body.fineness == pytest.approx(2.0, rel=1e-3)
    sentence = page.session_state["session"].design.present.source
    assert sentence
    assert any(caption.value.startswith(sentence[:1].upper()) for caption in page.caption)
    healthy(page.text_input("upload_part").set_value("fin").run())
    assert page.session_state["session"].design.present.body.fineness == pytest.approx(1.2, rel=1e-3)
    assert "two: fineness 1.2" in page.caption[0].value
    assert "fin" in page.caption[0].value
    healthy(page.text_input("upload_part").set_value("2").run())
    assert page.session_state["session"].design.present.body.fineness == pytest.approx(1.2, rel=1e-3)
    healthy(page.text_input("upload_part").set_value("<b>mast</b>").run())
    assert len(page.error) == 1
    assert page.session_state["session"].design.present.body.fineness == pytest.approx(1.2, rel=1e-3)
    upload(page, "one.svg", SVG.format(ELLIPSE.format("a", 4, 3)).encode())
    assert not page.error
    assert page.text_input("upload_part").value == ""


def test_the_plane_that_cuts_a_mesh_can_be_chosen(page: AppTest) -> None:
    box = trimesh.creation.icosphere(subdivisions=4)
    box.apply_scale([3.0, 2.0, 1.0])
    upload(page, "egg.stl", box.export(file_type="stl"))
    d = page.session_state["session"].design.present.reference_length
    assert d == pytest.approx(2.0 * np.sqrt(6.0), rel=0.01)
    healthy(page.selectbox("upload_axis").set_value("y").run())
    assert page.session_state["session"].design.present.reference_length == pytest.approx(2.0 * np.sqrt(3.0), rel=0.01)
    assert f"From {formatting.plain('the section at y = 0: the only closed curve')}." in page.caption[0].value
    healthy(page.number_input("upload_at").set_value(1.2).run())
    assert page.session_state["session"].design.present.reference_length == pytest.approx(1.6 * np.sqrt(3.0), rel=0.01)
    healthy(page.number_input("upload_at").set_value(5.0).run())
    assert len(page.error) == 1
    assert "y from -2 to 2, got 5" in page.error[0].value


def test_a_poor_fit_is_refused_unless_it_is_allowed_and_then_in_plain_sight(page: AppTest) -> None:
    upload(page, "step.csv", THIN.encode())
    assert "within 0.1 d of the given outline" in page.error[0].value
    healthy(page.checkbox("upload_poor_fit").check().run())
    assert not page.error
    assert "differs from the given outline" in page.warning[0].value
    assert note(page, "Drag").startswith("fit off by ")
    assert len(drawn(page)["given"]) == 2 * len(THIN.splitlines())
    healthy(page.slider("fineness").set_value(1.5).run())
    assert not page.warning
    assert drawn(page)["given"] is None


def test_names_of_files_are_shortened_and_show_as_they_are(page: AppTest) -> None:
    outline = "\n".join(f"{x},{y}" for x, y in load_body("ellipse:2").outline(80))
    for name in NAMES:
        upload(page, f"{name}.csv", outline.encode())
        shown = page.session_state["session"].design.present.name
        assert 0 < len(shown) <= 40
        assert not set(shown) & set("<>[]()$`*:\n\u202e😀")

"""`fusiform export`, and `--revolution`."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import trimesh
from command_line import numbers, run

from fusiform.solvers import load_body


def test_export_writes_what_its_ending_says(tmp_path: Path) -> None:
    printed = numbers("export", "sphere", str(tmp_path / "ball.stl"))
    assert printed["revolution"] is True
    assert printed["volume"] == pytest.approx(math.pi / 6.0)
    assert trimesh.load_mesh(tmp_path / "ball.stl").volume == pytest.approx(math.pi / 6.0, rel=1e-4)
    plane = numbers("export", "ellipse:2", str(tmp_path / "a.csv"), "--chord", "10")
    assert plane["revolution"] is False
    assert "volume" not in plane
    assert (tmp_path / "a.csv").read_text().startswith("x,y\n")
    assert "capsule:3, body of revolution, d = " in run("export", "capsule:3", str(tmp_path / "a.obj")).stdout


def test_a_body_in_space_is_a_page_of_its_own(tmp_path: Path) -> None:
    printed = numbers(
        "solve", "sphere", "--reynolds", "10", "--grid", "coarse", "--picture", str(tmp_path / "flow.html")
    )
    text = (tmp_path / "flow.html").read_text(encoding="utf-8")
    assert f"<title>sphere, Re 10: C_D {printed['drag_coefficient']:.5g}</title>" in text
    assert "sphere in space" in text
    assert run("export", "sphere", str(tmp_path / "ball.html")).exit_code == 0
    assert (tmp_path / "ball.html").stat().st_size < 60_000
    assert "ending in .png or .html" in run("solve", "sphere", "--reynolds", "1", "--picture", "a.svg").stderr


def test_revolution_is_an_option_for_files_and_for_sections_with_a_name(tmp_path: Path) -> None:
    table = tmp_path / "hull.csv"
    assert run("export", "naca0018", str(table), "--revolution").exit_code == 0
    assert table.read_text().startswith("x,r\n")
    printed = numbers("export", str(table), str(tmp_path / "hull.vtp"), "--revolution")
    assert printed["volume"] == pytest.approx(load_body("naca0018", revolution=True).volume, rel=1e-4)
    assert printed["source"] == "the meridian x, r of a table"


WRONG = {
    "no symmetry": (("naca2412", "a.csv", "--revolution"), "its own mirror image"),
    "ending": (("sphere", "a.txt"), "got '.txt'"),
    "a section as .obj": (("circle", "a.obj"), "got '.obj'"),
    "span": (("sphere", "a.stl", "--span", "2"), "got one for a body of revolution"),
    "a section in space": (("circle", "a.png"), "expected a body of revolution for a picture in space"),
    "chord of a picture": (("sphere", "a.html", "--chord", "2"), "no --chord and no --span"),
    "number": (("capsule:0.1", "a.stl"), "length over diameter of 1 to 20"),
}


@pytest.mark.parametrize(("arguments", "sentence"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    body, file, *options = arguments
    result = run("export", body, str(tmp_path / file), *options)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert list(tmp_path.iterdir()) == []

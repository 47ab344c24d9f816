"""Outline files: every accepted form gives the same polygon, every refusal is one sentence, writing is atomic."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import trimesh

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, parse_outline, read_outline, write_outline, write_stl
from fusiform.solvers.geometry.named_outlines import naca_outline
from fusiform.solvers.geometry.polygons import clean_outline, signed_area

SECTION = naca_outline("2412", 60)
HEXAGON = [(2, 0), (1, 2), (-1, 2), (-2, 0), (-1, -2), (1, -2)]


def lines(points, separator=" "):
    return "\n".join(f"{x:.12f}{separator}{y:.12f}" for x, y in points) + "\n"


def lednicer(points):
    nose = int(np.argmin(points[:, 0]))
    upper, lower = points[nose::-1], np.concatenate([points[nose:], points[:1]])
    return f"A section\n {len(upper)}. {len(lower)}.\n\n{lines(upper)}\n{lines(lower)}"


FORMS = {
    "selig": ("NACA 2412\n" + lines(SECTION), ".dat"),
    "selig closed": ("NACA 2412\n" + lines([*SECTION, SECTION[0]]), ".DAT"),
    "selig untitled": (lines(SECTION), ".dat"),
    "selig from below": ("title\n" + lines(SECTION[::-1]), ".dat"),
    "lednicer": (lednicer(SECTION), ".dat"),
    "lednicer untitled": (lednicer(SECTION).split("\n", 1)[1], ".dat"),
    "csv": ("x,y\n" + lines(SECTION, ","), ".csv"),
    "csv semicolons": (lines(SECTION, "; "), ".csv"),
    "csv decimal commas": ("x;y\n" + lines(SECTION, ";").replace(".", ","), ".csv"),
    "csv tabs": ("x\ty\n" + lines(SECTION, "\t"), ".csv"),
    "csv trailing commas": (lines(SECTION, ",").replace("\n", ",\n"), ".csv"),
    "comments and blanks": ("# made by hand\n\nx,y\n# first\n" + lines(SECTION, ",").replace("\n", " # p\n\n"), ".csv"),
    "windows": ("\ufeffx,y\r\n" + lines(SECTION, ",").replace("\n", "\r\n"), ".csv"),
}


@pytest.mark.parametrize(("text", "suffix"), FORMS.values(), ids=FORMS)
def test_every_form_gives_the_same_polygon(text, suffix):
    outline = parse_outline(text.encode(), suffix)
    assert len(outline) == len(SECTION)
    assert signed_area(outline) == pytest.approx(signed_area(SECTION), rel=1e-9)
    start = int(np.argmax(outline[:, 0]))
    assert np.roll(outline, -start, axis=0) == pytest.approx(SECTION, abs=1e-11)


def test_counts_are_told_from_points():
    """Selig files in other units start with two large numbers too."""
    assert len(parse_outline(lines(np.array(HEXAGON) + 7), ".dat")) == 6


def test_half_a_box_that_is_closed_stays_closed(tmp_path):
    """The axis is given by the first point repeated; the outline is read, fitted, written and read again."""
    half = [(0, 0), (0, 1), (2, 1), (4, 1), (4, 0), (0, 0)]
    outline = parse_outline(lines(half), ".csv")
    assert signed_area(outline) == pytest.approx(4.0)
    assert Body.from_outline(outline, max_fit_error=None).area == pytest.approx(4.0)
    write_outline(tmp_path / "half.csv", outline)
    assert signed_area(read_outline(tmp_path / "half.csv")) == pytest.approx(4.0)


def test_blunt_trailing_edges_are_closed():
    blunt = SECTION[2:-1]
    assert len(parse_outline(lines(blunt), ".dat")) == len(blunt)


BAD = {
    "suffix": ("0 0", ".txt", r"ending in \.dat or \.csv or \.svg .* got '\.txt'"),
    "archive": (b"PK", ".zip", r"ending in .* got '\.zip'"),
    "no suffix": ("0 0", "", "got 'no ending'"),
    "nan": (lines([*HEXAGON, (np.nan, 0)]), ".csv", "finite coordinates .* got nan, 0 in point 7"),
    "infinite": (lines([(np.inf, 0), *HEXAGON]), ".dat", "finite coordinates .* got inf, 0 in point 1"),
    "overflow": (lines([(-1e300, 0), *HEXAGON]), ".dat", "got -1e.300, 0 in point 1"),
    "too few": (lines([(0, 0), (1, 0), (1, 1), (0, 1), (0, 1), (0, 0)]), ".csv", "at least 5 different points.*got 4"),
    "empty": ("", ".csv", "at least 5 different points on the outline, got 0"),
    "one point": (lines([(1, 1)] * 9), ".csv", "got 1"),
    "no area": (lines([(0, 0), (1, 0), (2, 0), (3, 0), (2, 0), (1, 0)]), ".csv", "encloses an area"),
    "crossing": (lines([(0, 0), (3, 3), (3, 1), (1, 3), (0, 3), (0, 0)]), ".csv", "sides 1 and 3 that cross"),
    "touching": (lines([(0, 0), (4, 0), (4, 2), (2, 0), (0, 2)]), ".csv", "cross or touch"),
    "open": (lines(SECTION[:31]), ".dat", "open outline whose ends are 1 apart"),
    "spike": (lines([(0, 0), (2, 0), (4, 0), (2, 0), (2, 2), (0, 2)]), ".csv", "cross or touch"),
    "binary": (b"\x00\x01\x02" * 50, ".dat", "binary data"),
    "utf-16": ("x,y\n".encode("utf-16")[:-1], ".csv", "UTF-16 after its mark, got half a character at byte 8"),
    "columns": ("x,y,z\n1,2,3\n", ".csv", "two numbers x, y on each line, got 3 in line 2"),
    "one column": ("1\n2\n", ".dat", "got 1 in line 1"),
    "words": (lines(HEXAGON[:3]) + "the end\n" + lines(HEXAGON[3:]), ".csv", "got 'the end' in line 4"),
    "counts": ("s\n 40. 40.\n" + lines(SECTION), ".dat", r"expected 40 \+ 40 points .* got 60"),
    "large": (b"0" * 2_000_001, ".csv", "at most 2 MB"),
    "many": (lines(naca_outline("0012", 10_002)), ".csv", "at most 10000 points, got 10002"),
}


@pytest.mark.parametrize(("content", "suffix", "sentence"), BAD.values(), ids=BAD)
def test_every_refusal_is_one_sentence(content, suffix, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        parse_outline(content, suffix)
    message = str(caught.value)
    assert message.startswith("expected ")
    assert ", got " in message
    assert "; " in message
    assert "\n" not in message


@pytest.mark.parametrize("points", ["nonsense", [[1, 2, 3]] * 6, [1, 2, 3], [[1, 2], [3]], None])
def test_arrays_that_are_no_outline_are_refused(points):
    with pytest.raises(InputError, match="rows of two numbers"):
        clean_outline(points)


def test_missing_files_and_folders_are_told(tmp_path):
    with pytest.raises(InputError, match=r"no file at .*none\.dat"):
        read_outline(tmp_path / "none.dat")
    with pytest.raises(InputError, match="no file at"):
        read_outline(tmp_path / "folder.csv" / "x.csv")
    with pytest.raises(InputError, match="writable folder"):
        write_outline(tmp_path / "absent" / "x.csv", HEXAGON)
    with pytest.raises(InputError, match=r"\.dat or \.csv"):
        write_outline(tmp_path / "x.txt", HEXAGON)
    with pytest.raises(InputError, match=r"\.stl"):
        write_stl(tmp_path / "x.obj", HEXAGON)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("suffix", "tolerance"), [(".csv", 0.0), (".dat", 1e-11)])
@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e7])
def test_written_outlines_read_back(tmp_path, suffix, tolerance, scale):
    path = tmp_path / f"out{suffix}"
    points = scale * (SECTION + np.array([0.0, 0.3]))
    write_outline(path, points[::-1], name="my\nsection # 1")
    again = read_outline(path)
    assert again == pytest.approx(points, abs=tolerance * scale, rel=0.0)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("name", "title"), [("my\nwing # 1", "my wing 1"), ("12 34", "body 12 34"), ("", "body ")])
def test_dat_title_is_one_line_that_is_not_a_point(tmp_path, name, title):
    write_outline(tmp_path / "a.dat", HEXAGON, name=name)
    text = (tmp_path / "a.dat").read_text().splitlines()
    assert text[0] == title
    assert text[1] == text[-1]
    assert len(read_outline(tmp_path / "a.dat")) == 6


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.csv"
    write_outline(path, HEXAGON)
    before = path.read_bytes()
    with pytest.raises(InputError, match="cross"):
        write_outline(path, [(0, 0), (3, 3), (3, 1), (1, 3), (0, 3), (0, 0)])
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["kidney", "naca"])
def test_stl_is_watertight_and_has_the_volume(tmp_path, name):
    angle = 2.0 * np.pi * np.arange(150) / 150
    bay = np.column_stack([0.5 * np.cos(angle) + 1.1 * np.sin(angle) ** 2 + 40.0, 1.2 * np.sin(angle)])
    points = bay if name == "kidney" else SECTION
    write_stl(tmp_path / "a.stl", points, span=2.5)
    mesh = trimesh.load_mesh(tmp_path / "a.stl")
    assert mesh.is_watertight
    assert mesh.volume == pytest.approx(2.5 * shapely.Polygon(points).area, rel=1e-4)
    assert mesh.bounds[:, 2] == pytest.approx([0.0, 2.5])


@pytest.mark.parametrize("span", [0.0, -1.0, np.nan])
def test_stl_needs_a_positive_span(tmp_path, span):
    with pytest.raises(InputError, match="positive span"):
        write_stl(tmp_path / "a.stl", HEXAGON, span=span)


def test_a_body_lands_where_its_outline_was(tmp_path):
    write_outline(tmp_path / "a.dat", 3.0 * SECTION + np.array([10.0, -5.0]))
    body = Body.from_file(tmp_path / "a.dat")
    again = body.outline(600)
    assert again.min(axis=0) == pytest.approx([10.0, -5.0 + 3.0 * SECTION[:, 1].min()], abs=0.01)
    assert body.name == "a"

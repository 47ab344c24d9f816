"""Tables of points in the dialects that people have: the right outline, or a refusal that names the place."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import parse_outline, read_outline, write_outline
from fusiform.solvers.geometry.named_outlines import naca_outline
from fusiform.solvers.geometry.polygons import signed_area

CASES = Path(__file__).parent / "cases"
OVAL = 0.0931749
AREAS = {
    **{path.name: OVAL for path in sorted(CASES.glob("d*.[dc][as][tv]"))},
    "d24_lednicer_percent.dat": 931.749,
    "d25_lednicer_percent_notes.dat": 931.749,
    "d27_latin1_note_after.dat": 0.068018,
    "f01_thin_blunt_tail.dat": 0.0350286,
    "f02_thin_sharp_tail.dat": 0.0340286,
    "f03_hinged_thin_blunt_tail.dat": 0.0413437,
    "f04_tail_crosses_by_a_hair.dat": 0.068017,
    "f05_spike_at_the_tail.dat": 0.068018,
    "f06_plain.dat": 0.068018,
    "h05_joint_step_back_1e-6.dat": 0.156918,
    "y01_symmetric_8to1_41_stations.dat": 6.25693,
}
REFUSED = {
    "d16_lednicer_count_off.dat": r"13 \+ 14 points after the counts .* got 26",
    "d23_nan_gap.csv": r"finite .* got nan, nan in point 13 \(line 14\)",
    "h01_half_profile_coarse.dat": "closed outline, got an open outline whose ends are 6 apart",
    "h03_u_shape.dat": "closed outline, got an open outline whose ends are 4 apart",
    "h04_half_profile_fine.dat": "closed outline, got an open outline whose ends are 6 apart",
}
SECTION = naca_outline("2412", 60)
NOSE = int(np.argmin(SECTION[:, 0]))
UPPER = SECTION[NOSE::-1]
LOWER = np.concatenate([SECTION[NOSE:], SECTION[:1]])


def rows(points, form="{:.9f} {:.9f}"):
    return "".join(form.format(*point) + "\n" for point in points)


def numbered(first):
    return "".join(f"{i},{x:.9f},{y:.9f}\n" for i, (x, y) in enumerate(SECTION, start=first))


def area(content, suffix=".dat"):
    return signed_area(parse_outline(content, suffix))


@pytest.mark.parametrize("name", sorted(AREAS.keys() - REFUSED.keys()))
def test_cases_have_their_area(name):
    """The cases of one body have its points, too: 24 around the oval."""
    outline = read_outline(CASES / name)
    assert signed_area(outline) == pytest.approx(AREAS[name], rel=1e-4)
    assert AREAS[name] != OVAL or len(outline) == 24


@pytest.mark.parametrize("name", REFUSED)
def test_cases_are_refused_with_the_place(name):
    with pytest.raises(InputError, match=REFUSED[name]):
        read_outline(CASES / name)


def test_all_cases_are_held():
    assert {path.name for path in CASES.glob("[dhfy]*.[dc][as][tv]")} >= AREAS.keys() | REFUSED.keys()


TITLES = [
    "",
    "NACA 2412\n",
    "first\n\nsecond line\n",
    "! made\n% x y\n// by hand\n",
    "2412\n",
    "24 1200\n",
    "-2 3 -2.5 3\n",
]
NOTES = ["", "\nsee page 12\n", "\nthe end\n1999\n", "# end\n", "\x1a"]
FORMS = [
    "{:.9f} {:.9f}",
    "  {:.9e}\t{:.9e}",
    "{:.9f}, {:.9f}",
    '"{:.9f}";"{:.9f}"',
    "({:.9f}, {:.9f})",
    "| {:.9f} | {:.9f} |",
    "{:.9f} {:.9f} ! p",
    "{:.9f},{:.9f},0,",
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "latin-1"]


@pytest.mark.parametrize(("title", "form"), list(itertools.product(TITLES, FORMS)))
def test_titles_notes_separators_and_encodings_change_nothing(title, form):
    for note, encoding in itertools.product(NOTES, ENCODINGS):
        content = (title + rows(SECTION, form) + note).replace("\n", "\r\n").encode(encoding)
        assert parse_outline(content, ".dat") == pytest.approx(SECTION, abs=1e-8)


SAME = {
    "header y,x": "y,x\n" + rows(SECTION[:, ::-1], "{:.9f},{:.9f}"),
    "header with units": "y (mm); x (mm)\n" + rows(SECTION[:, ::-1], "{:.9f};{:.9f}"),
    "header in a comment": "# y x\n" + rows(SECTION[:, ::-1]),
    "header of chords": "x/c y/c\n" + rows(SECTION),
    "further column": "x,y,cp\n" + "".join(f"{x:.9f},{y:.9f},{x * x}\n" for x, y in SECTION),
    "pressure beside the points": "#   x   y   Cp\n" + "".join(f"{x:.9f} {y:.9f} {x * x}\n" for x, y in SECTION),
    "z before y": "z,x,y\n" + "".join(f"3,{x:.9f},{y:.9f}\n" for x, y in SECTION),
    "index from 0": numbered(0),
    "index from 1": numbered(1),
    "index without a name": "y,x\n" + "".join(f"{i},{y:.9f},{x:.9f}\n" for i, (x, y) in enumerate(SECTION)),
    "decimal commas": rows(SECTION).replace(".", ","),
    "quoted decimal commas": rows(SECTION, '"{:.9f}","{:.9f}"').replace(".", ","),
    "brackets": "[\n" + rows(SECTION, "[{:.9f}, {:.9f}],") + "]\n",
    "dashes": rows(SECTION).replace("-", "\u2013"),
    "fortran": rows(SECTION, "{:.9e} {:.9e}").replace("e", "D"),
    "both from the nose": rows(UPPER) + "\n" + rows(LOWER),
    "both from the nose, unmarked": rows(UPPER) + rows(LOWER),
    "both from the tail": rows(UPPER[::-1]) + "\n" + rows(LOWER[::-1]),
    "one from the tail": rows(UPPER) + "\n" + rows(LOWER[::-1]),
    "named surfaces": "upper\n" + rows(UPPER) + "lower surface\n" + rows(LOWER),
    "counts, one from the tail": f"{len(UPPER)} {len(LOWER)}\n" + rows(UPPER[::-1]) + rows(LOWER),
    "counts before three columns": f"{len(UPPER)} {len(LOWER)}\n" + rows([*UPPER, *LOWER], "{:.9f} {:.9f} 0"),
    "points and curves of a mesher": f"{len(UPPER)} 2\n" + rows([*UPPER, *LOWER], "{:.9f} {:.9f} 0"),
    "points and curves before two columns": f"{len(UPPER)} 2\n" + rows([*LOWER, *UPPER]),
    "points and one curve": f"{len(SECTION)} 1\n" + rows(SECTION, "{:.9f} {:.9f} 0"),
    "first column empty": ";x;y\n" + rows(SECTION, ";{:.9f};{:.9f}").replace(".", ","),
    "rows of Matlab": "foil = [\n" + rows(SECTION, "{:.9f} {:.9f};") + "];\n",
    "rows of Matlab with commas": rows(SECTION, "{:.9f}, {:.9f};"),
    "twice": rows([*SECTION, *SECTION]),
    "twice, closed": rows([*SECTION, *SECTION, SECTION[0]]),
    "twice, apart": rows([*SECTION, SECTION[0]]) + "\n" + rows([*SECTION, SECTION[0]]),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_dialects_give_the_same_body(text):
    outline = parse_outline(text, ".dat")
    assert len(outline) == len(SECTION)
    assert np.roll(outline, -int(np.argmax(outline[:, 0])), axis=0) == pytest.approx(SECTION, abs=1e-8)


STATIONS = np.linspace(0.0, 1.0, 41)
ABOVE, BELOW = np.interp(STATIONS, *UPPER.T), np.interp(STATIONS, *LOWER.T)
PAIRS = {
    "x, y, y": np.column_stack([STATIONS, ABOVE, BELOW]),
    "x, y, y from the tail": np.column_stack([STATIONS, BELOW, ABOVE])[::-1],
    "x, y, x, y": np.column_stack([STATIONS, ABOVE, STATIONS**1.1, np.interp(STATIONS**1.1, *LOWER.T)]),
}


@pytest.mark.parametrize("table", PAIRS.values(), ids=PAIRS)
def test_both_surfaces_in_a_row(table):
    expected = np.concatenate([table[::-1, :2], table[:, [2, 3] if table.shape[1] == 4 else [0, 2]]])
    found = area(rows(table, " ".join(["{:.9f}"] * table.shape[1])))
    assert found == pytest.approx(abs(signed_area(expected)), rel=1e-6)
    assert found == pytest.approx(signed_area(SECTION), rel=0.01)


NO_PAIRS = {
    "thickness in place of the lower surface": np.column_stack([STATIONS, ABOVE, -BELOW]),
    "pressure": np.column_stack([STATIONS, ABOVE, 1.0 - 3.0 * STATIONS]),
    "a curve in space": np.column_stack([STATIONS, ABOVE, 0.3 * STATIONS]),
    "surfaces that cross": np.column_stack([STATIONS, *(np.sign(STATIONS - 0.3) * [ABOVE, BELOW])]),
    "open at both ends": np.column_stack([STATIONS, 0.05 + 0.0 * STATIONS + ABOVE, BELOW - 0.05]),
}


@pytest.mark.parametrize("table", NO_PAIRS.values(), ids=NO_PAIRS)
def test_other_columns_are_no_surfaces(table):
    with pytest.raises(InputError, match="two numbers x, y on each line, got 3 in line 1"):
        area(rows(table, "{:.9f} {:.9f} {:.9f}"))


FIRST, REST = rows(SECTION[:20]), rows(SECTION[20:])
BAD = {
    "text between": (FIRST + "page 2\n" + REST, "two numbers x, y, got 'page 2' in line 21"),
    "overflow": (FIRST + "*** ***\n" + REST, "line 21"),
    "damaged first point": ("1.000 0.O\n" + rows(SECTION), r"got '1.000 0.O' in line 1"),
    "damaged last point": (rows(SECTION) + "0.999 -0.0x\n", "in line 61"),
    "half of the first point": ("0.9987\n" + rows(SECTION), "two numbers x, y on each line, got 1 in line 1"),
    "half of a point": (FIRST + "0.5\n" + REST, "got 1 in line 21"),
    "three columns": (rows([(x, y, x * y) for x, y in SECTION], "{} {} {}"), "got 3 in line 1"),
    "three names": ("x,y,z\n" + rows([(x, y, x * y) for x, y in SECTION], "{},{},{}"), "got 3 in line 2"),
    "fewer names": ("y x\n" + rows([(x, y, 0) for x, y in SECTION], "{} {} {}"), "name for each of 3 columns, got 2"),
    "commas of two meanings": (
        rows(SECTION, "{:.9f},{:.9f}").replace(".", ","),
        "one meaning, got .* in line 1",
    ),
    "a comma of another meaning": (
        "0,5 0,1\n0,25\n" + rows(SECTION).replace(".", ","),
        "got '0,25' in line 2",
    ),
    "comment inside a number": (FIRST + "0.5 0.0#1\n" + REST, "in line 21"),
    "digit in an exponent": (FIRST + "0.5 0.0D54956\n" + REST, "in line 21"),
    "cut in the second surface": (rows(UPPER) + "\n" + rows(LOWER[:1]), "restore the missing lines"),
    "cut after counts": ("31 31\n" + rows(100 * UPPER[:18]), r"expected 31 \+ 31 points .* got 18"),
    "two outlines": (rows([*SECTION, SECTION[0]]) + "\n" + rows([*(SECTION + 3), SECTION[0] + 3]), "got 2 closed ones"),
    "one surface": ("63 215\n" + rows(UPPER), "open outline"),
    "counts off in percent": (f"{len(UPPER)} {len(LOWER) + 1}\n" + rows(100 * UPPER) + rows(100 * LOWER), "got 62"),
    "no number in a spreadsheet": (FIRST + "#NV;#NV\n" + REST, "got '#NV;#NV' in line 21"),
    "no first number in a spreadsheet": ("x y\n#N/A #N/A\n" + rows(SECTION), "got '#N/A #N/A' in line 2"),
    "no second number in a spreadsheet": (FIRST + "0.5 #VALUE!\n" + REST, "got '0.5 #VALUE!' in line 21"),
    "no y in a spreadsheet": (rows(SECTION[:20], "{:.9f};{:.9f}") + "1,0;\n", "got 1 in line 21"),
    "pressure over x": ("#  x   Cp\n" + rows(SECTION), "expected the columns x, y, got 'x   Cp' in line 1"),
    "speed over x": ("x/c;ue/V\n" + rows(SECTION), "expected the columns x, y, got 'x/c;ue/V' in line 1"),
    "numbers with units": (rows(SECTION, "{:.9f}mm {:.9f}mm"), "got '.*mm' in line 31"),
    "points and curves that do not agree": ("40 2\n" + rows([*UPPER, *LOWER], "{:.9f} {:.9f} 0"), "after the counts"),
    "leading zero": (FIRST + "0057 0.03\n" + REST, "numbers of one form in each column, got '0057 0.03' in line 21"),
    "far above": (FIRST + "0.5 0.9\n" + REST, "one far off its neighbours, '0.5 0.9', in line 21"),
    "far off in a pair of columns": (
        rows(np.column_stack([STATIONS, ABOVE + 0.5 * (STATIONS == 0.5), BELOW]), "{:.5f} {:.5f} {:.5f}"),
        "far off .* in line 21",
    ),
    "far inside": (FIRST + "0.1 0.01\n" + REST, "one far off its neighbours, '0.1 0.01', in line 21"),
    "another sign": (FIRST + f"{SECTION[20, 0]} -0.01\n" + REST, "far off .* in line 21"),
    "a thousand behind": (rows(SECTION[:-1]) + "0.998E3 -0.0001\n" + rows(SECTION[:1]), "far off .* in line 60"),
    "far behind": ("x y\n9.0 0.0\n" + rows(SECTION[1:]), "open outline"),
    "half a box": (rows([(0, 0), (0, 1), (2, 1), (4, 1), (4, 0)]), "open outline whose ends are 4 apart"),
    "half a box of one long side": (rows([(0, 0), (0, 0.5), (0, 1), (4, 1), (4, 0)]), "ends are 4 apart"),
    "half a square": (rows([(0, 0), (0, 2), (0, 4), (4, 4), (4, 0)]), "ends are 4 apart"),
    "half a hull of one long side": (rows([(0, 0), (1, 1), (9, 1), (9.5, 0.5), (10, 0)]), "ends are 10 apart"),
    "surfaces apart": (rows(UPPER) + "\n" + rows(LOWER + np.array([0, 3])), "two surfaces whose ends meet"),
}


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD)
def test_another_body_is_never_read(text, sentence):
    with pytest.raises(InputError, match=sentence):
        parse_outline(text, ".dat")


def test_a_first_point_that_adds_up_like_counts_is_a_point():
    points = [
        (4, 7),
        (6, 10),
        (10, 13),
        (20, 15),
        (40, 14),
        (60, 9),
        (70, 7),
        (60, 5),
        (40, 2),
        (20, 0),
        (10, 2),
        (6, 4),
    ]
    assert area(rows(points, "{} {}")) == 620.0


ANGLE = 2.0 * np.pi * np.arange(40) / 40
CIRCLE = np.column_stack([np.cos(ANGLE), np.sin(ANGLE)])
KEPT = {
    "sharp tail between long sides": [*CIRCLE[20:32], (6.0, 0.0), *CIRCLE[9:20]],
    "star": (2.0 + np.cos(20.0 * ANGLE))[:, None] * CIRCLE,
    "two fins": np.insert(CIRCLE, [11, 31], [(0.0, 1.8), (0.0, -1.8)], axis=0),
    "fin of two corners": np.insert(CIRCLE, [11, 11], [(0.05, 1.8), (-0.05, 1.8)], axis=0),
    "eleven points": [(0, 0), (4, 0), (4, 1), (3, 1), (2, 1), (1.5, 1), (1.2, 3), (1, 1), (0.6, 1), (0.3, 1), (0, 1)],
    "step": [*CIRCLE[1:20], (-1.0, 0.0), (-1.0, -1.0), (0.0, -1.0), (0.0, -0.5), (1.0, -0.5)],
    "thick blunt tail": [(1.0, 0.11), *(0.5 + 0.5 * CIRCLE[8:36] * [1.0, 0.48]), (1.0, -0.12)],
    "capsule without its last side": np.roll(CIRCLE + np.sign(CIRCLE.round(9)) * [1.0, 0.0], 10, axis=0),
    "box without its last side": [(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)],
}


@pytest.mark.parametrize("points", KEPT.values(), ids=KEPT)
def test_corners_and_blunt_tails_are_no_errors(points):
    """All points as they are given."""
    outline = parse_outline(rows(points), ".dat")
    assert len(outline) == len(points)
    assert signed_area(outline) == pytest.approx(abs(signed_area(np.asarray(points, dtype=float))), rel=1e-6)


@pytest.mark.parametrize("place", [1, 11, 30])
def test_a_lone_tip_that_is_meant_is_written_with_points_beside_it(tmp_path, place):
    points = np.roll(np.insert(CIRCLE, 11, (0.0, 1.8), axis=0), place - 11, axis=0)
    with pytest.raises(InputError, match="far off its neighbours"):
        parse_outline(rows(points), ".dat")
    for name in ("a.dat", "a.csv"):
        write_outline(tmp_path / name, points)
        outline = read_outline(tmp_path / name)
        assert len(outline) == len(points) + 2
        assert signed_area(outline) == pytest.approx(signed_area(points), rel=1e-9)


def test_no_change_of_one_character_gives_another_body():
    """Two thousand of them: at most 6 % of the area are lost or won."""
    random, text = np.random.default_rng(12), rows(SECTION, "{:.6f} {:.6f}")
    read = 0
    for _ in range(2000):
        place, kind, letter = random.integers(len(text)), random.integers(3), random.choice(list("0123456789.- ,e"))
        changed = text[:place] + (letter if kind else "") + text[place + (kind < 2) :]
        try:
            found = area(changed)
        except InputError:
            continue
        read += 1
        assert found == pytest.approx(signed_area(SECTION), rel=0.06), changed[place - 10 : place + 10]
    assert read > 500


def test_notes_may_look_like_damaged_points():
    assert area(rows(SECTION) + "\ndrawn by hand\n0.12048 -0.03012->030119\n") == pytest.approx(signed_area(SECTION))


@pytest.mark.parametrize("name", ["y x", "x Cp", "1.5 meter", "! y,x", "// 1 2", "12", "3D 4D"])
def test_names_that_could_be_read_are_no_titles(tmp_path, name):
    write_outline(tmp_path / "a.dat", SECTION, name=name)
    assert read_outline(tmp_path / "a.dat") == pytest.approx(SECTION, abs=1e-9)


@pytest.mark.parametrize(
    "text", ["1" * 1_900_000 + "x", "(" * 1_900_000, '"' * 1_900_001, "1 \n" * 600_000, "%" * 1_900_000]
)
def test_long_lines_are_refused_at_once(text):
    with pytest.raises(InputError):
        parse_outline(text, ".dat")

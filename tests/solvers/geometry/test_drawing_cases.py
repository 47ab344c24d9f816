"""Drawings after kinds of files that are found in public: the area that a person would expect, or a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body
from fusiform.solvers.geometry.formats.isolated_reader import read_here
from fusiform.solvers.geometry.polygons import signed_area

CASES = Path(__file__).parent / "cases"

AREAS = {
    "after_eof.dxf": 22.0,
    "block_and_hole.dxf": 22.0,
    "block_only.dxf": 22.0,
    "centre_line_half.dxf": 22.0,
    "centre_line_over.dxf": 22.0,
    "centre_line_refused.dxf": 22.0,
    "doubled_lines.dxf": 22.0,
    "frozen_layer.dxf": 22.0,
    "gaps_1e-4.dxf": 22.0,
    "gaps_3e-4.dxf": 22.0,
    "octagon_three_gaps_2e-4.dxf": 38.0,
    "octagon_three_gaps_5e-5.dxf": 38.0,
    "plain.dxf": 22.0,
    "s01_plain.svg": 3769.91,
    "s02_invisible_box.svg": 3769.91,
    "s03_white_page.svg": 3769.9112,
    "s04_clip_path.svg": 3769.9112,
    "s05_css_display_none.svg": 3769.91,
    "s06_visibility_hidden.svg": 3769.91,
    "s07_opacity_zero.svg": 3769.91,
    "s08_use_symbol.svg": 3769.91,
    "s09_use_plus_small.svg": 3769.9112,
    "s10_nested_svg.svg": 942.478,
    "s11_css_transform.svg": 942.478,
    "s12_style_block_transform.svg": 3769.91,
    "s14_mm_units_no_viewbox.svg": 17950.8,
    "s15_switch_foreign.svg": 3769.91,
    "s16_two_halves.svg": 3769.91,
    "s17_gap_small.svg": 3769.9112,
    "s18_filled_without_z.svg": 1884.96,
    "s19_filled_open_half.svg": 1884.96,
    "s20_open_filled_beside_closed.svg": 3200,
    "s21_none_css_fill.svg": 3769.91,
    "s23_inherited_fill_none.svg": 3769.91,
    "s24_stroke_only_is_visible.svg": 3769.91,
    "s27_zero_opacity_style.svg": 3769.91,
    "s30_matplotlib_default.svg": 9923.3,
    "s31_matplotlib_axis_off.svg": 9923.3,
    "slot_bulges.dxf": 226.265,
    "spline_fit_points_only.dxf": 9.42478,
    "spline_kinks.dxf": 6.0,
    "spline_knot_hair.dxf": 6.0,
    "spline_multiplicity_4.dxf": 6.0,
    "spline_periodic.dxf": 8.95257,
    "stub_0.dxf": 22.0,
}
REFUSED = {
    "frame_title.dxf": r"a rectangle of 40 x 30 .layer '0'. around .* part 1 .a plate with holes. or part 2 ",
    "octagon_three_gaps_2e-3.dxf": r"gaps of 0.0283 at .*, 0.0283 at .*, 0.0283 at ",
    "oval60_three_gaps_2e-3.dxf": r"gaps of 0.02 at .*, 0.02 at .*, 0.02 at ",
    "s13_stroke_as_outline.svg": "an open outline whose ends are 120 apart",
    "s22_open_polyline.svg": "an open outline whose ends are 80 apart",
}
SOURCES = {
    "block_and_hole.dxf": "closed curve 1 of 2 by area, layer '0'",
    "gaps_3e-4.dxf": "gaps up to 0.003 joined",
    "plain.dxf": "the only closed curve",
    "s02_invisible_box.svg": "1 hidden shape left out",
    "s30_matplotlib_default.svg": "element 'line2d_10'; 1 page left out; 1 frame left out",
    "s03_white_page.svg": "the only closed curve; 1 page left out",
    "stub_0.dxf": "1 loose end left out",
}


@pytest.mark.parametrize("name", AREAS)
def test_the_body_is_the_one_that_a_person_expects(name):
    outline = read_here((CASES / name).read_bytes(), name[-4:])
    assert signed_area(outline.points) == pytest.approx(AREAS[name], rel=6e-4)
    assert SOURCES.get(name, "") in outline.source


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_body_is_refused_with_its_reason(name):
    with pytest.raises(InputError, match=REFUSED[name]) as caught:
        read_here((CASES / name).read_bytes(), name[-4:])
    assert "; " in str(caught.value)


def test_no_case_is_forgotten():
    assert {case.name for case in CASES.glob("*.svg")} | {case.name for case in CASES.glob("*.dxf")} == {
        *AREAS,
        *REFUSED,
    }


@pytest.mark.parametrize(("name", "area"), [("plain.dxf", 22.0), ("octagon_three_gaps_5e-5.dxf", 38.0)])
def test_what_is_drawn_straight_stays_straight(name, area):
    """A hull of eight lines, and an octagon, become bodies of the same area near their lines."""
    body = Body.from_file(CASES / name)
    assert body.area == pytest.approx(area, rel=6e-3)
    assert body.fit_error < 0.03

"""The sentence of a body about its file, and the choice of a part of a drawing."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, load_body, parse_outline, read_outline
from fusiform.solvers.geometry.polygons import signed_area

FRAMED = Path(__file__).parent / "cases" / "frame_title.dxf"


def test_a_body_of_a_drawing_says_which_curve_it_is():
    body = Body.from_file(FRAMED, part=2)
    assert body.area == pytest.approx(22.0, rel=6e-3)
    assert body.source == "closed curve 2 of 2 by area, layer '0'"
    assert body.with_modes(6).source == load_body(str(FRAMED), part="2").source == body.source


def test_bodies_without_a_drawing_have_no_source():
    assert Body.naca("0012").source == load_body("teardrop").source == ""


def test_an_outline_is_that_of_the_part():
    assert signed_area(read_outline(FRAMED, part=1)) == pytest.approx(1200.0)
    assert signed_area(parse_outline(FRAMED.read_bytes(), ".dxf", part=2)) == pytest.approx(22.0)


@pytest.mark.parametrize("part", ["", True, 2.0, []])
def test_a_part_is_a_name_or_a_number(part):
    with pytest.raises(InputError, match="expected the name or the number of a part"):
        read_outline(FRAMED, part=part)


def test_a_part_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="expected a closed curve from 1 to 2, got 3"):
        read_outline(FRAMED, part=3)
    with pytest.raises(InputError, match="the layers are '0'"):
        read_outline(FRAMED, part="hull")
    with pytest.raises(InputError, match="to choose a part or a plane of, got 'circle'"):
        load_body("circle", part=1)
    with pytest.raises(InputError, match=r"got a \.dat file; leave the part out"):
        parse_outline("0 0", ".dat", part=1)

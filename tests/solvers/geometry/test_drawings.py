"""Outlines in .svg and .dxf files as other programs write them: areas and places in closed form."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, parse_outline
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Drawing, polyline
from fusiform.solvers.geometry.formats.drawings.drawn_body import body_outline
from fusiform.solvers.geometry.formats.isolated_reader import read_here
from fusiform.solvers.geometry.polygons import signed_area


def svg(content: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{content}</svg>'.encode()


def dxf(*entities: str) -> bytes:
    """A drawing from entities written as "KIND code value code value …"."""
    rows = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1015", "0", "ENDSEC"]
    rows += ["0", "SECTION", "2", "ENTITIES"]
    for entity in entities:
        rows += ["  0", *entity.split()]
    return "\r\n".join([*rows, "0", "ENDSEC", "0", "EOF", ""]).encode()


def vertices(points: list[tuple[float, ...]]) -> str:
    """VERTEX entities of an old POLYLINE, with bulges where there is a third number."""
    return " ".join(f"0 VERTEX 10 {x} 20 {y} 42 {bulge[0] if bulge else 0}" for x, y, *bulge in points)


INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="210mm" height="297mm" viewBox="0 0 210 297" version="1.1" id="svg5"
   xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns="http://www.w3.org/2000/svg"
   xmlns:svg="http://www.w3.org/2000/svg">
  <defs id="defs2"><path id="huge" d="M 0,0 H 900 V 900 H 0 Z"/></defs>
  <g inkscape:label="Layer 1" id="layer1" transform="translate(10,20)">
    <g transform="matrix(2,0,0,2,5,5) rotate(90)"><svg:path style="fill:none;stroke:#000000" id="p1"
      d="m 10,0 c 0,2.7614237 -4.4771525,5 -10,5 -5.5228475,0 -10,-2.2385763 -10,-5
         0,-2.7614237 4.4771525,-5 10,-5 5.5228475,0 10,2.2385763 10,5 z" /></g>
    <path style="display:none" d="M 0,0 H 800 V 800 H 0 Z" />
    <text x="3" y="4">wing</text>
  </g>
</svg>"""

HALF_TURN = "M 0 0 A 2 2 0 0 1 4 0"
BOX = (0.0, 0.0, 4.0, 2.0)

# content, area, bounding box (left, bottom, right, top) with y up
SVG = {
    "inkscape": (INKSCAPE.encode(), 200.0 * math.pi, (5.0, -45.0, 25.0, -5.0), 1e-3),
    "circle": (svg('<circle cx="1" cy="2" r="3"/>'), 9 * math.pi, (-2, -5, 4, 1), 1e-4),
    "ellipse": (svg('<ellipse cx="5" cy="5" rx="4" ry="1"/>'), 4 * math.pi, (1, -6, 9, -4), 1e-4),
    "turned": (
        svg('<ellipse transform="rotate(90 5 5)" cx="5" cy="5" rx="4" ry="1"/>'),
        4 * math.pi,
        (4, -9, 6, -1),
        1e-4,
    ),
    "skewed": (
        svg('<g transform="skewX(45)"><rect width="4" height="2"/></g>'),
        8.0,
        (0, -2, 6, 0),
        1e-9,
    ),
    "rect": (svg('<rect x="1" y="1" width="4" height="2"/>'), 8.0, (1, -3, 5, -1), 1e-9),
    "round rect": (
        svg('<rect width="4" height="2" rx="0.5"/>'),
        8.0 - 0.25 * (4 - math.pi),
        (0, -2, 4, 0),
        1e-4,
    ),
    "millimetres": (svg('<rect width="25.4mm" height="1in"/>'), 96.0**2, (0, -96, 96, 0), 1e-9),
    "polygon": (svg('<polygon points="0,0 4,0 4,2 2,3 0,2"/>'), 10.0, (0, -3, 4, 0), 1e-9),
    "polyline": (svg('<polyline points="0 0 4 0 4 2 2 3 0 2 0 0"/>'), 10.0, (0, -3, 4, 0), 1e-9),
    "half disc": (svg(f'<path d="{HALF_TURN} z"/>'), 2 * math.pi, (0, 0, 4, 2), 1e-4),
    "other half": (svg('<path d="M0 0A2 2 0 004 0z"/>'), 2 * math.pi, (0, -2, 4, 0), 1e-4),
    "small radii": (svg('<path d="M0 0a1 1 0 0140zm9 9"/>'.replace("0140", "01 4 0")), 2 * math.pi, (0, 0, 4, 2), 1e-4),
    "quadratic": (svg('<path d="M0 0Q2 3 4 0T8 0V-4H0Z"/>'), 32.0, (0, -1.5, 8, 4), 1e-4),
    "smooth cubic": (svg('<path d="M0 0C0 1 2 1 2 0S4-1 4 0v4H0z"/>'), 16.0, (0, -4, 4, 0.75), 1e-4),
    "the largest": (
        svg('<circle cx="20" r="1"/><path d="M0 0h9v9h-9zM1 1h2v2h-2z"/><rect width="100%" height="100%"/>'),
        81.0,
        (0, -9, 9, 0),
        1e-9,
    ),
    "four separate lines": (
        svg(
            '<g stroke="red"><path d="M0 0h4"/><path d="M0 2h4"/><line x1="0" y1="2" x2="0" y2="0"/>'
            '<path d="M4 0v2.00001"/></g>'
        ),
        8.0,
        (0, -2, 4, 0),
        1e-4,
    ),
    "utf-16": (svg('<circle r="1"/>').decode().encode("utf-16"), math.pi, (-1, -1, 1, 1), 1e-4),
    "doctype": (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        + svg('<circle r="1"/>'),
        math.pi,
        (-1, -1, 1, 1),
        1e-4,
    ),
}

CIRCLE_KNOTS = " ".join(f"40 {k}" for k in (0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4))
CIRCLE_POINTS = [(2, 0), (2, 2), (0, 2), (-2, 2), (-2, 0), (-2, -2), (0, -2), (2, -2), (2, 0)]
CIRCLE_SPLINE = (
    f"SPLINE 8 0 70 13 71 2 {CIRCLE_KNOTS} "
    + " ".join(f"41 {1 if i % 2 == 0 else math.sqrt(0.5)}" for i in range(9))
    + " "
    + " ".join(f"10 {x} 20 {y} 30 0" for x, y in CIRCLE_POINTS)
)
STADIUM = ["LINE 10 0 20 0 11 4 21 0", "LINE 10 0 20 2 11 4 21 2"]
CAPS = ["ARC 10 4 20 1 40 1 50 270 51 90", "ARC 10 0 20 1 40 1 50 90 51 270"]
STADIUM_AREA = 8 + math.pi

DXF = {
    "light polyline": (
        dxf("LWPOLYLINE 8 0 90 4 70 1 10 0 20 0 10 4 20 0 10 4 20 2 10 0 20 2"),
        8.0,
        BOX,
        1e-9,
    ),
    "bulges": (
        dxf("LWPOLYLINE 90 4 70 1 10 0 20 0 10 4 20 0 42 1 10 4 20 2 10 0 20 2 42 1"),
        STADIUM_AREA,
        (-1, 0, 5, 2),
        1e-4,
    ),
    "hollow bulge": (
        dxf("LWPOLYLINE 90 4 70 1 10 0 20 0 10 4 20 0 42 -1 10 4 20 2 10 0 20 2"),
        8.0 - 0.5 * math.pi,
        BOX,
        1e-4,
    ),
    "old polyline": (
        dxf(f"POLYLINE 66 1 70 1 10 0 20 0 {vertices([(0, 0), (4, 0, 1), (4, 2), (0, 2, 1)])} 0 SEQEND"),
        STADIUM_AREA,
        (-1, 0, 5, 2),
        1e-4,
    ),
    "unordered": (
        dxf(STADIUM[0], CAPS[1], "POINT 10 99 20 99", STADIUM[1], CAPS[0]),
        STADIUM_AREA,
        (-1, 0, 5, 2),
        1e-4,
    ),
    "circle": (dxf("CIRCLE 10 1 20 2 40 3"), 9 * math.pi, (-2, -1, 4, 5), 1e-4),
    "from below": (dxf("CIRCLE 10 1 20 2 40 3 210 0 220 0 230 -1"), 9 * math.pi, (-4, -1, 2, 5), 1e-4),
    "ellipse": (dxf("ELLIPSE 10 0 20 0 11 0 21 4 40 0.25 41 0 42 6.283185307"), 4 * math.pi, (-1, -4, 1, 4), 1e-4),
    "half ellipses": (
        dxf("ELLIPSE 11 4 21 0 40 0.5 41 0 42 3.14159265", "ELLIPSE 11 4 21 0 40 0.5 41 3.14159265 42 6.2831853"),
        8 * math.pi,
        (-4, -2, 4, 2),
        1e-4,
    ),
    "rational spline": (dxf(CIRCLE_SPLINE), 4 * math.pi, (-2, -2, 2, 2), 1e-4),
    "paper space": (
        dxf("CIRCLE 10 0 20 0 40 1", "CIRCLE 67 1 10 0 20 0 40 9"),
        math.pi,
        (-1, -1, 1, 1),
        1e-4,
    ),
}


@pytest.mark.parametrize(
    ("suffix", "content", "area", "box", "tolerance"),
    [(".svg", *case) for case in SVG.values()] + [(".dxf", *case) for case in DXF.values()],
    ids=[*SVG, *(f"dxf {name}" for name in DXF)],
)
def test_drawings_have_their_area_and_place(suffix, content, area, box, tolerance):
    outline = read_here(content, suffix).points
    assert signed_area(outline) == pytest.approx(area, rel=tolerance)
    assert shapely.Polygon(outline).bounds == pytest.approx(box, abs=max(tolerance, 1e-4) * (box[2] - box[0]))


def test_a_drawing_from_a_file_becomes_a_body(tmp_path):
    """Through the child process, into a body: the ellipse 2:1 of the drawing, upright after its rotation."""
    path = tmp_path / "ellipse.SVG"
    path.write_text(INKSCAPE)
    body = Body.from_file(path)
    assert body.name == "ellipse"
    assert body.fineness == pytest.approx(0.5, rel=1e-3)
    assert body.origin == pytest.approx(15 - 25j, abs=1e-3)
    assert body.area == pytest.approx(200 * math.pi, rel=1e-3)


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".svg", svg('<path d="M4 0A3 3 0 0 0 -2 0A3 3 0 0 0 4 0"/>')), (".dxf", dxf("CIRCLE 10 1 20 0 40 3"))],
)
def test_arcs_are_exact_to_a_hundred_thousandth(suffix, content):
    points = read_here(content, suffix).points
    assert len(points) > 500
    assert np.abs(points[:, 0] + 1j * points[:, 1] - 1) == pytest.approx(3.0, rel=1e-5)


def test_pieces_join_in_any_order_and_direction():
    """A circle cut into 40 sides, shuffled and turned at random, with gaps of 1e-6."""
    rng = np.random.default_rng(0)
    corners = np.exp(2j * np.pi * np.arange(41) / 40)
    sides = [[a + 1e-6 * rng.normal(), b] for a, b in pairwise(corners)]
    shuffled = [sides[i][:: rng.choice([-1, 1])] for i in rng.permutation(40)]
    points = body_outline(Drawing([polyline(side) for side in shuffled], divided=False)).points
    assert len(points) == 41
    assert points[0] == pytest.approx(points[-1])
    assert abs(signed_area(points)) == pytest.approx(20 * math.sin(2 * math.pi / 40), rel=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_lines_never_matters(seed):
    """A hull of eight lines with a centre line, a stub, a side drawn twice, a gap of 1e-4 and a small hole."""
    rng = np.random.default_rng(seed)
    corners = [0, 2 - 1j, 6 - 1j, 8, 8 + 1j, 6 + 2j, 2 + 2j, 1j]
    sides = list(pairwise([*corners, corners[0]]))
    extra = [(0.5j, 8 + 0.5j), (2 - 1j, 2 - 1.5j), sides[3], (3, 4), (4, 4 + 1j), (4 + 1j, 3)]
    lines = [(a + 1e-4, b) for a, b in sides] + extra
    turned = [lines[i][:: rng.choice([-1, 1])] for i in rng.permutation(len(lines))]
    outline = body_outline(Drawing([polyline(line) for line in turned]))
    assert abs(signed_area(outline.points)) == pytest.approx(20.0, rel=1e-3)
    assert outline.source.startswith("the only closed curve")


def test_a_side_that_ends_just_before_another_meets_it():
    """And the hole inside is not taken for the body."""
    hull = [(0j, 4 + 0j), (4 + 0j, 5 + 1j), (5 + 1j, 4 + 3j), (4 + 3j, 0.002 + 3j), (3.5j, -0.5j)]
    hole = [(2 + 1j, 3 + 1j), (3 + 1j, 2.5 + 2j), (2.5 + 2j, 2 + 1j)]
    outline = body_outline(Drawing([polyline(side) for side in hull + hole]))
    assert abs(signed_area(outline.points)) == pytest.approx(13.5, rel=1e-3)


BAD = {
    "open": (
        ".svg",
        svg('<path fill="none" stroke="red" d="M0 0A9 9 0 0 1 18 0"/>'),
        "ends are 18 apart",
    ),
    "crossing": (".svg", svg('<path d="M0 0L3 3 3 1 1 3 0 3Z"/>'), "that cross or touch"),
    "empty": (".svg", svg('<text x="1">A</text>'), "a drawing with a closed curve, got only text"),
    "line": (".svg", svg('<path d="M0 0H4H1z"/>'), "encloses an area"),
    "words": (".svg", svg('<path d="M0 0Lone two"/>'), "expected numbers in the SVG drawing, got 'one'"),
    "odd": (".svg", svg('<path d="M0 0L1 2 3"/>'), "got L with 3 numbers"),
    "no move": (".svg", svg('<path d="L0 0 1 1"/>'), "got L with 4 numbers"),
    "flags": (".svg", svg('<path d="M0 0A1 1 0 2 0 1 1"/>'), "expected an arc in path data"),
    "transform": (".svg", svg('<circle r="1" transform="perspective(3)"/>'), "got 'perspective' with 1 numbers"),
    "half a transform": (".svg", svg('<circle r="1" transform="scale(3"/>'), "transform of SVG 1.1, got 'scale"),
    "length": (".svg", svg('<circle r="1em"/>'), "expected a length in px, mm or in, got '1em' for r"),
    "huge": (".svg", svg('<circle r="1e300"/>'), "finite coordinates up to 1e.100"),
    "xml": (".svg", b"<html><body/></html>", "another kind of XML"),
    "cut short": (".svg", b"<svg><path d='M0 0", "well-formed SVG, got an error in line 1"),
    "entities": (".svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "without entity declarations"),
    "binary dxf": (".dxf", b"AutoCAD Binary DXF\r\n\x1a\0", "got binary DXF"),
    "no dxf": (".dxf", b"hello\nworld\n", "a drawing in DXF, got a file that cannot be read as one"),
    "dxf words": (".dxf", dxf("CIRCLE 10 x 20 0 40 1"), "number in the DXF drawing, got 'x'"),
    "dxf commas": (".dxf", dxf("CIRCLE 10 0 20 0 40 2,5"), "number in the DXF drawing, got '2,5'"),
    "dxf nan": (".dxf", dxf("CIRCLE 10 nan 20 0 40 1"), "finite coordinates up to .* got nan"),
    "tilted": (".dxf", dxf("CIRCLE 10 0 20 0 40 1 210 1 220 0 230 1"), "got a CIRCLE that is tilted"),
    "spline": (".dxf", dxf("SPLINE 71 3 40 0 40 1 10 0 20 0"), "a drawing with a closed curve, got none"),
    "blocks only": (".dxf", dxf("INSERT 2 A 10 0 20 0"), "closed curve, got only INSERT of a missing block"),
}


@pytest.mark.parametrize(("suffix", "content", "sentence"), BAD.values(), ids=BAD)
def test_every_refusal_is_one_sentence(suffix, content, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        read_here(content, suffix)
    assert "; " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_planes_are_for_meshes():
    with pytest.raises(InputError, match=r"expected a mesh to cut at a plane, got a \.svg file"):
        parse_outline(svg('<circle r="1"/>'), ".svg", at=0.5)

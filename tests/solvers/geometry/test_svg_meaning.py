"""The meaning of SVG: what is drawn, where, and whether it can be seen. The body is mostly an ellipse 120 x 40."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.formats.isolated_reader import read_here
from fusiform.solvers.geometry.polygons import signed_area

AREA = 1200.0 * math.pi
SPIKED = abs(signed_area(np.array([(30, 50), (40, 41), (62, 46), (62, 52.2), (54, 52.2)])))
ELLIPSE = '<ellipse cx="100" cy="50" rx="60" ry="20"/>'
BOX = 'width="190" height="90"/>'
CLIP = f'<clipPath id="c">{ELLIPSE}</clipPath>'
NAMESPACES = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
)


def page(content: str, attributes: str = 'width="200" height="100" viewBox="0 0 200 100"') -> str:
    return f"<svg {NAMESPACES} {attributes}>{content}</svg>"


def styled(style: str, content: str) -> str:
    return page(f"<style>{style}</style>{content}{ELLIPSE}")


HIDDEN = {
    "class": styled(".h{display:none}", f'<rect class="h big" {BOX}'),
    "important": styled(".h{display:none !important}", f'<rect class="h" style="display:inline" {BOX}'),
    "id before class": styled("#x{fill:none} .c{fill:red}", f'<rect id="x" class="c" {BOX}'),
    "descendant": styled("g rect{fill:none}", f"<g><rect {BOX}</g>"),
    "child": styled("g>rect{fill:none}", f"<g><rect {BOX}</g>"),
    "attribute": styled('rect[width="190"]{display:none}', f"<rect {BOX}"),
    "screen": styled("@media print{ellipse{display:none}} @media screen{rect{display:none}}", f"<rect {BOX}"),
    "hover": styled("ellipse:hover{display:none} rect{visibility:hidden}", f"<rect {BOX}"),
    "rules at": styled("@import url(x.css);@font-face{font-family:a} .h{display:none}", f'<rect class="h" {BOX}'),
    "cdata": styled("<![CDATA[.h{display:none}]]>", f'<rect class="h" {BOX}'),
    "last": page(f'<rect class="h" {BOX}{ELLIPSE}<style>.h{{display:none}}</style>'),
    "no fill of the group": page(f'<g fill="none"><rect {BOX}</g>{ELLIPSE}'),
    "group without opacity": page(f'<g opacity="0"><rect opacity="1" {BOX}</g>{ELLIPSE}'),
    "group not displayed": page(f'<g display="none"><rect display="inline" {BOX}</g>{ELLIPSE}'),
    "opacity 0%": page(f'<rect style="opacity:0%" {BOX}{ELLIPSE}'),
    "rgba": page(f'<rect fill="rgba(0,0,0,0)" {BOX}{ELLIPSE}'),
    "transparent": page(f'<rect fill="transparent" {BOX}{ELLIPSE}'),
    "hex with alpha": page(f'<rect fill="#ff000000" {BOX}{ELLIPSE}'),
    "fill-opacity": page(f'<rect fill-opacity="0" {BOX}{ELLIPSE}'),
    "no gradient": page(f'<rect fill="url(#q)" {BOX}{ELLIPSE}'),
    "stroke of no width": page(f'<rect fill="none" stroke="red" stroke-width="0" {BOX}{ELLIPSE}'),
    "line": page(f'<line x1="0" x2="200" y1="50" y2="50"/>{ELLIPSE}'),
    "layer": page(f'<g inkscape:label="L" style="display:none"><rect {BOX}</g>{ELLIPSE}'),
    "beside the page": page(f'<rect x="300" {BOX}{ELLIPSE}'),
    "extension": page(f'<rect requiredExtensions="x" {BOX}{ELLIPSE}'),
    "used but hidden": page(f'<defs><g id="a" display="none"><rect {BOX}</g></defs><use href="#a"/>{ELLIPSE}'),
}
AREAS = {
    "symbol": (
        page('<symbol id="a" viewBox="0 0 10 10"><circle cx="5" cy="5" r="5"/></symbol><use href="#a" width="40"/>'),
        400 * math.pi,
    ),
    "unused symbol": (page(f'<symbol id="a"><rect {BOX}</symbol>{ELLIPSE}'), AREA),
    "use": (page(f'<defs><g id="a">{ELLIPSE}</g></defs><use xlink:href="#a" transform="scale(.5)" x="3"/>'), AREA / 4),
    "use of a use": (
        page(f'<defs><g id="a">{ELLIPSE}</g><use id="b" href="#a" transform="scale(2,1)"/></defs><use href="#b"/>'),
        2 * AREA,
    ),
    "visible again": (
        page(f'<g visibility="hidden"><rect {BOX}<g visibility="visible">{ELLIPSE}</g></g>'),
        AREA,
    ),
    "gradient": (page(f'<linearGradient id="g"/><g fill="url(#g)">{ELLIPSE}</g>'), AREA),
    "pattern": (page(f'<pattern id="g"><rect {BOX}</pattern><g fill="url(#g)">{ELLIPSE}</g>'), AREA),
    "marker": (page(f'<marker id="m"><rect {BOX}</marker><g marker-end="url(#m)">{ELLIPSE}</g>'), AREA),
    "clip of a group": (page(f'{CLIP}<g clip-path="url(#c)"><rect {BOX}</g>'), AREA),
    "clip in a clip": (
        page(
            f'{CLIP}<clipPath id="d"><rect width="100" height="90"/></clipPath>'
            f'<g clip-path="url(#c)"><rect clip-path="url(#d)" {BOX}</g>'
        ),
        AREA / 2,
    ),
    "transform and clip": (page(f'{CLIP}<rect transform="scale(.5)" clip-path="url(#c)" {BOX}'), AREA / 4),
    "clip around all": (page(f'<clipPath id="c"><rect {BOX}</clipPath><g clip-path="url(#c)">{ELLIPSE}</g>'), AREA),
    "no clip of that name": (page(f'<g clip-path="url(#c)">{ELLIPSE}</g>'), AREA),
    "switch": (
        page(f'<switch><g systemLanguage="de"><rect {BOX}</g><g>{ELLIPSE}</g><rect {BOX}</switch>'),
        AREA,
    ),
    "foreign object": (page(f"<foreignObject {BOX[:-2]}><svg><rect {BOX}</svg></foreignObject>{ELLIPSE}"), AREA),
    "percent": (page('<ellipse cx="50%" cy="50%" rx="30%" ry="20%"/>'), AREA),
    "percent of a radius": (page('<circle cx="50%" cy="50%" r="20%"/>', 'viewBox="0 0 100 100"'), 400 * math.pi),
    "units": (page('<rect x="1cm" y="3pt" width="1in" height="10mm"/>', 'width="200" height="100"'), 960 * 96 / 25.4),
    "even-odd": (page('<path fill-rule="evenodd" d="M20 20h160v60h-160zM60 40h80v20h-80z"/>'), 9600.0),
    "relative": (page('<path d="m40 50a60 20 0 0 1 120 0 60 20 0 0 1-120 0z"/>'), AREA),
    "flags of arcs": (page('<path d="M40 50a60 20 0 01120 0 60 20 0 01-120 0z"/>'), AREA),
    "smooth after another kind": (page('<path d="M0 30C0 40 20 40 20 30t-10-5T0 30z"/>'), 145.0 + 175.0 / 3.0),
    "spike": (page('<path d="M30 50l10-9 22 5v8.7-2.5h-8z" transform="rotate(20) skewX(7)"/>'), SPIKED),
    "relative after z": (page('<path d="M10 10h5v5h-5zm50 20h20v20h-20z"/>'), 400.0),
    "nested": (page(f'<svg x="50" y="20" width="100" height="50" viewBox="0 0 200 100">{ELLIPSE}</svg>'), AREA / 4),
    "nested, stretched": (
        page(f'<svg width="100" height="100" viewBox="0 0 200 100" preserveAspectRatio="none">{ELLIPSE}</svg>'),
        AREA / 2,
    ),
    "nested, percent": (
        page(
            '<svg width="50%" height="50%" viewBox="0 0 200 100"><ellipse cx="50%" cy="50%" rx="30%" ry="20%"/></svg>'
        ),
        AREA / 4,
    ),
    "nested, cut": (page('<svg width="50" height="100"><rect width="100" height="100"/></svg>'), 5000.0),
    "stretched": (
        page(ELLIPSE, 'width="200" height="200" viewBox="0 0 200 100" preserveAspectRatio="none"'),
        2 * AREA,
    ),
    "css transform": (
        page(f'<g style="transform: rotate(30deg) translate(10px, 5px) scale(.5)">{ELLIPSE}</g>'),
        AREA / 4,
    ),
    "css geometry": (styled("ellipse{rx:30px}", ""), AREA / 2),
    "rounded": (page('<rect x="20" y="20" width="100" height="40" rx="20"/>'), 2400 + 400 * math.pi),
    "current colour": (page(f'<g color="red" fill="currentColor">{ELLIPSE}</g>'), AREA),
    "page": (page(f'<rect x="-1" y="-1" width="202" height="102" fill="#fff"/>{ELLIPSE}'), AREA),
    "page of a path": (page(f'<path d="M0 0H200V100H0Z" fill="#eee"/>{ELLIPSE}'), AREA),
    "page that the body touches": (
        page('<rect width="200" height="100"/><path d="M0 50L100 20L200 50L100 80Z"/>'),
        6000.0,
    ),
    "white background": (page(f'<rect x="5" y="5" fill="white" {BOX}{ELLIPSE}'), AREA),
    "border": (page(f'<rect x="5" y="5" fill="none" stroke="black" {BOX}{ELLIPSE}'), AREA),
    "plate of lines": (
        page(f'<g fill="none" stroke="red"><rect x="5" y="5" {BOX}{ELLIPSE}</g>'),
        17100.0,
    ),
    "plate of lines with a white hole": (
        page(
            '<g stroke="red"><rect x="9" y="9" fill="none" width="180" height="80"/>'
            '<circle r="9" cx="99" cy="50" fill="#fff"/></g>'
        ),
        14400.0,
    ),
    "plate in a group of that name": (
        page('<g id="page1"><rect x="10" y="10" width="180" height="80"/><circle cx="100" cy="50" r="20"/></g>'),
        14400.0,
    ),
    "plate": (page('<rect x="10" y="10" width="180" height="80"/><circle cx="100" cy="50" r="20"/>'), 14400.0),
    "prefix": (
        f'<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 200 100">{ELLIPSE.replace("<", "<s:")}</s:svg>',
        AREA,
    ),
    "another namespace": (page(f'<x:rect xmlns:x="urn:x" {BOX}{ELLIPSE}'), AREA),
}
REFUSED = {
    "mask": (page(f'<mask id="m">{ELLIPSE}</mask><rect mask="url(#m)" {BOX}'), "without a mask"),
    "selector": (styled("rect:nth-child(2){display:none}", f"<rect {BOX}"), "selectors of types, classes and ids"),
    "units of a clip": (
        page(f'<clipPath id="c" clipPathUnits="objectBoundingBox"/><rect clip-path="url(#c)" {BOX}'),
        "clip paths in user units",
    ),
    "clip of css": (page(f'<rect style="clip-path:circle(20px)" {BOX}'), "clip paths in user units"),
    "origin": (page(f'<g style="transform:scale(.5);transform-origin:center">{ELLIPSE}</g>'), "about the origin"),
    "path of css": (styled("path{d:path('M0 0h9v9z')}", '<path d="M0 0h99v9z"/>'), "without the style 'd'"),
    "open in a page": (
        page('<rect width="200" height="100"/><path fill="none" stroke="red" d="M20 50L100 20L180 50"/>'),
        "an open outline whose ends are 160 apart",
    ),
    "open around a dot": (
        page('<path fill="none" stroke="red" d="M20 50L100 20L180 50L100 80L60 70"/><circle cx="190" cy="10" r="3"/>'),
        "an open outline whose ends are 44.7 apart",
    ),
    "bomb": (
        page(
            f'<g id="g0">{ELLIPSE}</g>'
            + "".join(f'<g id="g{k + 1}">' + f'<use href="#g{k}"/>' * 10 + "</g>" for k in range(9))
        ),
        "at most 100000 pieces",
    ),
    "endless": (page(f'<g id="a"><use href="#a"/>{ELLIPSE}</g>'), "at most 64 uses in each other"),
    "only hidden": (page(f'<rect visibility="hidden" {BOX}'), "got only 1 hidden shapes"),
}


@pytest.mark.parametrize("content", HIDDEN.values(), ids=HIDDEN)
def test_what_cannot_be_seen_is_not_the_body_and_is_counted(content):
    found = read_here(content.encode(), ".svg")
    assert signed_area(found.points) == pytest.approx(AREA, rel=1e-4)
    assert found.source == "the only closed curve; 1 hidden shape left out"


@pytest.mark.parametrize(("content", "area"), AREAS.values(), ids=AREAS)
def test_the_area_is_that_of_the_drawing(content, area):
    assert signed_area(read_here(content.encode(), ".svg").points) == pytest.approx(area, rel=2e-4)


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_followed_is_refused(content, sentence):
    with pytest.raises(InputError, match=sentence):
        read_here(content.encode(), ".svg")


UNITED = {
    "shadow": (f'<g transform="translate(5 5)">{ELLIPSE}</g>{ELLIPSE}', 3),
    "dots on the outline": ('<circle cx="40" cy="50" r="8"/><circle cx="160" cy="50" r="8"/>' + ELLIPSE, 5),
    "label": (f'<rect x="140" y="40" width="50" height="20"/>{ELLIPSE}', 3),
    "circle of the nose": (f'<circle cx="45" cy="50" r="5"/>{ELLIPSE}', 2),
}


@pytest.mark.parametrize(("content", "count"), UNITED.values(), ids=UNITED)
def test_areas_that_are_united_are_counted(content, count):
    assert f"; {count} areas between its lines united" in read_here(page(content).encode(), ".svg").source
    assert "united" not in read_here(page(ELLIPSE).encode(), ".svg").source


def test_a_grid_over_the_body_is_refused_until_the_body_is_chosen():
    grid = f'<path id="grid" stroke="red" d="M5 5V95H195V5zM100 5V95M5 50H195"/><g id="body">{ELLIPSE}</g>'
    with pytest.raises(InputError, match=r"190 x 90 whose lines cross a closed curve of area 3770 \(element 'body'\)"):
        read_here(page(grid).encode(), ".svg")
    assert signed_area(read_here(page(grid).encode(), ".svg", part="body").points) == pytest.approx(AREA, rel=1e-4)
    assert signed_area(read_here(page(grid).encode(), ".svg", part=1).points) == pytest.approx(17100.0)
    plate = page(f'<path stroke="red" d="M5 5V95H195V5zM100 5V20M100 80V95"/>{ELLIPSE}')
    assert "a rectangle around 1 other" in read_here(plate.encode(), ".svg").source


def test_a_rectangle_around_others_is_named():
    assert read_here(AREAS["plate"][0].encode(), ".svg").source == (
        "closed curve 1 of 2 by area, a rectangle around 1 other"
    )
    assert "1 frame left out" in read_here(AREAS["white background"][0].encode(), ".svg").source
    assert "1 page left out" in read_here(AREAS["page of a path"][0].encode(), ".svg").source


def test_a_part_is_chosen_by_id_label_or_number():
    content = page(
        f'<g inkscape:label="Hull"><path id="p1" d="M20 20h40v10h-20z"/></g><g id="layer2">{ELLIPSE}</g>'
    ).encode()
    assert "element 'layer2'" in read_here(content, ".svg").source
    for part in ("hull", "Hull", "p1", 2, "2"):
        assert signed_area(read_here(content, ".svg", part=part).points) == pytest.approx(300.0)
    assert read_here(content, ".svg", part="hull").source == "the only closed curve of the part 'hull', element 'p1'"
    assert read_here(content, ".svg", part="2").source == "closed curve 2 of 2 by area, element 'p1'"
    with pytest.raises(
        InputError, match=r"the element or the number of a curve, got 'x'; the elements are 'layer2', 'p1'"
    ):
        read_here(content, ".svg", part="x")
    with pytest.raises(InputError, match="a closed curve from 1 to 2, got 3"):
        read_here(content, ".svg", part=3)

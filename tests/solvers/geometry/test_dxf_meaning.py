"""The meaning of DXF, in files that ezdxf writes: blocks, layers, spaces and kinds of entities.

The body is mostly a hull of eight lines with the area 20.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import ezdxf
import numpy as np
import pytest
from ezdxf.math import BSpline, rational_bspline_from_arc
from scipy.interpolate import BSpline as TrueSpline

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.formats.drawings.spline_pieces import spline_pieces
from fusiform.solvers.geometry.formats.isolated_reader import read_here
from fusiform.solvers.geometry.polygons import signed_area

CORNERS = [(0, 0), (2, -1), (6, -1), (8, 0), (8, 1), (6, 2), (2, 2), (0, 1)]
SLOT = [(0, 0, 0), (6, 0, 1), (6, 2, 0), (0, 2, 1)]
SLOT_AREA = 12 + math.pi
FRAME = [(-20, -15), (40, -15), (40, 20), (-20, 20)]
TAIL = [(4, 0.05), (2, 0.55), (0, 0), (2, -0.45), (4, -0.05)]
Draw = Callable[[Any, Any], object]


def hull(space: Any, layer: str = "0", scale: float = 1.0, shift: float = 0.0) -> None:
    corners = [(scale * x + shift, scale * y) for x, y in CORNERS]
    for a, b in pairwise([*corners, corners[0]]):
        space.add_line(a, b, dxfattribs={"layer": layer})


def drawing(draw: Draw) -> bytes:
    document = ezdxf.new("R2010")
    draw(document, document.modelspace())
    text = io.StringIO()
    document.write(text)
    return text.getvalue().encode()


def nested_blocks(document: Any, model: Any) -> None:
    hull(document.blocks.new("A", base_point=(100, 50)))
    document.blocks.new("B").add_blockref("A", (1, 2), {"xscale": -2, "yscale": 2, "rotation": 30})
    model.add_blockref("B", (5, 5), {"xscale": 0.5, "yscale": -0.5})


def stretched_blocks(document: Any, model: Any) -> None:
    document.blocks.new("A").add_circle((0, 0), 1)
    document.blocks.new("B").add_blockref("A", (0, 0), {"rotation": 45})
    model.add_blockref("B", (5, 5), {"xscale": 3, "yscale": 1})


def mirrored_half(document: Any, model: Any) -> None:
    document.blocks.new("H").add_lwpolyline([(0, 0), (2, 2), (6, 2), (8, 0)])
    model.add_blockref("H", (0, 0))
    model.add_blockref("H", (0, 0), {"yscale": -1})


def hidden_layer(*, frozen: bool, of_insert: bool) -> Draw:
    def draw(document: Any, model: Any) -> None:
        layer = document.layers.add("F")
        layer.freeze() if frozen else layer.off()
        block = document.blocks.new("A")
        block.add_circle((0, 0), 50, {"layer": "0" if of_insert else "F"})
        model.add_blockref("A", (5, 5), {"layer": "F" if of_insert else "0"})
        hull(model)

    return draw


def notes(_: Any, model: Any) -> None:
    hull(model)
    model.add_linear_dim(base=(4, -5), p1=(0, 0), p2=(8, 0)).render()
    model.add_text("HULL", height=3)
    model.add_leader([(0, 0), (10, 10), (20, 10)])
    model.add_xline((0, 0.5), (1, 0))
    model.add_ray((4, 0), (0, 1))


def named_frame(document: Any, model: Any) -> None:
    document.layers.add("FRAME")
    model.add_lwpolyline(FRAME, close=True, dxfattribs={"layer": "FRAME"})
    hull(model)


def with_hull(kind: str, *args: Any, **keywords: Any) -> Draw:
    def draw(_: Any, model: Any) -> None:
        hull(model)
        getattr(model, kind)(*args, **keywords)

    return draw


def alone(kind: str, *args: Any, **keywords: Any) -> Draw:
    return lambda _, model: getattr(model, kind)(*args, **keywords)


def slot_of_arcs(_: Any, model: Any) -> None:
    model.add_arc((-6, 1), 1, 90, 270, dxfattribs={"extrusion": (0, 0, -1)})
    model.add_line((0, 2), (6, 2))
    model.add_arc((0, 1), 1, 90, 270)
    model.add_line((6, 0), (0, 0))


def exact_closed_spline(points: list[tuple[float, float]]) -> float:
    """Area of the uniform periodic cubic spline with these control points."""
    wrapped = np.array([*points, *points[:3]], dtype=float)
    curve = TrueSpline(np.arange(len(wrapped) + 4.0), wrapped, 3)
    x, y = curve(np.linspace(3.0, len(wrapped), 100_001)[:-1]).T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


SPLINE_AREA = exact_closed_spline([(3, 0), (0, 1), (-3, 0), (0, -1)])
AREAS: dict[str, tuple[Draw, float, str]] = {
    "nested blocks": (nested_blocks, 20.0, "the only closed curve, layer '0'"),
    "stretched blocks": (stretched_blocks, 3 * math.pi, ""),
    "half in a block, mirrored": (mirrored_half, 24.0, ""),
    "insertion on a frozen layer": (hidden_layer(frozen=True, of_insert=True), 20.0, "1 hidden shape left out"),
    "insertion on a layer that is off": (hidden_layer(frozen=False, of_insert=True), 20.0, "1 hidden shape left out"),
    "block with a frozen layer": (hidden_layer(frozen=True, of_insert=False), 20.0, "1 hidden shape left out"),
    "block with a layer that is off": (hidden_layer(frozen=False, of_insert=False), 20.0, "1 hidden shape left out"),
    "invisible": (with_hull("add_circle", (0, 0), 50, {"invisible": 1}), 20.0, "1 hidden shape left out"),
    "defpoints": (with_hull("add_circle", (0, 0), 50, {"layer": "Defpoints"}), 20.0, "1 hidden shape left out"),
    "paper space": (lambda d, m: (hull(m), d.layout("Layout1").add_circle((0, 0), 50)), 20.0, "the only closed curve"),
    "notes and construction lines": (notes, 20.0, "the only closed curve, layer '0'"),
    "frame by name": (named_frame, 20.0, "closed curve 2 of 2 by area, layer '0'; 1 frame left out"),
    "hole": (with_hull("add_circle", (4, 0.5), 0.5), 20.0, "closed curve 1 of 2 by area"),
    "two hulls": (lambda _, m: (hull(m), hull(m, scale=2.0, shift=30.0)), 80.0, "closed curve 1 of 2 by area"),
    "missing block": (with_hull("add_blockref", "NOPE", (0, 0)), 20.0, "not read: INSERT of a missing block"),
    "hatch": (with_hull("add_hatch"), 20.0, "not read: HATCH"),
    "centre line that stops short": (with_hull("add_line", (-9, 0.5), (-0.001, 0.5)), 20.0, "2 loose ends left out"),
    "bulges": (alone("add_lwpolyline", SLOT, format="xyb", close=True), SLOT_AREA, ""),
    "bulges from below": (
        alone("add_lwpolyline", SLOT, format="xyb", close=True, dxfattribs={"extrusion": (0, 0, -1)}),
        SLOT_AREA,
        "",
    ),
    "blunt tail": (alone("add_lwpolyline", TAIL), 2.1, "; an open end of 0.1 at (4, 0) closed by a straight side"),
    "lines and arcs": (slot_of_arcs, SLOT_AREA, "the only closed curve"),
    "points given twice": (alone("add_lwpolyline", [c for c in CORNERS for _ in (0, 1)], close=True), 20.0, ""),
    "above the plane": (alone("add_lwpolyline", CORNERS, close=True, dxfattribs={"elevation": 5}), 20.0, ""),
    "closed spline": (
        lambda _, m: m.add_spline().set_closed([(3, 0, 0), (0, 1, 0), (-3, 0, 0), (0, -1, 0)]),
        SPLINE_AREA,
        "",
    ),
    "rational spline": (
        lambda _, m: m.add_spline().apply_construction_tool(rational_bspline_from_arc((0, 0), 1, 0, 360)),
        math.pi,
        "the only closed curve",
    ),
    "far away": (lambda _, m: hull(m, shift=5e6), 20.0, ""),
    "small": (lambda _, m: hull(m, scale=1e-6), 2e-11, ""),
}
REFUSED: dict[str, tuple[Draw, str]] = {
    "plate with a hole": (
        lambda _, m: (m.add_lwpolyline(FRAME, close=True), m.add_circle((4, 0.5), 5)),
        "a rectangle of 60 x 35 .layer '0'. around a curve of area 78.5. .layer '0'.; choose part 1",
    ),
    "hatch alone": (alone("add_hatch"), "got only HATCH"),
    "faces": (alone("add_3dface", [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]), "got only 3DFACE"),
    "paper space alone": (lambda d, _: d.layout("Layout1").add_circle((0, 0), 50), "got none in the file"),
    "upright": (alone("add_line", (0, 0, 0), (1, 0, 1)), "a LINE that is tilted"),
    "u-shape": (alone("add_lwpolyline", [(0, 0), (8, 0), (8, 1), (0, 1)]), "open outline whose ends are 1 apart"),
    "open hull and hole": (
        lambda _, m: (m.add_lwpolyline(CORNERS[:-1]), m.add_circle((4, 0.5), 0.3)),
        "open outline whose ends are 2.83 apart",
    ),
    "block in itself": (
        lambda d, m: (d.blocks.new("A").add_blockref("A", (0, 0)), m.add_blockref("A", (0, 0))),
        "at most 32 blocks in each other",
    ),
    "bomb": (
        lambda d, m: (
            hull(d.blocks.new("0A")),
            [[d.blocks.new(f"{k + 1}A").add_blockref(f"{k}A", (9 * i, 0)) for i in [0]] for k in range(3)],
            m.add_blockref(
                "3A", (0, 0), {"row_count": 1000, "column_count": 1000, "row_spacing": 1, "column_spacing": 1}
            ),
        ),
        "at most 100000 pieces",
    ),
}


@pytest.mark.parametrize(("draw", "area", "source"), AREAS.values(), ids=AREAS)
def test_the_area_is_that_of_the_drawing(draw, area, source):
    found = read_here(drawing(draw), ".dxf")
    assert signed_area(found.points) == pytest.approx(area, rel=2e-4)
    assert source in found.source


@pytest.mark.parametrize(("draw", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_body_is_refused(draw, sentence):
    with pytest.raises(InputError, match=sentence):
        read_here(drawing(draw), ".dxf")


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_file_that_breaks_off_is_refused(share):
    content = drawing(alone("add_lwpolyline", CORNERS, close=True))
    entities = content.index(b"ENTITIES")
    end = content.index(b"ENDSEC", entities)
    with pytest.raises(InputError, match=r"breaks off among its entities|cannot be read"):
        read_here(content[: entities + int(share * (end - entities))], ".dxf")


@pytest.mark.parametrize(
    "change", [lambda c: c.replace(b"\n", b"\r\n"), lambda c: b"\xef\xbb\xbf" + c, lambda c: c[:-4]]
)
def test_line_ends_marks_and_a_missing_end_change_nothing(change):
    content = drawing(alone("add_lwpolyline", CORNERS, close=True, dxfattribs={"layer": "Rümpfe"}))
    found = read_here(change(content), ".dxf")
    assert signed_area(found.points) == pytest.approx(20.0)
    assert found.source == "the only closed curve, layer 'Rümpfe'"


def plain(*entities: str) -> bytes:
    """A drawing without a header from lines of "KIND code value …", as small exporters write it."""
    rows = ["999 by hand", "0 SECTION", "2 ENTITIES", *entities, "0 ENDSEC", "0 EOF"]
    return "".join(f"{code}\n{value}\n" for code, value in (row.split(" ", 1) for row in rows)).encode()


PLAIN = {
    "polyline": [
        "0 LWPOLYLINE", "8 hull", "90 8", "70 1",
        *(f"{c} {v}" for p in CORNERS for c, v in ((10, p[0]), (20, p[1]))),
    ],
    "polyline of a spline": [
        "0 POLYLINE", "8 hull", "66 1", "70 5", "75 6",
        *(f"{c} {v}" for p in [(0, -9), (9, 9)] for c, v in ((0, "VERTEX"), (10, p[0]), (20, p[1]), (70, 16))),
        *(f"{c} {v}" for p in CORNERS for c, v in ((0, "VERTEX"), (10, p[0]), (20, p[1]), (70, 8))),
        "0 SEQEND",
    ],
}  # fmt: skip


@pytest.mark.parametrize("entities", PLAIN.values(), ids=PLAIN)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_files_without_a_header_are_read(entities, end):
    found = read_here(plain(*entities).replace(b"\n", end), ".dxf")
    assert signed_area(found.points) == pytest.approx(20.0)
    assert found.source == "the only closed curve, layer 'hull'"


def test_a_part_is_chosen_by_layer_block_or_number():
    def draw(document: Any, model: Any) -> None:
        model.add_lwpolyline(FRAME, close=True, dxfattribs={"layer": "plate"})
        hull(document.blocks.new("BOAT"), layer="hull")
        model.add_blockref("BOAT", (0, 0))

    content = drawing(draw)
    for part, area in (("hull", 20.0), ("boat", 20.0), (2, 20.0), ("PLATE", 2100.0), ("1", 2100.0)):
        assert signed_area(read_here(content, ".dxf", part=part).points) == pytest.approx(area)
    with pytest.raises(
        InputError, match=r"the layer or the number of a curve, got 'keel'; the layers are 'hull', 'plate'"
    ):
        read_here(content, ".dxf", part="keel")


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
@pytest.mark.parametrize("clamped", [True, False])
def test_spline_pieces_follow_the_spline(degree, clamped):
    """Against de Boor's values of SciPy and, for clamped knots, of ezdxf."""
    rng = np.random.default_rng(degree)
    points, weights = rng.normal(size=(9, 2)), np.ones(9)
    inner = np.cumsum([0.0, *rng.uniform(0.5, 1.5, 9 + degree)])
    knots = (
        np.concatenate([[inner[0]] * degree, inner[: 10 - degree], [inner[9 - degree]] * degree]) if clamped else inner
    )
    (pieces,) = spline_pieces(points, knots, weights, degree)
    middle = np.array([(piece[0] + 3 * piece[1] + 3 * piece[2] + piece[3]) / 8 for piece in pieces])
    domain = np.unique(knots[degree:10])
    times = domain if degree <= 3 else np.unique(np.linspace(domain[:-1], domain[1:], 9))
    half = 0.5 * (times[1:] + times[:-1])
    x, y = TrueSpline(knots, points, degree)(half).T
    assert middle == pytest.approx(x + 1j * y, abs=1e-12 if degree <= 3 else 2e-3)
    if clamped:
        places = [BSpline(points, degree + 1, knots).point(t) for t in half]
        assert middle == pytest.approx([complex(p.x, p.y) for p in places], abs=1e-9 if degree <= 3 else 2e-3)

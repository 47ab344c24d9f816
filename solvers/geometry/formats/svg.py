"""The drawn lines of an .svg file: paths and basic shapes under their transforms.

The y axis of SVG points down; the lines are returned with y up. Coordinates are user units, those of the viewBox.
Elements in `defs`, `clipPath`, `marker`, `mask`, `pattern` and `symbol`, and hidden elements, are not drawn;
`use`, `text`, style sheets and viewBoxes of nested drawings are not followed. Grammar and geometry: W3C, Scalable
Vector Graphics 1.1, chapters 7 to 9 and appendix F.6.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.drawn_curves import (
    Line,
    Piece,
    ellipse_arc,
    polyline,
    require_pieces,
    transformed,
)
from fusiform.solvers.geometry.formats.svg_path import NUMBER, read_numbers, read_path

Matrix = tuple[float, float, float, float, float, float]
Attributes = Mapping[str, str]

MAX_DEPTH = 1000
_LONGEST_TRANSFORM = 10_000
_TRANSFORM = re.compile(r"(\w+)\s*\(([^()]*)\)")
_LENGTH = re.compile(rf"\s*({NUMBER})\s*([a-z]*)\s*")
_UNITS = {"": 1.0, "px": 1.0, "mm": 96 / 25.4, "cm": 960 / 25.4, "in": 96.0, "pt": 96 / 72, "pc": 16.0}
_EXTENTS = ("width", "height", "r", "rx", "ry", "x", "y", "cx", "cy", "x1", "y1", "x2", "y2")
_NOT_DRAWN = {"defs", "clipPath", "marker", "mask", "pattern", "symbol"}
_UPRIGHT: Matrix = (1.0, 0.0, 0.0, -1.0, 0.0, 0.0)


def read_svg(content: bytes) -> list[Line]:
    """All drawn lines, y up. `InputError` for malformed SVG, and for files that declare XML entities."""
    drawing = _Drawing()
    parser = expat.ParserCreate()
    parser.StartElementHandler = drawing.open
    parser.EndElementHandler = drawing.close
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InputError(
            f"expected well-formed SVG, got an error in line {error.lineno} ({expat.ErrorString(error.code)}); "
            "save the drawing again as plain SVG"
        ) from error
    return drawing.lines


def _refuse_entity(*_: Any) -> None:
    raise InputError("expected SVG without entity declarations, got one that has some; save it as plain SVG")


class _Drawing:
    """Follows elements as they open and close; a stack holds the transform of each, None where nothing is drawn."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.stack: list[Matrix | None] = []
        self.count = 0  # of pieces

    def open(self, name: str, attributes: Attributes) -> None:
        kind = name.rsplit(":", 1)[-1]
        require(bool(self.stack) or kind == "svg", "expected an SVG drawing, got another kind of XML; convert the file")
        require(
            len(self.stack) < MAX_DEPTH, f"expected at most {MAX_DEPTH} nested groups, got more; ungroup the drawing"
        )
        outer = self.stack[-1] if self.stack else _UPRIGHT
        hidden = "none" in (attributes.get("display"), _style(attributes).get("display"))
        if outer is None or kind in _NOT_DRAWN or hidden:
            self.stack.append(None)
            return
        matrix = _product(outer, _transform(attributes["transform"])) if "transform" in attributes else outer
        self.stack.append(matrix)
        lines = [transformed(line, matrix) for line in _shape(kind, attributes)]
        self.count += sum(len(line.pieces) for line in lines)
        require_pieces(self.count)
        self.lines += lines

    def close(self, _: str) -> None:
        self.stack.pop()


def _style(attributes: Attributes) -> dict[str, str]:
    parts = (part.partition(":") for part in attributes.get("style", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in parts}


def _transform(text: str) -> Matrix:
    require(len(text) <= _LONGEST_TRANSFORM, "expected a short transform in SVG, got a long one; save it as plain SVG")
    left = _TRANSFORM.sub(" ", text).replace(",", " ").strip()
    require(not left, f"expected a transform of SVG 1.1, got {left[:20]!r}; save it as plain SVG")
    matrix: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    for name, arguments in _TRANSFORM.findall(text):
        matrix = _product(matrix, _elementary(name, read_numbers(arguments)))
    return matrix


def _elementary(name: str, values: list[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return a, b, c, d, e, f
        case "translate", [x, *rest] if len(rest) < 2:
            return 1.0, 0.0, 0.0, 1.0, x, rest[0] if rest else 0.0
        case "scale", [x, *rest] if len(rest) < 2:
            return x, 0.0, 0.0, rest[0] if rest else x, 0.0, 0.0
        case "rotate", [angle]:
            cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            return cosine, sine, -sine, cosine, 0.0, 0.0
        case "rotate", [angle, x, y]:
            turned = _product((1.0, 0.0, 0.0, 1.0, x, y), _elementary("rotate", [angle]))
            return _product(turned, (1.0, 0.0, 0.0, 1.0, -x, -y))
        case "skewX", [angle]:
            return 1.0, 0.0, math.tan(math.radians(angle)), 1.0, 0.0, 0.0
        case "skewY", [angle]:
            return 1.0, math.tan(math.radians(angle)), 0.0, 1.0, 0.0, 0.0
    raise InputError(
        f"expected a transform of SVG 1.1, got {name[:20]!r} with {len(values)} numbers; save it as plain SVG"
    )


def _product(first: Matrix, second: Matrix) -> Matrix:
    """The transform that applies `second`, then `first`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f


def _length(attributes: Attributes, name: str, default: float = 0.0) -> float:
    text = attributes.get(name)
    if text is None or text == "auto":
        return default
    found = _LENGTH.fullmatch(text)
    if found is None or found[2] not in _UNITS:
        raise InputError(f"expected a length in px, mm or in, got {text[:20]!r} for {name}; save it as plain SVG")
    return float(found[1]) * _UNITS[found[2]]


def _shape(kind: str, attributes: Attributes) -> list[Line]:
    """The lines of one element in its own coordinates; none where it draws nothing, or is as large as the page (%)."""
    if kind != "path" and any(attributes.get(name, "").endswith("%") for name in _EXTENTS):
        return []

    def length(name: str, default: float = 0.0) -> float:
        return _length(attributes, name, default)

    match kind:
        case "path":
            return read_path(attributes.get("d", ""))
        case "polygon" | "polyline":
            values = read_numbers(attributes.get("points", ""))
            points = map(complex, values[::2], values[1::2])
            return [polyline(points, closed=kind == "polygon")]
        case "line":
            return [polyline([complex(length("x1"), length("y1")), complex(length("x2"), length("y2"))])]
        case "circle" | "ellipse":
            rx, ry = (length("r"),) * 2 if kind == "circle" else (length("rx"), length("ry"))
            centre = complex(length("cx"), length("cy"))
            return [Line(ellipse_arc(centre, rx, 1j * ry, 0.0, 2.0 * math.pi), closed=True)]
        case "rect":
            corner = complex(length("x"), length("y"))
            rx, ry = length("rx", length("ry")), length("ry", length("rx"))
            return [_rectangle(corner, length("width"), length("height"), rx, ry)]
    return []


def _rectangle(corner: complex, width: float, height: float, rx: float, ry: float) -> Line:
    if not (rx > 0.0 and ry > 0.0):
        sides = (corner, corner + width, corner + complex(width, height), corner + 1j * height)
        return polyline(sides, closed=True)
    rx, ry = min(rx, 0.5 * width), min(ry, 0.5 * height)
    pieces: list[Piece] = []
    inner = complex(width - rx, height - ry), complex(rx, height - ry), complex(rx, ry), complex(width - rx, ry)
    for quarter, centre in enumerate(inner):
        arc = ellipse_arc(corner + centre, rx, 1j * ry, 0.5 * math.pi * quarter, 0.5 * math.pi)
        if pieces:
            pieces.append((pieces[-1][-1], arc[0][0]))
        pieces += arc
    return Line([*pieces, (pieces[-1][-1], pieces[0][0])], closed=True)

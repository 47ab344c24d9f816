"""The basic shapes and paths of SVG as curves in their own coordinates, by svgelements."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from svgelements import Arc, Close, CubicBezier, Ellipse, Line, Path, QuadraticBezier, Rect

from fusiform.solvers.geometry.formats.drawings.curve_pieces import Piece
from fusiform.solvers.geometry.formats.drawings.svg_syntax import user_length

SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_ARC = math.pi / 8  # cubic curves of that angle are exact to 1e-7 of the radius

Viewport = tuple[float, float]
"""Width and height of which percent are taken."""


def shape_pieces(kind: str, values: Mapping[str, str], viewport: Viewport) -> list[tuple[Piece, ...]]:
    """The pieces of each part of a shape with the attributes and styles `values`; y points down, as in the file."""
    path = _path(kind, values, viewport)
    parts = [tuple(_pieces(Path(part))) for part in path.as_subpaths()] if path is not None and len(path) else []
    return [part for part in parts if part]


def _path(kind: str, values: Mapping[str, str], viewport: Viewport) -> Any:
    """The path of a shape; None for one that is not drawn."""
    width, height = viewport

    def length(name: str, whole: float, default: str = "0") -> float:
        return user_length(name, values.get(name, default), whole)

    if kind == "path":
        return Path(values.get("d", ""))
    if kind in ("polyline", "polygon"):
        points = values.get("points", "").replace(",", " ").split()
        ends = [" ".join(pair) for pair in zip(points[::2], points[1::2], strict=False)]
        return Path("M" + "L".join(ends) + ("Z" if kind == "polygon" else "")) if ends else None
    if kind == "line":
        return Path(Line((length("x1", width), length("y1", height)), (length("x2", width), length("y2", height))))
    if kind == "rect":
        box = length("x", width), length("y", height), length("width", width), length("height", height)
        radii = _radii(values, viewport)
        limits = (min(radii[0], 0.5 * box[2]), min(radii[1], 0.5 * box[3]))
        return Path(Rect(*box, *limits)) if box[2] > 0.0 and box[3] > 0.0 else None
    if kind == "circle":
        radii = (length("r", math.hypot(width, height) / math.sqrt(2.0)),) * 2
    else:
        radii = _radii(values, viewport)
    centre = length("cx", width), length("cy", height)
    return Path(Ellipse(*centre, *radii)) if min(radii) > 0.0 else None


def _radii(values: Mapping[str, str], viewport: Viewport) -> tuple[float, float]:
    """rx and ry, each like the other one where it is not given."""
    given = {name: values.get(name, "auto").strip() for name in ("rx", "ry")}
    rx, ry = (
        None if text == "auto" else user_length(name, text, whole)
        for (name, text), whole in zip(given.items(), viewport, strict=True)
    )
    return rx if rx is not None else ry or 0.0, ry if ry is not None else rx or 0.0


def _pieces(path: Any) -> Iterator[Piece]:
    """The control points of the segments, arcs as cubic curves.

    svgelements mirrors the control point of any curve before a smooth one; SVG asks for one of the same kind.
    """
    last: Piece = ()
    for segment in path:
        if isinstance(segment, Arc):
            for part in segment.as_cubic_curves(_arc_parts(segment)):
                yield _complex(part.start, part.control1, part.control2, part.end)
            last = ()
        elif isinstance(segment, CubicBezier):
            start, first, second, end = _complex(segment.start, segment.control1, segment.control2, segment.end)
            last = start, _mirrored(last, 4, start) if segment.smooth else first, second, end
            yield last
        elif isinstance(segment, QuadraticBezier):
            start, control, end = _complex(segment.start, segment.control, segment.end)
            last = start, _mirrored(last, 3, start) if segment.smooth else control, end
            yield last
        else:
            last = ()
            if isinstance(segment, Line | Close) and segment.end is not None and segment.start != segment.end:
                yield _complex(segment.start, segment.end)


def _mirrored(last: Piece, kind: int, start: complex) -> complex:
    """The first control point of a smooth curve with `kind` control points after the piece `last`."""
    return 2.0 * start - last[-2] if len(last) == kind else start


def _arc_parts(arc: Any) -> int:
    return max(1, math.ceil(abs(arc.sweep) / _ARC - 1e-9))


def _complex(*points: Any) -> Piece:
    return tuple(complex(point.x, point.y) for point in points)

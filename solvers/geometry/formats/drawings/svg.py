"""The curves of an .svg file that can be seen: `use`, style sheets, units, clip paths and nested drawings are followed.

The y axis of SVG points down; the curves are returned with y up, in the units of the outer viewBox. Not drawn: what is
hidden, has no opacity, or has neither fill nor stroke. A filled open path is closed by a straight side, as SVG does.
Source: W3C, Scalable Vector Graphics 2, chapters 5, 7, 8 and 13.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from shapely import Geometry
from svgelements import Matrix

from fusiform.solvers.common.errors import InputError, require, shown
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve, Drawing, Piece, require_pieces
from fusiform.solvers.geometry.formats.drawings.svg_clip import clipped, filled_area, polygon
from fusiform.solvers.geometry.formats.drawings.svg_paint import is_visible, is_white, paints, share
from fusiform.solvers.geometry.formats.drawings.svg_shapes import SHAPES, Viewport, shape_pieces
from fusiform.solvers.geometry.formats.drawings.svg_style import INITIAL, Style, StyleSheet, computed, local_name
from fusiform.solvers.geometry.formats.drawings.svg_syntax import parsed_svg, transform_matrix, user_length
from fusiform.solvers.geometry.formats.drawings.svg_viewport import inner_viewport, page_box, passes_conditions

_HREF = "http://www.w3.org/1999/xlink}href"
_LABEL = "http://www.inkscape.org/namespaces/inkscape}label"
_ORIGIN = re.compile(r"\s*(0(px|%)?\s*)+")
_USES, _NAMES = 64, 64  # in each other; of an element and the groups around it
_UNREAD = {"text", "image", "foreignObject"}


def read_svg(content: bytes) -> Drawing:
    """All curves that can be seen, y up. `InputError` for malformed SVG, entities, masks and unusual styles."""
    root = parsed_svg(content)
    walk = _Walk(root)
    curves, page = list(walk.curves(root)), page_box(root)
    seen = [curve for curve in curves if _meets(curve, page)] or curves
    hidden = walk.hidden + len(curves) - len(seen)
    return Drawing(seen, called="element", page=page, unread=tuple(sorted(walk.unread)), hidden=hidden)


@dataclass(frozen=True)
class _Place:
    """Where an element stands: the style, matrix, viewport, clip paths and names that it inherits."""

    style: Style
    matrix: Matrix
    viewport: Viewport
    clips: tuple[Geometry, ...] = ()
    names: tuple[str, ...] = ()
    faint: bool = False
    uses: int = 0
    size: tuple[str | None, str | None] | None = None
    """Width and height that a `use` gives to the symbol or drawing that it shows."""


class _Walk:
    """Goes through the elements that are drawn, in order."""

    def __init__(self, root: Element) -> None:
        self.sheet = StyleSheet(root)
        self.ids = {element.get("id"): element for element in reversed(list(root.iter())) if element.get("id")}
        self.count = self.hidden = 0
        self.unread: set[str] = set()
        self.parts: dict[tuple[Element, Viewport], list[tuple[Piece, ...]]] = {}

    def curves(self, root: Element) -> Iterator[Curve]:
        stack = [(root, _Place(INITIAL, Matrix(), (0.0, 0.0)), "")]
        while stack:
            element, place, by = stack.pop()
            self.count += 1
            require_pieces(self.count)
            kind = local_name(element)
            style = self._style(element, place)
            if style.get("display") == "none" or not passes_conditions(element):
                self.hidden += 1
                continue
            inner = self._inner(element, place, style)
            if kind in SHAPES:
                yield from self._shape(kind, element, inner, style)
            elif kind == "use":
                stack += self._used(element, inner, style)
            elif kind == "svg" or (kind == "symbol" and by == "use"):
                stack += self._opened(element, place, inner, outer=element is root)
            elif kind == "switch":
                stack += [(child, inner, kind) for child in element if passes_conditions(child)][:1]
            elif kind in ("g", "a"):
                stack += [(child, inner, kind) for child in reversed(element)]
            elif kind in _UNREAD:
                self.unread.add(kind)

    def _style(self, element: Element, place: _Place) -> Style:
        return computed(place.style, self.sheet.declared(element))

    def _inner(self, element: Element, place: _Place, style: Style) -> _Place:
        """The place of the children of an element."""
        require(
            style.get("mask", "none") == "none",
            f"expected curves without a mask, got {style.get('mask')}; release the mask in the drawing",
        )
        require(
            style.get("transform", "none") == "none"
            or _ORIGIN.fullmatch(style.get("transform-origin", "0")) is not None,
            f"expected transforms about the origin, got {style.get('transform-origin')}; save it as plain SVG",
        )
        matrix = transform_matrix(style.get("transform", "")) * place.matrix
        names = tuple(name for key in (_LABEL, "id") if (name := element.get(key)))
        clip = style.get("clip-path", "none")
        region = None if clip == "none" else self._region(clip, matrix, place.viewport)
        clips = place.clips if region is None else (*place.clips, region)
        faint = place.faint or share(style.get("opacity", "1")) == 0.0
        names = (*names, *place.names)[:_NAMES]
        return _Place(style, matrix, place.viewport, clips, names, faint, place.uses)

    def _used(self, element: Element, place: _Place, style: Style) -> list[tuple[Element, _Place, str]]:
        """What a `use` shows, and where."""
        reference = element.get("href", element.get(_HREF, ""))
        target = self.ids.get(reference.removeprefix("#"))
        require(
            reference.startswith("#"), f"expected a use of an element of the file, got {shown(reference)}; embed it"
        )
        require(place.uses < _USES, f"expected at most {_USES} uses in each other, got more; unlink the copies")
        if target is None:
            return []
        x, y = (user_length(key, style.get(key, "0"), whole) for key, whole in zip("xy", place.viewport, strict=True))
        size = (style.get("width"), style.get("height"))
        matrix = Matrix.translate(x, y) * place.matrix
        return [(target, replace(place, matrix=matrix, size=size, uses=place.uses + 1), "use")]

    def _opened(
        self, element: Element, place: _Place, inner: _Place, *, outer: bool
    ) -> list[tuple[Element, _Place, str]]:
        """The children of a drawing or symbol, the last first, and where they stand."""
        view = inner_viewport(element, inner.style, inner.viewport, place.size, outer=outer)
        if view is None:
            return []
        matrix, viewport, window = view
        seen = () if window is None else (polygon(_moved(inner.matrix, window)),)
        at = replace(inner, matrix=matrix * inner.matrix, viewport=viewport, clips=(*inner.clips, *seen))
        return [(child, at, local_name(element)) for child in reversed(element)]

    def _shape(self, kind: str, element: Element, place: _Place, style: Style) -> Iterator[Curve]:
        if place.faint or not is_visible(style, kind, self.ids):
            self.hidden += 1
            return
        filled = kind != "line" and paints(style, "fill", self.ids)
        white = filled and is_white(style["fill"])
        fill = "" if white and paints(style, "stroke", self.ids) else "white" if white else "color" if filled else ""
        curves = self._placed(kind, element, place, style)
        curves = [replace(curve.closed() if filled else curve, fill=fill) for curve in curves]
        for region in place.clips:
            curves = clipped(curves, filled, region)
        yield from curves

    def _placed(self, kind: str, element: Element, place: _Place, style: Style) -> list[Curve]:
        """The curves of a shape, with y up."""
        key = element, place.viewport
        if key not in self.parts:
            self.parts[key] = shape_pieces(kind, {**element.attrib, **style}, place.viewport)
        parts = self.parts[key]
        self.count += sum(map(len, parts))
        require_pieces(self.count)
        placed = [tuple(_moved(place.matrix, piece) for piece in part) for part in parts]
        return [Curve(part, place.names, self.count) for part in placed]

    def _region(self, clip: str, matrix: Matrix, viewport: Viewport) -> Geometry | None:
        """The area of a clip path; None if there is none of that name."""
        reference = clip.removeprefix("url(").removesuffix(")").strip("\"' ").removeprefix("#")
        target = self.ids.get(reference)
        if clip.startswith("url(") and target is None:
            return None
        if target is None or local_name(target) != "clipPath" or target.get("clipPathUnits") == "objectBoundingBox":
            raise InputError(f"expected clip paths in user units, got {clip}; release the clip in the drawing")
        style = computed(INITIAL, self.sheet.declared(target))
        at = _Place(INITIAL, transform_matrix(style.get("transform", "")) * matrix, viewport)
        curves: list[Curve] = []
        for child in target:
            inner = self._inner(child, at, self._style(child, at))
            kind, shape = local_name(child), child
            if kind == "use":
                ((shape, inner, _),) = self._used(child, inner, inner.style)
                inner = self._inner(shape, inner, self._style(shape, inner))
                kind = local_name(shape)
            nested = bool(inner.clips) or "clip-path" in style
            require(
                kind in (*SHAPES, "title", "desc", "") and not nested,
                f"expected a clip path of shapes, got one with {kind}; release the clip in the drawing",
            )
            if kind in SHAPES and inner.style.get("display") != "none":
                curves += self._placed(kind, shape, inner, self._style(shape, inner))
        return filled_area(curves)


def _meets(curve: Curve, page: tuple[float, float, float, float]) -> bool:
    """True if a part of a curve may be on the page."""
    points = [point for piece in curve.pieces for point in piece]
    x, y = [point.real for point in points], [point.imag for point in points]
    return min(x) <= page[2] and max(x) >= page[0] and min(y) <= page[3] and max(y) >= page[1]


def _moved(matrix: Matrix, points: Piece) -> Piece:
    """Points under a matrix, with y up."""
    ahead, aside = complex(matrix.a, matrix.b), complex(matrix.c, matrix.d)
    shift = complex(matrix.e, matrix.f)
    return tuple((z.real * ahead + z.imag * aside + shift).conjugate() for z in points)

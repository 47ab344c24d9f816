"""Viewports of SVG: the page, nested drawings and symbols."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from svgelements import Matrix

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry.formats.drawings.svg_shapes import Viewport
from fusiform.solvers.geometry.formats.drawings.svg_style import Style
from fusiform.solvers.geometry.formats.drawings.svg_syntax import user_length

_UNKNOWN = 1000.0  # width and height of a page without any
_SHIFTS = {"min": 0.0, "mid": 0.5, "max": 1.0}


def page_box(root: Element) -> tuple[float, float, float, float]:
    """The page x0, y0, x1, y1 in the units of the outer drawing, with y up."""
    x, y, width, height = _view_box(root) or (0.0, 0.0, *_page_size(root))
    stretch = _stretch(root)
    return x, -(y + height) * stretch, x + width, -y * stretch


def inner_viewport(
    element: Element, style: Style, viewport: Viewport, size: tuple[str | None, str | None] | None, *, outer: bool
) -> tuple[Matrix, Viewport, tuple[complex, ...] | None] | None:
    """Matrix, viewport and visible window for the children of a drawing or symbol; None if it is not drawn.

    The window is four corners in the coordinates of the element; None for the outer drawing, and where all is shown.
    `size` are width and height from a `use`, which count more than the element's own.
    """
    box = _view_box(element)
    if outer:
        return Matrix.scale(1.0, _stretch(element)), box[2:] if box else _page_size(element), None
    own = (style.get("width"), style.get("height"))
    given = [_given(a) or _given(b) or "100%" for a, b in zip(size or (None, None), own, strict=True)]
    width, height = (user_length("width or height", text, whole) for text, whole in zip(given, viewport, strict=True))
    x, y = (user_length(key, style.get(key, "0"), whole) for key, whole in zip("xy", viewport, strict=True))
    if width <= 0.0 or height <= 0.0 or (box is not None and min(box[2:]) <= 0.0):
        return None
    corners = (complex(x, y), complex(x + width, y), complex(x + width, y + height), complex(x, y + height))
    window = None if style.get("overflow", "hidden") in ("visible", "auto") else corners
    if box is None:
        return Matrix.translate(x, y), (width, height), window
    align, slices = _aspect(element)
    scales = [width / box[2], height / box[3]]
    if align is not None:
        scales = [max(scales) if slices else min(scales)] * 2
    rest = [width - box[2] * scales[0], height - box[3] * scales[1]]
    shift = [start + part * left for start, part, left in zip((x, y), align or (0.0, 0.0), rest, strict=True)]
    e, f = (move - low * scale for move, low, scale in zip(shift, box, scales, strict=False))
    return Matrix(scales[0], 0.0, 0.0, scales[1], e, f), box[2:], window


def passes_conditions(element: Element) -> bool:
    """True if a drawing without extensions, in English, shows the element."""
    languages = element.get("systemLanguage")
    known = languages is None or any(name.strip().lower().startswith("en") for name in languages.split(","))
    return known and not element.get("requiredExtensions")


def _given(text: str | None) -> str | None:
    return None if text in (None, "auto") else text


def _view_box(element: Element) -> tuple[float, float, float, float] | None:
    text = element.get("viewBox")
    if text is None:
        return None
    try:
        x, y, width, height = (float(number) for number in text.replace(",", " ").split())
    except ValueError as error:
        raise InputError(f"expected a viewBox of four numbers, got {text[:40]!r}; save it as plain SVG") from error
    return x, y, width, height


def _page_size(root: Element) -> Viewport:
    width, height = (user_length(key, _given(root.get(key)) or "100%", _UNKNOWN) for key in ("width", "height"))
    return width, height


def _stretch(root: Element) -> float:
    """How much more the outer drawing stretches y than x."""
    box, (align, _) = _view_box(root), _aspect(root)
    sizes = [_given(root.get(key)) for key in ("width", "height")]
    if box is None or align is not None or None in sizes or any(size and size.endswith("%") for size in sizes):
        return 1.0
    width, height = _page_size(root)
    return (height / box[3]) / (width / box[2]) if min(*box[2:], width, height) > 0.0 else 1.0


def _aspect(element: Element) -> tuple[tuple[float, float] | None, bool]:
    """The alignment of x and y, None for none, and True for slice."""
    words = element.get("preserveAspectRatio", "xMidYMid meet").removeprefix("defer").split()
    if not words or words[0] == "none":
        return (None if words else (0.5, 0.5)), False
    at = words[0].lower()
    return (_SHIFTS.get(at[1:4], 0.5), _SHIFTS.get(at[5:8], 0.5)), "slice" in words[1:]

"""Whether the fill and the stroke of an SVG element can be seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from svgelements import Color

from fusiform.solvers.geometry.formats.drawings.svg_style import Style

_URL = re.compile(r"url\(\s*[\"']?#([^\"')]*)[\"']?\s*\)\s*(.*)")
_CLEAR = re.compile(r".*/\s*0*\.?0*%?\s*\)")
_WHITE = 0xFFFFFF


def is_visible(style: Style, kind: str, ids: Mapping[str | None, Element]) -> bool:
    """True if a shape is not hidden, and has a fill or a stroke."""
    painted = (kind != "line" and paints(style, "fill", ids)) or paints(style, "stroke", ids)
    return painted and style["visibility"] not in ("hidden", "collapse")


def paints(style: Style, brush: str, ids: Mapping[str | None, Element]) -> bool:
    """True if the `brush`, fill or stroke, can be seen; `ids` are the elements that a fill may refer to."""
    thin = brush == "stroke" and re.fullmatch(r"[+]?0*\.?0*([a-z]*|%)", style["stroke-width"].strip()) is not None
    if thin or share(style[f"{brush}-opacity"]) == 0.0:
        return False
    paint = style[brush].strip()
    if (url := _URL.fullmatch(paint)) is not None:
        if url[1] in ids:
            return True
        paint = url[2] or "none"
    return _is_opaque(style["color"] if paint.lower() == "currentcolor" else paint)


def share(text: str) -> float:
    """An opacity; 1 where it is no number."""
    try:
        return float(text.strip().rstrip("%"))
    except ValueError:
        return 1.0


def is_white(paint: str) -> bool:
    """True for an opaque white."""
    value = Color(paint.strip().lower())
    return _is_opaque(paint) and value.rgb == _WHITE


def _is_opaque(paint: str) -> bool:
    paint = paint.strip().lower()
    return paint not in ("none", "transparent", "") and not _CLEAR.fullmatch(paint) and bool(Color(paint).alpha)

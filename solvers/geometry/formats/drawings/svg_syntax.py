"""The grammar of SVG: its tree, lengths and transforms; entities, deep nesting and malformed numbers are refused.

Source of the grammar: W3C, Scalable Vector Graphics 1.1, chapters 7 and 8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from svgelements import Matrix

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.drawings.curve_pieces import require_pieces

MAX_DEPTH = 1000
_LONGEST_TRANSFORM = 10_000
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_ARC = re.compile(rf"(?:[\s,]*{_NUMBER}){{3}}[\s,]*[01][\s,]*[01](?:[\s,]*{_NUMBER}){{2}}[\s,]*")
_COMMAND = re.compile(r"([MmZzLlHhVvCcSsQqTtAa])")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}
_TRANSFORM = re.compile(r"(\w+)\s*\(([^()]*)\)")
_TRANSFORMS = {"matrix": (6,), "translate": (1, 2), "scale": (1, 2), "rotate": (1, 3), "skewX": (1,), "skewY": (1,)}
_TRANSFORMS |= {"translateX": (1,), "translateY": (1,), "scaleX": (1,), "scaleY": (1,)}
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*(px|mm|cm|in|pt|pc|Q|%)?\s*")
_UNITS = {"px": 1.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pt": 96 / 72, "pc": 16.0, "Q": 96 / 101.6}
_SAVE = "save it as plain SVG"


def parsed_svg(content: bytes) -> Element:
    """The root of a drawing. `InputError` for malformed SVG, and for files that declare XML entities."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = builder.open
    parser.EndElementHandler = builder.close
    parser.CharacterDataHandler = builder.tree.data
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InputError(
            f"expected well-formed SVG, got an error in line {error.lineno} ({expat.ErrorString(error.code)}); "
            "save the drawing again as plain SVG"
        ) from error
    return builder.tree.close()


def _refuse_entity(*_: Any) -> None:
    raise InputError("expected SVG without entity declarations, got one that has some; save it as plain SVG")


class _Builder:
    """Builds the tree of elements as they open and close."""

    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self.depth = self.pieces = 0

    def open(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind = tag.rsplit("}", 1)[-1]
        require(self.depth > 0 or kind == "svg", "expected an SVG drawing, got another kind of XML; convert the file")
        require(self.depth < MAX_DEPTH, f"expected at most {MAX_DEPTH} nested groups, got more; ungroup the drawing")
        self.depth += 1
        if kind == "path":
            self.pieces += _path_pieces(attributes.get("d", ""))
        elif kind in ("polygon", "polyline"):
            self.pieces += numbers(attributes.get("points", "")) // 2
        require_pieces(self.pieces)
        self.tree.start(tag, dict(attributes))

    def close(self, tag: str) -> None:
        self.depth -= 1
        self.tree.end(tag)


def user_length(name: str, text: str, whole: float) -> float:
    """The length `name` in user units; `whole` is the length that 100 % means."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise InputError(f"expected a length in px, mm or in, got {text[:20]!r} for {name}; {_SAVE}")
    number, unit = float(match[1]), match[2] or "px"
    return 0.01 * number * whole if unit == "%" else number * _UNITS[unit]


def transform_matrix(text: str) -> Matrix:
    """The matrix of a transform in an attribute or a style."""
    text = "" if text == "none" else re.sub(r"(?<=[\d.])(px|deg)\b", "", text)
    require(len(text) <= _LONGEST_TRANSFORM, f"expected a short transform in SVG, got a long one; {_SAVE}")
    left = _TRANSFORM.sub(" ", text).replace(",", " ").strip()
    require(not left, f"expected a transform of SVG 1.1, got {left[:20]!r}; {_SAVE}")
    for name, arguments in _TRANSFORM.findall(text):
        count = numbers(arguments)
        require(
            count in _TRANSFORMS.get(name, ()),
            f"expected a transform of SVG 1.1, got {name[:20]!r} with {count} numbers; {_SAVE}",
        )
    return Matrix(text)


def numbers(text: str) -> int:
    """How many numbers a list has that is separated by spaces and commas."""
    left = re.sub(_NUMBER, " ", text).replace(",", " ").strip()
    require(not left, f"expected numbers in the SVG drawing, got {left[:20]!r}; {_SAVE}")
    return len(re.findall(_NUMBER, text))


def _path_pieces(data: str) -> int:
    """How many pieces path data has, about."""
    before, *parts = _COMMAND.split(data)
    require(not before.strip(), f"expected path data that begins with M, got {before[:20]!r}; {_SAVE}")
    pieces = 0
    for position, (letter, text) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        kind = letter.upper()
        if kind == "A":
            pieces += _arcs(text)
            continue
        count, group = numbers(text), _ARGUMENTS[kind]
        require(
            count % max(group, 1) == 0 and (count > 0) == (group > 0) and (position > 0 or kind == "M"),
            f"expected path data of SVG 1.1, got {letter} with {count} numbers; {_SAVE}",
        )
        pieces += max(1, count // max(group, 1))
    return pieces


def _arcs(text: str) -> int:
    left, count = _ARC.subn("", text)
    require(not left.strip() and count > 0, f"expected an arc in path data, got {text.strip()[:20]!r}; {_SAVE}")
    return count

"""Path data of SVG, the attribute d: moves, straight sides, Bézier curves and elliptical arcs.

Source: W3C, Scalable Vector Graphics 1.1, chapter 8 and appendix F.6.
"""

from __future__ import annotations

import cmath
import math
import re

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.drawn_curves import Line, Piece, ellipse_arc, require_pieces

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_ITEM, _FLAG = re.compile(rf"[\s,]*({NUMBER})"), re.compile(r"[\s,]*([01])")
_COMMAND = re.compile(r"([MmZzLlHhVvCcSsQqTtAa])")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


def read_path(data: str) -> list[Line]:
    """The subpaths of `data`, in its own coordinates. `InputError` for malformed path data."""
    return _PathReader().read(data)


def read_numbers(text: str) -> list[float]:
    """All numbers of a list that is separated by spaces and commas."""
    left = re.sub(NUMBER, " ", text).replace(",", " ").strip()
    require(not left, f"expected numbers in the SVG drawing, got {left[:20]!r}; save it as plain SVG")
    return [float(number) for number in re.findall(NUMBER, text)]


class _PathReader:
    """Reads path data: `lines` so far, the current point, the start of the subpath, the last control point, and the
    number of pieces."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.point = self.start = 0j
        self.control: tuple[str, complex] = ("", 0j)
        self.count = 0

    def read(self, data: str) -> list[Line]:
        """The subpaths of `data`."""
        before, *parts = _COMMAND.split(data)
        require(not before.strip(), f"expected path data that begins with M, got {before[:20]!r}; save it as plain SVG")
        for letter, text in zip(parts[::2], parts[1::2], strict=True):
            self._command(letter, text)
        return [line for line in self.lines if line.pieces]

    def _command(self, letter: str, text: str) -> None:
        kind = letter.upper()
        count = _ARGUMENTS[kind]
        values = _arc_numbers(text) if kind == "A" else read_numbers(text)
        require(
            len(values) % max(count, 1) == 0 and (len(values) > 0) == (count > 0) and (bool(self.lines) or kind == "M"),
            f"expected path data of SVG 1.1, got {letter} with {len(values)} numbers; save it as plain SVG",
        )
        self.count += max(1, len(values) // max(count, 1))
        require_pieces(self.count)
        if kind == "Z":
            self._close()
        for first in range(0, len(values), max(count, 1)):
            base = self.point if letter.islower() else 0j
            if kind == "M" and first == 0:
                self.point = self.start = base + complex(*values[:2])
                self.lines.append(Line([]))
                self.control = ("", 0j)
            else:
                self._draw(kind, base, values[first : first + count])

    def _close(self) -> None:
        if self.lines[-1].pieces:
            if self.point != self.start:
                self.lines[-1].pieces.append((self.point, self.start))
            self.lines[-1].closed = True
        self.point = self.start
        self.control = ("", 0j)
        self.lines.append(Line([]))

    def _draw(self, kind: str, base: complex, values: list[float]) -> None:
        here = self.point
        points = [base + complex(x, y) for x, y in zip(values[::2], values[1::2], strict=False)]
        last, control = self.control
        if kind == "H":
            points = [complex(base.real + values[0], here.imag)]
        elif kind == "V":
            points = [complex(here.real, base.imag + values[0])]
        elif kind == "S":
            points = [2.0 * here - control if last in ("C", "S") else here, *points]
        elif kind == "T":
            points = [2.0 * here - control if last in ("Q", "T") else here, *points]
        elif kind == "A":
            points = [base + complex(*values[5:])]
        pieces = _arc(here, points[-1], values) if kind == "A" else [(here, *points)]
        self.lines[-1].pieces.extend(pieces)
        self.point = points[-1]
        self.control = (kind, points[-2] if len(points) > 1 else here)


def _arc_numbers(text: str) -> list[float]:
    """Groups of seven numbers, whose two flags may stand together with the next: "25 25 0 0150 25"."""
    values: list[float] = []
    position, end = 0, len(text.rstrip(" \t\r\n,"))
    while position < end:
        found = (_FLAG if len(values) % 7 in (3, 4) else _ITEM).match(text, position)
        if found is None:
            raise InputError(f"expected an arc in path data, got {text[position:][:20]!r}; save it as plain SVG")
        values.append(float(found[1]))
        position = found.end()
    return values


def _arc(begin: complex, end: complex, values: list[float]) -> list[Piece]:
    """The elliptical arc of path data; its centre is found where `begin` is 0 and the ellipse a unit circle."""
    rx, ry, large, sweep = abs(values[0]), abs(values[1]), values[3] != 0.0, values[4] != 0.0
    if begin == end:
        return []
    if rx == 0.0 or ry == 0.0:
        return [(begin, end)]
    turn = cmath.exp(1j * math.radians(values[2]))
    chord = (end - begin) / turn
    chord = complex(chord.real / rx, chord.imag / ry)
    enlarged = max(0.5 * abs(chord), 1.0)
    chord, major, minor = chord / enlarged, enlarged * rx * turn, enlarged * ry * 1j * turn
    half = 0.5 * abs(chord)
    side = 1.0 if large != sweep else -1.0
    centre = 0.5 * chord * (1.0 + side * 1j * math.sqrt(max(1.0 - half**2, 0.0)) / half)
    angle = cmath.phase((centre - chord) / centre) % (2.0 * math.pi) - (0.0 if sweep else 2.0 * math.pi)
    middle = begin + centre.real * major + centre.imag * minor
    return ellipse_arc(middle, major, minor, cmath.phase(-centre), angle)

"""A body with its constraints as an SVG drawing, for the page and for reports.

In the body's own frame, so that boxes lie along the axes; the arrows show the stream at its incidence. What can be
taken in hand carries `data-row` (number of the constraint) and `data-grip` (what it changes), see `dragged`.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from fusiform.app.drawings.pictures import ComplexArray
from fusiform.app.state.constraint_kinds import KINDS, Row, box, rounded
from fusiform.solvers import Body

WIDTH, TALLEST = 860.0, 400.0
ROOM, AHEAD = 0.3, 0.8
SNAP = 0.02
BODY, GHOST, LOAD, BLOCK, LIMIT, BROKEN = "#2a7fb8", "#d1802e", "#1f9e89", "#b5482f", "#8a63b8", "#d62839"
TONES = {"held": "", "active": "active", "broken": "broken"}


@dataclass(frozen=True)
class View:
    """From lengths in the body's unit to the drawing: `x`, `y` of its left top corner, `scale` in pixels per unit."""

    x: float
    y: float
    scale: float
    width: float
    height: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place of a point."""
        return round(self.scale * (x - self.x), 2), round(self.scale * (self.y - y), 2)


@dataclass(frozen=True)
class Drawing:
    """An SVG text, and how many pixels a unit of length is in it."""

    svg: str
    scale: float


def outline(body: Body) -> ComplexArray:
    """The body's outline in its own unit and frame."""
    x, y = body.outline(240).T
    return np.asarray(x + 1j * y, dtype=np.complex128)


def draw(
    body: ComplexArray,
    shape: Body,
    rows: Sequence[Row],
    alpha_deg: float,
    *,
    ghost: ComplexArray | None = None,
    trail: Sequence[ComplexArray] = (),
    tones: Mapping[int, str] | None = None,
    grips: bool = False,
) -> Drawing:
    """`body` filled, `ghost` dotted, `trail` as thin lines, and the constraints `rows` of a problem on `shape`.

    `tones` says by the row's number which constraints are "active" or "broken"; `grips` shows what can be dragged.
    """
    d = shape.reference_length
    lines = [line for line in (body, ghost, *trail) if line is not None]
    view = _view(np.concatenate([*lines, *(_reach(row, body) for row in rows)]), d)
    parts = [_stream(view, alpha_deg, d)]
    parts += [_path(view, line, f'fill="none" stroke="{BODY}" stroke-opacity=".3"') for line in trail]
    parts.append(_path(view, body, f'fill="{BODY}" fill-opacity=".18" stroke="{BODY}" stroke-width="2.2"'))
    if ghost is not None:
        parts.append(_path(view, ghost, f'fill="none" stroke="{GHOST}" stroke-width="1.8" stroke-dasharray="2 5"'))
    parts += [_constraint(view, n, row, body, d, (tones or {}).get(n, "held"), grips) for n, row in enumerate(rows)]
    parts.append(_scale_bar(view, d))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view.width:g} {view.height:g}" width="100%" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="Body and constraints">{"".join(parts)}</svg>'
    )
    return Drawing(svg, view.scale)


def _view(points: ComplexArray, d: float) -> View:
    left, right = points.real.min() - (ROOM + AHEAD) * d, points.real.max() + (ROOM + 0.35) * d
    bottom, top = points.imag.min() - ROOM * d, points.imag.max() + ROOM * d
    scale = min(WIDTH / (right - left), TALLEST / (top - bottom))
    spare = WIDTH / scale - (right - left)
    return View(left - 0.5 * spare, top, scale, WIDTH, math.ceil(scale * (top - bottom)))


def _extent(line: ComplexArray) -> tuple[float, float, float, float]:
    return line.real.min(), line.real.max(), line.imag.min(), line.imag.max()


def _reach(row: Row, line: ComplexArray) -> ComplexArray:
    """Points that the drawing must show."""
    left, right, bottom, top = _extent(line)
    if row["kind"] == "max_length":
        middle = 0.5 * (left + right)
        return np.array([middle - 0.5 * row["value"], middle + 0.5 * row["value"]], dtype=np.complex128)
    if row["kind"] == "max_height":
        middle = 0.5 * (bottom + top)
        return np.array([(middle - 0.5 * row["value"]) * 1j, (middle + 0.5 * row["value"]) * 1j])
    if "width" in row:
        return np.array(_corners(row))
    if "radius" in row:
        return complex(row["x"], row["y"]) + row["radius"] * np.array([1, -1, 1j, -1j])
    return np.zeros(0, dtype=np.complex128)


def _corners(row: Row) -> list[complex]:
    turn = cmath.exp(1j * math.radians(row.get("angle_deg") or 0.0))
    half = [complex(sx * row["width"], sy * row["height"]) / 2.0 for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return [complex(row["x"], row["y"]) + turn * corner for corner in half]


def _path(view: View, line: Sequence[complex] | ComplexArray, style: str) -> str:
    pairs = " ".join("{:g},{:g}".format(*view.at(z.real, z.imag)) for z in line)
    return f'<polygon points="{pairs}" {style}/>'


def _stream(view: View, alpha_deg: float, d: float) -> str:
    """Three arrows along the stream, which meets the body at its incidence."""
    parts, way = [], cmath.exp(1j * math.radians(alpha_deg))
    for step in (-1, 0, 1):
        x, y = 46.0 + 6 * abs(step), 0.5 * view.height + 26.0 * step
        dx, dy = 15 * way.real, -15 * way.imag
        tip = complex(x + dx, y + dy)
        wing = [tip + 6 * cmath.exp(1j * (cmath.phase(complex(dx, dy)) + turn)) for turn in (2.6, -2.6)]
        head = " ".join(f"{z.real:.1f},{z.imag:.1f}" for z in (wing[0], tip, wing[1]))
        parts.append(f'<line x1="{x - dx:.1f}" y1="{y - dy:.1f}" x2="{tip.real:.1f}" y2="{tip.imag:.1f}"/>')
        parts.append(f'<polyline points="{head}" fill="none"/>')
    return f'<g stroke="currentColor" stroke-opacity=".55" stroke-width="1.6">{"".join(parts)}</g>'


def _scale_bar(view: View, d: float) -> str:
    length, x, y = view.scale * d, view.width - 14.0, view.height - 10.0
    line = f'<path d="M{x - length:.1f} {y - 4:g}v8M{x - length:.1f} {y:g}H{x:g}M{x:g} {y - 4:g}v8" fill="none" '
    text = f'<text x="{x - 0.5 * length:.1f}" y="{y - 6:g}" text-anchor="middle">d = {d:.4g}</text>'
    return f'<g fill="currentColor" opacity=".6">{line} stroke="currentColor"/>{text}</g>'


def _constraint(view: View, number: int, row: Row, line: ComplexArray, d: float, tone: str, grips: bool) -> str:
    parts = _shape(view, row, line, d, BROKEN if tone == "broken" else None, grips)
    if not parts:
        return ""
    words = {"held": "", "active": " – active: it costs drag", "broken": " – cannot be met"}[tone]
    title = f"<title>{escape(KINDS[row['kind']].label)}{words}</title>"
    width = 2.4 if tone in ("active", "broken") else 1.5
    return f'<g data-row="{number}" stroke-width="{width}">{title}{parts}</g>'


def _shape(view: View, row: Row, line: ComplexArray, d: float, broken: str | None, grips: bool) -> str:
    kind, (left, right, bottom, top) = row["kind"], _extent(line)
    colour = broken or (LOAD if kind.startswith("payload") else BLOCK if kind.startswith("keep_out") else LIMIT)
    if "width" in row or "radius" in row:
        return _region(view, row, colour, grips)
    if kind == "max_length":
        middle, half = 0.5 * (left + right), 0.5 * row["value"]
        ends = [
            _limit(view, complex(x, bottom - 0.15 * d), complex(x, top + 0.15 * d), colour)
            for x in (middle - half, middle + half)
        ]
        place = view.at(middle + half, 0.5 * (bottom + top))
        return (
            "".join(ends)
            + _text(view, complex(middle + half, top + 0.2 * d), f"≤ {row['value']:g}", colour)
            + (_grip("value", place, "ew-resize", colour) if grips else "")
        )
    if kind == "max_height":
        middle, half = 0.5 * (bottom + top), 0.5 * row["value"]
        ends = [
            _limit(view, complex(left - 0.15 * d, y), complex(right + 0.15 * d, y), colour)
            for y in (middle - half, middle + half)
        ]
        place = view.at(0.5 * (left + right), middle + half)
        return (
            "".join(ends)
            + _text(view, complex(right + 0.32 * d, middle + half), f"≤ {row['value']:g}", colour)
            + (_grip("value", place, "ns-resize", colour) if grips else "")
        )
    if kind == "min_thickness":
        return _thickness(view, row, line, colour, grips)
    if kind == "min_radius":
        x, y = view.at(left + row["value"], float(line.imag[int(line.real.argmin())]))
        circle = f'<circle cx="{x}" cy="{y}" r="{view.scale * row["value"]:.2f}" fill="none" stroke="{colour}"/>'
        return circle + _text(view, complex(left, top + 0.08 * d), f"radius ≥ {row['value']:g}", colour)
    if kind == "symmetry":
        return _limit(view, complex(left - 0.2 * d, 0.0), complex(right + 0.2 * d, 0.0), colour, dash="10 4 2 4")
    return ""


def _region(view: View, row: Row, colour: str, grips: bool) -> str:
    held = f'stroke="{colour}" fill="{colour}" fill-opacity=".2"'
    spare = f'stroke="{colour}" fill="none" stroke-dasharray="3 3" stroke-width="1"'
    move = ' data-grip="move" style="cursor:move"' if grips else ""
    clear = row.get("clearance") or 0.0
    x, y = view.at(row["x"], row["y"])
    if "radius" in row:
        shape = f'<circle cx="{x}" cy="{y}" r="{max(view.scale * row["radius"], 2.0):.2f}" {held}{move}/>'
        if clear:
            shape += f'<circle cx="{x}" cy="{y}" r="{view.scale * (row["radius"] + clear):.2f}" {spare}/>'
        place = view.at(row["x"] + row["radius"], row["y"])
    else:
        shape = _path(view, _corners(row), held + move)
        if clear:
            shape += _path(view, _corners(row | {k: row[k] + 2 * clear for k in ("width", "height")}), spare)
        place = view.at(_corners(row)[2].real, _corners(row)[2].imag)
    return shape + (_grip("size", place, "nesw-resize", colour) if grips else "")


def _thickness(view: View, row: Row, line: ComplexArray, colour: str, grips: bool) -> str:
    left, right = line.real.min(), line.real.max()
    stations = [row["at"]] if row.get("at") is not None else [0.1, 0.3, 0.5, 0.7, 0.9]
    parts = []
    for station in stations:
        x = left + station * (right - left)
        near = line.imag[np.abs(line.real - x) < 0.04 * (right - left)]
        middle = 0.5 * (near.max() + near.min())
        low, high = complex(x, middle - 0.5 * row["value"]), complex(x, middle + 0.5 * row["value"])
        parts.append(_limit(view, low, high, colour, dash="none", ends=True))
    parts.append(_text(view, high + 0.09j * (right - left), f"≥ {row['value']:g}", colour))
    if grips and len(stations) == 1:
        parts.append(_grip("at", view.at(low.real, 0.5 * (low + high).imag), "ew-resize", colour))
        parts.append(_grip("value", view.at(high.real, high.imag), "ns-resize", colour))
    return "".join(parts)


def _limit(view: View, start: complex, end: complex, colour: str, dash: str = "7 5", ends: bool = False) -> str:
    (x1, y1), (x2, y2) = view.at(start.real, start.imag), view.at(end.real, end.imag)
    line = f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-dasharray="{dash}"/>'
    if ends:
        line += f'<path d="M{x1 - 6} {y1}h12M{x2 - 6} {y2}h12" stroke="{colour}" fill="none"/>'
    return line


def _text(view: View, place: complex, text: str, colour: str) -> str:
    x, y = view.at(place.real, place.imag)
    return f'<text x="{x}" y="{y + 4}" text-anchor="middle" fill="{colour}" stroke="none">{escape(text)}</text>'


def _grip(name: str, place: tuple[float, float], cursor: str, colour: str) -> str:
    x, y = place
    return (
        f'<circle cx="{x}" cy="{y}" r="6.5" fill="#fff" stroke="{colour}" stroke-width="2" data-grip="{name}" '
        f'tabindex="0" role="button" aria-label="Drag, or move with the arrow keys" style="cursor:{cursor}"/>'
    )


def dragged(row: Row, grip: str, way: complex, body: Body) -> Row:
    """The constraint after its grip was moved by `way`, in the body's unit; near the axis a region keeps to it."""
    d, changed = body.reference_length, dict(row)
    least = 0.02 * d
    if row.get({"move": "x", "size": "x", "value": "value", "at": "at"}.get(grip, "")) is None:
        return changed

    def size(name: str, change: float) -> None:
        changed[name] = rounded(max(row[name] + change, least))

    if grip == "move":
        left, right, bottom, top = box(body)
        for name, change, middle in (("x", way.real, 0.5 * (left + right)), ("y", way.imag, 0.5 * (bottom + top))):
            value = row[name] + change
            changed[name] = middle if abs(value - middle) < SNAP * d else round(value / d, 3) * d
            changed[name] = float(f"{changed[name]:.6g}") + 0.0
    elif grip == "size" and "radius" in row:
        size("radius", way.real)
    elif grip == "size":
        local = way * cmath.exp(-1j * math.radians(row.get("angle_deg") or 0.0))
        size("width", 2.0 * local.real)
        size("height", 2.0 * local.imag)
    elif grip == "value":
        size("value", 2.0 * (way.real if row["kind"] == "max_length" else way.imag))
    elif grip == "at":
        changed["at"] = round(min(max(row["at"] + way.real / body.length, 0.05), 0.95), 2)
    return changed

"""A body with its constraints as an SVG drawing, for the page and for reports.

Drawn in the body's own frame, so that boxes lie along the axes; the arrows show the stream at its incidence. A
constraint is drawn by its marks. Marks that can be dragged carry `data-row` (number of the constraint) and `data-grip`.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from fusiform.app.drawings.mark_drawing import View, draw_mark, polygon
from fusiform.app.state.constraint_rows import Row, constraint_of, form_of
from fusiform.solvers import Body
from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint
from fusiform.solvers.inverse.problem.constraints.marks import Mark, Outline, Role

WIDTH, TALLEST = 860.0, 400.0
ROOM, AHEAD = 0.3, 0.8
OUTLINE_POINTS = 240
BODY, GHOST, BROKEN = "#2a7fb8", "#d1802e", "#d62839"
COLORS = {Role.PAYLOAD: "#1f9e89", Role.OBSTACLE: "#b5482f", Role.LIMIT: "#8a63b8"}
WORDS = {"held": "", "active": " – active: it costs drag", "broken": " – cannot be met"}


@dataclass(frozen=True)
class Drawing:
    """An SVG text, and its scale in pixels per unit of length."""

    svg: str
    scale: float


def outline(body: Body) -> ComplexArray:
    """The body's outline in its own unit and frame."""
    return Outline.of(body, OUTLINE_POINTS).points


def draw(
    body: ComplexArray,
    shape: Body,
    rows: Sequence[Row | Constraint],
    alpha_deg: float,
    *,
    ghost: ComplexArray | None = None,
    trail: Sequence[ComplexArray] = (),
    tones: Mapping[int, str] | None = None,
    grips: bool = False,
) -> Drawing:
    """`body` filled, `ghost` dotted, `trail` as thin lines, and constraints of a problem on `shape`.

    `rows` are constraints, or rows of the page.

    `tones` maps a row's number to "active" or "broken"; with `grips`, marks that can be dragged are shown as such.
    """
    d = shape.reference_length
    lines = [line for line in (body, ghost, *trail) if line is not None]
    shown = _shown(rows, Outline(body, d), revolution=shape.revolution)
    reach = [z for constraint in shown for mark in constraint.marks for z in mark.reach]
    view = _view(np.concatenate([*lines, np.array(reach, dtype=np.complex128)]), d)
    parts = [_stream(view, alpha_deg, d)]
    if shape.revolution:
        parts.append(_axis(view))
    parts += [polygon(view, line, f'fill="none" stroke="{BODY}" stroke-opacity=".3"') for line in trail]
    parts.append(polygon(view, body, f'fill="{BODY}" fill-opacity=".18" stroke="{BODY}" stroke-width="2.2"'))
    if ghost is not None:
        parts.append(polygon(view, ghost, f'fill="none" stroke="{GHOST}" stroke-width="1.8" stroke-dasharray="2 5"'))
    parts += [
        _constraint(view, constraint, (tones or {}).get(constraint.number, "held"), grips) for constraint in shown
    ]
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


def _axis(view: View) -> str:
    line = f'<path d="M70 {view.at(0j)[1]:g}H{view.width - 8:g}" fill="none" stroke="currentColor"'
    return f'{line} stroke-opacity=".5" stroke-dasharray="14 4 2 4"/>'


def _scale_bar(view: View, d: float) -> str:
    length, x, y = view.scale * d, view.width - 14.0, view.height - 10.0
    line = f'<path d="M{x - length:.1f} {y - 4:g}v8M{x - length:.1f} {y:g}H{x:g}M{x:g} {y - 4:g}v8" fill="none" '
    text = f'<text x="{x - 0.5 * length:.1f}" y="{y - 6:g}" text-anchor="middle">d = {d:.4g}</text>'
    return f'<g fill="currentColor" opacity=".6">{line} stroke="currentColor"/>{text}</g>'


@dataclass(frozen=True)
class _Shown:
    """A constraint that has marks: its row's number, its name and its colour."""

    number: int
    label: str
    color: str
    marks: tuple[Mark, ...]


def _shown(rows: Sequence[Row | Constraint], place: Outline, *, revolution: bool) -> list[_Shown]:
    shown = []
    for number, row in enumerate(rows):
        constraint = row if isinstance(row, Constraint) else constraint_of(row)
        label = row.describe() if isinstance(row, Constraint) else form_of(row["kind"], revolution=revolution).label
        if constraint is not None:
            shown.append(_Shown(number, label, COLORS[constraint.role], constraint.marks(place)))
    return [constraint for constraint in shown if constraint.marks]


def _constraint(view: View, shown: _Shown, tone: str, grips: bool) -> str:
    color = BROKEN if tone == "broken" else shown.color
    marks = "".join(draw_mark(view, mark, color, grips) for mark in shown.marks)
    width = 1.5 if tone == "held" else 2.4
    title = f"<title>{escape(shown.label)}{WORDS[tone]}</title>"
    return f'<g data-row="{shown.number}" stroke-width="{width}">{title}{marks}</g>'

"""Marks of constraints as SVG: lines, areas, labels and handles, in the pixels of a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.inverse.problem.constraints.grips import Grip
from fusiform.solvers.inverse.problem.constraints.marks import Disc, Fill, Handle, Label, Line, Mark, Polygon, Stroke

DASHES = {Stroke.LIMIT: "7 5", Stroke.AXIS: "10 4 2 4", Stroke.DIMENSION: "none"}
SMALLEST_DISC = 2.0  # pixels


@dataclass(frozen=True)
class View:
    """From lengths in the body's unit to the drawing: `x`, `y` of its left top corner, `scale` in pixels per unit."""

    x: float
    y: float
    scale: float
    width: float
    height: float

    def at(self, z: complex) -> tuple[float, float]:
        """The pixels of a point."""
        return round(self.scale * (z.real - self.x), 2), round(self.scale * (self.y - z.imag), 2)


def polygon(view: View, line: Sequence[complex] | ComplexArray, style: str) -> str:
    """A closed line."""
    pairs = " ".join("{:g},{:g}".format(*view.at(complex(z))) for z in line)
    return f'<polygon points="{pairs}" {style}/>'


def draw_mark(view: View, mark: Mark, color: str, grips: bool) -> str:
    """A mark in its colour; with `grips`, marks that can be dragged carry `data-grip`."""
    match mark:
        case Line():
            return _line(view, mark, color)
        case Polygon():
            return polygon(view, mark.corners, _area(mark.fill, color) + _moved(mark.grip, grips))
        case Disc():
            x, y = view.at(mark.centre)
            radius = max(view.scale * mark.radius, SMALLEST_DISC)
            style = _area(mark.fill, color) + _moved(mark.grip, grips)
            return f'<circle cx="{x}" cy="{y}" r="{radius:.2f}" {style}/>'
        case Label():
            x, y = view.at(mark.at)
            style = f'text-anchor="middle" fill="{color}" stroke="none"'
            return f'<text x="{x}" y="{y + 4}" {style}>{escape(mark.text)}</text>'
        case Handle():
            return _handle(view, mark, color) if grips else ""


def _line(view: View, line: Line, color: str) -> str:
    (x1, y1), (x2, y2) = view.at(line.start), view.at(line.end)
    dash = DASHES[line.stroke]
    drawn = f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{color}" stroke-dasharray="{dash}"/>'
    if line.stroke is Stroke.DIMENSION:
        drawn += f'<path d="M{x1 - 6} {y1}h12M{x2 - 6} {y2}h12" stroke="{color}" fill="none"/>'
    return drawn


def _area(fill: Fill, color: str) -> str:
    return {
        Fill.SOLID: f'stroke="{color}" fill="{color}" fill-opacity=".2"',
        Fill.CLEARANCE: f'stroke="{color}" fill="none" stroke-dasharray="3 3" stroke-width="1"',
        Fill.MEASURE: f'stroke="{color}" fill="none"',
    }[fill]


def _moved(grip: Grip | None, grips: bool) -> str:
    return f' data-grip="{grip.name}" style="cursor:move"' if grips and grip is not None else ""


def _handle(view: View, handle: Handle, color: str) -> str:
    x, y = view.at(handle.at)
    return (
        f'<circle cx="{x}" cy="{y}" r="6.5" fill="#fff" stroke="{color}" stroke-width="2" '
        f'data-grip="{handle.grip.name}" tabindex="0" role="button" aria-label="Drag, or move with the arrow keys" '
        f'style="cursor:{_cursor(handle.grip)}"/>'
    )


def _cursor(grip: Grip) -> str:
    if len(grip.pulls) > 1:
        return "nesw-resize"
    rate = complex(grip.pulls[0].rate)
    return "ew-resize" if abs(rate.real) > abs(rate.imag) else "ns-resize"

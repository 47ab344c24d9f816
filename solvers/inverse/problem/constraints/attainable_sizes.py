"""Sizes that no body of a given area or volume can have: bounds by which limits contradict the body at once.

In the plane a map with Σ k|a_k|² ≤ F has c ≤ d / (2 √(1 − F)), and the outline's extent in any direction is at most
4 c. The bounds of the perimeter are isoperimetric: in a strip narrower than d a stadium is shortest, and through two
points farther apart than d a lens of two equal arcs.

Around an axis a cylinder holds π/4 D² L. The volume bounds neither the extent of the section nor its outline, which is
longer than twice the distance of any two of its points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fusiform.solvers.geometry import Body

MOST_FILL = 0.97  # largest Σ k|a_k|² of a body in a search; the map would enclose no area at 1
HALVINGS = 60


def content(body: Body) -> tuple[str, float]:
    """The name of what a body holds, the area of a plane one and the volume of one of revolution, and its size."""
    return ("volume", body.volume) if body.revolution else ("area", body.area)


def article(name: str) -> str:
    """The name with its article."""
    return f"an {name}" if name == "area" else f"a {name}"


def box(body: Body, length: float, height: float) -> tuple[str, float]:
    """The box, or the cylinder, of that size in words, and its area or volume."""
    if body.revolution:
        return f"a cylinder of {length:g} and diameter {height:g}", 0.25 * math.pi * height**2 * length
    return f"a box of {length:g} x {height:g}", length * height


def least_length(body: Body, height: float) -> float:
    """The least length of a body of that height."""
    return content(body)[1] / box(body, 1.0, height)[1]


def longest(body: Body) -> float:
    """The greatest extent of a plane body of the area of `body` in any direction; infinite around an axis."""
    return math.inf if body.revolution else 2.0 * body.reference_length / math.sqrt(1.0 - MOST_FILL)


def least_perimeter(body: Body) -> float:
    """The least perimeter of a region of the body's area."""
    return 0.0 if body.revolution else math.pi * body.reference_length


def perimeter_in_strip(body: Body, width: float) -> float:
    """The least perimeter of a region of the body's area that lies in a strip of that `width`."""
    if body.revolution or width >= body.reference_length:
        return least_perimeter(body)
    return 2.0 * body.area / width + 0.5 * math.pi * width


def perimeter_around(body: Body, span: float) -> float:
    """The least perimeter of a region of the body's area with two points that are `span` apart.

    Arcs of half angle θ over the chord enclose A = span²(2θ − sin 2θ)/(4 sin²θ), which grows with θ up to the circle.
    """
    if body.revolution:
        return 2.0 * span
    if span <= body.reference_length:
        return least_perimeter(body)
    low, high = 0.0, 0.5 * math.pi
    for _ in range(HALVINGS):
        angle = 0.5 * (low + high)
        area = span**2 * (2.0 * angle - math.sin(2.0 * angle)) / (4.0 * math.sin(angle) ** 2)
        low, high = (angle, high) if area < body.area else (low, angle)
    return 2.0 * span * low / math.sin(low) if low > 0.0 else 2.0 * span


def swept_volume(rim: Sequence[complex]) -> float:
    """The volume that a polygon (counter-clockwise), symmetric about the x axis, sweeps around it, by frustums."""
    total = sum(
        (a.real - b.real) * (a.imag**2 + a.imag * b.imag + b.imag**2) * (1.0 if a.imag + b.imag > 0.0 else -1.0)
        for a, b in pairwise((*rim, rim[0]))
    )
    return abs(total) * math.pi / 6.0

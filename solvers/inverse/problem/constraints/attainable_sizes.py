"""Sizes that no body of a given area can have: bounds by which limits contradict the body before anything is searched.

A map with Σ k|a_k|² ≤ F has c ≤ d / (2 √(1 − F)), and the outline's extent in any direction is at most 4 c. The bounds
of the perimeter are isoperimetric: in a strip narrower than d a stadium is shortest, and through two points farther
apart than d a lens of two equal arcs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fusiform.solvers.geometry import Body

MOST_FILL = 0.97  # largest Σ k|a_k|² of a body in a search; the map would enclose no area at 1
HALVINGS = 60


def longest(body: Body) -> float:
    """The greatest extent of a body of the area of `body` in any direction."""
    return 2.0 * body.reference_length / math.sqrt(1.0 - MOST_FILL)


def perimeter_in_strip(body: Body, width: float) -> float:
    """The least perimeter of a region of the body's area that lies in a strip of that `width`."""
    if width >= body.reference_length:
        return math.pi * body.reference_length
    return 2.0 * body.area / width + 0.5 * math.pi * width


def perimeter_around(body: Body, span: float) -> float:
    """The least perimeter of a region of the body's area with two points that are `span` apart.

    Arcs of half angle θ over the chord enclose A = span²(2θ − sin 2θ)/(4 sin²θ), which grows with θ up to the circle.
    """
    if span <= body.reference_length:
        return math.pi * body.reference_length
    low, high = 0.0, 0.5 * math.pi
    for _ in range(HALVINGS):
        angle = 0.5 * (low + high)
        area = span**2 * (2.0 * angle - math.sin(2.0 * angle)) / (4.0 * math.sin(angle) ** 2)
        low, high = (angle, high) if area < body.area else (low, angle)
    return 2.0 * span * low / math.sin(low) if low > 0.0 else 2.0 * span

"""Marks of a constraint on a drawing of the body, as plain geometry in the body's own unit and frame.

A constraint returns lines, polygons, discs, labels and handles; a drawing turns each into its own graphics. Regions
and handles may have a `Grip` (`grips.py`), by which the user changes the constraint.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from fusiform.solvers.inverse.problem.constraints.grips import Grip

if TYPE_CHECKING:
    from fusiform.solvers.geometry import Body


class Role(Enum):
    """The colour group of a constraint's marks."""

    LIMIT = "limit"
    PAYLOAD = "payload"
    OBSTACLE = "obstacle"


class Stroke(Enum):
    """The kind of a line: a limit, an axis of symmetry, or a dimension with bars at its ends."""

    LIMIT = "limit"
    AXIS = "axis"
    DIMENSION = "dimension"


class Fill(Enum):
    """The kind of an area: a solid, the clearance around it, or a measure that is drawn as an outline."""

    SOLID = "solid"
    CLEARANCE = "clearance"
    MEASURE = "measure"


@dataclass(frozen=True)
class Outline:
    """The outline that marks are placed on: `points` (n,) complex in the body's unit, and its reference length d."""

    points: NDArray[np.complex128]
    reference_length: float

    @classmethod
    def of(cls, body: Body, count: int = 400) -> Self:
        """The outline of `body` at its origin."""
        x, y = body.outline(count).T
        return cls(np.asarray(x + 1j * y, dtype=np.complex128), body.reference_length)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top."""
        x, y = self.points.real, self.points.imag
        return float(x.min()), float(x.max()), float(y.min()), float(y.max())

    @property
    def centre(self) -> complex:
        """Centre of the box, to a thousandth of d."""
        left, right, bottom, top = self.box
        step = self.reference_length
        x, y = (round(0.5 * (a + b) / step, 3) * step + 0.0 for a, b in ((left, right), (bottom, top)))
        return complex(x, y)


@dataclass(frozen=True)
class Line:
    """A straight line."""

    start: complex
    end: complex
    stroke: Stroke = Stroke.LIMIT

    @property
    def reach(self) -> tuple[complex, ...]:
        return (0.5 * (self.start + self.end),)


@dataclass(frozen=True)
class Polygon:
    """An area with straight edges."""

    corners: tuple[complex, ...]
    fill: Fill = Fill.SOLID
    grip: Grip | None = None

    @property
    def reach(self) -> tuple[complex, ...]:
        return self.corners


@dataclass(frozen=True)
class Disc:
    """A circular area."""

    centre: complex
    radius: float
    fill: Fill = Fill.SOLID
    grip: Grip | None = None

    @property
    def reach(self) -> tuple[complex, ...]:
        return tuple(self.centre + self.radius * way for way in (1, -1, 1j, -1j))


@dataclass(frozen=True)
class Label:
    """A short text, centred at a point."""

    at: complex
    text: str

    @property
    def reach(self) -> tuple[complex, ...]:
        return ()


@dataclass(frozen=True)
class Handle:
    """A handle that the user pulls."""

    at: complex
    grip: Grip

    @property
    def reach(self) -> tuple[complex, ...]:
        return ()


Mark = Line | Polygon | Disc | Label | Handle  # `reach`: points that a drawing must show


def grips_of(marks: tuple[Mark, ...]) -> dict[str, Grip]:
    """The grips among `marks`, by name."""
    grips = (mark.grip for mark in marks if isinstance(mark, Polygon | Disc | Handle))
    return {grip.name: grip for grip in grips if grip is not None}

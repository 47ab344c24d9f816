"""Solids of revolution about the x axis that a body must contain or stay clear of; in the plane their sections.

Each is the region of its section: the disc, the rectangle or the trapezium that is centred on y = 0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.inverse.problem.constraints.forms import Field
from fusiform.solvers.inverse.problem.constraints.grips import Grip, Pull
from fusiform.solvers.inverse.problem.constraints.marks import Disc, Fill, Handle, Mark, Outline, Polygon
from fusiform.solvers.inverse.problem.constraints.regions.plane_regions import (
    HIGHEST,
    LEAST,
    STEP,
    Circle,
    Rectangle,
    Region,
    are_lengths,
)

if TYPE_CHECKING:
    from torch import Tensor

MIDDLE = Field("x", "x", "Its middle along the axis, in the body's own unit and frame.")
LENGTH = Field("length", "Length", "Extent along the axis.")
INSET = 0.5  # of the depth at which the shortest edge of a trapezium would vanish, at most


class Solid:
    """A solid about the x axis, with its middle at `x`."""

    x: float
    noun: ClassVar[str]

    @property
    def centre(self) -> complex:
        return complex(self.x)

    def _require(self, *sizes: float, positive: bool = True) -> None:
        require(
            are_lengths(self.x, *sizes) and (min(sizes) > 0.0 or not positive),
            f"expected a {self.noun} with finite middle and positive sizes, all at most {HIGHEST:g}, got {self}; "
            "correct its numbers",
        )

    def _move(self, outline: Outline) -> Grip:
        d, home = outline.reference_length, outline.centre.real
        return Grip("move", (Pull("x", self.x, 1.0, step=STEP * d, snap=home),))


class SolidBySection(Solid, ABC):
    """A solid that is the region of its `section`."""

    @property
    @abstractmethod
    def section(self) -> Region:
        """The region of the plane through the axis."""

    @property
    def area(self) -> float:
        return self.section.area

    def hull(self) -> tuple[list[complex], float]:
        return self.section.hull()

    def distance(self, z: Tensor, rounding: float = 0.0) -> Tensor:
        return self.section.distance(z, rounding)


@dataclass(frozen=True)
class Sphere(SolidBySection):
    """A sphere on the x axis.

    Parameters
    ----------
    x, diameter : float
        Middle and positive diameter, in the body's own unit and frame.

    Raises
    ------
    InputError
        If a number is not finite or the diameter is not positive.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Payload, Sphere
    >>> Payload(Sphere(0.1, 0.6), clearance=0.05).describe()
    'contains the sphere (x 0.1, diameter 0.6) with 0.05 to spare'
    """

    x: float
    diameter: float
    noun: ClassVar[str] = "sphere"
    fields: ClassVar[tuple[Field, ...]] = (MIDDLE, Field("diameter", "Diameter", "Of the sphere."))

    def __post_init__(self) -> None:
        self._require(self.diameter)

    @property
    def section(self) -> Circle:
        return Circle(self.x, 0.0, 0.5 * self.diameter)

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        radius, least = 0.5 * self.diameter, LEAST * outline.reference_length
        size = Grip("size", (Pull("diameter", self.diameter, 2.0, least),))
        return Disc(self.centre, radius, Fill.SOLID, self._move(outline)), Handle(self.centre + radius, size)


@dataclass(frozen=True)
class Cylinder(SolidBySection):
    """A cylinder about the x axis.

    Parameters
    ----------
    x, length, diameter : float
        Middle, and positive length and diameter, in the body's own unit and frame.

    Raises
    ------
    InputError
        If a number is not finite or a size is not positive.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Cylinder, Payload
    >>> Payload(Cylinder(0.0, length=1.0, diameter=0.4)).describe()
    'contains the cylinder (x 0, length 1, diameter 0.4)'
    """

    x: float
    length: float
    diameter: float
    noun: ClassVar[str] = "cylinder"
    fields: ClassVar[tuple[Field, ...]] = (MIDDLE, LENGTH, Field("diameter", "Diameter", "Of the cylinder."))

    def __post_init__(self) -> None:
        self._require(self.length, self.diameter)

    @property
    def section(self) -> Rectangle:
        return Rectangle(self.x, 0.0, self.length, self.diameter)

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        corners, _ = self.hull()
        least = LEAST * outline.reference_length
        sides = (Pull("length", self.length, 2.0, least), Pull("diameter", self.diameter, 2j, least))
        return Polygon(tuple(corners), Fill.SOLID, self._move(outline)), Handle(corners[0], Grip("size", sides))


@dataclass(frozen=True)
class Cone(Solid):
    """A cone, or the frustum of one, about the x axis.

    Parameters
    ----------
    x, length : float
        Middle and positive length, in the body's own unit and frame.
    front, rear : float
        Diameters at the end towards the stream and at the other one, at least 0; one of them positive.

    Raises
    ------
    InputError
        If a number is not finite, or no solid has these sizes.

    Examples
    --------
    >>> import torch
    >>> from fusiform.solvers.inverse import Cone, Payload
    >>> cone = Cone(0.0, length=2.0, front=0.0, rear=1.5)
    >>> Payload(cone).describe()
    'contains the cone (x 0, length 2, rear 1.5)'
    >>> cone.distance(torch.tensor([2.0 + 0j, 0.5 + 0.0j])).tolist()
    [1.0, -0.5]
    """

    x: float
    length: float
    front: float
    rear: float
    noun: ClassVar[str] = "cone"
    fields: ClassVar[tuple[Field, ...]] = (
        MIDDLE,
        LENGTH,
        Field("front", "Front diameter", "At the end towards the stream; 0 for a tip."),
        Field("rear", "Rear diameter", "At the other end; 0 for a tip."),
    )

    def __post_init__(self) -> None:
        self._require(self.length, self.front, self.rear, positive=False)
        require(
            self.length > 0.0 and min(self.front, self.rear) >= 0.0 and max(self.front, self.rear) > 0.0,
            f"expected a cone of positive length, and of a positive diameter at one end, got {self}; "
            "correct its numbers",
        )

    @property
    def area(self) -> float:
        return 0.5 * self.length * (self.front + self.rear)

    def hull(self) -> tuple[list[complex], float]:
        """The corners of the trapezium, counter-clockwise from the upper one at the rear; a tip is one corner."""
        tail, nose = self.x + 0.5 * self.length, self.x - 0.5 * self.length
        ends = ((tail, self.rear, 1.0), (nose, self.front, 1.0), (nose, self.front, -1.0), (tail, self.rear, -1.0))
        return list(dict.fromkeys(complex(at, 0.5 * side * size + 0.0) for at, size, side in ends)), 0.0

    def distance(self, z: Tensor, rounding: float = 0.0) -> Tensor:
        corners, _ = self.hull()
        behind = [corners[-1], *corners[:-1]]
        sides = [(b - a) / abs(b - a) for a, b in zip(behind, corners, strict=True)]  # of the edge that ends at each
        normals = [-1j * side for side in sides]
        after = [*normals[1:], normals[0]]
        share = [1.0 / (1.0 + (n * m.conjugate()).real) for n, m in zip(normals, after, strict=True)]
        ways = [(n + m) * s for n, m, s in zip(normals, after, share, strict=True)]  # of a corner, for an inset of one
        shrink = [
            ((w - v) * side.conjugate()).real for v, w, side in zip([ways[-1], *ways[:-1]], ways, sides, strict=True)
        ]
        depth = min(abs(b - a) / s for a, b, s in zip(behind, corners, shrink, strict=True) if s > 0.0)
        inset = min(rounding, INSET * depth)
        inner = [corner - inset * way for corner, way in zip(corners, ways, strict=True)]
        start = [inner[-1], *inner[:-1]]
        beyond = torch.stack([((z - b) * n.conjugate()).real for b, n in zip(inner, normals, strict=True)]).amax(0)
        rims = torch.stack([_from_edge(z, a, b) for a, b in zip(start, inner, strict=True)]).amin(0)
        return torch.where(beyond > 0.0, rims, beyond) - inset

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        tail, nose = self.x + 0.5 * self.length, self.x - 0.5 * self.length
        least = LEAST * outline.reference_length
        front = (Pull("length", self.length, -2.0, least), Pull("front", self.front, 2j, 0.0))
        rear = Grip("rear", (Pull("rear", self.rear, 2j, 0.0),))
        return (
            Polygon(tuple(self.hull()[0]), Fill.SOLID, self._move(outline)),
            Handle(complex(nose, 0.5 * self.front), Grip("size", front)),
            Handle(complex(tail, 0.5 * self.rear), rear),
        )


def _from_edge(z: Tensor, a: complex, b: complex) -> Tensor:
    """Distance of points z from the straight line between a and b; its slope is zero on the line."""
    along = (((z - a) * (b - a).conjugate()).real / abs(b - a) ** 2).clamp(0.0, 1.0)
    off = z - a - along * (b - a)
    far = off.real.square() + off.imag.square()
    return torch.where(far > 0.0, torch.where(far > 0.0, far, torch.ones_like(far)).sqrt(), torch.zeros_like(far))

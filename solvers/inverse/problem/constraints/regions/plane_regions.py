"""Regions of the plane that a body must contain or stay clear of: convex hulls of discs of one radius.

Lengths are in the user's unit, in the body's own frame.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from fusiform.solvers.common.errors import is_number, require
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.geometry.limits import LENGTH_RANGE
from fusiform.solvers.inverse.problem.constraints.forms import Field
from fusiform.solvers.inverse.problem.constraints.grips import Grip, Pull
from fusiform.solvers.inverse.problem.constraints.marks import Disc, Fill, Handle, Mark, Outline, Polygon

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class RimSampling:
    """Points on the rims of regions."""

    most: int = 512
    """Points on an edge or an arc, at most."""
    per_radian: float = 5.0
    """Points on a radian of an arc, at least."""


RIM_SAMPLING = RimSampling()
HIGHEST = LENGTH_RANGE[1]
MOST_TURNED = 360.0  # degrees
LEAST, STEP = 0.02, 0.001  # of a size after a pull, and of a position, in units of d

CENTRE = (
    Field("x", "x", "Centre along the body's axis, in its own unit and frame."),
    Field("y", "y", "Centre across the body's axis, upwards."),
)


@runtime_checkable
class Region(Protocol):
    """The interface of a region to `Payload` and `KeepOut`; `fields` are its numbers in a form."""

    noun: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]

    @property
    def centre(self) -> complex:
        """A point inside."""
        ...

    @property
    def area(self) -> float: ...

    def hull(self) -> tuple[list[complex], float]:
        """Centres (counter-clockwise) and radius of the discs whose convex hull is the region."""
        ...

    def distance(self, z: Tensor, rounding: float = 0.0) -> Tensor:
        """Signed distance of points z (any shape, complex): negative inside, differentiable almost everywhere.

        `rounding` is a radius that corners get if they are sharper.
        """
        ...

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        """The region on a drawing of `outline`, with grips to move and resize it."""
        ...


def boundary(region: Region, grown: float, spacing: float) -> list[complex]:
    """Points on the rim of `region` grown by `grown`: arcs around its corners and the edges between, at most `spacing`
    apart, `per_radian` at least and `most` at most on each. Corners that stay sharp are among them."""
    centres, radius = region.hull()
    radius, sampling = radius + grown, RIM_SAMPLING
    ahead = [*centres[1:], centres[0]]
    normals = [-1j * (b - a) / abs(b - a) if b != a else -1.0 + 0j for a, b in zip(centres, ahead, strict=True)]
    points = []
    for number, (a, b, normal) in enumerate(zip(centres, ahead, normals, strict=True)):
        turn = cmath.phase(normal / normals[number - 1]) if len(centres) > 1 else 2.0 * math.pi
        pieces = min(sampling.most, math.ceil(turn * max(radius / spacing, sampling.per_radian))) if radius > 0.0 else 0
        points += [a + radius * normal * cmath.exp(1j * turn * (k / pieces - 1.0)) for k in range(pieces)]
        edge = min(sampling.most, max(1, math.ceil(abs(b - a) / spacing)))
        points += [a + radius * normal + (b - a) * k / edge for k in range(edge)]
    return points


@dataclass(frozen=True)
class Circle:
    """A disc; a point if its radius is 0.

    Parameters
    ----------
    x, y : float
        Centre, in the body's own unit and frame.
    radius : float
        At least 0.

    Raises
    ------
    InputError
        If a number is not finite or the radius is negative.

    Examples
    --------
    >>> import torch
    >>> from fusiform.solvers.inverse import Circle
    >>> Circle(1.0, 0.0, 0.5).distance(torch.tensor([0.0 + 0j, 1.0 + 0j])).tolist()
    [0.5, -0.5]
    """

    x: float
    y: float
    radius: float = 0.0
    noun: ClassVar[str] = "disc"
    fields: ClassVar[tuple[Field, ...]] = (*CENTRE, Field("radius", "Radius", "Radius of the circle."))

    def __post_init__(self) -> None:
        require(
            are_lengths(self.x, self.y, self.radius) and self.radius >= 0.0,
            f"expected a circle with finite centre and radius of at least 0, all at most {HIGHEST:g}, got {self}; "
            "correct its numbers",
        )

    @property
    def centre(self) -> complex:
        return complex(self.x, self.y)

    @property
    def area(self) -> float:
        return math.pi * self.radius**2

    def hull(self) -> tuple[list[complex], float]:
        return [self.centre], self.radius

    def distance(self, z: Tensor, rounding: float = 0.0) -> Tensor:
        return (z - self.centre).abs() - self.radius

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        size = Grip("size", (Pull("radius", self.radius, 1.0, LEAST * outline.reference_length),))
        disc = Disc(self.centre, self.radius, Fill.SOLID, _move(self.centre, outline))
        return disc, Handle(self.centre + self.radius, size)


@dataclass(frozen=True)
class Rectangle:
    """A rectangle.

    Parameters
    ----------
    x, y : float
        Centre, in the body's own unit and frame.
    width, height : float
        Sides along x and y before it is turned, positive.
    angle_deg : float
        Turn in degrees, counter-clockwise.

    Raises
    ------
    InputError
        If a number is not finite or a side is not positive.

    Examples
    --------
    >>> import torch
    >>> from fusiform.solvers.inverse import Rectangle
    >>> Rectangle(0.0, 0.0, width=2.0, height=1.0).distance(torch.tensor([2.0 + 0j, 0j])).tolist()
    [1.0, -0.5]
    """

    x: float
    y: float
    width: float
    height: float
    angle_deg: float = 0.0
    noun: ClassVar[str] = "box"
    fields: ClassVar[tuple[Field, ...]] = (
        *CENTRE,
        Field("width", "Length", "Extent along x."),
        Field("height", "Height", "Extent along y."),
        Field("angle_deg", "Turned °", "Degrees counter-clockwise.", True),
    )

    def __post_init__(self) -> None:
        require(
            are_lengths(self.x, self.y, self.width, self.height) and self.width > 0.0 and self.height > 0.0,
            "expected a rectangle with finite centre and positive width and height, all at most "
            f"{HIGHEST:g}, got {self}; correct its numbers",
        )
        require(
            is_number(self.angle_deg) and abs(self.angle_deg) <= MOST_TURNED,
            f"expected a rectangle with an angle_deg of at most {MOST_TURNED:g} in size, got {self}; correct it",
        )

    @property
    def centre(self) -> complex:
        return complex(self.x, self.y)

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def _turn(self) -> complex:
        return complex(math.cos(math.radians(self.angle_deg)), math.sin(math.radians(self.angle_deg)))

    def hull(self) -> tuple[list[complex], float]:
        half = [complex(sx * self.width, sy * self.height) / 2.0 for sx, sy in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
        return [self.centre + self._turn * corner for corner in half], 0.0

    def distance(self, z: Tensor, rounding: float = 0.0) -> Tensor:
        local = (z - self.centre) / self._turn
        inset = min(rounding, 0.5 * self.width, 0.5 * self.height)
        beyond = torch.stack([local.real.abs() - 0.5 * self.width, local.imag.abs() - 0.5 * self.height]) + inset
        outside = beyond.clamp(min=0.0)
        far = (outside**2).sum(0)
        root = torch.sqrt(torch.where(far > 0.0, far, torch.ones_like(far)))
        return torch.where(far > 0.0, root, beyond.amax(0)) - inset

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        corners, _ = self.hull()
        sides = (("width", self.width, 2.0 * self._turn), ("height", self.height, 2j * self._turn))
        least = LEAST * outline.reference_length
        size = Grip("size", tuple(Pull(name, value, rate, least) for name, value, rate in sides))
        return Polygon(tuple(corners), Fill.SOLID, _move(self.centre, outline)), Handle(corners[0], size)


def are_lengths(*values: float) -> bool:
    """True for numbers whose squares are floats, too."""
    return all(is_number(value) and abs(float(value)) <= HIGHEST for value in values)


def _move(centre: complex, outline: Outline) -> Grip:
    """A grip that moves a region; near the centre of the body it is drawn to it."""
    step, home = STEP * outline.reference_length, outline.centre
    x = Pull("x", centre.real, 1.0, step=step, snap=home.real)
    return Grip("move", (x, Pull("y", centre.imag, 1j, step=step, snap=home.imag)))

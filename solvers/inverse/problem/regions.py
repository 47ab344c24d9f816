"""Regions of the plane that a body must contain or stay clear of: convex hulls of discs of one radius.

`distance(z, rounding)` is the signed distance of points z (any shape, complex) from the region: positive outside,
negative inside, differentiable almost everywhere. `centre` lies inside. `rounding` is a radius that corners get if
they are sharper. `boundary(region, ...)` is the region's rim, as points. Lengths in the user's unit, in the body's own
frame.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require

MOST, PER_RADIAN = 512, 5.0


class Region(Protocol):
    """What `Payload` and `KeepOut` ask of a region."""

    @property
    def centre(self) -> complex: ...

    @property
    def area(self) -> float: ...

    def hull(self) -> tuple[list[complex], float]:
        """Centres, counter-clockwise, and radius of the discs whose convex hull the region is."""
        ...

    def distance(self, z: Tensor, rounding: float = 0.0) -> Tensor: ...


def boundary(region: Region, grown: float, spacing: float) -> list[complex]:
    """Points on the rim of `region` grown by `grown`: arcs around its corners and the edges between, at most `spacing`
    apart, `PER_RADIAN` at least and `MOST` at most on each. Corners that stay sharp are among them."""
    centres, radius = region.hull()
    radius += grown
    ahead = [*centres[1:], centres[0]]
    normals = [-1j * (b - a) / abs(b - a) if b != a else -1.0 + 0j for a, b in zip(centres, ahead, strict=True)]
    points = []
    for number, (a, b, normal) in enumerate(zip(centres, ahead, normals, strict=True)):
        turn = cmath.phase(normal / normals[number - 1]) if len(centres) > 1 else 2.0 * math.pi
        pieces = min(MOST, math.ceil(turn * max(radius / spacing, PER_RADIAN))) if radius > 0.0 else 0
        points += [a + radius * normal * cmath.exp(1j * turn * (k / pieces - 1.0)) for k in range(pieces)]
        edge = min(MOST, max(1, math.ceil(abs(b - a) / spacing)))
        points += [a + radius * normal + (b - a) * k / edge for k in range(edge)]
    return points


@dataclass(frozen=True)
class Circle:
    """The disc of radius `radius` ≥ 0 around (x, y); a point where the radius is 0."""

    x: float
    y: float
    radius: float = 0.0

    def __post_init__(self) -> None:
        require(
            all(map(math.isfinite, (self.x, self.y, self.radius))) and self.radius >= 0.0,
            f"expected a circle with finite centre and radius of at least 0, got {self}; correct its numbers",
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


@dataclass(frozen=True)
class Rectangle:
    """The rectangle of `width` along x and `height` along y around (x, y), turned by `angle_deg` counter-clockwise."""

    x: float
    y: float
    width: float
    height: float
    angle_deg: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.x, self.y, self.width, self.height, self.angle_deg)
        require(
            all(map(math.isfinite, numbers)) and self.width > 0.0 and self.height > 0.0,
            f"expected a rectangle with finite centre and positive width and height, got {self}; correct its numbers",
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

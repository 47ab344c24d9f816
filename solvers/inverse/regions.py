"""Regions of the plane that a body must contain or stay clear of.

`distance(z)` is the signed distance of points z (any shape, complex) from the region: positive outside, negative
inside, differentiable almost everywhere. `centre` lies inside. Lengths in the user's unit, in the body's own frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from fusiform.solvers.errors import require


class Region(Protocol):
    """What `Payload` and `KeepOut` ask of a region."""

    @property
    def centre(self) -> complex: ...

    @property
    def area(self) -> float: ...

    def corners(self) -> list[complex]:
        """Points whose convex hull holds the region."""
        ...

    def distance(self, z: Tensor) -> Tensor: ...


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

    def corners(self) -> list[complex]:
        """A circumscribed octagon."""
        reach = self.radius / math.cos(math.pi / 8.0)
        turn = [complex(math.cos(t), math.sin(t)) for t in (math.pi / 4.0 * k for k in range(8))]
        return [self.centre + reach * t for t in turn] if self.radius > 0.0 else [self.centre]

    def distance(self, z: Tensor) -> Tensor:
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

    def corners(self) -> list[complex]:
        """The four corners."""
        half = [complex(sx * self.width, sy * self.height) / 2.0 for sx, sy in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
        return [self.centre + self._turn * corner for corner in half]

    def distance(self, z: Tensor) -> Tensor:
        local = (z - self.centre) / self._turn
        beyond = torch.stack([local.real.abs() - 0.5 * self.width, local.imag.abs() - 0.5 * self.height])
        outside = beyond.clamp(min=0.0)
        far = (outside**2).sum(0)
        root = torch.sqrt(torch.where(far > 0.0, far, torch.ones_like(far)))
        return torch.where(far > 0.0, root, beyond.amax(0))

"""Regions that the body must contain or stay clear of, as constraints on its shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.inverse.problem.regions import Region, boundary
from fusiform.solvers.inverse.problem.shape_constraints import ShapeConstraint
from fusiform.solvers.inverse.problem.trial_shape import Shape

RIM, ROUNDING = 0.5, 0.05
CHORD = 1e-5  # an outline of 1,000 points and more keeps inside of the body by less, in units of d


@dataclass(frozen=True)
class Payload(ShapeConstraint):
    """The body contains `region`, with `clearance` to spare."""

    region: Region
    clearance: float = 0.0
    positional: ClassVar[bool] = True
    inside: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(
            math.isfinite(self.clearance) and self.clearance >= 0.0,
            f"expected a clearance of at least 0, got {self.clearance:g}; give a length",
        )

    def describe(self) -> str:
        verb = "contains" if self.inside else "stays clear of"
        spare = f" with {self.clearance:g} to spare" if self.clearance else ""
        return f"{verb} the {_words(self.region)}{spare}"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        """How deep points on the rim of the region, grown by the clearance, lie in the body.

        Not the distance of the outline's points from the region: that has kinks at the region's corners, and a corner
        sticks out between two points. The rim's points are 0.03 d apart with 256 points on the outline, four times
        denser with 4,096.
        """
        spacing = shape.reference_length * RIM / shape.points_count**0.5
        rim = torch.tensor(boundary(self.region, self.clearance, spacing), dtype=torch.complex128)
        return shape.depth(rim) / shape.reference_length - CHORD


@dataclass(frozen=True)
class KeepOut(Payload):
    """The body stays clear of `region`, by `clearance`, where it stands."""

    inside: ClassVar[bool] = False
    positional: ClassVar[bool] = False

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        """Distances of the outline's points from the region, sharp corners rounded, and of those corners from the body.

        Where the region's centre is in the body, how far the points are on the wrong side. A corner deep in the body is
        left to the points that are in the region, if any: the outline nearest to it may be that on the far side. So are
        discs that the points resolve, since an outline around a disc is equally far from its centre everywhere.
        """
        corners, radius = self.region.hull()
        bluntness = radius + self.clearance if len(corners) == 1 else radius
        rounding = max(0.0, ROUNDING * shape.reference_length - bluntness)
        apart = self.region.distance(shape.points, rounding) - self.clearance
        within = shape.encloses(torch.tensor([self.region.centre], dtype=torch.complex128))
        wrong = -(shape.points - self.region.centre).abs() - 0.5 * self.region.area**0.5 - self.clearance
        points = torch.where(within, wrong, apart)
        if rounding > 0.0:
            outside = -shape.depth(torch.tensor(corners, dtype=torch.complex128)) - radius - self.clearance
            left = (outside < -rounding) & (points.amin(1, keepdim=True) < 0.0)
            points = torch.cat([points, torch.where(left, torch.full_like(outside, rounding), outside)], dim=1)
        return points / shape.reference_length - CHORD


def _words(region: Region) -> str:
    numbers = ", ".join(f"{name} {value:g}" for name, value in vars(region).items() if value or name in "xy")
    return f"{type(region).__name__.lower()} ({numbers})"

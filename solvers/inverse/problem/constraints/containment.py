"""Regions that the body must contain or stay clear of, as constraints on its shape."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from fusiform.solvers.common.errors import is_number, require, shown
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.common.tables import from_table, require_keys
from fusiform.solvers.geometry.limits import LENGTH_RANGE
from fusiform.solvers.inverse.problem.constraints.attainable_sizes import content, longest, swept_volume
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.extents import Extent, MaxPerimeter
from fusiform.solvers.inverse.problem.constraints.forms import Form
from fusiform.solvers.inverse.problem.constraints.marks import Disc, Fill, Mark, Outline, Polygon, Role
from fusiform.solvers.inverse.problem.constraints.regions.convex_hulls import (
    hull_distance,
    hull_length,
    hulls_overlap,
    reach,
)
from fusiform.solvers.inverse.problem.constraints.regions.plane_regions import Circle, Rectangle, Region, boundary
from fusiform.solvers.inverse.problem.constraints.regions.region_forms import (
    REGIONS,
    box_behind,
    box_inside,
    disc_behind,
    disc_inside,
    region_form,
)
from fusiform.solvers.inverse.problem.constraints.thickness import MinThickness

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry import Body
    from fusiform.solvers.inverse.problem.trial_shape import Shape


@dataclass(frozen=True)
class ContainmentSampling:
    """Sampling of regions beside outlines; lengths in units of d."""

    rim: float = 0.5
    """Spacing of points on a payload's rim, times the square root of the number of points on the outline."""
    rounding: float = 0.05
    """Least radius of an obstacle's corners."""
    chord: float = 1e-5
    """Margin of the residuals; chords of an outline of 1,000 points and more lie inside by less."""
    mirror: float = 1e-9
    """Distance up to which corners are mirror images, in the unit of the region."""


SAMPLING = ContainmentSampling()
RIM = 0.02  # between points on the rim of a region whose volume is measured, in units of d


class Containment(ShapeConstraint):
    """A condition on the body and a `region`, with a `clearance` between their rims."""

    region: Region
    clearance: float
    verb: ClassVar[str]

    def __post_init__(self) -> None:
        require(
            isinstance(self.region, Region),
            f"expected a region such as Circle or Rectangle, got {shown(self.region)}; give for example "
            "Circle(0, 0, 0.1)",
        )
        require(
            is_number(self.clearance) and 0.0 <= float(self.clearance) <= LENGTH_RANGE[1],
            f"expected a clearance of at least 0 and at most {LENGTH_RANGE[1]:g}, got {shown(self.clearance)}; "
            "give a length",
        )

    def describe(self) -> str:
        spare = f" with {self.clearance:g} to spare" if self.clearance else ""
        return f"{self.verb} the {_words(self.region)}{spare}"

    def mirrors(self, other: ShapeConstraint, axis: float) -> bool:
        if not isinstance(other, Containment) or type(self) is not type(other) or self.clearance != other.clearance:
            return False
        (corners, radius), (others, same) = self.region.hull(), other.region.hull()
        images = [complex(z.real, 2.0 * axis - z.imag) for z in corners]
        alike = type(self.region) is type(other.region) and radius == same
        return alike and all(min(abs(z - w) for w in others) < SAMPLING.mirror for z in images)

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        solid, *rest = self.region.marks(outline)
        if self.clearance <= 0.0:
            return solid, *rest
        corners, radius = self.region.hull()
        if len(corners) == 1:
            return solid, Disc(corners[0], radius + self.clearance, Fill.CLEARANCE), *rest
        rim = boundary(self.region, self.clearance, outline.reference_length)
        return solid, Polygon(tuple(rim), Fill.CLEARANCE), *rest

    def to_table(self) -> dict[str, Any]:
        shape = type(self.region).__name__.lower()
        return {"shape": shape, **vars(self.region), "clearance": self.clearance}

    @classmethod
    def from_table(cls, values: Mapping[str, Any], where: str) -> Self:
        rest = dict(values)
        shape = rest.pop("shape", "rectangle")
        require(
            isinstance(shape, str) and shape in REGIONS,
            f"expected a shape of {', '.join(REGIONS)}, got {shown(shape)}; choose one",
        )
        numbers = {field.key: rest.pop(field.key) for field in REGIONS[shape].fields if field.key in rest}
        require_keys(rest, ("clearance",), where)
        return from_table(cls, {"region": from_table(REGIONS[shape], numbers, shape), **rest}, where)


@dataclass(frozen=True)
class Payload(Containment):
    """The body contains a region.

    Parameters
    ----------
    region : Circle or Rectangle
        In the body's own unit and frame. The body may be moved about to contain it.
    clearance : float
        Least distance between the region and the body's wall, at least 0.

    Raises
    ------
    InputError
        If the region is none or the clearance is negative.

    Examples
    --------
    >>> from fusiform.solvers import Body
    >>> from fusiform.solvers.inverse import Circle, MaxLength, Payload
    >>> load = Payload(Circle(0.0, 0.0, 0.3), clearance=0.05)
    >>> load.describe()
    'contains the circle (x 0, y 0, radius 0.3) with 0.05 to spare'
    >>> load.contradiction(Body.circle(), [MaxLength(0.5)])
    'the body that contains the circle (x 0, y 0, radius 0.3) with 0.05 to spare is longer or higher than 0.5'
    """

    region: Region
    clearance: float = 0.0
    positional: ClassVar[bool] = True
    verb: ClassVar[str] = "contains"
    role: ClassVar[Role] = Role.PAYLOAD
    forms: ClassVar[tuple[Form, ...]] = (
        region_form("payload_rectangle", "Payload", "contains", Rectangle, box_inside),
        region_form("payload_circle", "Payload", "contains", Circle, disc_inside),
    )

    def centres(self) -> tuple[complex, ...]:
        return tuple(self.region.hull()[0])

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        """Depth in the body of points on the rim of the region, which is grown by the clearance.

        Not the distance of the outline's points from the region: that has kinks at the region's corners, and a corner
        sticks out between two points. The rim's points are 0.03 d apart with 256 points on the outline, four times
        denser with 4,096.
        """
        spacing = shape.reference_length * SAMPLING.rim / shape.points_count**0.5
        rim = torch.tensor(boundary(self.region, self.clearance, spacing), dtype=torch.complex128)
        return shape.depth(rim) / shape.reference_length - SAMPLING.chord

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        size = self._too_long(body, others) or self._too_large(body) or self._too_long_around(body, others)
        return size or self._blocked(body, others)

    def _too_long(self, body: Body, others: Sequence[Constraint]) -> str | None:
        """A sentence if the payloads, or two of them, are longer than a limit, or than any body, or None."""
        for other in (self, *(c for c in others if isinstance(c, Payload))):
            discs = [(p.region.hull()[0], p.region.hull()[1] + p.clearance) for p in (self, other)]
            words = f"the body that {_both(self, other)}"
            for limit in (c for c in others if isinstance(c, Extent)):
                if reach(discs, limit.axis) > limit.value:
                    return f"{words} is longer or higher than {limit.value:g}"
            length = reach(discs, 1.0)
            if max(length, reach(discs, 1j)) > longest(body):
                return f"{words} is larger than the optimiser's bodies"
            for thick in (c for c in others if isinstance(c, MinThickness) and c.at is None):
                if length > thick.longest_at(body):
                    return f"{words} has not the {content(body)[0]} for a {thick.describe()}"
        return None

    def _too_large(self, body: Body) -> str | None:
        """A sentence if the region with its clearance has the area, or sweeps the volume, of the body, or None."""
        corners, radius = self.region.hull()
        rim = hull_length(corners) + 2.0 * math.pi * radius
        size = self.region.area + self.clearance * (rim + math.pi * self.clearance)
        if body.revolution:
            size = swept_volume(boundary(self.region, self.clearance, RIM * body.reference_length))
            size = size if self.mirrors(self, 0.0) else 0.0
        name, kept = content(body)
        return (
            f"the body, whose {name} is {kept:.4g}, cannot hold a region of {name} {size:.4g}" if size >= kept else None
        )

    def _blocked(self, body: Body, others: Sequence[Constraint]) -> str | None:
        """A sentence if the region and an obstacle are closer than their clearances allow, or None."""
        (corners, radius), rounding = self.region.hull(), SAMPLING.mirror * body.reference_length
        for block in (c for c in others if isinstance(c, KeepOut)):
            rim, size = block.region.hull()
            gap = hull_distance(corners, rim) - radius - size - self.clearance - block.clearance
            if gap < -rounding or hulls_overlap(corners, rim, rounding * body.reference_length):
                return f"the body that {self.describe()} cannot be one that {block.describe()}"
        return None

    def _too_long_around(self, body: Body, others: Sequence[Constraint]) -> str | None:
        """A sentence if the outline around one or two payloads is longer than a greatest perimeter, or None."""
        for other in (self, *(c for c in others if isinstance(c, Payload))):
            corners = [*self.region.hull()[0], *other.region.hull()[0]]
            spare = min(p.region.hull()[1] + p.clearance for p in (self, other))
            span = max(abs(a - b) for a in corners for b in corners) + 2.0 * spare
            for limit in (c for c in others if isinstance(c, MaxPerimeter)):
                if limit.value < hull_length(corners) + 2.0 * math.pi * spare:
                    return f"the outline of a body that {_both(self, other)} is longer than {limit.value:g}"
                if sentence := limit.excludes(body, _both(self, other), span):
                    return sentence
        return None


@dataclass(frozen=True)
class KeepOut(Containment):
    """The body stays clear of a region.

    Parameters
    ----------
    region : Circle or Rectangle
        In the body's own unit and frame, in which the body stays where it stands.
    clearance : float
        Least distance between the region and the body's wall, at least 0.

    Raises
    ------
    InputError
        If the region is none or the clearance is negative.

    Examples
    --------
    >>> from fusiform.solvers.inverse import KeepOut, Rectangle
    >>> KeepOut(Rectangle(1.0, 0.0, 0.3, 0.6)).describe()
    'stays clear of the rectangle (x 1, y 0, width 0.3, height 0.6)'
    """

    region: Region
    clearance: float = 0.0
    verb: ClassVar[str] = "stays clear of"
    role: ClassVar[Role] = Role.OBSTACLE
    forms: ClassVar[tuple[Form, ...]] = (
        region_form("keep_out", "Keep out", "stays clear of", Rectangle, box_behind),
        region_form("keep_out_circle", "Keep out", "stays clear of", Circle, disc_behind),
    )

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        """Distances of the outline's points from the region, sharp corners rounded, and of those corners from the body.

        Where the region's centre is in the body, how far the points are on the wrong side. A corner deep in the body is
        left to the points that are in the region, if any: the outline nearest to it may be that on the far side. So are
        discs that the points resolve, since an outline around a disc is equally far from its centre everywhere.
        """
        corners, radius = self.region.hull()
        bluntness = radius + self.clearance if len(corners) == 1 else radius
        rounding = max(0.0, SAMPLING.rounding * shape.reference_length - bluntness)
        apart = self.region.distance(shape.points, rounding) - self.clearance
        within = shape.encloses(torch.tensor([self.region.centre], dtype=torch.complex128))
        wrong = -(shape.points - self.region.centre).abs() - 0.5 * self.region.area**0.5 - self.clearance
        points = torch.where(within, wrong, apart)
        if rounding > 0.0:
            outside = -shape.depth(torch.tensor(corners, dtype=torch.complex128)) - radius - self.clearance
            left = (outside < -rounding) & (points.amin(1, keepdim=True) < 0.0)
            points = torch.cat([points, torch.where(left, torch.full_like(outside, rounding), outside)], dim=1)
        return points / shape.reference_length - SAMPLING.chord


def _words(region: Region) -> str:
    numbers = ", ".join(f"{name} {value:g}" for name, value in vars(region).items() if value or name in "xy")
    return f"{type(region).__name__.lower()} ({numbers})"


def _both(first: Payload, second: Payload) -> str:
    return first.describe() if first is second else f"{first.describe()} and {second.describe()}"

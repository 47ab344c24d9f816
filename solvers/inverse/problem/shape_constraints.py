"""Constraints on the shape, each a small object: a residual ≥ 0 where it holds, differentiable, and how to say it.

`residual(shape, auxiliary)` (batch, m) is dimensionless. `auxiliary` (batch, `auxiliaries`), in units of d, are
variables of the optimiser that belong to the constraint, such as the centre of a box, so that extents are held without
the kinks of a maximum; `start(shape)` gives their values for given bodies. `rate(d)` is ∂residual/∂limit, limit
in `unit`: a multiplier λ of the residual says that relaxing the limit by one unit gains λ·rate. `slack(shape)` (batch,)
is in that unit. With a constraint that is `positional`, a payload, the body may be moved about; otherwise it stays put.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.inverse.problem.trial_shape import Shape

LENGTH = "a unit of length"
ENDS = 0.1
STATIONS = 33


class Constraint(Protocol):
    """What the optimiser asks of a constraint, see above."""

    unit: ClassVar[str]
    auxiliaries: ClassVar[int]
    positional: ClassVar[bool]

    def describe(self) -> str: ...

    def start(self, shape: Shape) -> Tensor: ...

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor: ...

    def slack(self, shape: Shape) -> Tensor: ...

    def rate(self, reference_length: float) -> float: ...


class ShapeConstraint:
    """A constraint without variables of its own, whose limit is a length; for your own ones to inherit from."""

    unit: ClassVar[str] = LENGTH
    auxiliaries: ClassVar[int] = 0
    positional: ClassVar[bool] = False

    def start(self, shape: Shape) -> Tensor:
        return shape.points.real[:, :0]

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        return shape.points.real[:, :0]

    def slack(self, shape: Shape) -> Tensor:
        """The least residual, in units of the limit; infinite where there is none."""
        found = self.residual(shape, self.start(shape))
        infinite = torch.full_like(found[:, :1], math.inf)
        return torch.cat([found, infinite], dim=1).amin(1) / self.rate(shape.reference_length)

    def rate(self, reference_length: float) -> float:
        return 1.0 / reference_length


def _positive(what: str, value: float) -> None:
    require(math.isfinite(value) and value > 0.0, f"expected a positive {what}, got {value:g}; give a length")


@dataclass(frozen=True)
class MaxLength(ShapeConstraint):
    """The body is at most `value` long (extent along x at zero incidence)."""

    value: float
    auxiliaries: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _positive("length", self.value)

    def describe(self) -> str:
        return f"length at most {self.value:g}"

    def start(self, shape: Shape) -> Tensor:
        return _middle(shape.points.real - shape.shift.real[:, None]) / shape.reference_length

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        x = (shape.points.real - shape.shift.real[:, None]) / shape.reference_length - auxiliary
        return _within(x, 0.5 * self.value / shape.reference_length)


@dataclass(frozen=True)
class MaxHeight(ShapeConstraint):
    """The body is at most `value` high (extent along y at zero incidence)."""

    value: float
    auxiliaries: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _positive("height", self.value)

    def describe(self) -> str:
        return f"height at most {self.value:g}"

    def start(self, shape: Shape) -> Tensor:
        return _middle(shape.points.imag - shape.shift.imag[:, None]) / shape.reference_length

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        y = (shape.points.imag - shape.shift.imag[:, None]) / shape.reference_length - auxiliary
        return _within(y, 0.5 * self.value / shape.reference_length)


def _middle(x: Tensor) -> Tensor:
    return 0.5 * (x.amax(1, keepdim=True) + x.amin(1, keepdim=True))


def _within(x: Tensor, half: float) -> Tensor:
    """2 (half ∓ x): as much below zero as the extent is too large."""
    return 2.0 * torch.cat([half - x, half + x], dim=1)


@dataclass(frozen=True)
class MinThickness(ShapeConstraint):
    """The body is at least `value` thick.

    At the station `at`, a fraction of the length from the nose; or, with `at` None, everywhere between 10 % and 90 % of
    the length (33 stations).
    """

    value: float
    at: float | None = None

    def __post_init__(self) -> None:
        _positive("thickness", self.value)
        require(
            self.at is None or 0.0 < self.at < 1.0,
            f"expected a station between 0 (nose) and 1 (tail), got {self.at}; give for example 0.5",
        )

    def describe(self) -> str:
        where = "from 10 % to 90 % of the length" if self.at is None else f"at {self.at:.0%} of the length"
        return f"thickness at least {self.value:g} {where}"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        if self.at is None:
            fractions = torch.linspace(ENDS, 1.0 - ENDS, STATIONS, dtype=torch.float64)
        else:
            fractions = torch.tensor([self.at], dtype=torch.float64)
        stations = shape.nose[:, None] + fractions * shape.length[:, None]
        return (shape.thickness(stations) - self.value) / shape.reference_length


@dataclass(frozen=True)
class MaxPerimeter(ShapeConstraint):
    """The outline is at most `value` long."""

    value: float

    def __post_init__(self) -> None:
        _positive("perimeter", self.value)

    def describe(self) -> str:
        return f"perimeter at most {self.value:g}"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        return (self.value - shape.perimeter[:, None]) / shape.reference_length


@dataclass(frozen=True)
class MinRadius(ShapeConstraint):
    """No edge, convex or concave, is sharper than the radius of curvature `value`."""

    value: float

    def __post_init__(self) -> None:
        _positive("radius", self.value)

    def describe(self) -> str:
        return f"radius of curvature at least {self.value:g}"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        bend = self.value * shape.curvature
        return torch.cat([1.0 - bend, 1.0 + bend], dim=1)

    def slack(self, shape: Shape) -> Tensor:
        return 1.0 / shape.curvature.abs().amax(1) - self.value

    def rate(self, reference_length: float) -> float:
        return 1.0 / self.value


@dataclass(frozen=True)
class WedgeAngle(ShapeConstraint):
    """The angle that the outline encloses at its `end` ("nose" or "tail"), in degrees: `minimum` ≤ angle ≤ `maximum`.

    Ends are round, so the angle is that of the wedge from the extreme point to the thickness at `over` (a fraction) of
    the length: 2 arctan(thickness / (2 · over · length)).
    """

    end: str
    minimum: float | None = None
    maximum: float | None = None
    over: float = 0.1
    unit: ClassVar[str] = "a degree"

    def __post_init__(self) -> None:
        limits = [v for v in (self.minimum, self.maximum) if v is not None]
        require(
            self.end in ("nose", "tail")
            and 0.0 < self.over < 0.5
            and len(limits) > 0
            and all(0.0 < v < 180.0 for v in limits)
            and limits == sorted(limits),
            f"expected the wedge angle at the nose or the tail, with a minimum or a maximum between 0 and 180 degrees, "
            f"got {self}; correct its numbers",
        )

    def describe(self) -> str:
        low = "" if self.minimum is None else f" at least {self.minimum:g}°"
        high = "" if self.maximum is None else f" at most {self.maximum:g}°"
        return f"wedge angle at the {self.end}{low}{' and' if low and high else ''}{high}"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        fraction = self.over if self.end == "nose" else 1.0 - self.over
        thickness = shape.thickness(shape.nose[:, None] + fraction * shape.length[:, None])
        angle = 2.0 * torch.atan2(thickness, 2.0 * self.over * shape.length[:, None])
        parts = []
        if self.minimum is not None:
            parts.append(angle - math.radians(self.minimum))
        if self.maximum is not None:
            parts.append(math.radians(self.maximum) - angle)
        return torch.cat(parts, dim=1)

    def rate(self, reference_length: float) -> float:
        return math.radians(1.0)


@dataclass(frozen=True)
class Symmetry(ShapeConstraint):
    """The body is symmetric about the x axis: imaginary parts of its coefficients are no variables."""

    def describe(self) -> str:
        return "symmetric about the x axis"


@dataclass(frozen=True)
class UserConstraint(ShapeConstraint):
    """A constraint of the user's: `function(points)` ≥ 0, points (batch, n) complex → (batch, m), by torch operations.

    Points run counter-clockwise at equal steps of η, in the user's unit; return values of order one.
    """

    name: str
    function: Callable[[Tensor], Tensor]
    unit: ClassVar[str] = "one of the function's"

    def describe(self) -> str:
        return self.name

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        return self.function(shape.points)

    def rate(self, reference_length: float) -> float:
        return 1.0

"""Limits of the body's size: its length, its height and the length of its outline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.geometry.limits import require_length
from fusiform.solvers.inverse.problem.constraints.attainable_sizes import (
    article,
    box,
    content,
    least_perimeter,
    longest,
    perimeter_around,
    perimeter_in_strip,
)
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.forms import Flag, Form, Sweep, limit, rounded
from fusiform.solvers.inverse.problem.constraints.grips import Grip, Pull
from fusiform.solvers.inverse.problem.constraints.marks import Handle, Label, Line, Mark, Outline

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry import Body
    from fusiform.solvers.inverse.problem.trial_shape import Shape

OVERHANG, LEAST = 0.15, 0.02  # of the lines beyond the body, and of the limit after a pull, in units of d


class Extent(ShapeConstraint):
    """An extent of the body along `axis`, 1 for x and 1j for y, at most `value`.

    The middle m of the extent is an auxiliary variable, and the residuals are 2 (value/2 ∓ (x − m)) for every point x
    of the outline: as much below zero as the extent is too large, and smooth, unlike a maximum.
    """

    value: float
    quantity: ClassVar[str]
    axis: ClassVar[complex]
    label_gap: ClassVar[float]
    auxiliaries: ClassVar[int] = 1

    def __post_init__(self) -> None:
        require_length(self.value, self.quantity, "give a length")

    def describe(self) -> str:
        return f"{self.quantity} at most {self.value:g}"

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        across, most = body.area / self.value, longest(body)
        if across <= most:
            return None
        return (
            f"a body of {self.describe()} and the area {body.area:.4g}, which is kept, has an extent of {across:.4g} "
            f"across it, and the optimiser's bodies have one of {most:.4g} at most"
        )

    def along(self, z: Tensor) -> Tensor:
        """The coordinate of points z (…) complex that is limited."""
        return z.real if self.axis == 1 else z.imag

    def start(self, shape: Shape) -> Tensor:
        x = self.along(shape.points - shape.shift[:, None])
        return 0.5 * (x.amax(1, keepdim=True) + x.amin(1, keepdim=True)) / shape.reference_length

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        x = self.along(shape.points - shape.shift[:, None]) / shape.reference_length - auxiliary
        half = 0.5 * self.value / shape.reference_length
        return 2.0 * torch.cat([half - x, half + x], dim=1)

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        d = outline.reference_length
        left, right, bottom, top = outline.box
        middle, across = complex(left + right, bottom + top) / 2.0, 1j / self.axis
        beside = 0.5 * ((top - bottom) if self.axis == 1 else (right - left))
        reach, end = (beside + OVERHANG * d) * across, middle + 0.5 * self.value * self.axis
        lines = (Line(at - reach, at + reach) for at in (end - self.value * self.axis, end))
        grip = Grip("value", (Pull("value", self.value, 2.0 * self.axis, LEAST * d),))
        return *lines, Label(end + (beside + self.label_gap * d) * across, f"≤ {self.value:g}"), Handle(end, grip)


@dataclass(frozen=True)
class MaxLength(Extent):
    """The body is at most `value` long: its extent along x at zero incidence.

    Parameters
    ----------
    value : float
        Greatest length, positive, in the body's own unit.

    Raises
    ------
    InputError
        If `value` is not a positive number.

    Examples
    --------
    >>> from fusiform.solvers import Body
    >>> from fusiform.solvers.inverse import MaxHeight, MaxLength
    >>> MaxLength(1.0).describe()
    'length at most 1'
    >>> MaxLength(1.0).contradiction(Body.circle(), [MaxHeight(0.5)])
    "a box of 1 x 0.5 holds an area of 0.5, and the body's area, which is kept, is 0.7854"
    """

    value: float
    quantity: ClassVar[str] = "length"
    axis: ClassVar[complex] = 1.0
    label_gap: ClassVar[float] = 0.2
    forms: ClassVar[tuple[Form, ...]] = (
        Form(
            "Greatest length",
            "Extent along x at zero incidence.",
            limit("The body is at most this long."),
            lambda body: {"value": rounded(0.9 * body.length)},
        ),
    )
    flag: ClassVar[Flag | None] = Flag("max_length")
    sweep: ClassVar[Sweep | None] = Sweep.of("length", forms[0], (2.4, 0.9))

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        for height in (c.value for c in others if isinstance(c, MaxHeight)):
            (words, most), (name, kept) = box(body, self.value, height), content(body)
            if most < kept:
                return (
                    f"{words} holds {article(name)} of {most:.4g}, and the body's {name}, which is kept, is {kept:.4g}"
                )
        return super().contradiction(body, others)


@dataclass(frozen=True)
class MaxHeight(Extent):
    """The body is at most `value` high: its extent along y at zero incidence.

    Parameters
    ----------
    value : float
        Greatest height, positive, in the body's own unit.

    Raises
    ------
    InputError
        If `value` is not a positive number.

    Examples
    --------
    >>> from fusiform.solvers.inverse import MaxHeight
    >>> MaxHeight(0.5).describe()
    'height at most 0.5'
    """

    value: float
    quantity: ClassVar[str] = "height"
    axis: ClassVar[complex] = 1j
    label_gap: ClassVar[float] = 0.32
    forms: ClassVar[tuple[Form, ...]] = (
        Form(
            "Greatest height",
            "Extent along y at zero incidence.",
            limit("The body is at most this high."),
            lambda body: {"value": rounded(0.9 * body.height)},
        ),
    )
    flag: ClassVar[Flag | None] = Flag("max_height")
    sweep: ClassVar[Sweep | None] = Sweep.of("height", forms[0], (0.8, 0.35))


@dataclass(frozen=True)
class MaxPerimeter(ShapeConstraint):
    """The outline is at most `value` long.

    Parameters
    ----------
    value : float
        Greatest perimeter, positive, in the body's own unit; that of the circle of equal area is the least possible.

    Raises
    ------
    InputError
        If `value` is not a positive number.

    Examples
    --------
    >>> from fusiform.solvers import Body
    >>> from fusiform.solvers.inverse import MaxPerimeter
    >>> MaxPerimeter(3.0).contradiction(Body.circle(), [])
    "no outline shorter than the circle's, 3.142, encloses the body's area, got 3"
    """

    value: float
    forms: ClassVar[tuple[Form, ...]] = (
        Form(
            "Greatest perimeter",
            "Length of the outline.",
            limit("The outline is at most this long."),
            lambda body: {"value": rounded(1.05 * math.pi * body.reference_length)},
        ),
    )

    def __post_init__(self) -> None:
        require_length(self.value, "perimeter", "give a length")

    def describe(self) -> str:
        return f"perimeter at most {self.value:g}"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        return (self.value - shape.perimeter[:, None]) / shape.reference_length

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        least = least_perimeter(body)
        if self.value < least:
            return f"no outline shorter than the circle's, {least:.4g}, encloses the body's area, got {self.value:g}"
        for extent in (c for c in others if isinstance(c, Extent)):
            least = perimeter_in_strip(body, extent.value)
            if self.value < least:
                return f"an outline of {extent.describe()} around that area is longer than {least:.4g}, {self._got}"
        return None

    @property
    def _got(self) -> str:
        return f"and it is to be at most {self.value:g}"

    def excludes(self, body: Body, reason: str, span: float) -> str | None:
        """A sentence if no body with two points `span` apart, for the `reason`, has such an outline, or None."""
        least = perimeter_around(body, span)
        if self.value >= least:
            return None
        return f"the outline of a body that {reason} is longer than {least:.4g}, {self._got}"

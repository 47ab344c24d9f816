"""The least thickness, at a station of the length or along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from fusiform.solvers.common.errors import is_number, require
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.geometry.limits import require_length
from fusiform.solvers.inverse.problem.constraints.attainable_sizes import least_length, longest
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.extents import LEAST, MaxHeight, MaxPerimeter
from fusiform.solvers.inverse.problem.constraints.forms import Field, Flag, Form, Sweep, rounded
from fusiform.solvers.inverse.problem.constraints.grips import Grip, Pull
from fusiform.solvers.inverse.problem.constraints.marks import Handle, Label, Line, Mark, Outline, Stroke

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry import Body
    from fusiform.solvers.inverse.problem.trial_shape import Shape

ENDS, STATIONS = 0.1, 33
DRAWN = (0.1, 0.3, 0.5, 0.7, 0.9)
NEAR, LABEL_GAP = 0.04, 0.09  # in units of the length


@dataclass(frozen=True)
class MinThickness(ShapeConstraint):
    """The body is at least `value` thick, at one station or along its length.

    Parameters
    ----------
    value : float
        Least thickness, positive, in the body's own unit.
    at : float, optional
        Station as a fraction of the length from the nose, between 0 and 1. Without it, the thickness holds everywhere
        between 10 % and 90 % of the length (at 33 stations).

    Raises
    ------
    InputError
        If `value` is not a positive number or `at` is not between 0 and 1.

    Examples
    --------
    >>> from fusiform.solvers import Body
    >>> from fusiform.solvers.inverse import MaxHeight, MinThickness
    >>> MinThickness(0.3, at=0.4).describe()
    'thickness at least 0.3 at 40% of the length'
    >>> MinThickness(0.9, at=0.5).contradiction(Body.circle(), [MaxHeight(0.8)])
    'a thickness at least 0.9 at 50% of the length does not fit into a height at most 0.8'
    """

    value: float
    at: float | None = None
    forms: ClassVar[tuple[Form, ...]] = (
        Form(
            "Least thickness",
            "Thickness at a station of the length, or everywhere between 10 % and 90 % of it.",
            (
                Field("value", "Limit", "The body is at least this thick."),
                Field("at", "Station", "Fraction of the length from the nose; empty: from 10 % to 90 %.", True),
            ),
            lambda body: {"value": rounded(0.9 * body.height), "at": 0.5},
        ),
    )
    flag: ClassVar[Flag | None] = Flag("min_thickness")
    sweep: ClassVar[Sweep | None] = Sweep(
        "thickness",
        "Thickness at mid length",
        "The body is at least this thick at mid length.",
        (0.6, 1.2),
        lambda value: {"value": value, "at": 0.5},
    )

    def __post_init__(self) -> None:
        require_length(self.value, "thickness", "give a length")
        require(
            self.at is None or (is_number(self.at) and 0.0 < self.at < 1.0),
            f"expected a station between 0 (nose) and 1 (tail), got {self.at!r}; give for example 0.5",
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

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        for height in (c for c in others if isinstance(c, MaxHeight)):
            if self.value > height.value:
                return f"a {self.describe()} does not fit into a {height.describe()}"
        for perimeter in (c for c in others if isinstance(c, MaxPerimeter)):
            sentence = perimeter.excludes(body, f"has a {self.describe()}", self.value)
            if sentence is not None:
                return sentence
        if self.value <= longest(body):
            return None
        return f"a {self.describe()} is more than the greatest extent of the optimiser's bodies, {longest(body):.4g}"

    def longest_at(self, body: Body) -> float:
        """The greatest length of a body of the size of `body`, if it is so thick all along."""
        return least_length(body, self.value) / (1.0 - 2.0 * ENDS)

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        left, right, *_ = outline.box
        middles = [_middle(outline, at) for at in (DRAWN if self.at is None else (self.at,))]
        half = 0.5j * self.value
        bars = [Line(middle - half, middle + half, Stroke.DIMENSION) for middle in middles]
        label = Label(bars[-1].end + 1j * LABEL_GAP * (right - left), f"≥ {self.value:g}")
        if self.at is None:
            return *bars, label
        station = Grip("at", (Pull("at", self.at, 1.0 / (right - left), 0.05, 0.95, step=0.01),))
        height = Grip("value", (Pull("value", self.value, 2j, LEAST * outline.reference_length),))
        return *bars, label, Handle(middles[0], station), Handle(bars[0].end, height)


def _middle(outline: Outline, station: float) -> complex:
    """The point at half height at a fraction of the length."""
    left, right, *_ = outline.box
    x = left + station * (right - left)
    near = outline.points.imag[np.abs(outline.points.real - x) < NEAR * (right - left)]
    return complex(x, 0.5 * float(near.max() + near.min()))

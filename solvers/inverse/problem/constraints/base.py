"""The least base: how wide a body is right before its tail end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.common.errors import is_number, require, shown
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.geometry.limits import require_length
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.extents import MaxHeight
from fusiform.solvers.inverse.problem.constraints.forms import Flag, Form, limit, rounded
from fusiform.solvers.inverse.problem.constraints.marks import Label, Line, Mark, Outline, Stroke

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry import Body
    from fusiform.solvers.inverse.problem.trial_shape import Shape

LEAST_BEFORE, MOST_BEFORE = 0.05, 1.0
LABEL_GAP = 0.08  # in units of d
STEP = 1e-4  # of the value, to differentiate along the body


@dataclass(frozen=True)
class MinBase(ShapeConstraint):
    """The tail is blunt: a distance of `before` · `value` before its end, the body is at least `value` thick.

    Around an axis `value` is the base diameter, for example of a nozzle. Ends are round, so the base is measured a
    little before the end; half a sphere of that diameter has `before` = 0.5.

    Parameters
    ----------
    value : float
        Least thickness, or diameter, of the base, positive, in the body's own unit.
    before : float
        Distance from the tail end over `value`, from 0.05 to 1.

    Raises
    ------
    InputError
        If `value` is not a positive number or `before` is out of its range.

    Examples
    --------
    >>> from fusiform.solvers.inverse import MinBase
    >>> MinBase(0.4).describe()
    'base at least 0.4, at 0.08 before the tail end'
    """

    value: float
    before: float = 0.2
    forms: ClassVar[tuple[Form, ...]] = (
        Form(
            "Least base",
            "Thickness right before the tail end, by a fifth of it.",
            limit("The tail is at least this thick."),
            lambda body: {"value": rounded(0.3 * body.height)},
        ),
    )
    flag: ClassVar[Flag | None] = Flag("min_base")

    def __post_init__(self) -> None:
        require_length(self.value, "base", "give a length")
        require(
            is_number(self.before) and LEAST_BEFORE <= self.before <= MOST_BEFORE,
            f"expected a distance from the tail end of {LEAST_BEFORE:g} to {MOST_BEFORE:g} times the base, got "
            f"{shown(self.before)}; leave it out for 0.2",
        )

    def describe(self) -> str:
        return f"base at least {self.value:g}, at {self.before * self.value:.3g} before the tail end"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        station = (shape.nose + shape.length)[:, None] - self.before * self.value
        return (shape.thickness(station) - self.value) / shape.reference_length

    def easing(self, shape: Shape) -> float:
        """The place moves with the value, so that a lower one is nearer to the end, where the body is thinner."""
        step = STEP * self.value * torch.ones_like(shape.nose)[:, None]
        end = (shape.nose + shape.length)[:, None] - self.before * self.value
        taper = (shape.thickness(end - step) - shape.thickness(end + step)) / (2.0 * step)
        return (1.0 - self.before * float(taper)) * self.rate(shape.reference_length)

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        for height in (c for c in others if isinstance(c, MaxHeight)):
            if self.value > height.value:
                return f"a {self.describe()}, does not fit into a {height.describe()}"
        return None

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        tail = complex(outline.points[int(outline.points.real.argmax())])
        middle, half = tail - self.before * self.value, 0.5j * self.value
        label = Label(middle + half + 1j * LABEL_GAP * outline.reference_length, f"≥ {self.value:g}")
        return Line(middle - half, middle + half, Stroke.DIMENSION), label

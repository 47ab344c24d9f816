"""The wedge angle of nose or tail."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.common.errors import is_number, require
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.inverse.problem.constraints.attainable_sizes import content, least_length, longest
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.extents import MaxHeight, MaxLength
from fusiform.solvers.inverse.problem.constraints.forms import Field, Form
from fusiform.solvers.inverse.problem.constraints.thickness import ENDS, MinThickness

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry import Body
    from fusiform.solvers.inverse.problem.trial_shape import Shape

BOUNDS = (
    Field("minimum", "Least °", "Degrees; empty for no bound.", True),
    Field("maximum", "Greatest °", "Degrees; empty for no bound.", True),
)


def _form(end: str, where: str) -> Form:
    return Form(
        f"Wedge angle of the {end}",
        f"The angle between {end} and the thickness at a tenth of the length{where}.",
        BOUNDS,
        lambda body: {"minimum": 60.0},
        f"wedge_{end}",
        {"end": end},
    )


@dataclass(frozen=True)
class WedgeAngle(ShapeConstraint):
    """The angle that the outline encloses at its nose or tail: `minimum` ≤ angle ≤ `maximum`, in degrees.

    Ends are round, so the angle is that of the wedge from the extreme point to the thickness t at the fraction `over`
    of the length L: 2 arctan(t / (2 · over · L)).

    Parameters
    ----------
    end : str
        "nose" or "tail".
    minimum, maximum : float, optional
        Bounds in degrees, between 0 and 180; at least one of them.
    over : float
        Fraction of the length over which the wedge is measured, between 0 and 0.5.

    Raises
    ------
    InputError
        If the end is unknown, no bound is given, or a number is out of its range.

    Examples
    --------
    >>> from fusiform.solvers.inverse import WedgeAngle
    >>> WedgeAngle("tail", minimum=20.0, maximum=60.0).describe()
    'wedge angle at the tail at least 20° and at most 60°'
    """

    end: str
    minimum: float | None = None
    maximum: float | None = None
    over: float = 0.1
    unit: ClassVar[str] = "degree"
    forms: ClassVar[tuple[Form, ...]] = (_form("nose", ""), _form("tail", " before it"))

    def __post_init__(self) -> None:
        limits = [v for v in (self.minimum, self.maximum) if v is not None]
        require(
            self.end in ("nose", "tail")
            and all(map(is_number, (self.over, *limits)))
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

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        return self._of_angles(others) or self._too_wide(body, others) or self._too_thin(body, others)

    def _of_angles(self, others: Sequence[Constraint]) -> str | None:
        """A sentence if this one's least angle is above the greatest of another one at the same place, or None."""
        for other in (c for c in others if isinstance(c, WedgeAngle)):
            same = (self.end, self.over) == (other.end, other.over)
            if same and self.minimum is not None and other.maximum is not None and self.minimum > other.maximum:
                return f"a {self.describe()} is none that is a {other.describe()}"
        return None

    def _too_wide(self, body: Body, others: Sequence[Constraint]) -> str | None:
        """A sentence if a body as short as its height allows is not high enough for the least angle, or None.

        The length is at least A/H, around an axis V/(π/4 H²), so that the thickness, at most H, is at least 2 `over`
        times it times tan(angle/2).
        """
        if self.minimum is None:
            return None
        height = min([longest(body), *(c.value for c in others if isinstance(c, MaxHeight))])
        across = 2.0 * self.over * math.tan(math.radians(0.5 * self.minimum)) * least_length(body, 1.0)
        least = across ** (1.0 / 3.0 if body.revolution else 0.5)
        if least <= height:
            return None
        name = content(body)[0]
        return (
            f"a {self.describe()} needs a height of at least {least:.4g} at the body's {name}, and it is {height:.4g}"
        )

    def _too_thin(self, body: Body, others: Sequence[Constraint]) -> str | None:
        """A sentence if a least thickness needs a greater angle at any length that the area allows, or None."""
        if self.maximum is None or self.over < ENDS:
            return None
        lengths = [longest(body), *(c.value for c in others if isinstance(c, MaxLength))]
        for thick in (c for c in others if isinstance(c, MinThickness) and c.at is None):
            length = min(*lengths, thick.longest_at(body))
            if 2.0 * self.over * length * math.tan(math.radians(0.5 * self.maximum)) < thick.value:
                return (
                    f"a {thick.describe()} and a {self.describe()} exclude each other at any length up to {length:.4g}"
                )
        return None

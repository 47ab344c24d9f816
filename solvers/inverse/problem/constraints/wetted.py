"""The greatest wetted area of a body of revolution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.geometry.limits import require_length
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.extents import MaxHeight

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry import Body
    from fusiform.solvers.inverse.problem.trial_shape import Shape


@dataclass(frozen=True)
class MaxWettedArea(ShapeConstraint):
    """The surface of a body of revolution is at most `value`.

    Parameters
    ----------
    value : float
        Greatest wetted area, positive, in the body's own unit, squared; that of the sphere of equal volume is the least
        possible.

    Raises
    ------
    InputError
        If `value` is not a positive number.

    Examples
    --------
    >>> from fusiform.solvers import Body
    >>> from fusiform.solvers.inverse import MaxWettedArea
    >>> MaxWettedArea(3.0).contradiction(Body.sphere(), [])
    "no surface smaller than the sphere's, 3.142, encloses the body's volume, got 3"
    """

    value: float
    unit: ClassVar[str] = "unit of area"
    axial: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_length(self.value, "wetted area", "give an area")

    def describe(self) -> str:
        return f"wetted area at most {self.value:g}"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        area = shape.wetted_area[:, None]
        return (self.value - area) * self.rate(shape.reference_length)

    def rate(self, reference_length: float) -> float:
        return 1.0 / (math.pi * reference_length**2)

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        least = math.pi * body.reference_length**2
        if self.value < least:
            return f"no surface smaller than the sphere's, {least:.4g}, encloses the body's volume, got {self.value:g}"
        for height in (c for c in others if isinstance(c, MaxHeight)):
            least = 4.0 * body.volume / height.value
            if self.value < least:
                words = f"a surface of {height.describe()} around the body's volume is larger than {least:.4g}"
                return f"{words}, and it is to be at most {self.value:g}"
        return None

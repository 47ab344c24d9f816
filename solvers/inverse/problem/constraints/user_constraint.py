"""A constraint defined by a function of the user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.inverse.problem.constraints.constraint import ShapeConstraint

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.inverse.problem.trial_shape import Shape


@dataclass(frozen=True)
class UserConstraint(ShapeConstraint):
    """A constraint of your own on the outline: `function(points)` ≥ 0.

    Parameters
    ----------
    name : str
        The constraint in words, for reports.
    function : callable
        From points (batch, n) complex, counter-clockwise at equal steps of η in the body's own unit and frame, to
        residuals (batch, m) of order one, by torch operations.

    Examples
    --------
    >>> from fusiform.solvers.inverse import UserConstraint
    >>> UserConstraint("lowest point above -0.2", lambda z: z.imag + 0.2).describe()
    'lowest point above -0.2'
    """

    name: str
    function: Callable[[Tensor], Tensor]
    unit: ClassVar[str] = "value of the function"

    def describe(self) -> str:
        return self.name

    def mirrors(self, other: ShapeConstraint, axis: float) -> bool:
        """Always False, since the function is unknown."""
        return False

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        return self.function(shape.points)

    def rate(self, reference_length: float) -> float:
        return 1.0

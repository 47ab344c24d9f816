"""The objective of a body that falls, or rises, by its weight: the greatest terminal speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.common.errors import is_number, make_plain, require, shown
from fusiform.solvers.conditions import REYNOLDS_RANGE
from fusiform.solvers.inverse.problem.quantities import Quantity

if TYPE_CHECKING:
    from torch import Tensor

LARGEST_NUMBER = 1e12
HALVINGS = 60


@dataclass(frozen=True)
class TerminalVelocity:
    """The greatest Reynolds number at which the drag is the body's weight; it has one design point.

    W is the weight less the buoyancy, the same for all shapes: W = (ρ_b − ρ) g V of a solid of the density ρ_b. A body
    falls faster than another one if and only if it has less drag at the other one's terminal speed.

    Parameters
    ----------
    best_number : float
        N = C_D Re² (Davies' or Best's number), positive: 8 W/(π ρ ν²) around an axis, where it does not depend on d,
        which is (4/3) (ρ_b/ρ − 1) g d³/ν² for a solid; 2 W d/(ρ ν²) in the plane, W per unit span.

    Raises
    ------
    InputError
        If `best_number` is not a positive number below 10¹².

    Examples
    --------
    The Reynolds number of the point is where the search for the terminal one begins:

    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import DesignPoint, Problem, SolverModel, TerminalVelocity, optimize
    >>> points = (DesignPoint(FlowConditions(10.0)),)
    >>> problem = Problem(Body.sphere(), points, TerminalVelocity(best_number=430.0), verify=None)
    >>> result = optimize(problem, model=SolverModel(modes=4))
    >>> print(f"Re {result.conditions.reynolds:.2f}; {result.gain.describe()}")
    Re 10.94; terminal speed rises by 9.5 %
    """

    best_number: float
    needs_lift: ClassVar[bool] = False
    quantity: ClassVar[Quantity] = Quantity("terminal speed", "Re", rises=True)

    def __post_init__(self) -> None:
        require(
            is_number(self.best_number) and 0.0 < self.best_number < LARGEST_NUMBER,
            f"expected a positive Best number C_D Re² below {LARGEST_NUMBER:g}, got {shown(self.best_number)}; give "
            "8 W/(π ρ ν²), or 2 W d/(ρ ν²) in the plane",
        )
        make_plain(self, "best_number")

    @property
    def likely_reynolds(self) -> float:
        """Re, within the solver's range, at which a sphere falls: C_D = 24/Re (1 + 0.15 Re^0.687).

        L. Schiller & A. Naumann, Z. Ver. Dtsch. Ing. 77 (1933) 318.
        """
        low, high = REYNOLDS_RANGE
        for _ in range(HALVINGS):
            middle = (low * high) ** 0.5
            slow = 24.0 * middle * (1.0 + 0.15 * middle**0.687) < self.best_number
            low, high = (middle, high) if slow else (low, middle)
        return low

    def measured(self, value: float) -> float:
        """The terminal Reynolds number."""
        return -value

    def describe(self) -> str:
        return f"greatest terminal speed at the weight C_D Re² = {self.best_number:g}"

    def size(self, value: float, slope: float) -> float:
        return abs(value)

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        """−Re, of C_D at the terminal speed."""
        return -(self.best_number / drag).sqrt().sum()

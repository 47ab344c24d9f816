"""Design points: the conditions that a body is optimised for, with their weights."""

from __future__ import annotations

from dataclasses import dataclass

from fusiform.solvers.common.errors import is_number, make_plain, require, shown
from fusiform.solvers.conditions import FlowConditions

LARGEST_WEIGHT = 1e6


@dataclass(frozen=True)
class DesignPoint:
    """Conditions that the body is optimised for, and their weight in the objective.

    Parameters
    ----------
    conditions : FlowConditions
        Reynolds number and incidence.
    weight : float
        Positive; only the ratios of the weights matter.

    Raises
    ------
    InputError
        If `weight` is not a positive number below 10⁶.

    Examples
    --------
    >>> from fusiform.solvers import FlowConditions
    >>> from fusiform.solvers.inverse import DesignPoint
    >>> cruise = DesignPoint(FlowConditions(30.0), weight=3.0)
    >>> cruise.conditions.reynolds, cruise.weight
    (30.0, 3.0)
    """

    conditions: FlowConditions
    weight: float = 1.0

    def __post_init__(self) -> None:
        require(
            isinstance(self.conditions, FlowConditions),
            f"expected the conditions of a design point, got {self.conditions!r}; give FlowConditions(10.0)",
        )
        require(
            is_number(self.weight) and 0.0 < self.weight < LARGEST_WEIGHT,
            f"expected a positive weight of a design point, got {shown(self.weight)}; give 1",
        )
        make_plain(self, "weight")

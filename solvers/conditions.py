"""Flow conditions: Reynolds number and angle of attack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fusiform.solvers.common.errors import is_number, make_plain, require, shown

REYNOLDS_RANGE = (0.05, 1000.0)
ALPHA_RANGE_DEG = (-90.0, 90.0)


@dataclass(frozen=True)
class FlowConditions:
    """A uniform stream U = 1 along +x, density 1, past a body at incidence.

    Parameters
    ----------
    reynolds : float
        U d / ν, d = √(4A/π) the diameter of the circle of the body's area; 0.05 to 1000. (In nature a flow is likely to
        shed vortices where Re on the height across the stream is above about 35, a rule of thumb.)
    alpha_deg : float
        Angle of attack in degrees, nose up; −90 to 90.

    Raises
    ------
    InputError
        Outside these ranges.

    Examples
    --------
    >>> from fusiform import FlowConditions
    >>> FlowConditions(reynolds=10.0, alpha_deg=5.0)
    FlowConditions(reynolds=10.0, alpha_deg=5.0)
    """

    reynolds: float
    alpha_deg: float = 0.0

    def __post_init__(self) -> None:
        low, high = REYNOLDS_RANGE
        require(
            is_number(self.reynolds) and low <= self.reynolds <= high,
            f"expected a Reynolds number between {low:g} and {high:g} (based on the equal-area diameter), "
            f"got {shown(self.reynolds)}; choose a value in that range",
        )
        low, high = ALPHA_RANGE_DEG
        require(
            is_number(self.alpha_deg) and low <= self.alpha_deg <= high,
            f"expected an angle of attack between {low:g} and {high:g} degrees, got {shown(self.alpha_deg)}; "
            "choose a value in that range",
        )
        make_plain(self, "reynolds", "alpha_deg")


def require_along_axis(conditions: Iterable[FlowConditions]) -> None:
    """`InputError` for incidence, which the flow past a body of revolution has not."""
    turned = [at.alpha_deg for at in conditions if at.alpha_deg != 0.0]
    require(
        not turned,
        f"expected an angle of attack of 0 for a body of revolution, got {turned[0] if turned else 0:g} degrees; only "
        "the flow along its axis is known",
    )

"""The numbers of radial lines and angular nodes of a grid; without torch, so that recipes are checked at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.ranges import Range, require_ranges


@dataclass(frozen=True)
class Resolution:
    """Numbers of radial lines and of angular nodes, both even and from 16 to 512.

    The estimate of the error looks at half as many again as the finest grid has, 288 angles.
    """

    n_xi: Annotated[int, Range(16, 512)]
    n_eta: Annotated[int, Range(16, 512)]

    def __post_init__(self) -> None:
        require_ranges(self, "a grid")
        require(
            self.n_xi % 2 == 0 and self.n_eta % 2 == 0,
            f"expected even numbers of radial lines and angular nodes, got {self.n_xi} and {self.n_eta}; choose for "
            "example 64 and 64",
        )

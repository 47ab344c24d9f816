"""The numbers of radial lines and angular nodes of a grid; without torch, so that recipes are checked at once."""

from __future__ import annotations

from dataclasses import dataclass

from fusiform.solvers.common.errors import require


@dataclass(frozen=True)
class Resolution:
    """Numbers of radial lines and of angular nodes, both even and at least 16."""

    n_xi: int
    n_eta: int

    def __post_init__(self) -> None:
        require(
            min(self.n_xi, self.n_eta) >= 16 and self.n_xi % 2 == 0 and self.n_eta % 2 == 0,
            f"expected even numbers of radial lines and angular nodes, at least 16 each, got {self.n_xi} and "
            f"{self.n_eta}; choose for example 64 and 64",
        )

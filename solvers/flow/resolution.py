"""The numbers of elements and their degrees; without torch, so that recipes are checked at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.ranges import Range, require_ranges


@dataclass(frozen=True)
class Resolution:
    """Elements of the whole plane, radially and around the body, and the degrees of their polynomials.

    `angular_elements` is even: flows that are symmetric about the stream are solved on half of them.
    """

    radial_elements: Annotated[int, Range(2, 24)]
    angular_elements: Annotated[int, Range(4, 48)]
    radial_degree: Annotated[int, Range(2, 16)]
    angular_degree: Annotated[int, Range(2, 16)]

    def __post_init__(self) -> None:
        require_ranges(self, "a resolution")
        require(
            self.angular_elements % 2 == 0,
            f"expected an even number of angular elements, got {self.angular_elements}; choose for example 12",
        )

    @property
    def n_xi(self) -> int:
        """Number of radial nodes."""
        return self.radial_elements * self.radial_degree + 1

    @property
    def n_eta(self) -> int:
        """Number of angular nodes of the whole plane."""
        return self.angular_elements * self.angular_degree

    def with_degrees(self, radial: int, angular: int) -> Resolution:
        """The same elements with other degrees."""
        return Resolution(self.radial_elements, self.angular_elements, radial, angular)

    def __str__(self) -> str:
        return (
            f"{self.radial_elements} x {self.angular_elements} elements of degrees {self.radial_degree} and "
            f"{self.angular_degree}"
        )

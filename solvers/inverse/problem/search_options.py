"""The options of the search for an optimum: the table [options] of a problem file."""

from __future__ import annotations

from dataclasses import dataclass, fields

from fusiform.solvers.common.errors import is_number, is_whole, require
from fusiform.solvers.grids import GRIDS

NO_GRID = "none"


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """Options of the search; `Problem` describes each. `InputError` if a number is out of its range."""

    min_confidence: float = 0.0
    starts: int = 1
    seed: int = 0
    max_iterations: int = 80
    tolerance: float = 1e-7
    timeout: float | None = None
    certify: bool = False
    certify_tolerance: float = 1e-3
    verify: str | None = "fine"

    def __post_init__(self) -> None:
        for name in ("starts", "seed", "max_iterations"):
            value = getattr(self, name)
            require(is_whole(value), f"expected a whole number for {name}, got {value!r}; give one")
        for name in ("min_confidence", "tolerance", "certify_tolerance"):
            value = getattr(self, name)
            require(is_number(value), f"expected a number for {name}, got {value!r}; give one")
        require(
            isinstance(self.certify, bool),
            f"expected True or False for certify, got {self.certify!r}; give one of them",
        )
        require(
            self.max_iterations >= 1 and 0 < self.tolerance < 1,
            f"expected at least one iteration and a tolerance between 0 and 1, got {self.max_iterations} and "
            f"{self.tolerance}; choose for example 80 and 1e-7",
        )
        require(
            self.starts >= 1 and self.seed >= 0 and 0.0 <= self.min_confidence <= 1.0 and self.certify_tolerance > 0.0,
            f"expected at least one start, a seed of at least 0, a confidence from 0 to 1 and a positive tolerance, "
            f"got {self.starts}, {self.seed}, {self.min_confidence} and {self.certify_tolerance}; correct them",
        )
        require(
            self.timeout is None or (is_number(self.timeout) and self.timeout > 0.0),
            f"expected a positive timeout in seconds, got {self.timeout}; leave it out for none",
        )
        require(
            self.verify is None or self.verify in GRIDS,
            f"expected a grid of {', '.join(GRIDS)} to verify on, got {self.verify!r}; choose one",
        )


OPTIONS = tuple(field.name for field in fields(SearchOptions))

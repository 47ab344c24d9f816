"""The options of the search for an optimum: the table [options] of a problem file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from fusiform.solvers.common.errors import is_number, is_whole, make_plain, require, shown, shown_count
from fusiform.solvers.grids import GRIDS

NO_GRID = "none"


@dataclass(frozen=True)
class Range:
    """The range of an option, and the words for it; the `least` value itself is allowed if it is `closed`."""

    words: str
    least: float
    most: float
    closed: bool = True
    whole: bool = False

    def require(self, name: str, value: Any) -> None:
        """`InputError` unless the `value` of the option `name` is a number of the range."""
        kind, good = ("a whole number", is_whole(value)) if self.whole else ("a number", is_number(value))
        got = shown_count(value) if self.whole else shown(value)
        require(good, f"expected {kind} for {name}, got {got}; give one")
        inside = self.least <= value <= self.most and (self.closed or value > self.least)
        require(inside, f"expected {self.words}, got {shown(value)}; correct {name}")


RANGES = {
    "starts": Range("at least one start, and at most 1000", 1, 1000, whole=True),
    "seed": Range("a seed from 0 to 1e15", 0, 10**15, whole=True),
    "max_iterations": Range("at least one iteration, and at most 100000", 1, 100_000, whole=True),
    "min_confidence": Range("a confidence from 0 to 1", 0.0, 1.0),
    "tolerance": Range("a positive tolerance of at most 1", 0.0, 1.0, closed=False),
    "certify_tolerance": Range("a positive tolerance of at most 1", 0.0, 1.0, closed=False),
    "timeout": Range("a positive timeout of at most 1e9 seconds", 0.0, 1e9, closed=False),
}


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
        for name, allowed in RANGES.items():
            value = getattr(self, name)
            if not (name == "timeout" and value is None):
                allowed.require(name, value)
        make_plain(self, *RANGES)
        require(
            isinstance(self.certify, bool),
            f"expected True or False for certify, got {self.certify!r}; give one of them",
        )
        require(
            self.verify is None or (isinstance(self.verify, str) and self.verify in GRIDS),
            f"expected a grid of {', '.join(GRIDS)} to verify on, got {shown(self.verify)}; choose one",
        )


OPTIONS = tuple(field.name for field in fields(SearchOptions))

"""The settings of a data set: the table [dataset] of a recipe with its tables [space] and [resolution]."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fusiform.solvers.common.provenance import digest_of
from fusiform.solvers.common.ranges import Range, require_ranges
from fusiform.solvers.flow import Resolution
from fusiform.surrogates.design_space import DesignSpace

MOST_BODIES, MOST_SEED = 1_000_000, 10**12


@dataclass(frozen=True)
class DatasetConfig:
    """`count` designs of `space` drawn with `seed`, solved at `resolution`."""

    count: Annotated[int, Range(1, MOST_BODIES)]
    seed: Annotated[int, Range(0, MOST_SEED)]
    space: DesignSpace
    resolution: Resolution

    def __post_init__(self) -> None:
        require_ranges(self, "[dataset]")

    @property
    def digest(self) -> str:
        """Hash of the settings that determine a case: all but the count, so that a set can grow."""
        fixed = {key: value for key, value in self.table().items() if key != "count"}
        return digest_of(fixed)

    def table(self) -> dict[str, Any]:
        """The settings as files hold them."""
        return asdict(self) | {"space": self.space.table()}

"""The settings of a data set: the table [dataset] of a recipe with its tables [space] and [resolution]."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.provenance import digest_of
from fusiform.solvers.flow import Resolution
from fusiform.surrogates.design_space import DesignSpace


@dataclass(frozen=True)
class DatasetConfig:
    """`count` designs of `space` drawn with `seed`, solved at `resolution`."""

    count: int
    seed: int
    space: DesignSpace
    resolution: Resolution

    def __post_init__(self) -> None:
        require(
            self.count >= 1 and self.seed >= 0,
            f"expected at least one case and a seed of 0 or more, got {self.count} and {self.seed}; correct the recipe",
        )

    @property
    def digest(self) -> str:
        """Hash of the settings that determine a case: all but the count, so that a set can grow."""
        fixed = {key: value for key, value in asdict(self).items() if key != "count"}
        return digest_of(fixed)

"""The outline that was found in a file."""

from __future__ import annotations

from dataclasses import dataclass

from fusiform.solvers.common.arrays import FloatArray


@dataclass(frozen=True)
class FoundOutline:
    """Points (n, 2) of a closed outline, and one sentence about the choice and the repairs, as in `Body.source`."""

    points: FloatArray
    source: str = ""

"""Arrays read from files, compared with a table of their types, shapes and ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fusiform.solvers.common.errors import require, shown

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Expected:
    """An array of type `kind` and `shape` whose numbers lie between `least` and `most`; so does |z| of complex ones.

    Numbers are not compared with a `least` of None.
    """

    kind: str
    shape: tuple[int, ...]
    least: float | None = -1e4
    most: float = 1e4


def require_arrays(arrays: Mapping[str, Array], expected: Mapping[str, Expected], where: str, remedy: str) -> None:
    """Raise `InputError` unless `arrays`, those of `where`, are the expected ones; the sentence ends with `remedy`."""
    different = sorted(expected.keys() ^ arrays.keys())
    require(
        not different,
        f"expected the arrays {shown(sorted(expected))} in {where}, got others or fewer ({shown(different)}); {remedy}",
    )
    for name, each in expected.items():
        _require_array(arrays[name], each, f"{name} of {where}", remedy)


def _require_array(array: Array, each: Expected, name: str, remedy: str) -> None:
    require(
        (array.dtype.name, array.shape) == (each.kind, each.shape),
        f"expected {name} as {each.kind} of shape {each.shape}, got {array.dtype.name} of shape {array.shape}; "
        f"{remedy}",
    )
    if array.size == 0 or each.least is None:
        return
    numbers = np.abs(array) if np.iscomplexobj(array) else array
    low, high = float(numbers.min()), float(numbers.max())  # NaN if one of the numbers is
    require(
        each.least <= low <= high <= each.most,
        f"expected the numbers of {name} from {each.least:g} to {each.most:g}, got {low:g} to {high:g}; {remedy}",
    )

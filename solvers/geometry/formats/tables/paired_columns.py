"""Rows with a point of the upper and one of the lower surface: x, y, y or x, y, x, y."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusiform.solvers.common.arrays import FloatArray


@dataclass(frozen=True)
class Pairing:
    """The properties by which two surfaces in the same rows are known."""

    rows: int = 5
    """Rows, at least."""
    leading: float = 0.05
    """Distance between the two points of the narrower end, over the greatest one of a row, at most."""
    trailing: float = 0.3
    """The same at the other end."""
    opposite: float = 0.5
    """Part of the rows, at least, in which one surface is above the axis y = 0 and the other below."""


PAIRING = Pairing()


def paired_surfaces(table: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """The two surfaces (n, 2) in the columns of a table (n, 3) or (n, 4); None where there are none.

    Both x run one way, from a common point to points that are close, one surface is above the other, and in half of the
    rows they are on two sides of y = 0, which is not so for x, y, z and for other quantities beside x, y.
    """
    if len(table) < PAIRING.rows or table.shape[1] not in (3, 4):
        return None
    first, second = table[:, :2], table[:, [2, 3] if table.shape[1] == 4 else [0, 2]]
    apart = np.linalg.norm(first - second, axis=1)
    ends = np.sort(apart[[0, -1]]) / max(float(apart.max()), 1e-300)
    above = np.sign(first[:, 1] - second[:, 1])
    steps = np.sign(np.diff(np.column_stack([first[:, 0], second[:, 0]]), axis=0))
    known = (
        (ends <= [PAIRING.leading, PAIRING.trailing]).all()
        and len(np.unique(above[above != 0.0])) == 1
        and len(np.unique(steps)) == 1
        and np.mean(first[:, 1] * second[:, 1] < 0.0) >= PAIRING.opposite
    )
    return (first, second) if known else None

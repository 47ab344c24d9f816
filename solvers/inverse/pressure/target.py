"""A target for the pressure along the wall: rows of arc fraction s and C_p, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, require

EQUAL_SIDES = 1e-3  # difference of the two sides, over the range of C_p, up to which they count as equal


def checked_target(target: ArrayLike, modes: int, revolution: bool) -> FloatArray:
    """The target as an array (n, 2); `InputError` unless it determines `modes` coefficients of a body of its kind."""
    try:
        table = np.array(target, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("expected a target table of numbers, got something else; give rows of s and C_p") from error
    require(
        table.ndim == 2 and table.shape[1] == 2 and len(table) >= 2 * modes,
        f"expected a target of at least {2 * modes} rows of s and C_p for {modes} modes, got shape {table.shape}; "
        "give more points or ask for fewer modes",
    )
    require(bool(np.isfinite(table).all()), "expected a target of finite numbers, got nan or inf; leave those rows out")
    low, high = table[:, 0].min(), table[:, 0].max()
    along, whole = ("from 0 to 1", "the meridian's") if revolution else ("from 0 to below 1", "the perimeter")
    require(
        low >= 0.0 and (high <= 1.0 if revolution else high < 1.0),
        f"expected arc fractions s {along}, got {low:g} to {high:g}; divide the arc length by {whole}",
    )
    spread = float(np.ptp(table[:, 1]))
    require(spread > 0.0, f"expected a C_p that varies along the wall, got {table[0, 1]:g} everywhere; correct it")
    return table


def has_equal_sides(target: FloatArray) -> bool:
    """True if C(1 − s) = C(s)."""
    arc, pressure = target.T
    mirrored = np.interp(1.0 - arc, arc, pressure, period=1.0)
    return float(np.abs(mirrored - pressure).max()) <= EQUAL_SIDES * float(np.ptp(pressure))

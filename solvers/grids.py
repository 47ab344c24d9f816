"""The named grids and the error of the drag that each allows; without torch, so that wrong input is refused at once."""

from __future__ import annotations

import math
from typing import Literal

from fusiform.solvers.common.errors import require

NamedGrid = Literal["coarse", "standard", "fine"]
DRAG_ERRORS: dict[NamedGrid, float] = {"coarse": 0.01, "standard": 0.003, "fine": 0.001}
GRIDS = tuple(DRAG_ERRORS)
TOLERANCE_RANGE = (2e-4, 0.1)


def check_grid(grid: str, tolerance: float | None) -> None:
    """Raise `InputError` unless `grid` is one of `GRIDS`, or auto with a `tolerance` in `TOLERANCE_RANGE`."""
    if grid != "auto":
        require(grid in GRIDS, f"expected a grid of {', '.join(GRIDS)} or auto, got {grid!r}; choose one")
        require(tolerance is None, f"expected no tolerance for the grid {grid}, got {tolerance}; choose the grid auto")
        return
    low, high = TOLERANCE_RANGE
    require(
        low <= (math.nan if tolerance is None else tolerance) <= high,
        f"expected a tolerance of the drag between {low:g} and {high:g} for grid auto, got {tolerance}; give for "
        "example 0.001 for 0.1 % (on the command line: --tolerance 0.001)",
    )

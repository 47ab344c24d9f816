"""The named grids and the error of the drag that each allows; without torch, so that wrong input is refused at once."""

from __future__ import annotations

from typing import Literal

from fusiform.solvers.common.errors import is_number, require, shown

NamedGrid = Literal["coarse", "standard", "fine"]
DRAG_ERRORS: dict[NamedGrid, float] = {"coarse": 0.01, "standard": 0.003, "fine": 0.001}
GRIDS = tuple(DRAG_ERRORS)
TOLERANCE_RANGE = (2e-4, 0.1)


def check_grid(grid: str, tolerance: float | None) -> None:
    """Raise `InputError` unless `grid` is one of `GRIDS`, or auto with a `tolerance` in `TOLERANCE_RANGE`."""
    require(
        isinstance(grid, str) and grid in (*GRIDS, "auto"),
        f"expected a grid of {', '.join(GRIDS)} or auto, got {shown(grid)}; choose one",
    )
    if grid != "auto":
        require(tolerance is None, f"expected no tolerance for the grid {grid}, got {tolerance}; choose the grid auto")
        return
    low, high = TOLERANCE_RANGE
    got = "none" if tolerance is None else shown(tolerance)
    require(
        tolerance is not None and is_number(tolerance) and low <= tolerance <= high,
        f"expected a tolerance of the drag between {low:g} and {high:g} for grid auto, got {got}; give for example "
        "0.001 for 0.1 % (on the command line: --tolerance 0.001)",
    )

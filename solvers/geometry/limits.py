"""Limits of a body: its number of modes and its fineness. Checked here, since importing torch takes a second."""

from __future__ import annotations

from fusiform.solvers.common.errors import require

DEFAULT_MODES = 16
MODES_RANGE = (1, 64)
FINENESS_RANGE = (0.1, 20.0)


def require_modes(modes: int) -> None:
    """Raise `InputError` unless a body may have that many coefficients."""
    low, high = MODES_RANGE
    require(low <= modes <= high, f"expected {low} to {high} modes, got {modes}; 16 suits most bodies")


def require_fineness(fineness: float) -> None:
    """Raise `InputError` unless an ellipse may have that length over height."""
    low, high = FINENESS_RANGE
    require(
        low <= fineness <= high,
        f"expected a fineness (length over height) of {low:g} to {high:g}, got {fineness:g}; choose one in between",
    )

"""Limits of a body and of its outline. Checked here, since importing torch takes a second."""

from __future__ import annotations

import math
from numbers import Complex

from fusiform.solvers.common.errors import is_number, is_whole, require, shown, shown_count

DEFAULT_MODES = 16
MODES_RANGE = (1, 64)
FINENESS_RANGE = (0.1, 20.0)
FIT_WARNING, LARGEST_FIT_ERROR = 0.02, 0.1  # of d: a fit error that is pointed out, one that is refused unless allowed
LARGEST_COUNT = 1_000_000
LENGTH_RANGE = (1e-100, 1e100)  # areas and their squares are floats, too


def require_modes(modes: int) -> None:
    """Raise `InputError` unless a body may have that many coefficients."""
    low, high = MODES_RANGE
    require(
        is_whole(modes) and low <= modes <= high,
        f"expected {low} to {high} modes, got {shown_count(modes)}; 16 suits most bodies",
    )


def require_fineness(fineness: float) -> None:
    """Raise `InputError` unless an ellipse or spheroid may have that length over height."""
    low, high = FINENESS_RANGE
    require(
        is_number(fineness) and low <= fineness <= high,
        f"expected a fineness (length over height) of {low:g} to {high:g}, got {shown(fineness)}; choose another, "
        "or give the outline",
    )


def require_length(length: float, name: str, remedy: str) -> None:
    """Raise `InputError` unless the `length`, called `name` in the sentence, is positive and of a usual size."""
    require(is_number(length) and length > 0.0, f"expected a positive {name}, got {shown(length)}; {remedy}")
    low, high = LENGTH_RANGE
    require(
        low <= float(length) <= high,
        f"expected a {name} between {low:g} and {high:g}, got {shown(length)}; choose another unit of length",
    )


def require_amount(amount: float, name: str, remedy: str) -> None:
    """Raise `InputError` unless the number `amount`, called `name` in the sentence, is 0 or more."""
    require(is_number(amount) and amount >= 0.0, f"expected a {name} of 0 or more, got {shown(amount)}; {remedy}")


def require_max_fit_error(largest: float | None) -> None:
    """Raise `InputError` unless `largest` is a bound of the fit error, or None for no bound."""
    if largest is not None:
        require_amount(largest, "largest fit error", "give a part of d, or None for any")


def require_fit(fit_error: float, largest: float | None, modes: int) -> None:
    """Raise `InputError` if a fit with that number of `modes` is worse than `largest`."""
    require(
        largest is None or fit_error <= largest,
        f"expected a body within {shown(largest)} d of the given outline, got one with {modes} modes that differs from "
        f"it by up to {fit_error:.2g} d; give more modes, or allow a poor fit (max_fit_error)",
    )


def require_origin(origin: complex) -> None:
    """Raise `InputError` unless `origin` is a point of the plane."""
    require(
        isinstance(origin, Complex) and not isinstance(origin, bool) and _is_near(origin),
        f"expected the origin as a complex number of at most {LENGTH_RANGE[1]:g}, got {shown(origin)}; give x + 1j * y",
    )


def _is_near(point: Complex) -> bool:
    try:
        return math.hypot(float(point.real), float(point.imag)) <= LENGTH_RANGE[1]
    except OverflowError:  # a whole number larger than every float
        return False


def require_count(count: int, least: int = 1) -> None:
    """Raise `InputError` unless an outline can be sampled at that many points."""
    require(
        is_whole(count) and least <= count <= LARGEST_COUNT,
        f"expected {least} to {LARGEST_COUNT} points, got {shown_count(count)}; give a whole number",
    )

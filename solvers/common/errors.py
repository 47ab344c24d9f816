"""The exception for bad input, a sentence with the expected input, the actual one, and the remedy; and its checks."""

from __future__ import annotations

import math
import reprlib
from numbers import Complex, Integral, Real
from typing import Any


class InputError(ValueError):
    """Input that Fusiform cannot work with.

    The message is one sentence for the user: the expected input, the actual one, and the remedy. The command line
    prints it and exits with code 2; the app shows it beside the input.

    Examples
    --------
    >>> from fusiform import FlowConditions, InputError
    >>> try:
    ...     FlowConditions(reynolds=1e6)
    ... except InputError as error:
    ...     print(error)
    expected a Reynolds number between 0.05 and 1000 (based on the equal-area diameter), got 1e+06; choose a value ...
    """


class UnwritableError(InputError):
    """A file that could not be written, for example on a full disk; the file that was there before is unchanged."""


def require(condition: bool, message: str) -> None:
    """Raise `InputError(message)` unless `condition` holds."""
    if not condition:
        raise InputError(message)


def is_number(value: object) -> bool:
    """True for a finite real number that is not a bool."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number larger than every float
        return False


def is_whole(value: object) -> bool:
    """True for a whole number that is not a bool."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def plain(value: Any) -> Any:
    """A number of another library, such as NumPy, as Python's own, which JSON has; anything else as it is."""
    if isinstance(value, bool | int | float | complex):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    return complex(value) if isinstance(value, Complex) else value


def make_plain(instance: object, *names: str) -> None:
    """Make the numbers with these `names` in a frozen dataclass Python's own."""
    for name in names:
        object.__setattr__(instance, name, plain(getattr(instance, name)))


def shown(value: object) -> str:
    """`value` as a sentence names it: a number with six digits, anything else abbreviated."""
    if is_number(value):
        return f"{value:g}"
    return " ".join(reprlib.repr(value).split())


def shown_count(value: object) -> str:
    """`value` where a whole number is expected: 16.0 in place of 16 for a float."""
    return repr(value) if isinstance(value, float) else shown(value)


def require_kind(value: object, kind: type, remedy: str) -> None:
    """Raise `InputError` unless `value` is an instance of the class `kind`; the sentence ends with `remedy`."""
    if not isinstance(value, kind):  # a solved flow takes longer to put into words than to solve
        raise InputError(f"expected a {kind.__name__}, got {shown(value)}; {remedy}")

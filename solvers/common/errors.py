"""The one exception for bad input: a sentence that says what was expected, what came, and what to do."""

from __future__ import annotations

import math
from numbers import Real


class InputError(ValueError):
    """Input that Fusiform cannot work with.

    The message is one sentence for a person: what was expected, what came instead, and what to do.
    The command line prints it and exits with code 2; the app shows it beside the input.
    """


def require(condition: bool, message: str) -> None:
    """Raise `InputError(message)` unless `condition` holds."""
    if not condition:
        raise InputError(message)


def is_number(value: object) -> bool:
    """True for a finite real number; a bool is none."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)

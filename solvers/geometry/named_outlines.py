"""Outlines from formulas: NACA four-digit sections, as points (n, 2), counter-clockwise."""

from __future__ import annotations

import re

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require

_THICKNESS = (-0.1260, -0.3516, 0.2843, -0.1036)  # of x … x⁴; the original −0.1015 leaves the trailing edge open


def _camber(x: FloatArray, height: float, position: float) -> tuple[FloatArray, FloatArray]:
    """Camber line y_c(x) and its slope: two parabolas that meet at x = `position`."""
    ahead = x < position
    scale = height / np.where(ahead, position**2, (1.0 - position) ** 2)
    offset = np.where(ahead, 0.0, 1.0 - 2.0 * position)
    return scale * (offset + 2.0 * position * x - x**2), 2.0 * scale * (position - x)


def require_naca_digits(digits: str) -> None:
    """Raise `InputError` unless `digits` name a NACA four-digit section."""
    require(
        isinstance(digits, str) and re.fullmatch("[0-9]{4}", digits) is not None and 1 <= int(digits[2:]) <= 40,
        f"expected four NACA digits with a thickness of 01 to 40, got {digits!r}; write for example 0012 or 2412",
    )
    require(
        digits[0] == "0" or digits[1] != "0",
        f"expected a position of the camber (second digit) of 1 to 9, got {digits!r}; write for example 2412",
    )


def naca_outline(digits: str, count: int = 400) -> FloatArray:
    """`count` points of a NACA four-digit section from the trailing edge (1, 0) over the top to (0, 0) and back.

        y_t = 5 t (0.2969 √x − 0.1260 x − 0.3516 x² + 0.2843 x³ − 0.1036 x⁴)

    laid off normal to the camber line. `digits` are the camber in % of the chord, its position in tenths and the
    thickness t in % (1 to 40). The last coefficient closes the trailing edge. Cosine spacing; `count` is even.
    Source: E. N. Jacobs, K. E. Ward, R. M. Pinkerton, NACA Report 460, 1933.
    """
    require_naca_digits(digits)
    height, position, thickness = int(digits[0]) / 100.0, int(digits[1]) / 10.0, int(digits[2:]) / 100.0
    x = 0.5 * (1.0 + np.cos(np.linspace(0.0, np.pi, count // 2 + 1)))
    half = 5.0 * thickness * (0.2969 * np.sqrt(x) + x * np.polynomial.polynomial.polyval(x, _THICKNESS))
    line, slope = _camber(x, height, position) if height > 0.0 else (np.zeros_like(x), np.zeros_like(x))
    normal = np.column_stack([-slope, np.ones_like(x)]) / np.sqrt(1.0 + slope**2)[:, None]
    middle, offset = np.column_stack([x, line]), half[:, None] * normal
    return np.concatenate([middle + offset, (middle - offset)[-2:0:-1]])

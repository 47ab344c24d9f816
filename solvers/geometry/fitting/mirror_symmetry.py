"""Outlines that are their own mirror image about a line y = const, up to the rounding of their digits."""

from __future__ import annotations

import numpy as np

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.fitting.distances import PolygonDistance, nearest_index

TOLERANCE = 1e-5  # of d: outlines that differ less from their mirror image are symmetric
LARGEST_ROUNDING = 5e-4  # of d: one unit in the last digit counts as rounding up to this
_DECIMALS = 12


def last_digit(points: FloatArray) -> float:
    """One unit in the last decimal of the numbers (n, 2); 0 where they have more than 12 decimals."""
    for decimals in range(_DECIMALS + 1):
        if np.array_equal(np.round(points, decimals), points):
            return float(10.0**-decimals)
    return 0.0


def symmetrized(outline: ComplexArray, tolerance: float) -> tuple[ComplexArray, float] | None:
    """The outline (n,), made exactly symmetric, and the height of its axis; None if it is not symmetric.

    It is symmetric if each point has another, or itself, as its mirror image to the `tolerance`.
    """
    height = float(outline.imag.mean())
    centred = outline - 1j * height
    partner = nearest_index(centred.conj(), centred)
    paired = np.array_equal(partner[partner], np.arange(len(outline)))
    if not paired or np.abs(centred.conj() - centred[partner]).max() > tolerance:
        return None
    return 0.5 * (centred + centred[partner].conj()) + 1j * height, height


def mirror_height(curve: ComplexArray) -> float | None:
    """The height of the axis of a finely sampled curve, d = 1, that is its own mirror image; else None."""
    height = 0.5 * float(curve.imag.max() + curve.imag.min())
    return height if PolygonDistance(curve).of(curve.conj() + 2j * height).max() < TOLERANCE else None

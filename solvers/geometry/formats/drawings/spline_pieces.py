"""B-splines as Bézier curves, with any knots: ezdxf takes all splines for clamped ones.

A span of a polynomial spline of degree 3 or less is exactly the cubic curve with its ends and end slopes; others are
cut into parts before that.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import BSpline

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Piece

_PARTS = 8  # of a span of a rational spline, or of one of a higher degree
_HAIR = 1e-9  # of the range of the knots: shorter spans are none
_SAME = 1e-9  # of the extent: a smaller jump is none


def spline_pieces(points: FloatArray, knots: FloatArray, weights: FloatArray, degree: int) -> list[tuple[Piece, ...]]:
    """The pieces of each continuous part of a spline with control points (n, 2) and n + degree + 1 knots.

    The spline runs from knot `degree` to knot n, which are its ends for clamped and for periodic knots.
    """
    curve = BSpline(knots, np.column_stack([points * weights[:, None], weights]), degree)
    domain = np.unique(knots[degree : len(points) + 1])
    exact = degree <= 3 and np.ptp(weights) == 0.0
    times = domain if exact else np.unique(np.linspace(domain[:-1], domain[1:], _PARTS + 1))
    begin = np.concatenate([times[:1], times[1:-1][np.diff(times)[:-1] > _HAIR * np.ptp(times)]])
    end = np.append(begin[1:], times[-1])
    start, ahead = _place_and_slope(curve, begin)
    stop, behind = _place_and_slope(curve, np.nextafter(end, begin))
    third = (end - begin) / 3.0
    pieces = np.column_stack([start, start + third * ahead, stop - third * behind, stop])
    jumps = np.flatnonzero(np.abs(start[1:] - stop[:-1]) > _SAME * np.ptp(points, axis=0).max()) + 1
    return [tuple(tuple(piece) for piece in part.tolist()) for part in np.split(pieces, jumps)]


def _place_and_slope(curve: BSpline, times: FloatArray) -> tuple[ComplexArray, ComplexArray]:
    """Points x + iy at the times, and their derivatives."""
    x, y, w = curve(times).T
    dx, dy, dw = curve(times, 1).T
    place = (x + 1j * y) / w
    return place, (dx + 1j * dy - place * dw) / w

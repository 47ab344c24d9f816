"""The curve through the points of an outline: cubic splines between corners, straight along long sides.

A point is a corner where the outline turns much more than beside it; a long side next to short ones is straight.
Between such breaks a not-a-knot cubic spline over chord length runs through the points, or a periodic one where
there is no break at all, so that a smooth outline of n points is known to O(n⁻⁴). Plane points are complex x + iy.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.polygons import find_crossing

_GAUSS_NODES, _GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(3)


@dataclass(frozen=True)
class Corners:
    """Angles (in degrees) and lengths by which the corners and the straight sides of an outline are found."""

    certain: float = 120.0
    """A turn above this is a corner."""
    local: float = 30.0
    """So is a turn above this that is also `sharper` times the turn at the calmer neighbour."""
    sharper: float = 6.0
    """See `local`."""
    coarse: float = 59.0
    """So is a turn above this between two sides that are both `long`."""
    long: float = 0.05
    """Length over the perimeter above which a side is long."""
    straight: float = 5.0
    """A side is straight where it is so many times longer than the shorter of its neighbours."""


CORNERS = Corners()


@dataclass(frozen=True)
class OutlineCurve:
    """A closed, counter-clockwise, piecewise cubic curve; the parameter u runs over [0, n), point i lies at u = i.

    `cubic` has shape (n, 4): on segment i the curve is Σ_m cubic[i, m] (u − i)^m.
    """

    cubic: ComplexArray

    def at(self, u: FloatArray) -> ComplexArray:
        """Points of the curve at the parameters `u` (any shape, periodic)."""
        segment, t = self._locate(u)
        c = self.cubic[segment]
        return np.asarray(c[..., 0] + t * (c[..., 1] + t * (c[..., 2] + t * c[..., 3])))

    def _locate(self, u: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
        whole = np.floor(u)
        return whole.astype(np.intp) % len(self.cubic), u - whole

    def dense(self, per_segment: int) -> FloatArray:
        """Parameters of `per_segment` points on every segment, in order, starting at point 0."""
        return np.arange(len(self.cubic) * per_segment) / per_segment

    @property
    def area(self) -> float:
        """Area inside the curve, ½ ∮ (x dy − y dx), exact for cubics."""
        t = 0.5 * (_GAUSS_NODES[:, None] + 1.0)
        a, b, c, d = (self.cubic - np.array([self.cubic[0, 0], 0, 0, 0])).T
        point, slope = a + t * (b + t * (c + t * d)), b + t * (2.0 * c + t * 3.0 * d)
        return float(0.25 * np.sum(_GAUSS_WEIGHTS[:, None] * (point.conj() * slope).imag))


def _break_points(points: ComplexArray) -> NDArray[np.bool_]:
    """Mask (n,) of the points that end a smooth piece: corners and the ends of straight sides."""
    side = np.roll(points, -1) - points
    length = np.abs(side)
    before = np.roll(length, 1)
    turn = np.abs(np.angle(side / np.roll(side, 1)))
    calmer = np.minimum(np.roll(turn, 1), np.roll(turn, -1))
    coarse = np.minimum(length, before) > CORNERS.long * length.sum()
    corner = (turn > np.radians(CORNERS.local)) & (turn > CORNERS.sharper * calmer)
    corner |= turn > np.radians(CORNERS.certain)
    corner |= (turn > np.radians(CORNERS.coarse)) & coarse
    straight = length > CORNERS.straight * np.minimum(before, np.roll(length, -1))
    return np.asarray(corner | straight | np.roll(straight, 1))


def _spline(points: ComplexArray, periodic: bool) -> ComplexArray:
    """Cubic coefficients (n − 1, 4) over unit segments of the spline through `points` (n,)."""
    chord = np.abs(np.diff(points))
    spline = CubicSpline(np.r_[0.0, np.cumsum(chord)], points, bc_type="periodic" if periodic else "not-a-knot")
    return np.asarray(spline.c[::-1].T * chord[:, None] ** np.arange(4))


def _polygon(points: ComplexArray) -> ComplexArray:
    side = np.roll(points, -1) - points
    return np.column_stack([points, side, 0.0 * side, 0.0 * side])


def outline_curve(points: FloatArray) -> OutlineCurve:
    """The curve through a clean outline (n, 2), see `polygons.clean_outline`; its point 0 may be another one.

    Where splines through very uneven points would cross, the polygon itself is taken.
    """
    plane = np.asarray(points[:, 0] + 1j * points[:, 1])
    breaks = np.flatnonzero(_break_points(plane))
    if breaks.size == 0:
        curve = OutlineCurve(_spline(np.r_[plane, plane[0]], periodic=True))
    else:
        ring = np.roll(plane, -breaks[0])
        ends = np.r_[breaks - breaks[0], len(ring)]
        ring = np.r_[ring, ring[0]]
        pieces = [_spline(ring[i : j + 1], periodic=False) for i, j in pairwise(ends)]
        curve = OutlineCurve(np.concatenate(pieces))
    sample = curve.at(curve.dense(4))
    crossing = find_crossing(np.column_stack([sample.real, sample.imag]))
    return curve if crossing is None else OutlineCurve(_polygon(plane))


def smooth_maximum(values: FloatArray) -> float:
    """Maximum of a smooth periodic function from its samples, by the parabola through the highest three."""
    top = int(np.argmax(values))
    before, peak, after = values[top - 1], values[top], values[(top + 1) % len(values)]
    bend = 2.0 * peak - before - after
    return float(peak + (after - before) ** 2 / (8.0 * bend)) if bend > 0.0 else float(peak)


def extent(outline: FloatArray) -> tuple[float, float, float, float]:
    """Smallest and largest x, smallest and largest y of a smooth closed curve from its points (n, 2)."""
    x, y = outline.T
    return -smooth_maximum(-x), smooth_maximum(x), -smooth_maximum(-y), smooth_maximum(y)

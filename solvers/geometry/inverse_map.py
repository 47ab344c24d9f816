"""The inverse of the exterior Laurent map: ζ, |ζ| ≥ 1, of points outside a body.

Newton's method from the inverse of the ellipse with the same a_1 finds almost all points without a search. The others
are searched for from the nearest of many points around the body, then from the next nearest: the map is univalent, so
that any solution with |ζ| ≥ 1 is the solution. Lengths are in units of d.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.laurent import radius_of


@dataclass(frozen=True)
class InverseSearch:
    """Newton's method for ζ, and its starts where the first one fails."""

    steps: int = 12
    """Newton steps from one start, at most."""
    tolerance: float = 1e-11
    """Relative step below which ζ is found."""
    longest_step: float = 0.3
    """Length of a step over |ζ|, at most."""
    least_radius: float = 0.5
    """|ζ| below which no step leads."""
    on_circle: float = 1e-9
    """|ζ| is set to 1 where it is smaller by less than this."""
    outline_points: int = 720
    """Starts on the outline, and corners of the polygon that stands for it."""
    rings: int = 24
    """Circles of starts around the outline."""
    rays: int = 96
    """Starts on each circle."""
    farthest_ring: float = 4.0
    """|ζ| of the largest circle."""
    starts: int = 6
    """Starts for each point, at most, the nearest first."""


SEARCH = InverseSearch()


class InverseMap:
    """ζ(z) of the body with `coefficients` (K,) complex; `radius`: c, by default for unit area diameter."""

    def __init__(self, coefficients: ComplexArray, radius: float | None = None) -> None:
        self._a = coefficients
        self._c = radius or radius_of(coefficients)

    def __call__(self, points: ComplexArray) -> ComplexArray:
        """ζ, |ζ| ≥ 1, of finite `points` (n,); NaN for points inside the body, which have none."""
        zeta = self._newton(points, self._on_ellipse(points))
        lost = np.flatnonzero(np.isnan(zeta))
        lost = lost[~self._well_inside(points[lost])]
        if lost.size:
            zeta[lost] = self._searched(points[lost])
        return zeta

    def _on_ellipse(self, points: ComplexArray) -> ComplexArray:
        """ζ of the points if a_1 were the only coefficient, moved to the unit circle from inside it."""
        w = points / self._c
        root = np.sqrt(w**2 - 4.0 * self._a[0])
        one, other = 0.5 * (w + root), 0.5 * (w - root)
        zeta = np.where(np.abs(one) > np.abs(other), one, other)
        size = np.abs(zeta)
        return np.where(size > 0.0, zeta / np.clip(size, 1e-300, 1.0), 1.0)

    def _newton(self, points: ComplexArray, start: ComplexArray) -> ComplexArray:
        """ζ by Newton with steps of at most 0.3 |ζ|, kept to |ζ| ≥ ½; NaN where that leads inside or nowhere."""
        zeta = start.copy()
        going = np.arange(points.size)
        for _ in range(SEARCH.steps):
            at = zeta[going]
            z, slope = self._z_and_slope(at)
            step = (z - points[going]) / np.where(slope == 0.0, 1.0, slope)
            size = np.abs(step)
            at = at - step * np.minimum(SEARCH.longest_step * np.abs(at) / np.maximum(size, 1e-300), 1.0)
            zeta[going] = at / np.clip(np.abs(at) / SEARCH.least_radius, 1e-12, 1.0)
            going = going[size > SEARCH.tolerance * np.abs(at)]
            if not going.size:
                break
        arrived = np.abs(zeta) > 1.0 - SEARCH.on_circle
        arrived[going] = False
        return np.where(arrived, zeta / np.minimum(np.abs(zeta), 1.0), np.nan)

    def _z_and_slope(self, zeta: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """z and dz/dζ by Horner's rule in 1/ζ."""
        w = 1.0 / zeta
        value, slope = np.zeros_like(w), np.zeros_like(w)
        for k in range(len(self._a), 0, -1):
            value = (value + self._a[k - 1]) * w
            slope = (slope + k * self._a[k - 1]) * w
        return self._c * (zeta + value), self._c * (1.0 - slope * w)

    def _searched(self, points: ComplexArray) -> ComplexArray:
        """ζ by Newton from the nearest of the starts, then from the next nearest."""
        starts, tree = self._starts
        found = np.full(points.shape, np.nan, dtype=np.complex128)
        _, nearest = tree.query(_columns(points), SEARCH.starts)
        for choice in nearest.T:
            missing = np.flatnonzero(np.isnan(found))
            found[missing] = self._newton(points[missing], starts[choice[missing]])
        return found

    @cached_property
    def _starts(self) -> tuple[ComplexArray, cKDTree]:
        radii = np.exp(np.log(SEARCH.farthest_ring) * (np.arange(1, SEARCH.rings + 1) / SEARCH.rings) ** 2)
        rings = radii[:, None] * np.exp(2j * np.pi / SEARCH.rays * np.arange(SEARCH.rays))
        zeta = np.concatenate([_circle(SEARCH.outline_points), rings.ravel()])
        return zeta, cKDTree(_columns(self._z_and_slope(zeta)[0]))

    @cached_property
    def _polygon(self) -> tuple[ComplexArray, cKDTree, float]:
        """Points of the outline, for finding them, and the length of the longest side between them."""
        outline = self._z_and_slope(_circle(SEARCH.outline_points))[0]
        return outline, cKDTree(_columns(outline)), float(np.abs(np.diff(outline)).max())

    def _well_inside(self, points: ComplexArray) -> NDArray[np.bool_]:
        """Mask of the points (n,) inside the polygon and farther from its corners than one side: surely in the body."""
        polygon, tree, side = self._polygon
        far = tree.query(_columns(points))[0] > side
        far[far] = _inside_polygon(polygon, points[far])
        return np.asarray(far)


def _circle(count: int) -> ComplexArray:
    return np.asarray(np.exp(2j * np.pi / count * np.arange(count)))


def _columns(points: ComplexArray) -> FloatArray:
    return np.column_stack([points.real, points.imag])


def _inside_polygon(polygon: ComplexArray, points: ComplexArray) -> NDArray[np.bool_]:
    """Mask of the points (n,) inside a closed polygon, by the number of its sides to the right of each."""
    start, end = polygon, np.roll(polygon, -1)
    above = polygon.imag[:, None] > points.imag
    crosses = above != np.roll(above, -1, 0)
    side, point = np.nonzero(crosses)
    share = (points.imag[point] - start.imag[side]) / (end.imag[side] - start.imag[side])
    right = points.real[point] < start.real[side] + share * (end.real[side] - start.real[side])
    count = np.bincount(point[right], minlength=points.size)
    return np.asarray(count % 2 == 1)

"""The body of K modes nearest to an outline, of the same area: exterior map, then least greatest distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.curves import OutlineCurve, outline_curve
from fusiform.solvers.geometry.fitting.conformal import exterior_map
from fusiform.solvers.geometry.fitting.distances import PolygonDistance, hausdorff_distance
from fusiform.solvers.geometry.fitting.given_points import kept_points
from fusiform.solvers.geometry.fitting.least_distance import fit_series
from fusiform.solvers.geometry.fitting.mirror_symmetry import (
    LARGEST_ROUNDING,
    TOLERANCE,
    last_digit,
    mirror_height,
    symmetrized,
)
from fusiform.solvers.geometry.fitting.misfit import Misfit, circle, series
from fusiform.solvers.geometry.laurent import radius_of
from fusiform.solvers.geometry.limits import DEFAULT_MODES, FIT_WARNING, require_modes
from fusiform.solvers.geometry.polygons import clean_outline, signed_area

_HAUSDORFF_POINTS = 4096
_POINTS_MEASURED = 512  # the given points are among those whose distance is minimised, up to so many
_ALONG_SIDE = np.arange(1, 8) / 8.0


@dataclass(frozen=True)
class LaurentFit:
    """A body fitted to an outline, as `fit_outline` returns it.

    Parameters
    ----------
    coefficients : ndarray
        (K,) complex, a_1 … a_K.
    origin : complex
        The centre a_0 of the map, in the user's unit.
    reference_length : float
        d, the diameter of the circle of equal area, in the user's unit.
    fit_error : float
        Hausdorff distance between outline and body, divided by d.
    given_outline : ndarray
        (n, 2), the points of the outline, at most 400 of them, in the user's unit.

    Examples
    --------
    >>> from fusiform.solvers.geometry import fit_outline
    >>> fit = fit_outline([(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)])  # a rectangle of area 2 about 1 + 0.5 i
    >>> fit.coefficients.shape, round(fit.reference_length**2 * 3.14159 / 4, 3)
    ((16,), 2.0)
    >>> abs(fit.origin - (1 + 0.5j)) < 1e-4, round(fit.fit_error, 4)
    (True, 0.0018)
    """

    coefficients: ComplexArray
    origin: complex
    reference_length: float
    fit_error: float
    given_outline: FloatArray


def fit_outline(points: ArrayLike, modes: int = DEFAULT_MODES) -> LaurentFit:
    """The body nearest to an outline, of the same area.

    The outline is taken as the smooth curve through its points, with corners and straight sides where it has them
    (`curves.outline_curve`), and has its area. One that is symmetric about a line y = const to 1e-5 d, or up to the
    rounding of its digits, gives exactly real coefficients. Takes about 0.3 s.

    `fit_error` is minimised, and measured to about 1e-6. Where points are so few that the curve departs from the
    straight line between two of them by more than 0.02 d, it is measured from that line. It falls with `modes`
    exponentially for smooth outlines, like K^−1.5 to K^−2 with sharp convex edges, like K^−0.6 with re-entrant corners.
    Bays deeper than wide are filled in: that is mathematical, since the modes that describe a bay grow exponentially in
    number with its depth. So does the rounding of thin blunt ends: 16 modes resolve about 0.02 d at a tip.

    Parameters
    ----------
    points : array_like
        (n, 2), x and y in any unit, in order around the body, in either direction.
    modes : int
        Number of coefficients K, 1 to 64.

    Returns
    -------
    LaurentFit

    Raises
    ------
    InputError
        If the points do not bound a body: not (n, 2), NaN or infinity, fewer than 5 or more than 10 000 points, an
        open end wider than 5 % of the perimeter, no area, or a crossing.

    Examples
    --------
    >>> import numpy as np
    >>> from fusiform.solvers.geometry import fit_outline
    >>> angle = 2.0 * np.pi * np.arange(200) / 200
    >>> fit = fit_outline(np.column_stack([2.0 * np.cos(angle), np.sin(angle)]), modes=4)
    >>> fit.coefficients.real.round(5).tolist()[0], round(fit.reference_length, 5)
    (0.33333, 2.82843)
    """
    require_modes(modes)
    outline = clean_outline(points)
    outline = np.roll(outline, -int(np.lexsort((outline[:, 1], outline[:, 0]))[-1]), axis=0)  # any start, one answer
    low, high = outline.min(axis=0), outline.max(axis=0)
    middle, size = low + 0.5 * (high - low), float((high - low).max())
    plane = (outline - middle) / size @ np.array([1.0, 1j])
    a, centre, d, fit_error = _fit_plane(plane, last_digit(outline) / size, modes)
    return LaurentFit(a, complex(*middle) + size * d * centre, size * d, fit_error, kept_points(outline))


def _fit_plane(plane: ComplexArray, rounding: float, modes: int) -> tuple[ComplexArray, complex, float, float]:
    """Coefficients, centre over d, d and fit error of an outline (n,) of unit size, its last digit `rounding`."""
    curve, height = _curve(plane, rounding)
    d = float(np.sqrt(4.0 * curve.area / np.pi))
    start = exterior_map(curve, modes)
    at = np.union1d(start.nodes, curve.dense(1 + _HAUSDORFF_POINTS // len(curve.cubic)))
    dense = curve.at(at) / d
    height = mirror_height(dense) if height is None else height / d
    centre = complex(start.centre.real / d, start.centre.imag / d if height is None else height)
    nodes = start.nodes if len(plane) > _POINTS_MEASURED else np.union1d(start.nodes, np.arange(len(plane)))
    misfit = Misfit(curve.at(nodes) / d, PolygonDistance(dense))
    a, centre = fit_series(misfit, start.terms / start.conformal_radius, centre, symmetric=height is not None)
    return a, centre, d, hausdorff_distance(_outline(a) + centre, _as_given(curve, at, FIT_WARNING * d) / d)


def _curve(plane: ComplexArray, rounding: float) -> tuple[OutlineCurve, float | None]:
    """The curve through the points (n,), and the height of its axis if they are symmetric."""
    d = 2.0 * np.sqrt(signed_area(_columns(plane)) / np.pi)
    mirrored = symmetrized(plane, max(TOLERANCE * d, min(1.01 * rounding, LARGEST_ROUNDING * d)))
    plane, height = (plane, None) if mirrored is None else mirrored
    return outline_curve(_columns(plane)), height


def _as_given(curve: OutlineCurve, at: FloatArray, unresolved: float) -> ComplexArray:
    """The curve at the parameters `at`, but straight where it departs from a side by more than `unresolved`."""
    begin = curve.cubic[:, 0]
    side = np.roll(begin, -1) - begin
    offset = curve.at(np.arange(len(side))[:, None] + _ALONG_SIDE) - begin[:, None]
    departure = np.abs((offset * side.conj()[:, None]).imag).max(axis=1) / np.abs(side)
    which, share = np.divmod(at, 1.0)
    which = which.astype(np.intp)
    return np.where(departure[which] > unresolved, begin[which] + share * side[which], curve.at(at))


def _columns(points: ComplexArray) -> FloatArray:
    return np.column_stack([points.real, points.imag])


def _outline(a: ComplexArray) -> ComplexArray:
    """The outline for d = 1, finely sampled at equal steps of η and centred at a_0 = 0."""
    return radius_of(a) * series(a, circle(_HAUSDORFF_POINTS))[0]


def fit_fewer_modes(coefficients: ComplexArray, modes: int) -> tuple[ComplexArray, complex, float]:
    """The body of `modes` coefficients nearest to the body with the given ones (K,), K > `modes`; unit d = 1.

    The same best fit as `fit_outline`, starting from the truncated series. Returns the coefficients, the shift of the
    centre, and the Hausdorff distance.
    """
    outline = _outline(coefficients)
    step = np.abs(np.roll(outline, -1) - outline)
    total = np.cumsum(step / step.sum() + 1.0 / len(outline))
    chosen = np.unique(np.searchsorted(total, np.linspace(0.0, total[-1], 16 * len(coefficients) + 256)))
    points = outline[chosen % len(outline)]
    misfit = Misfit(points, PolygonDistance(outline))
    a, centre = fit_series(misfit, coefficients[:modes], 0j, symmetric=not coefficients.imag.any())
    return a, centre, hausdorff_distance(_outline(a) + centre, outline)

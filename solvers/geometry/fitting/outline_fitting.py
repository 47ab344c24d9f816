"""The body of K modes nearest to a curve: Gauss–Newton on the distance, area and univalence held.

The residuals are the distances from points p_i of the curve to the mapped outline, measured along its normals n_i,

    r_i = Re[conj(n_i) (p_i − z(ζ_i))],   ζ_i the foot of p_i,

and the unknowns a_1 … a_K and the centre a_0; c follows from the area. Points near edges are dense, so that the
fit holds the tips. Steps that leave the valid bodies are smoothed back into them, steps that do not lower the mean
square are shortened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.curves import outline_curve
from fusiform.solvers.geometry.fitting.conformal import exterior_map
from fusiform.solvers.geometry.fitting.distances import distance_to_polygon, hausdorff_distance, nearest_index
from fusiform.solvers.geometry.fitting.given_points import kept_points
from fusiform.solvers.geometry.laurent import radius_of
from fusiform.solvers.geometry.limits import DEFAULT_MODES, require_modes
from fusiform.solvers.geometry.polygons import clean_outline
from fusiform.solvers.geometry.validity import is_valid

_SYMMETRIC = 1e-5  # of d: outlines that differ less from their mirror image are symmetric
_HAUSDORFF_POINTS = 4096


@dataclass(frozen=True)
class LevenbergMarquardt:
    """The search for the least mean-square distance."""

    steps: int = 15
    """Steps, at most."""
    worthwhile: float = 0.999
    """Factor of the sum of squares above which an accepted step is the last."""
    first_damping: float = 1e-6
    """Damping of the first step."""
    least_damping: float = 1e-12
    """Damping is not lowered below this."""
    greatest_damping: float = 1e6
    """Damping from which no further step is tried."""
    increase: float = 10.0
    """Factor of the damping after each step."""
    decrease: float = 0.01
    """Further factor of the damping after a step that is accepted."""
    feet: int = 2048
    """Points of the outline among which the foot of a point is searched for."""
    least_growth: float = 1e-7
    """Least r − 1 by which an outline is smoothed until it is valid."""
    greatest_growth: float = 10.0
    """Greatest r − 1; the circle stands in where it is not enough."""
    growth_ratio: float = 1.2
    """Ratio of the bounds of r − 1 at which their bisection ends."""


LEVENBERG_MARQUARDT = LevenbergMarquardt()


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
    (True, 0.0034)
    """

    coefficients: ComplexArray
    origin: complex
    reference_length: float
    fit_error: float
    given_outline: FloatArray


def _series(a: ComplexArray, zeta: ComplexArray) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """z/c and ζ z'/c at `zeta` (m,) on the unit circle, and the powers ζ⁻ᵏ (m, K)."""
    k = np.arange(1, len(a) + 1)
    powers = zeta.conj()[:, None] ** k
    return zeta + powers @ a, zeta - powers @ (k * a), powers


def _valid(a: ComplexArray) -> bool:
    return bool(is_valid(torch.from_numpy(a[None]))[0])


def _feet(a: ComplexArray, points: ComplexArray) -> ComplexArray:
    """ζ on the unit circle of the points of the outline nearest to `points` (m,); the outline is centred at 0."""
    circle = np.exp(2j * np.pi * np.arange(LEVENBERG_MARQUARDT.feet) / LEVENBERG_MARQUARDT.feet)
    c = radius_of(a)
    polygon = c * _series(a, circle)[0]
    zeta = circle[nearest_index(points, polygon)]
    z, tangent, _ = _series(a, zeta)
    tangent = 1j * c * tangent
    slide = ((points - c * z) * tangent.conj()).real / np.maximum(np.abs(tangent) ** 2, 1e-12)
    limit = 2.0 * np.pi / LEVENBERG_MARQUARDT.feet
    return np.asarray(zeta * np.exp(1j * np.clip(slide, -limit, limit)))


def _residuals(a: ComplexArray, centre: complex, points: ComplexArray) -> tuple[FloatArray, FloatArray]:
    """Normal distances r (m,) and their Jacobian (m, 2K + 2) by Re a, Im a, Re a_0, Im a_0."""
    zeta = _feet(a, points - centre)
    z, normal, powers = _series(a, zeta)
    normal = normal / np.abs(normal)
    c = radius_of(a)
    swell = 4.0 * c**3 * np.arange(1, len(a) + 1) * a
    outward = (normal.conj() * z).real[:, None]
    leaning = c * normal.conj()[:, None] * powers
    columns = [leaning.real + outward * swell.real, -leaning.imag + outward * swell.imag]
    jacobian = -np.column_stack([*columns, normal.real, normal.imag])
    return (normal.conj() * (points - centre - c * z)).real, jacobian


def _nearest_valid(a: ComplexArray) -> ComplexArray:
    """`a` itself where valid, else the outline z(|ζ| = r) of the same map with nearly the smallest valid r.

    A map that is univalent outside one circle is so outside every larger one, hence the bisection for r − 1.
    The circle stands in where no r is enough.
    """
    if _valid(a):
        return a
    k = np.arange(1, len(a) + 1)
    low, high = LEVENBERG_MARQUARDT.least_growth, LEVENBERG_MARQUARDT.greatest_growth
    while high > LEVENBERG_MARQUARDT.growth_ratio * low:
        middle = float(np.sqrt(low * high))
        if _valid(a * (1.0 + middle) ** -(k + 1.0)):
            high = middle
        else:
            low = middle
    smooth = np.asarray(a * (1.0 + high) ** -(k + 1.0))
    return smooth if _valid(smooth) else np.zeros_like(a)


def _damped_step(jacobian: FloatArray, residual: FloatArray, damping: float) -> FloatArray:
    """The Levenberg–Marquardt step −(JᵀJ + damping · diag)⁻¹ Jᵀr."""
    matrix = jacobian.T @ jacobian
    scale = np.diag(matrix) + 1e-12 * np.trace(matrix)
    return np.asarray(-np.linalg.solve(matrix + damping * np.diag(scale), jacobian.T @ residual))


def fit_series(
    points: ComplexArray, coefficients: ComplexArray, centre: complex, symmetric: bool
) -> tuple[ComplexArray, complex]:
    """The valid coefficients (K,) and centre a_0 of least mean-square distance to `points` (m,) of a curve of d = 1.

    Levenberg–Marquardt steps from the given start, which is smoothed first where it is not valid. `symmetric`
    keeps the coefficients real and the height of the centre as it is.
    """
    count = len(coefficients)
    free = np.r_[0:count, 2 * count] if symmetric else np.arange(2 * count + 2)
    a = _nearest_valid(np.asarray(coefficients.real + 0j) if symmetric else coefficients)
    residual, jacobian = _residuals(a, centre, points)
    tuning = LEVENBERG_MARQUARDT
    damping, steps = tuning.first_damping, 0
    while damping < tuning.greatest_damping and steps < tuning.steps:
        steps += 1
        step = np.zeros(2 * count + 2)
        step[free] = _damped_step(jacobian[:, free], residual, damping)
        trial = _nearest_valid(a + step[:count] + 1j * step[count:-2])
        moved = centre + complex(step[-2], step[-1])
        damping *= tuning.increase
        trial_residual, trial_jacobian = _residuals(trial, moved, points)
        before, after = float(residual @ residual), float(trial_residual @ trial_residual)
        if after < before:
            a, centre, residual, jacobian = trial, moved, trial_residual, trial_jacobian
            damping = max(tuning.decrease * damping, tuning.least_damping)
            if after > tuning.worthwhile * before:
                break
    return a, centre


def _is_symmetric(polygon: ComplexArray, height: float) -> bool:
    """True if the finely sampled outline, d = 1, is its own mirror image in the line y = `height`."""
    mirrored = polygon.conj() + 2j * height
    return bool(distance_to_polygon(mirrored, polygon).max() < _SYMMETRIC)


def _outline(a: ComplexArray) -> ComplexArray:
    """The outline for d = 1, finely sampled at equal steps of η and centred at a_0 = 0."""
    return radius_of(a) * _series(a, np.exp(2j * np.pi * np.arange(_HAUSDORFF_POINTS) / _HAUSDORFF_POINTS))[0]


def fit_outline(points: ArrayLike, modes: int = DEFAULT_MODES) -> LaurentFit:
    """The body nearest to an outline, of the same area.

    The outline is taken as the smooth curve through its points (`curves.outline_curve`). One that is symmetric about a
    line y = const to 1e-5 d gives exactly real coefficients. Takes about 0.3 s.

    `fit_error` is measured to about 1e-6. It falls with `modes` exponentially for smooth outlines, like K^−1.5 to
    K^−2 with sharp convex edges, like K^−0.6 with re-entrant corners. Bays deeper than wide are filled in: that is
    mathematical, since the modes that describe a bay grow exponentially in number with its depth.

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
    curve = outline_curve(outline)
    d = float(np.sqrt(4.0 * curve.area / np.pi))
    start = exterior_map(curve, modes)
    dense = curve.at(np.union1d(start.nodes, curve.dense(1 + _HAUSDORFF_POINTS // len(curve.cubic)))) / d
    height = 0.5 * float(dense.imag.max() + dense.imag.min())
    symmetric = _is_symmetric(dense, height)
    centre = complex(start.centre.real / d, height if symmetric else start.centre.imag / d)
    a, centre = fit_series(curve.at(start.nodes) / d, start.terms / start.conformal_radius, centre, symmetric)
    return LaurentFit(a, d * centre, d, hausdorff_distance(_outline(a) + centre, dense), kept_points(outline))


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
    a, centre = fit_series(points, coefficients[:modes], 0j, symmetric=not coefficients.imag.any())
    return a, centre, hausdorff_distance(_outline(a) + centre, outline)

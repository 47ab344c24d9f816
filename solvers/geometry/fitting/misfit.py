"""Distances between a body and a finely sampled curve, in both directions, with their derivatives; d = 1.

From points p_i of the curve to their feet z(ζ_i) on the body, and from points z(ζ_j) of the body to their feet q_j on
the curve,

    r_i = ± |p_i − z(ζ_i)| ,    r_j = ± |z(ζ_j) − q_j| ,

with the sign of the side on which the point lies. The greatest of them is the Hausdorff distance: one direction alone
does not notice a tip that reaches beyond a blunt end. The unknowns are a_1 … a_K and the centre a_0; c follows from
the area. A foot moves along its curve, so that it counts as fixed in the derivative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.fitting.distances import PolygonDistance, nearest_index
from fusiform.solvers.geometry.laurent import radius_of

_NEAR = 1e-5  # of d: distances below this are measured along the normal, since feet are known to about 1e-6


@dataclass(frozen=True)
class Sampling:
    """Points at which the distances are measured."""

    feet: int = 2048
    """Points of the body among which the foot of a point is searched for."""
    slides: int = 3
    """Steps along the tangent from the nearest of them to the foot."""
    body: int = 1024
    """Points of the body, at equal steps of η, that are measured to the curve."""


SAMPLING = Sampling()


def circle(count: int) -> ComplexArray:
    """ζ on the unit circle at `count` equal steps."""
    return np.asarray(np.exp(2j * np.pi * np.arange(count) / count))


def series(a: ComplexArray, zeta: ComplexArray) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """z/c and ζ z'/c at `zeta` (m,) on the unit circle, and the powers ζ⁻ᵏ (m, K)."""
    powers = np.cumprod(np.broadcast_to(zeta.conj()[:, None], (len(zeta), len(a))), axis=1)
    k = np.arange(1, len(a) + 1)
    return zeta + powers @ a, zeta - powers @ (k * a), np.asarray(powers)


def feet(a: ComplexArray, points: ComplexArray) -> ComplexArray:
    """ζ on the unit circle of the points of the body nearest to `points` (m,); the body is centred at 0."""
    around = circle(SAMPLING.feet)
    c = radius_of(a)
    zeta = around[nearest_index(points, c * series(a, around)[0])]
    limit = 2.0 * np.pi / SAMPLING.feet
    for _ in range(SAMPLING.slides):
        z, tangent, _ = series(a, zeta)
        tangent = 1j * c * tangent
        slide = ((points - c * z) * tangent.conj()).real / np.maximum(np.abs(tangent) ** 2, 1e-12)
        zeta = zeta * np.exp(1j * np.clip(slide, -limit, limit))
    return np.asarray(zeta)


@dataclass(frozen=True)
class Misfit:
    """The distances of bodies from the `curve`, a dense polygon, measured from its `points` (m,) and from the body."""

    points: ComplexArray
    curve: PolygonDistance

    def __call__(self, a: ComplexArray, centre: complex) -> tuple[FloatArray, FloatArray]:
        """Signed distances r (m + n,) and their Jacobian (m + n, 2K + 2) by Re a, Im a, Re a_0, Im a_0."""
        from_curve = self.from_curve(a, centre)
        from_body = self._from_body(a, centre)
        return np.r_[from_curve[0], from_body[0]], np.vstack([from_curve[1], from_body[1]])

    def from_curve(self, a: ComplexArray, centre: complex) -> tuple[FloatArray, FloatArray]:
        """Those of the points alone: r (m,) and (m, 2K + 2)."""
        zeta = feet(a, self.points - centre)
        z, normal, powers = series(a, zeta)
        distance, direction = _signed(self.points - centre - radius_of(a) * z, normal / np.abs(normal))
        return distance, -_rates(a, z, powers, direction)

    def _from_body(self, a: ComplexArray, centre: complex) -> tuple[FloatArray, FloatArray]:
        z, _, powers = series(a, circle(SAMPLING.body))
        offset, normal = self.curve.offsets(centre + radius_of(a) * z)
        distance, direction = _signed(offset, normal)
        return distance, _rates(a, z, powers, direction)


def _signed(offset: ComplexArray, normal: ComplexArray) -> tuple[FloatArray, ComplexArray]:
    """Lengths of offsets (m,), negative against the normals at the feet, and the directions that increase them."""
    along, length = (normal.conj() * offset).real, np.abs(offset)
    sign = np.where(along < 0.0, -1.0, 1.0)
    far = length > _NEAR
    return np.where(far, sign * length, along), np.where(far, sign * offset / np.maximum(length, _NEAR), normal)


def _rates(a: ComplexArray, z: ComplexArray, powers: ComplexArray, direction: ComplexArray) -> FloatArray:
    """Derivatives (m, 2K + 2) of the points a_0 + c z at fixed ζ along unit vectors `direction` (m,)."""
    c = radius_of(a)
    swell = 4.0 * c**3 * np.arange(1, len(a) + 1) * a
    outward = (direction.conj() * z).real[:, None]
    leaning = c * direction.conj()[:, None] * powers
    columns = [leaning.real + outward * swell.real, -leaning.imag + outward * swell.imag]
    return np.column_stack([*columns, direction.real, direction.imag])

"""Volume, wetted area and centre of volume of bodies of revolution, from the coefficients of their map.

The body is swept by the upper half of a symmetric section, its meridian z = x + is at ζ = e^{iη}, 0 ≤ η ≤ π, about the
x axis. The coefficients are real, and the lengths are those of `laurent`: its unit is d_s, the diameter of the circle
of the section's area, and c the conformal radius. With t = cos η and U_k the Chebyshev polynomials of the second kind,

    s = c sin η P(t),     P(t) = 1 − Σ a_k U_{k−1}(t),          s > 0 off the axis
    s_ξ = c sin η Q(t),   Q(t) = 1 + Σ k a_k U_{k−1}(t),        x_η = −s_ξ (Cauchy–Riemann)

    volume V = π ∫₀^π s² s_ξ dη = π c³ ∫₋₁¹ (1 − t²) P² Q dt
    centre of volume = π ∫₀^π x s² s_ξ dη / V
    wetted area = 2π ∫₀^π s |z_η| dη = 2π c ∫₋₁¹ P |z_η| dt .

The first two are polynomials in t, which Gauss–Legendre quadrature integrates exactly. (The integrands are odd in η: no
rule of equal steps of η is exact for them.) The unit of bodies of revolution is d, the diameter of the sphere of equal
volume, d/d_s = λ = (6V/π)^{1/3} with V in units of d_s. All functions take a batch of coefficients (batch, K), complex,
whose real parts count, are differentiable, and keep device and dtype.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry.laurent import conformal_radius, modes

_SMOOTH_POINTS = 64  # beyond those that make the polynomials exact, for the wetted area


def sphere_ratio(coefficients: Tensor) -> Tensor:
    """λ = d/d_s, the diameter of the sphere of equal volume over that of the circle of the section's area, (batch,).

    1 for the sphere, f^(−1/6) for the spheroid of length over diameter f. Coordinates in units of d are z/λ; with C_D
    on d_s² and Re on d_s, those on d are C_D/λ² and λ Re. NaN where no body exists.

    Examples
    --------
    >>> import torch
    >>> from fusiform.solvers.geometry.revolution import sphere_ratio
    >>> spheroid = torch.tensor([[7.0 / 9.0]], dtype=torch.complex128)  # 8:1
    >>> round(float(sphere_ratio(spheroid)), 12), round(8.0 ** (-1 / 6), 12)
    (0.707106781187, 0.707106781187)
    """
    return (6.0 / math.pi * volume(coefficients)) ** (1.0 / 3.0)


def volume(coefficients: Tensor) -> Tensor:
    """V in units of d_s³, (batch,)."""
    t, weight = _quadrature(coefficients)
    p, q = _series(coefficients, t)
    return math.pi * conformal_radius(coefficients) ** 3 * ((p.square() * q) @ (weight * (1.0 - t.square())))


def centre_of_volume(coefficients: Tensor) -> Tensor:
    """x of the centre of volume from the map's centre, in units of d_s, (batch,)."""
    t, weight = _quadrature(coefficients)
    p, q = _series(coefficients, t)
    cosines = torch.cos(modes(coefficients)[:, None] * torch.arccos(t))
    x = t + coefficients.real @ cosines
    ring = p.square() * q * (weight * (1.0 - t.square()))
    return conformal_radius(coefficients) * (x * ring).sum(1) / ring.sum(1)


def wetted_area(coefficients: Tensor) -> Tensor:
    """Area of the surface in units of d_s², (batch,), to about 1e-9 for smooth bodies."""
    t, weight = _quadrature(coefficients)
    angle = torch.arccos(t)
    k, a = modes(coefficients), coefficients.real
    phase = (k[:, None] + 1.0) * angle
    along = 1.0 - (k * a) @ torch.cos(phase)
    across = (k * a) @ torch.sin(phase)
    p, _ = _series(coefficients, t)
    speed = torch.sqrt(along.square() + across.square())
    return 2.0 * math.pi * conformal_radius(coefficients).square() * ((p * speed) @ weight)


def radius_series(coefficients: Tensor, harmonics: int) -> tuple[Tensor, Tensor, Tensor]:
    """Nodes in t and weights, exact for P T_i T_j with i, j < `harmonics`, and P = s/(c sin η) there, (batch, n)."""
    t, weight = _quadrature(coefficients, harmonics)
    return t, weight, _series(coefficients, t)[0]


def _series(coefficients: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """P and Q at the nodes, each (batch, n)."""
    angle = torch.arccos(t)
    k = modes(coefficients)
    chebyshev = torch.sin(k[:, None] * angle) / torch.sin(angle)
    a = coefficients.real
    return 1.0 - a @ chebyshev, 1.0 + (k * a) @ chebyshev


def _quadrature(coefficients: Tensor, more: int = 0) -> tuple[Tensor, Tensor]:
    """Nodes and weights in t; n points integrate polynomials of degree 2n − 1, here those of 4K + 2 `more`."""
    nodes, weights = _gauss(2 * coefficients.shape[-1] + more + _SMOOTH_POINTS)
    like = coefficients.real
    return torch.as_tensor(nodes).to(like), torch.as_tensor(weights).to(like)


@lru_cache(64)
def _gauss(count: int) -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights

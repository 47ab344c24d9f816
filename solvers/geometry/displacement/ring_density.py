"""The density of a linear functional of normal displacements over the area of a surface of revolution.

A displacement δn = |z'| q of the outline, q even in η, moves a ring of area dA = 2π s |z'| dη. The density

    g = p/|z'|²,    p = Σ p_j cos jη,    Σ_j M_ij p_j = F[cos iη],    M_ij = 2π ∫₀^π cos iη cos jη s dη,

j from 0 to the last harmonic of q on which F depends, has F[q] = ∫ g δn dA for all q of these harmonics: it is the
projection of the exact density in the sense of the area. (F over the line element, ∮ γ δn ds, has γ ~ s at the axis,
with a kink in η there that harmonics do not resolve; γ/(2π s) would be singular.) With s = c sin η P(cos η), see
`revolution`, the integrand of M is a polynomial in cos η, which Gauss–Legendre quadrature integrates exactly.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.revolution import radius_series


def ring_density(coefficients: Tensor, moments: Tensor, eta: Tensor) -> Tensor:
    """g at the angles `eta` (n,), in units of d_s; `moments` F[cos jη], j = 0, 1, …, (m,); coefficients (K,)."""
    a, harmonic = coefficients[None], torch.arange(len(moments)).to(eta)
    t, weight, series = radius_series(a, len(moments))
    cosines = torch.cos(harmonic[:, None] * torch.arccos(t))
    gram = 2.0 * math.pi * laurent.conformal_radius(a)[0] * (cosines * (weight * series[0])) @ cosines.mT
    p = torch.linalg.solve(gram, moments)
    speed = laurent.z_prime(a, torch.polar(torch.ones_like(eta), eta)[None])[0].abs()
    return torch.cos(eta[:, None] * harmonic) @ p / speed.square()

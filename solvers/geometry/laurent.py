"""The exterior Laurent map: every simply connected section as the image of |ζ| > 1.

    z(ζ) = c [ζ + a₁/ζ + a₂/ζ² + … + a_K/ζ^K],   c = (d/2) / √(1 − Σ k|a_k|²),   d = 1 .

The area of the section is π c² (1 − Σ k|a_k|²) (Gronwall's area theorem), so with this choice of c it equals
that of the circle of diameter d = 1 for all coefficients. All functions take a batch of coefficients,
shape (batch, K), complex, and keep device and dtype; lengths are in units of d.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import ComplexArray


def modes(coefficients: Tensor) -> Tensor:
    """The mode numbers k = 1 … K as reals, shape (K,)."""
    return torch.arange(1, coefficients.shape[-1] + 1, dtype=coefficients.real.dtype, device=coefficients.device)


def conformal_radius(coefficients: Tensor) -> Tensor:
    """c for unit reference length, shape (batch,). NaN where Σ k|a_k|² ≥ 1 (no such body exists)."""
    fill = (modes(coefficients) * coefficients.abs().square()).sum(-1)
    return 0.5 / torch.sqrt(1.0 - fill)


def radius_of(coefficients: ComplexArray) -> float:
    """c for unit reference length of one body, coefficients (K,) in NumPy."""
    fill = float(np.sum(np.arange(1, len(coefficients) + 1) * np.abs(coefficients) ** 2))
    return float(0.5 / np.sqrt(1.0 - fill))


def rotate(coefficients: Tensor, alpha: Tensor) -> Tensor:
    """Coefficients of the body at incidence `alpha` (radians, shape (batch,), nose up for a stream along +x).

    Turning the body clockwise by α about its centroid frame maps a_k → a_k exp(−iα(k+1)); c is unchanged.
    """
    phase = alpha[:, None] * (modes(coefficients) + 1.0)
    return coefficients * torch.complex(torch.cos(phase), -torch.sin(phase))


def _powers(zeta: Tensor, count: int) -> Tensor:
    """ζ⁻¹ … ζ^(−count) along a new last axis."""
    return torch.cumprod((1.0 / zeta)[..., None].expand(*zeta.shape, count), dim=-1)


def z(coefficients: Tensor, zeta: Tensor) -> Tensor:
    """Physical points z(ζ), in units of d; `zeta` has shape (batch, …) and so has the result."""
    extra = (1,) * (zeta.dim() - 1)
    a = coefficients.reshape(coefficients.shape[0], *extra, -1)
    c = conformal_radius(coefficients).reshape(-1, *extra)
    return c * (zeta + (a * _powers(zeta, a.shape[-1])).sum(-1))


def z_prime(coefficients: Tensor, zeta: Tensor) -> Tensor:
    """dz/dζ, shape of `zeta`, (batch, …)."""
    extra = (1,) * (zeta.dim() - 1)
    a = (coefficients * modes(coefficients)).reshape(coefficients.shape[0], *extra, -1)
    c = conformal_radius(coefficients).reshape(-1, *extra)
    return c * (1.0 - (a * _powers(zeta, a.shape[-1])).sum(-1) / zeta)


def z_xi_xi(coefficients: Tensor, zeta: Tensor) -> Tensor:
    """d²z/dξ² with ζ = e^{ξ+iη}, that is c [ζ + Σ k² a_k ζ^(−k)], shape of `zeta`, (batch, …)."""
    extra = (1,) * (zeta.dim() - 1)
    a = (coefficients * modes(coefficients).square()).reshape(coefficients.shape[0], *extra, -1)
    c = conformal_radius(coefficients).reshape(-1, *extra)
    return c * (zeta + (a * _powers(zeta, a.shape[-1])).sum(-1))


def on_polar_grid(coefficients: Tensor, xi: Tensor, eta: Tensor) -> tuple[Tensor, Tensor]:
    """z and dz/dξ at ζ = e^{ξ+iη}, each (batch, n_xi, n_eta), of `xi` (batch, n_xi) and `eta` (batch, n_eta).

    ζ^(−k) = e^{−kξ} e^{−ikη} makes each sum over k a product of two small matrices.
    """
    k = modes(coefficients)
    amplitude = torch.stack([coefficients, -k * coefficients], dim=1)
    radial = torch.exp(-xi[:, :, None] * k)
    phase = k[:, None] * eta[:, None, :]
    angular = torch.complex(phase.cos(), -phase.sin())
    sums = (radial[:, None] * amplitude[:, :, None, :]) @ angular[:, None]
    radius, c = xi.exp()[:, :, None], conformal_radius(coefficients)[:, None, None]
    zeta = torch.complex(radius * eta.cos()[:, None], radius * eta.sin()[:, None])
    z, z_xi = (c[:, None] * (zeta[:, None] + sums)).unbind(1)
    return z, z_xi


def outline(coefficients: Tensor, count: int) -> Tensor:
    """`count` points of the outline at equal steps of η, counter-clockwise, shape (batch, count), complex."""
    eta = torch.arange(count, dtype=coefficients.real.dtype, device=coefficients.device)
    circle = torch.polar(torch.ones_like(eta), 2.0 * torch.pi * eta / count)
    return z(coefficients, circle.expand(coefficients.shape[0], -1))

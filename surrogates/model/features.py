"""The inputs of the network: one layout of features for training and inference.

    v = (√k Re a_k, √k Im a_k),   c = ½ / √(1 − |v|²),   outline points c (ζ_j + Σ a_k ζ_j^(−k)) at equal steps of η

All but c are linear in v: a query is a few products with constant matrices. For bodies of revolution v = √k a_k, and
the points are those of the meridian, in units of the sphere of equal volume: c/λ stands for c.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.geometry.revolution import sphere_ratio
from fusiform.surrogates.model.layout import OUTLINE_SAMPLES


@lru_cache(maxsize=8)
@ordinary_tensors()
def _constants(modes: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """√k (K, 1), the signs of v of a body and of its mirror image (2, 1, 2K), ζ_j (2·24,) and v → outline − ζ
    (2K, 2·24), x before y."""
    k = torch.arange(1, modes + 1, dtype=dtype, device=device)[:, None]
    eta = torch.arange(OUTLINE_SAMPLES, dtype=dtype, device=device) * (2.0 * torch.pi / OUTLINE_SAMPLES)
    cos, sin = torch.cos(k * eta) / k.sqrt(), torch.sin(k * eta) / k.sqrt()
    one = torch.ones_like(k)
    signs = torch.stack([torch.cat([one, one]), torch.cat([one, -one])]).reshape(2, 1, -1)
    matrix = torch.cat([torch.cat([cos, -sin], dim=1), torch.cat([sin, cos], dim=1)])
    return k.sqrt(), signs, torch.cat([eta.cos(), eta.sin()]), matrix


@lru_cache(maxsize=8)
@ordinary_tensors()
def _meridian_constants(modes: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """√k (K,), ζ_j (2·24,) of the upper half, and v → outline − ζ (K, 2·24), x before y."""
    k = torch.arange(1, modes + 1, dtype=dtype, device=device)[:, None]
    eta = (torch.arange(OUTLINE_SAMPLES, dtype=dtype, device=device) + 0.5) * (torch.pi / OUTLINE_SAMPLES)
    matrix = torch.cat([torch.cos(k * eta), -torch.sin(k * eta)], dim=1) / k.sqrt()
    return k[:, 0].sqrt(), torch.cat([eta.cos(), eta.sin()]), matrix


def features(coefficients: Tensor, reynolds: Tensor, revolution: bool = False) -> Tensor:
    """Features of bodies at incidence and of their mirror images, (2, batch, 2K + 2 + 2·24), differentiable.

    v (2K), ln Re, c/d, x/d and y/d of 24 outline points: `coefficients` (batch, K) complex, turned by the incidence;
    `reynolds` (batch,). Bodies of `revolution` are their own mirror images: (1, batch, K + 2 + 2·24).
    """
    if revolution:
        return _of_meridians(coefficients, reynolds)[None]
    root, signs, circle, matrix = _constants(coefficients.shape[1], coefficients.real.dtype, coefficients.device)
    v = (torch.view_as_real(coefficients.resolve_conj()) * root).mT.flatten(1)
    both = v * signs
    c = 0.5 * torch.rsqrt(1.0 - v.square().sum(1, keepdim=True))
    scalars = torch.cat([torch.log(reynolds)[:, None], c], dim=1).expand(2, -1, -1)
    return torch.cat([both, scalars, c * (circle + both @ matrix)], dim=2)


def _of_meridians(coefficients: Tensor, reynolds: Tensor) -> Tensor:
    real = coefficients.real
    root, circle, matrix = _meridian_constants(real.shape[1], real.dtype, real.device)
    v = real * root
    c = 0.5 * torch.rsqrt(1.0 - v.square().sum(1, keepdim=True)) / sphere_ratio(coefficients)[:, None]
    return torch.cat([v, torch.log(reynolds)[:, None], c, c * (circle + v @ matrix)], dim=1)

"""What the network sees of a design: one feature layout for training and inference.

    v = (√k Re a_k, √k Im a_k),   c = ½ / √(1 − |v|²),   outline points c (ζ_j + Σ a_k ζ_j^(−k)) at equal steps of η

All but c are linear in v: a query is a few products with constant matrices.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from fusiform.solvers.geometry import laurent

OUTLINE_SAMPLES = 24


@lru_cache(maxsize=8)
def _constants(modes: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """The signs of v under mirroring (2K,), ζ_j (2·24,) and v → outline − ζ (2K, 2·24), x before y."""
    k = torch.arange(1, modes + 1, dtype=dtype, device=device)[:, None]
    eta = torch.arange(OUTLINE_SAMPLES, dtype=dtype, device=device) * (2.0 * torch.pi / OUTLINE_SAMPLES)
    cos, sin = torch.cos(k * eta) / k.sqrt(), torch.sin(k * eta) / k.sqrt()
    signs = torch.cat([torch.ones_like(k), -torch.ones_like(k)])[:, 0]
    matrix = torch.cat([torch.cat([cos, -sin], dim=1), torch.cat([sin, cos], dim=1)])
    return signs, torch.cat([eta.cos(), eta.sin()]), matrix


def features(coefficients: Tensor, reynolds: Tensor) -> Tensor:
    """Features of bodies at incidence and of their mirror images, (2, batch, 2K + 2 + 2·24), differentiable.

    v (2K), ln Re, c/d, x/d and y/d of 24 outline points: `coefficients` (batch, K) complex, turned by the incidence;
    `reynolds` (batch,).
    """
    scaled = coefficients * laurent.modes(coefficients).sqrt()
    v = torch.cat([scaled.real, scaled.imag], dim=1)
    signs, circle, matrix = _constants(coefficients.shape[1], v.dtype, v.device)
    both = torch.stack([v, v * signs])
    c = (0.5 / torch.sqrt(1.0 - v.square().sum(1, keepdim=True))).expand(2, -1, -1)
    log = torch.log(reynolds)[:, None].expand(2, -1, -1)
    return torch.cat([both, log, c, c * (circle + both @ matrix)], dim=2)

"""Exact compression of residual rows to as many per sample as the network has outputs; all steps stay the same.

A residual may have thousands of rows, its Jacobian T₀ = ∂R/∂y (rows, m) has rank m at most. With the thin QR
T₀ = Q T the rows of J = T₀ ∂y/∂θ are Q times those of T ∂y/∂θ, Q with orthonormal columns: the singular values and the
right singular vectors are the same, and Uᵀ R becomes U'ᵀ (Qᵀ R). Every step V S^κ Uᵀ g is unchanged.
"""

from __future__ import annotations

import torch
from torch import Tensor


def compress(residual: Tensor, jacobian: Tensor) -> tuple[Tensor, Tensor]:
    """Qᵀ R (batch, r), T (batch, r, m), r = min(rows, m), from `residual` (batch, rows), `jacobian` (batch, rows, m).

    The part of R that no output can change is lost: the result has the gradient of the loss, not its value.
    """
    if jacobian.shape[1] <= jacobian.shape[2]:
        return residual, jacobian
    q, t = torch.linalg.qr(jacobian)
    return (q.mT @ residual[..., None])[..., 0], t

"""What the network sees of a design: one feature layout for training and inference."""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.solvers.geometry import laurent

OUTLINE_SAMPLES = 24


def features(coefficients: Tensor, reynolds: Tensor) -> Tensor:
    """Features of bodies at incidence, (batch, 2K + 2 + 2·24), differentiable.

    √k Re a_k, √k Im a_k (k = 1 … K), ln Re, c/d, and x/d, y/d of 24 outline points at equal steps of η:
    `coefficients` (batch, K) complex, turned by the incidence; `reynolds` (batch,).
    """
    scaled = coefficients * torch.sqrt(laurent.modes(coefficients))
    outline = laurent.outline(coefficients, OUTLINE_SAMPLES)
    return torch.cat(
        [
            scaled.real,
            scaled.imag,
            torch.log(reynolds)[:, None],
            laurent.conformal_radius(coefficients)[:, None],
            outline.real,
            outline.imag,
        ],
        dim=1,
    )


def mirrored(coefficients: Tensor) -> Tensor:
    """The mirror image about the x axis: a_k → conj(a_k)."""
    return coefficients.conj().resolve_conj()

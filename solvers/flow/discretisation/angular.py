"""The angles of the element boundaries: fine where the outline turns sharply, and in the wake.

The spacing of angles η along a uniform parameter s is

    dη/ds ∝ exp( γ G_σ * ½ ln(|z'|²/c² + ε²) − A e^{κ(cos s − 1)} ),   η(0) = 0,

small where the outline turns sharply (z' small at tips and edges; G_σ is a periodic Gaussian) and in the wake, s =
0. |z'| is taken at η(s) by a fixed-point iteration, so the angles are an explicit, differentiable function of the
coefficients, and the elements of different bodies line up. The constants were chosen by measured drag errors, see
assets/docs/solvers-diary.md.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.geometry import laurent

BODY_EXPONENT, BODY_FLOOR, BODY_SMOOTHING = 0.8, 0.15, 0.2
WAKE_DEPTH, WAKE_SHARPNESS = 2.8, 1.0
SPACING_MODES = 32
FIXED_POINT_STEPS = 3


def angular_breaks(coefficients: Tensor, widening: Tensor, count: int) -> Tensor:
    """Angles of `count` element boundaries at equidistant s = 0 … 2π(1 − 1/count), (batch, count).

    `widening` (batch,): the outer radius over that of slow flows. The wake is narrower, seen from the body, on a larger
    outer circle: A grows with half its logarithm.
    """
    like = coefficients.real
    s, wave, smoothing, primitive = _constants(2 * SPACING_MODES, like.dtype, like.device)
    wake = (WAKE_DEPTH + 0.5 * widening.log())[:, None] * torch.exp(WAKE_SHARPNESS * (wave - 1.0))
    k = laurent.modes(coefficients)
    amplitude = (k * coefficients)[:, :, None]
    eta = s.expand(coefficients.shape[0], -1)
    for _ in range(FIXED_POINT_STEPS):
        phase = eta[:, :, None] * (k + 1.0)
        slope = 1.0 - (torch.complex(phase.cos(), -phase.sin()) @ amplitude)[:, :, 0]
        log_slope = 0.5 * torch.log(slope.real.square() + slope.imag.square() + BODY_FLOOR**2)
        spacing = torch.exp(BODY_EXPONENT * (log_slope @ smoothing) - wake)
        spacing = spacing / spacing.mean(1, keepdim=True)
        eta = s + spacing @ primitive
    s, _, _, primitive = _constants(count, like.dtype, like.device)
    return s + spacing @ primitive


@lru_cache(maxsize=32)
@ordinary_tensors()
def _constants(count: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """`count` equidistant s, cos s, and two matrices on rows of 2·SPACING_MODES samples: the smoothing G_σ, and the
    primitive at the s, zero at s = 0, of the zero-mean part, (2·SPACING_MODES, count)."""
    samples = 2 * SPACING_MODES
    angle = np.arange(count) * (2.0 * np.pi / count)
    m = np.arange(SPACING_MODES + 1)
    spectrum = np.fft.rfft(np.eye(samples))
    blurred = np.fft.irfft(spectrum * np.exp(-0.5 * (BODY_SMOOTHING * m) ** 2), samples)
    m = m[1:-1]
    summed = (spectrum[:, 1:-1] / SPACING_MODES @ ((np.exp(1j * angle[:, None] * m) - 1.0) / (1j * m)).T).real
    arrays = (angle, np.cos(angle), blurred, summed)
    s, wave, smoothing, primitive = (torch.tensor(array, dtype=dtype, device=device) for array in arrays)
    return s, wave, smoothing, primitive

"""The update rules of a recipe.

    supervised, SIP, SIP+HIG:  `ScaleInvariantPhysics` on c and √w F/C₀, c basis coefficients (their total variance is
                               one), F forces; with an optimizer or half-inverse gradients as its inner rule
    SIP with tangents:         the same, and on their derivatives along the design
    DP, HIG:                   an optimizer or half-inverse gradients on the residual of the equations

Supervised training differs from SIP in where the targets come from, SIP+HIG from SIP in the inner rule.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fusiform.surrogates.flow_training.settings import FitConfig, HalfInverseSettings
from fusiform.surrogates.model.layout import FORCES
from fusiform.surrogates.training import (
    OPTIMIZERS,
    FirstOrder,
    HalfInverseConfig,
    HalfInverseGradients,
    RobustRegression,
    SpectralPower,
    TangentRegression,
)

TANGENT_DELTA = 1.0  # δ of the tangents' pseudo-Huber function


def optimizer(network: nn.Module, name: str, rate: float, weight_decay: float, *, clip_norm: float = 0.0) -> FirstOrder:
    """The optimizer `name` with the peak learning rate `rate`; gradients are scaled down to `clip_norm` (0: never)."""
    rule = OPTIMIZERS[name](network, rate, weight_decay)
    return FirstOrder(*rule.optimizers, clip_norm=clip_norm) if clip_norm else rule


def half_inverse(settings: HalfInverseSettings) -> HalfInverseGradients:
    """Half-inverse gradients, g summed over the mini-batch."""
    power = SpectralPower(settings.kappa, settings.truncation, settings.damping)
    return HalfInverseGradients(HalfInverseConfig(settings.eta, power, summed=True, momentum=settings.momentum))


def target_proxy(fit: FitConfig, like: Tensor) -> RobustRegression:
    """The loss of a fit to targets whose type and device are those of `like` (…, m)."""
    weights = torch.ones_like(like[0])
    weights[-FORCES:] = fit.force_weight**0.5
    return RobustRegression(fit.huber, weights)


def tangent_proxy(fit: FitConfig, weight: float, like: Tensor) -> TangentRegression:
    """The loss of a fit to targets and, with `weight`, to their tangents."""
    values = target_proxy(fit, like)
    return TangentRegression(values, RobustRegression(TANGENT_DELTA, values.weights), weight)

"""The robust proxy loss is the pseudo-Huber function."""

import math

import pytest
import torch

from fusiform.surrogates.training import (
    Batch,
    Regression,
    RobustRegression,
    loss_of,
)


def test_the_robust_proxy_is_the_pseudo_huber_function():
    delta, scale = 0.3, torch.tensor([1.0, 2.0]).double()
    y = torch.cat([torch.randn(20, 2), torch.zeros(1, 2), 1e4 * torch.ones(1, 2)]).double()
    batch = Batch.of(y, torch.zeros_like(y))
    squares = (scale * y).square().sum(1)
    rho = delta**2 * (torch.sqrt(1.0 + 2.0 * squares / delta**2) - 1.0)
    residual = RobustRegression(delta, scale).residual(y, batch)
    assert torch.allclose(residual.square().sum(1), rho, rtol=1e-12)
    small = RobustRegression(1e6, scale).residual(y[:21], batch.select(slice(0, 21)))
    assert torch.allclose(small, Regression(scale).residual(y[:21], batch.select(slice(0, 21))), rtol=1e-6)


def test_one_outlier_does_not_rule_the_robust_proxy():
    """The pull of a target 1,000 times too far is that of one at about δ, not 1,000 times that."""
    delta = 0.3

    def pull(error):
        y = torch.tensor([[error, 0.0]]).double().requires_grad_()
        value = loss_of(RobustRegression(delta).residual(y, Batch.of(y.detach(), torch.zeros_like(y))))
        return float(torch.autograd.grad(value, y)[0].norm())

    assert pull(1000.0) < 1.1 * delta / math.sqrt(2.0)
    assert pull(1e-3) == pytest.approx(1e-3, rel=1e-4)

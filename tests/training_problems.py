"""Small problems to train on, and one rule of every kind: the tables to which a new method is added."""

from functools import partial

import pytest
import torch
from torch import nn

from fusiform.surrogates.training import (
    Batch,
    FirstOrder,
    HalfInverseConfig,
    HalfInverseGradients,
    Inverse,
    RefreshConfig,
    Regression,
    RobustRegression,
    ScaleInvariantPhysics,
    SpectralPower,
    TargetCache,
    loss_of,
    muon,
    soap,
)

SAMPLES = 32


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2)).double()


def solution(x):
    """The exact outputs, (batch, 2)."""
    return torch.stack([torch.sin(2.0 * x[:, 0]), x[:, 0] * x[:, 1]], dim=1)


class Linear:
    """R = A y − b with A of condition 30; its inverse is a linear solve."""

    matrix = torch.tensor([[3.0, 1.0], [-0.2, 0.03]]).double()

    def residual(self, outputs, batch):
        return outputs @ self.matrix.T - batch.data[0] @ self.matrix.T

    def inverse(self, outputs, batch):
        step = torch.linalg.solve(self.matrix, self.residual(outputs, batch).T).T
        return Inverse(outputs - step, torch.ones(len(batch), dtype=torch.bool))


class Cubic:
    """R = (y³ + y − c) row by row; its inverse is one Newton step with the step accepted where the residual fell."""

    def residual(self, outputs, batch):
        (y,) = batch.data
        return outputs**3 + outputs - y**3 - y

    def inverse(self, outputs, batch):
        before = self.residual(outputs, batch)
        target = outputs - before / (3.0 * outputs**2 + 1.0)
        return Inverse(target, self.residual(target, batch).norm(dim=1) < 0.5 * before.norm(dim=1))


PROBLEMS = {"regression": Regression(), "linear": Linear(), "cubic": Cubic()}


def newton(eta=1.0, kappa=-0.5, truncation=1e-6):
    return HalfInverseGradients(HalfInverseConfig(eta, SpectralPower(kappa, truncation), summed=True))


def sip(inner, **knobs):
    return ScaleInvariantPhysics(inner, TargetCache(RefreshConfig(**knobs)))


RULES = {
    "Adam": lambda net: FirstOrder(torch.optim.Adam(net.parameters(), lr=0.02)),
    "AdamW, clipped": lambda net: FirstOrder(torch.optim.AdamW(net.parameters(), lr=0.02), clip_norm=1.0),
    "L-BFGS": lambda net: FirstOrder(torch.optim.LBFGS(net.parameters(), line_search_fn="strong_wolfe", max_iter=4)),
    "Muon": partial(muon, rate=0.1, adamw_rate=0.02),
    "SOAP": partial(soap, rate=0.02),
    "Gauss-Newton": lambda net: newton(kappa=-1.0, truncation=1e-3),
    "HIG": lambda net: newton(0.1),
    "HIG, momentum": lambda net: HalfInverseGradients(HalfInverseConfig(3.0, momentum=0.5)),
    "HIG, Lanczos": lambda net: HalfInverseGradients(HalfInverseConfig(3.0, krylov_steps=12)),
    "SIP": lambda net: sip(FirstOrder(torch.optim.Adam(net.parameters(), lr=0.02))),
    "SIP, robust": lambda net: ScaleInvariantPhysics(
        FirstOrder(torch.optim.Adam(net.parameters(), lr=0.02)), proxy=RobustRegression(0.3, torch.tensor([1.0, 2.0]))
    ),
    "SIP+HIG": lambda net: sip(newton(0.1)),
}


def made(name, net):
    if name == "SOAP":
        pytest.importorskip("pytorch_optimizer")
    return RULES[name](net)


def data(size=SAMPLES, seed=1):
    x = 2.0 * torch.rand(size, 2, generator=torch.Generator().manual_seed(seed)).double() - 1.0
    return Batch.of(x, solution(x))


def loss(net, batch, physics):
    with torch.no_grad():
        return float(loss_of(physics.residual(net(batch.inputs), batch)))


def weights(net):
    return nn.utils.parameters_to_vector(net.parameters()).detach().clone()

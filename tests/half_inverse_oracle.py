"""Networks of every kind, a curved physics, and half-inverse steps from the dense SVD of the Jacobian."""

import copy
from functools import partial

import torch
from torch import nn

from fusiform.surrogates.training.half_inverse.compression import compress
from fusiform.surrogates.training.half_inverse.jacobian import BatchJacobian
from fusiform.surrogates.training.half_inverse.spectral_power import (
    SpectralPower,
)
from fusiform.surrogates.training.methods.half_inverse_gradients import HalfInverseConfig, HalfInverseGradients
from fusiform.surrogates.training.physics import Batch, loss_of, residual_and_jacobian

INPUTS, OUTPUTS = 3, 2


def perceptron(bias=True):
    return nn.Sequential(
        nn.Linear(INPUTS, 7, bias=bias), nn.Tanh(), nn.Linear(7, 6), nn.Tanh(), nn.Linear(6, OUTPUTS, bias=bias)
    )


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.hidden, self.last = nn.Linear(INPUTS, 8), nn.Linear(8, 8), nn.Linear(8, OUTPUTS)

    def forward(self, x):
        h = torch.tanh(self.first(x))
        return self.last(h + torch.tanh(self.hidden(h)))


class Shared(Residual):
    """The hidden layer is used three times."""

    def forward(self, x):
        h = torch.tanh(self.first(x))
        for _ in range(3):
            h = h + torch.tanh(self.hidden(h))
        return self.last(h)


class Pair(nn.Module):
    """Inputs (batch, 2, in): a body and its mirror image go through the layers together, as (2, batch, in)."""

    def __init__(self):
        super().__init__()
        self.inner = Residual()

    def forward(self, x):
        if x.ndim == 2:
            x = torch.stack([x, x.flip(1)], dim=1)
        raw, image = self.inner(x.movedim(1, 0))
        return 0.5 * (raw + torch.tensor([1.0, -1.0]).to(raw) * image)


class Convolution(nn.Module):
    """Parameters outside linear layers."""

    def __init__(self):
        super().__init__()
        self.filter, self.norm, self.last = nn.Conv1d(1, 4, 2), nn.LayerNorm(8), nn.Linear(8, OUTPUTS)

    def forward(self, x):
        return self.last(self.norm(torch.tanh(self.filter(x[:, None]).flatten(1))))


def partly_frozen():
    network = perceptron()
    network[0].weight.requires_grad_(False)
    network[2].bias.requires_grad_(False)
    return network


NETWORKS = {
    "perceptron": perceptron,
    "without bias": partial(perceptron, bias=False),
    "residual": Residual,
    "shared layer": Shared,
    "pair": Pair,
    "partly frozen": partly_frozen,
    "convolution": Convolution,
}


class Curved:
    """Three nonlinear residuals of two outputs, with scales far apart."""

    def residual(self, outputs, batch):
        (label,) = batch.data
        first, second = outputs.T
        return torch.stack([first - label, 0.1 * (second + first**2), torch.sin(second) - 3.0 * label], dim=1)


PHYSICS = Curved()


def problem(name="perceptron", size=6, seed=0, dtype=torch.float64):
    torch.manual_seed(seed)
    network = NETWORKS[name]().to(dtype)
    return network, Batch.of(torch.randn(size, INPUTS, dtype=dtype), torch.randn(size, dtype=dtype))


def dense(network, batch, physics=PHYSICS):
    """R (rows,) and J (rows, n), one backward pass a row."""
    residual = physics.residual(network(batch.inputs), batch).flatten()
    parameters = [p for p in network.parameters() if p.requires_grad]
    rows = [torch.autograd.grad(r, parameters, retain_graph=True, materialize_grads=True) for r in residual]
    return residual.detach(), torch.stack([torch.cat([g.flatten() for g in row]) for row in rows])


def by_svd(jacobian, g, power):
    """The oracle: V σ (σ² + μ² σ_max²)^((κ−1)/2) Uᵀ g over σ > τ σ_max."""
    u, s, vh = torch.linalg.svd(jacobian, full_matrices=False)
    kept = s > power.truncation * s[0]
    u, s, vh = u[:, kept], s[kept], vh[kept]
    weights = s * (s**2 + (power.damping * torch.linalg.matrix_norm(jacobian, 2)) ** 2) ** ((power.kappa - 1) / 2)
    return vh.T @ (weights * (u.T @ g))


def operator(network, batch, physics=PHYSICS, squeeze=False):
    """Our J and R; `squeeze` with compressed rows."""
    jacobian = BatchJacobian(network, batch.inputs)
    residual, rows = residual_and_jacobian(physics, jacobian.outputs, batch)
    if squeeze:
        residual, rows = compress(residual, rows)
    return jacobian.with_rows(rows), residual.flatten()


@torch.no_grad()
def loss(network, batch, physics=PHYSICS):
    return float(loss_of(physics.residual(network(batch.inputs), batch)))


def relative(got, expected):
    return float((got - expected).norm() / expected.norm())


def moved(network, rule, batch, physics=PHYSICS):
    """Δθ of one step of `rule` on a copy of `network`, and the report."""
    network = copy.deepcopy(network)
    trained = [p for p in network.parameters() if p.requires_grad]
    before = nn.utils.parameters_to_vector(trained).detach().clone()
    report = rule.step(network, batch, physics)
    return nn.utils.parameters_to_vector(trained).detach() - before, report


def plain(**knobs):
    """A rule without safeguard."""
    power = SpectralPower(**{k: knobs.pop(k) for k in ("kappa", "truncation", "damping") if k in knobs})
    return HalfInverseGradients(HalfInverseConfig(power=power, halvings=0, **knobs))

"""The network: a residual multi-layer perceptron that is exactly equivariant under mirroring."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fusiform.surrogates.model.features import features

SINGLE = torch.float32  # of a new network, whatever torch's default


class ResidualPerceptron(nn.Module):
    """x → W_out(h_D), h_0 = silu(W_in x), h_{i+1} = h_i + silu(W_i h_i)."""

    def __init__(self, inputs: int, outputs: int, width: int, depth: int) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, width, dtype=SINGLE)
        self.hidden = nn.ModuleList([nn.Linear(width, width, dtype=SINGLE) for _ in range(depth)])
        self.last = nn.Linear(width, outputs, dtype=SINGLE)

    def forward(self, x: Tensor, first_output: int = 0) -> Tensor:
        """Outputs from number `first_output` on, (…, outputs − first_output)."""
        h = nn.functional.silu(self.first(x))
        for layer in self.hidden:
            h = h + nn.functional.silu(layer(h))
        if first_output:
            return nn.functional.linear(h, self.last.weight[first_output:], self.last.bias[first_output:])
        out: Tensor = self.last(h)
        return out


class EquivariantNetwork(nn.Module):
    """Design → outputs, f(x) = ½ [g(x) + P g(x̄)] with x̄ the mirrored body and P = ±1 for each output.

    Symmetric bodies get exactly zero lift, mirrored ones exactly mirrored flows. Bodies of `revolution` are their own
    mirror images, which costs one evaluation instead of two. Inputs are standardised and outputs scaled with constants
    that travel with the weights.
    """

    parity: Tensor
    input_mean: Tensor
    input_spread: Tensor
    output_mean: Tensor
    output_spread: Tensor

    def __init__(self, inputs: int, parity: Tensor, width: int, depth: int, revolution: bool = False) -> None:
        super().__init__()
        self.revolution = revolution
        self.perceptron = ResidualPerceptron(inputs, len(parity), width, depth)
        self.register_buffer("parity", parity.clone())
        self.register_buffer("input_mean", torch.zeros(inputs, dtype=SINGLE))
        self.register_buffer("input_spread", torch.ones(inputs, dtype=SINGLE))
        self.register_buffer("output_mean", torch.zeros(len(parity), dtype=SINGLE))
        self.register_buffer("output_spread", torch.ones(len(parity), dtype=SINGLE))

    def standardise(self, inputs: Tensor, outputs: Tensor) -> None:
        """Take the scaling constants from training features (n, inputs) and targets (n, outputs)."""
        self.input_mean.copy_(inputs.mean(0))
        self.input_spread.copy_(inputs.std(0).clamp_min(1e-6))
        self.output_mean.copy_(outputs.mean(0) * (self.parity > 0))
        self.output_spread.copy_(outputs.std(0).clamp_min(1e-9))

    def pair(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """Standardised features of the bodies and of their mirror images, (2, batch, inputs), see `features`."""
        given = features(coefficients, reynolds, self.revolution)
        return (given.to(self.input_mean) - self.input_mean) / self.input_spread

    def from_pair(self, pair: Tensor, first_output: int = 0) -> Tensor:
        """Outputs from number `first_output` on, (batch, outputs − first_output), from `pair`'s features."""
        both = self.perceptron(pair, first_output)
        raw, image = both[0], both[-1]
        mean, spread, parity = (b[first_output:] for b in (self.output_mean, self.output_spread, self.parity))
        return mean + 0.5 * spread * (raw + parity * image)

    def forward(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        return self.from_pair(self.pair(coefficients, reynolds))

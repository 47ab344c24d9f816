"""Training on values and derivatives (Sobolev training): targets, and tangents of them along known directions.

For samples that have them, the derivatives of the wanted output are known along d directions e_i of the problem's own
parameters. Each time a sample is used one random combination is drawn, r normal, so that over the steps all count:

    x' = Σ r_i ∂x/∂e_i,   ỹ' = Σ r_i ∂ỹ/∂e_i,    L = mean ½ [ρ(|w (y − ỹ)|²) + λ ρ(|w (y' − ỹ')|²)],   y' = ∂f/∂x x'

ρ as in `proxy.py`; E |y' − ỹ'|² is the squared norm of the whole error of the Jacobian. y' comes from forward-mode
differentiation of the network: one tangent costs about as much as the values, whatever d is.

Source: Czarnecki, Osindero, Jaderberg, Świrszcz & Pascanu, Sobolev training for neural networks, NeurIPS 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fusiform.surrogates.training.methods.proxy import RobustRegression
from fusiform.surrogates.training.physics import Batch


class TangentNetwork(nn.Module):
    """(x, x') ↦ (f(x), ∂f/∂x x'): inputs (batch, 2, …) → outputs (batch, 2m). Where x' = 0 only f(x) is computed."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: Tensor) -> Tensor:
        point, direction = inputs.unbind(1)
        moving = direction.flatten(1).any(1)
        order = torch.cat([moving.nonzero()[:, 0], (~moving).nonzero()[:, 0]])
        both: tuple[Tensor, Tensor] = torch.func.jvp(self.network, (point[moving],), (direction[moving],))[:2]
        moved, tangent = both
        values = torch.cat([moved, self.network(point[~moving])])
        tangents = torch.cat([tangent, values.new_zeros(len(values) - len(tangent), values.shape[1])])
        return torch.cat([values, tangents], dim=1)[order.argsort()]


@dataclass(frozen=True)
class TangentData:
    """A data set for `TangentNetwork` and `TangentRegression`.

    `inputs` (n, …) and `targets` (n, m) of all samples; the last k of them have derivatives `input_slopes` (k, d, …)
    and `target_slopes` (k, d, m). A direction that is not known is zero in both.
    """

    inputs: Tensor
    targets: Tensor
    input_slopes: Tensor
    target_slopes: Tensor

    def __len__(self) -> int:
        return len(self.inputs)

    def select(self, index: Tensor) -> Batch:
        """The samples `index`, each with a fresh random direction from torch's generator: data = (ỹ, ỹ')."""
        row = index - (len(self) - len(self.input_slopes))
        known = row >= 0
        point, target = self.inputs[index], self.targets[index]
        direction, slope = torch.zeros_like(point), torch.zeros_like(target)
        slopes_in, slopes_out = self.input_slopes[row[known]], self.target_slopes[row[known]]
        r = torch.randn(slopes_out.shape[:2], dtype=target.dtype).to(target.device)
        direction[known] = torch.einsum("bd,bd...->b...", r, slopes_in)
        slope[known] = torch.einsum("bd,bdm->bm", r, slopes_out)
        return Batch(torch.stack([point, direction], dim=1), (target, slope), index)


@dataclass(frozen=True)
class TangentRegression:
    """R = (R(y), √λ R(y')) of `RobustRegression`; `weight` λ. Samples without a direction have R(y') = 0."""

    values: RobustRegression
    slopes: RobustRegression
    weight: float

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        value, slope = outputs.chunk(2, dim=1)
        target, tangent = batch.data
        of_values = self.values.residual(value, Batch(batch.inputs, (target,), batch.index))
        of_slopes = self.slopes.residual(slope, Batch(batch.inputs, (tangent,), batch.index))
        return torch.cat([of_values, self.weight**0.5 * of_slopes], dim=1)

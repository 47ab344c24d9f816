"""Training on values and derivatives (Sobolev training): targets, and tangents of them along known directions.

For samples that have them, the derivatives of the target are known along d directions e_i of the problem's own
parameters. Each time a sample is used one random combination is drawn, r normal, so that over the steps all count:

    x' = Σ r_i ∂x/∂e_i,   ỹ' = Σ r_i ∂ỹ/∂e_i,    L = mean ½ [ρ(|w (y − ỹ)|²) + λ ρ(|w (y' − ỹ')|²)],   y' = ∂f/∂x x'

ρ as in `proxy.py`; E |y' − ỹ'|² is the squared norm of the whole error of the Jacobian. y' comes from forward-mode
differentiation of the network: one tangent costs about as much as the values, for any d.

With `ScaleInvariantPhysics` each part of this is an argument: `TangentNetwork` the network, `TangentData` the data,
`TangentTargets` the store, `TangentRegression` the proxy.

Source: Czarnecki, Osindero, Jaderberg, Świrszcz & Pascanu, Sobolev training for neural networks, NeurIPS 2017.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from fusiform.surrogates.training.methods.proxy import RobustRegression
from fusiform.surrogates.training.methods.targets import Network, Targets, TargetStore
from fusiform.surrogates.training.physics import Batch, InvertiblePhysics


class TangentNetwork(nn.Module):
    """(x, x') ↦ (f(x), ∂f/∂x x'): inputs (batch, 2, …) → outputs (batch, 2m). Where x' = 0 only f(x) is computed.

    Parameters
    ----------
    network : torch.nn.Module
        f.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import TangentNetwork
    >>> network = TangentNetwork(torch.nn.Linear(2, 1, bias=False))
    >>> x, direction = torch.zeros(1, 2), torch.tensor([[1.0, 0.0]])
    >>> value, tangent = network(torch.stack([x, direction], dim=1)).unbind(1)
    >>> bool(tangent == network.network.weight[0, 0])
    True
    """

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
    """Samples, each with a fresh random direction where it has derivatives.

    `select` gives inputs (x, x') (batch, 2, …), and adds r (batch, d), drawn from torch's generator, to the data of the
    physics; both are zero for samples without derivatives.

    Parameters
    ----------
    points : Batch
        All samples.
    input_slopes : Tensor
        ∂x/∂e_i (k, d, …) of the last k of them.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, TangentData
    >>> data = TangentData(Batch.of(torch.zeros(3, 2)), torch.eye(2)[None])
    >>> batch = data.select(torch.arange(3))
    >>> batch.inputs.shape, batch.inputs[:, 1].any(1).tolist()
    (torch.Size([3, 2, 2]), [False, False, True])
    """

    points: Batch
    input_slopes: Tensor

    def __len__(self) -> int:
        return len(self.points)

    def select(self, index: Tensor) -> Batch:
        row = index - (len(self) - len(self.input_slopes))
        known = (row >= 0).to(self.input_slopes.device)
        slopes = self.input_slopes[row[row >= 0]]
        chosen = self.points.select(index)
        r = slopes.new_zeros(len(chosen), slopes.shape[1])
        r[known] = torch.randn(slopes.shape[:2], dtype=slopes.dtype).to(slopes.device)
        direction = torch.zeros_like(chosen.inputs)
        direction[known] = torch.einsum("bd,bd...->b...", r[known], slopes)
        return Batch(torch.stack([chosen.inputs, direction], dim=1), (*chosen.data, r), chosen.index)


@dataclass(frozen=True)
class TangentTargets:
    """A `TargetStore` of (ỹ, ỹ') (batch, 2m) for batches of `TangentData`.

    Parameters
    ----------
    values : TargetStore
        Gives ỹ.
    slopes : Tensor
        ∂ỹ/∂e_i (k, d, m) of the samples with the numbers from `first` on; a direction that is not known is zero there
        and in the data's `input_slopes`.
    first : int
        Number of the first sample that has derivatives.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import (
    ...     Batch, Labelled, Regression, TangentData, TangentNetwork, TangentTargets, TargetCache)
    >>> x = torch.rand(3, 2)
    >>> store = TangentTargets(Labelled(x.sum(1, keepdim=True), TargetCache()), torch.ones(1, 2, 1), first=2)
    >>> batch = TangentData(Batch.of(x), torch.eye(2)[None]).select(torch.arange(3))
    >>> values = store.targets(TangentNetwork(torch.nn.Linear(2, 1)), batch, Regression()).values
    >>> torch.allclose(values[:, 1], batch.inputs[:, 1].sum(1))
    True
    """

    values: TargetStore
    slopes: Tensor
    first: int

    def targets(self, network: Network, batch: Batch, physics: InvertiblePhysics) -> Targets:
        *data, r = batch.data
        points = Batch(batch.inputs[:, 0], tuple(data), batch.index)

        def value(inputs: Tensor) -> Tensor:
            return network(torch.stack([inputs, torch.zeros_like(inputs)], dim=1)).chunk(2, dim=1)[0]

        targets = self.values.targets(value, points, physics)
        known = batch.index >= self.first
        tangent = torch.zeros_like(targets.values)
        tangent[known] = torch.einsum("bd,bdm->bm", r[known], self.slopes[batch.index[known] - self.first])
        return Targets(torch.cat([targets.values, tangent], dim=1), targets.accepted, targets.inversions)

    def state_dict(self) -> dict[str, Any]:
        return self.values.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.values.load_state_dict(state)


@dataclass(frozen=True)
class TangentRegression:
    """R = (R(y), √λ R(y')) of `RobustRegression`. Samples without a direction have R(y') = 0.

    Parameters
    ----------
    values, slopes : RobustRegression
        The losses of y and of y'.
    weight : float
        λ.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, RobustRegression, TangentRegression
    >>> proxy = TangentRegression(RobustRegression(1.0), RobustRegression(1.0), weight=0.25)
    >>> proxy.residual(torch.full((1, 2), 1e-3), Batch.of(torch.zeros(1, 2, 1), torch.zeros(1, 2)))
    tensor([[0.0010, 0.0005]])
    """

    values: RobustRegression
    slopes: RobustRegression
    weight: float

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        value, slope = outputs.chunk(2, dim=1)
        target, tangent = batch.data[0].chunk(2, dim=1)
        of_values = self.values.residual(value, Batch(batch.inputs, (target,), batch.index))
        of_slopes = self.slopes.residual(slope, Batch(batch.inputs, (tangent,), batch.index))
        return torch.cat([of_values, self.weight**0.5 * of_slopes], dim=1)

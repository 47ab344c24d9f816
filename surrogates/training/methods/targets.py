"""Targets of scale-invariant training: the stores that give them, and the inverse that makes them.

    y₀ = f_θ(x),   y_{k+1} = inverse(y_k)  until it is accepted,   ỹ = the last y_k

A store gives the targets of a mini-batch, kept ones or new ones from the physics: `TargetCache` keeps targets in memory
until the network has moved, `TargetFiles` on disk, made in advance by worker processes, `Labelled` has some of them
from elsewhere, `TangentTargets` adds their derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from fusiform.surrogates.training.physics import Batch, InvertiblePhysics

Network = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Targets:
    """Targets of a mini-batch.

    Parameters
    ----------
    values : Tensor
        The targets, (batch, m).
    accepted : Tensor
        Mask (batch,) of those that may be used.
    inversions : int
        Sample updates by the physics' inverse.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Targets
    >>> Targets(torch.zeros(2, 1), torch.tensor([True, False]), inversions=3).accepted.sum()
    tensor(1)
    """

    values: Tensor
    accepted: Tensor
    inversions: int


class TargetStore(Protocol):
    """Source of the targets of `ScaleInvariantPhysics`.

    `targets` asks the `network` for its outputs only where it needs them. `state_dict` and `load_state_dict`: all that
    is needed to continue with the same targets and that is stored nowhere else.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Regression, invert
    >>> class Fresh:
    ...     "Targets that are made anew at each use: the published algorithm."
    ...     def targets(self, network, batch, physics):
    ...         return invert(physics, network(batch.inputs), batch, max_updates=1)
    ...     def state_dict(self):
    ...         return {}
    ...     def load_state_dict(self, state):
    ...         pass
    >>> batch = Batch.of(torch.zeros(3, 1), torch.ones(3, 1))
    >>> Fresh().targets(torch.nn.Linear(1, 1), batch, Regression()).inversions
    3
    """

    def targets(self, network: Network, batch: Batch, physics: InvertiblePhysics) -> Targets: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


@torch.no_grad()
def invert(physics: InvertiblePhysics, outputs: Tensor, batch: Batch, max_updates: int) -> Targets:
    """Targets by up to `max_updates` of the physics' inverse from `outputs` (batch, m).

    Each update goes to the samples that are not accepted yet and are worth another one. A target that is not finite
    counts as rejected.

    Parameters
    ----------
    physics : InvertiblePhysics
        Its inverse makes the targets.
    outputs : Tensor
        Where the inverse starts, (batch, m): the network's outputs.
    batch : Batch
        The samples of the outputs.
    max_updates : int
        Most updates that one sample gets.

    Returns
    -------
    Targets

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Regression, invert
    >>> batch = Batch.of(torch.zeros(2, 1), torch.tensor([[1.0], [torch.nan]]))
    >>> invert(Regression(), torch.zeros(2, 1), batch, max_updates=1).accepted
    tensor([ True, False])
    """
    target = outputs.clone()
    accepted = torch.zeros(len(batch), dtype=torch.bool, device=outputs.device)
    pending = torch.arange(len(batch), device=outputs.device)
    spent = 0
    for _ in range(max_updates):
        answer = physics.inverse(target[pending], batch.select(pending))
        spent += len(pending)
        finite = torch.isfinite(answer.target).all(1)
        good = answer.accepted & finite
        again = finite & ~good & (torch.ones_like(good) if answer.again is None else answer.again)
        target[pending[finite]] = answer.target[finite].to(target.dtype)
        accepted[pending] = good
        pending = pending[again]
        if len(pending) == 0:
            break
    return Targets(target, accepted, spent)


@dataclass(frozen=True)
class Labelled:
    """A store in which the first samples are solved already.

    Parameters
    ----------
    labels : Tensor
        Targets (k, m) of the samples 0 … k − 1, without cost.
    rest : TargetStore
        Gives the targets of the other samples.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Labelled, Regression, TargetCache
    >>> batch = Batch.of(torch.zeros(3, 1), torch.ones(3, 1))
    >>> store = Labelled(torch.full((2, 1), 5.0), TargetCache())
    >>> found = store.targets(torch.nn.Linear(1, 1), batch, Regression())
    >>> found.values.tolist(), found.inversions
    ([[5.0], [5.0], [1.0]], 1)
    """

    labels: Tensor
    rest: TargetStore

    def targets(self, network: Network, batch: Batch, physics: InvertiblePhysics) -> Targets:
        known = batch.index < len(self.labels)
        if bool(known.all()):
            return Targets(self.labels[batch.index], known, 0)
        others = self.rest.targets(network, batch.select(~known), physics)
        values = self.labels.new_empty(len(batch), *others.values.shape[1:])
        values[known], values[~known] = self.labels[batch.index[known]], others.values.to(self.labels)
        accepted = known.clone()
        accepted[~known] = others.accepted
        return Targets(values, accepted, others.inversions)

    def state_dict(self) -> dict[str, Any]:
        return self.rest.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.rest.load_state_dict(state)

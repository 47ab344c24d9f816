"""Targets in memory, kept for each sample until the network has moved away from them.

A target ỹ was computed at outputs y₀. It is renewed when

    |y − y₀| > max(tolerance, moved · |ỹ − y₀|)      or after `age` uses,

a rejected sample after `retry` uses. In between nothing is solved: an inverse near its solution changes little.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from fusiform.surrogates.training.methods.targets import Network, Targets, invert
from fusiform.surrogates.training.physics import Batch, InvertiblePhysics

NEVER = 2**31 - 1
NONE, ACCEPTED, REJECTED = 0, 1, 2


@dataclass(frozen=True)
class RefreshConfig:
    """When a target is renewed, and with how many updates of the inverse.

    Parameters
    ----------
    moved : float
        Share of |ỹ − y₀| by which the outputs may move; 0: renewed at every use; inf: never.
    tolerance : float
        Distance by which the outputs may always move.
    age : int
        Uses after which an accepted target is renewed.
    retry : int
        Uses after which a rejected target is renewed.
    max_updates : int
        Updates of the inverse each time.

    Examples
    --------
    The inverses that four uses of three targets take, while the network stays as it is:

    >>> import torch
    >>> from fusiform.surrogates.training import Batch, RefreshConfig, Regression, TargetCache
    >>> batch, network = Batch.of(torch.zeros(3, 1), torch.ones(3, 1)), torch.nn.Linear(1, 1)
    >>> for refresh in (RefreshConfig(moved=0.0), RefreshConfig(age=2), RefreshConfig()):
    ...     cache = TargetCache(refresh)
    ...     print([cache.targets(network, batch, Regression()).inversions for use in range(4)])
    [3, 3, 3, 3]
    [3, 0, 3, 0]
    [3, 0, 0, 0]
    """

    moved: float = 0.5
    tolerance: float = 0.0
    age: int = NEVER
    retry: int = 5
    max_updates: int = 2


class TargetCache:
    """A `TargetStore` in memory: rows for sample numbers 0 … n − 1; grows with the largest number it gets.

    Parameters
    ----------
    refresh : RefreshConfig, optional
        When a target is renewed.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Regression, TargetCache
    >>> cache, batch = TargetCache(), Batch.of(torch.zeros(3, 1), torch.ones(3, 1))
    >>> network = torch.nn.Linear(1, 1)
    >>> [cache.targets(network, batch, Regression()).inversions for use in range(2)]
    [3, 0]
    """

    def __init__(self, refresh: RefreshConfig | None = None) -> None:
        self.refresh = RefreshConfig() if refresh is None else refresh
        self._rows: dict[str, Tensor] = {}

    @torch.no_grad()
    def targets(self, network: Network, batch: Batch, physics: InvertiblePhysics) -> Targets:
        """Targets for the network's present outputs, fresh where need be."""
        size = int(batch.index.max()) + 1
        outputs = network(batch.inputs) if math.isfinite(self.refresh.moved) or size > self._held else None
        if outputs is not None:
            self._grow(size, outputs)
        rows = {key: value[batch.index] for key, value in self._rows.items()}
        inversions = 0
        stale = self._stale(rows, outputs)
        if bool(stale.any()):
            outputs = network(batch.inputs) if outputs is None else outputs
            positions = stale.nonzero()[:, 0]
            fresh = invert(physics, outputs[positions], batch.select(positions), self.refresh.max_updates)
            inversions = fresh.inversions
            rows["target"][positions] = fresh.values
            rows["anchor"][positions] = outputs[positions]
            rows["uses"][positions] = 0
            rows["status"][positions] = torch.where(fresh.accepted, ACCEPTED, REJECTED).to(rows["status"])
        rows["uses"] += 1
        for key, value in rows.items():
            self._rows[key][batch.index] = value
        return Targets(rows["target"], rows["status"] == ACCEPTED, inversions)

    def _stale(self, rows: dict[str, Tensor], outputs: Tensor | None) -> Tensor:
        """Samples (batch,) whose targets must be renewed; without `outputs`, regardless of how far they have moved."""
        accepted, rejected = rows["status"] == ACCEPTED, rows["status"] == REJECTED
        old = rows["uses"] >= self.refresh.age
        if outputs is not None:
            old = old | self._far(rows, outputs)
        return (rows["status"] == NONE) | (accepted & old) | (rejected & (rows["uses"] >= self.refresh.retry))

    def _far(self, rows: dict[str, Tensor], outputs: Tensor) -> Tensor:
        if self.refresh.moved == 0:
            return torch.ones_like(rows["uses"], dtype=torch.bool)
        moved = torch.linalg.vector_norm(outputs - rows["anchor"], dim=1)
        reach = self.refresh.moved * torch.linalg.vector_norm(rows["target"] - rows["anchor"], dim=1)
        return moved > reach.clamp_min(self.refresh.tolerance)

    @property
    def _held(self) -> int:
        return len(self._rows["uses"]) if self._rows else 0

    def _grow(self, size: int, outputs: Tensor) -> None:
        held = self._held
        if size <= held:
            return
        more = max(size, 2 * held) - held
        whole = torch.zeros(more, dtype=torch.int32, device=outputs.device)
        new = {"target": outputs.new_zeros(more, outputs.shape[1]), "uses": whole, "status": whole.clone()}
        new["anchor"] = new["target"].clone()
        self._rows = {key: torch.cat([self._rows[key], value]) if held else value for key, value in new.items()}

    def state_dict(self) -> dict[str, Any]:
        return dict(self._rows)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._rows = dict(state)

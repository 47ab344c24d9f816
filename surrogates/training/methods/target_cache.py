"""Targets of scale-invariant training, remembered for each sample until the network has moved away from them.

A target ỹ was computed at outputs y₀. It is asked for again when

    |y − y₀| > max(tolerance, moved · |ỹ − y₀|)      or after `age` uses,

a rejected sample after `retry` uses. In between nothing is solved: an inverse near its solution changes little.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from fusiform.surrogates.training.physics import Batch, InvertiblePhysics

NEVER = 2**31 - 1
NONE, ACCEPTED, REJECTED = 0, 1, 2


@dataclass(frozen=True)
class RefreshConfig:
    """When a target is asked for again (see above), and `max_updates` of the inverse each time. `moved` = 0: always."""

    moved: float = 0.5
    tolerance: float = 0.0
    age: int = NEVER
    retry: int = 5
    max_updates: int = 2


@dataclass(frozen=True)
class Targets:
    """Targets (batch, m), whether each may be used (batch,), and how many sample updates the inverse was asked for."""

    values: Tensor
    accepted: Tensor
    inversions: int


class TargetCache:
    """Rows for sample numbers 0 … n − 1; grows with the largest number seen."""

    def __init__(self, config: RefreshConfig) -> None:
        self.config = config
        self._rows: dict[str, Tensor] = {}

    @torch.no_grad()
    def targets(self, outputs: Tensor, batch: Batch, physics: InvertiblePhysics) -> Targets:
        """Targets for the network's present `outputs` (batch, m), fresh where need be."""
        self._grow(int(batch.index.max()) + 1, outputs)
        rows = {key: value[batch.index] for key, value in self._rows.items()}
        inversions = 0
        stale = self._stale(rows, outputs)
        if bool(stale.any()):
            positions = stale.nonzero()[:, 0]
            target, accepted, inversions = invert(physics, outputs[positions], batch.select(positions), self.config)
            rows["target"][positions] = target
            rows["anchor"][positions] = outputs[positions]
            rows["uses"][positions] = 0
            rows["status"][positions] = torch.where(accepted, ACCEPTED, REJECTED).to(rows["status"])
        rows["uses"] += 1
        for key, value in rows.items():
            self._rows[key][batch.index] = value
        return Targets(rows["target"], rows["status"] == ACCEPTED, inversions)

    def _stale(self, rows: dict[str, Tensor], outputs: Tensor) -> Tensor:
        config = self.config
        moved = torch.linalg.vector_norm(outputs - rows["anchor"], dim=1)
        reach = config.moved * torch.linalg.vector_norm(rows["target"] - rows["anchor"], dim=1)
        accepted, rejected = rows["status"] == ACCEPTED, rows["status"] == REJECTED
        far = (moved > reach.clamp_min(config.tolerance)) if config.moved > 0 else torch.ones_like(accepted)
        return (
            (rows["status"] == NONE)
            | (accepted & (far | (rows["uses"] >= config.age)))
            | (rejected & (rows["uses"] >= config.retry))
        )

    def _grow(self, size: int, outputs: Tensor) -> None:
        held = len(self._rows["uses"]) if self._rows else 0
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


def invert(
    physics: InvertiblePhysics, outputs: Tensor, batch: Batch, config: RefreshConfig
) -> tuple[Tensor, Tensor, int]:
    """Targets (batch, m) after up to `max_updates`, which are accepted (batch,), and sample updates spent.

    A target that is not finite counts as rejected.
    """
    target = outputs.clone()
    accepted = torch.zeros(len(batch), dtype=torch.bool, device=outputs.device)
    pending = torch.arange(len(batch), device=outputs.device)
    spent = 0
    for _ in range(config.max_updates):
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
    return target, accepted, spent


def mean_share(accepted: Tensor) -> float:
    """Share of samples accepted."""
    return float(accepted.double().mean()) if len(accepted) else math.nan

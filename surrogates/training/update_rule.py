"""The one thing that all training methods have in common: from a mini-batch and a physics to new parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

from torch import nn

from fusiform.surrogates.training.physics import Batch, Physics


@dataclass(frozen=True)
class StepReport:
    """What a step did.

    loss: of the mini-batch before the step, the one that the rule lowers (for SIP the proxy loss); nan if no sample was
        accepted
    step_size: the one that was used; 0 if the step was refused
    accepted: share of the mini-batch that took part
    kept: share of the singular values that were kept (half-inverse steps; else 1)
    halvings: how often the safeguard halved the step
    inversions: samples for which the physics' inverse was asked, counted once an update
    """

    loss: float
    step_size: float = math.nan
    accepted: float = 1.0
    kept: float = 1.0
    halvings: int = 0
    inversions: int = 0


class UpdateRule(Protocol):
    """A training method. Adding one is one file, and one line in the table of tests/test_update_rules.py.

    step: changes the network's parameters, given a mini-batch; multiplies its step size by `rate_scale` (the schedule).
    state_dict, load_state_dict: all that is needed to go on with the same result (tensors and plain Python values).
    """

    def step(self, network: nn.Module, batch: Batch, physics: Physics, *, rate_scale: float = 1.0) -> StepReport: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...

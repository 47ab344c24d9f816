"""The interface of all training methods: from a mini-batch and a physics to new parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

from torch import nn

from fusiform.surrogates.training.physics import Batch, Physics


@dataclass(frozen=True)
class StepReport:
    """The work of one step.

    Parameters
    ----------
    loss : float
        Of the mini-batch before the step, the one that the rule lowers (for SIP the proxy loss); nan if no sample was
        accepted.
    step_size : float
        The one that was used; 0 if the step was refused.
    accepted : float
        Share of the mini-batch that took part.
    kept : float
        Share of the singular values that were kept (half-inverse steps; else 1).
    halvings : int
        Halvings of the step by the safeguard.
    inversions : int
        Sample updates by the physics' inverse.

    Examples
    --------
    >>> from fusiform.surrogates.training import StepReport
    >>> StepReport(0.25, 1e-3).accepted
    1.0
    """

    loss: float
    step_size: float = math.nan
    accepted: float = 1.0
    kept: float = 1.0
    halvings: int = 0
    inversions: int = 0


class UpdateRule(Protocol):
    """A training method. Adding one is one file, and one line in the table of rules of tests/training_problems.py.

    `step` changes the network's parameters, given a mini-batch, and multiplies its step size by `rate_scale` (the
    schedule). `state_dict`, `load_state_dict`: all that is needed to continue with the same result (tensors and plain
    Python values).

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Regression, StepReport, loss_of
    >>> class Descent:
    ...     "θ ← θ − 0.1 ∂L/∂θ."
    ...     def step(self, network, batch, physics, *, rate_scale=1.0):
    ...         loss = loss_of(physics.residual(network(batch.inputs), batch))
    ...         parameters = list(network.parameters())
    ...         with torch.no_grad():
    ...             for p, slope in zip(parameters, torch.autograd.grad(loss, parameters)):
    ...                 p -= 0.1 * rate_scale * slope
    ...         return StepReport(loss.item(), 0.1 * rate_scale)
    ...     def state_dict(self):
    ...         return {}
    ...     def load_state_dict(self, state):
    ...         pass
    >>> x = torch.linspace(-1, 1, 8)[:, None]
    >>> network, rule = torch.nn.Linear(1, 1), Descent()
    >>> losses = [rule.step(network, Batch.of(x, 2 * x), Regression()).loss for _ in range(400)]
    >>> losses[-1] < 1e-4
    True
    """

    def step(self, network: nn.Module, batch: Batch, physics: Physics, *, rate_scale: float = 1.0) -> StepReport: ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...

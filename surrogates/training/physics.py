"""What an update rule may ask of a physics, and the one loss that all rules share.

A network maps inputs x to outputs y (batch, m); a physics maps outputs to a residual R(y; x) (batch, rows) that is zero
where the outputs solve the problem. Sample b's residual depends on sample b's outputs only. The loss is always

    L = mean over the batch of ½ |R_b|²            so that   ∂L/∂R_b = R_b / batch.

Supervised training is the physics `Regression`, R = y − labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from fusiform.solvers.common import batches
from fusiform.solvers.common.errors import require


@dataclass(frozen=True)
class Batch:
    """Samples: `inputs` (batch, …) for the network, `data` for the physics (each (batch, …)), `index` (batch,).

    `index` numbers the samples in the whole data set; rules that remember something about a sample use it.
    """

    inputs: Tensor
    data: tuple[Tensor, ...]
    index: Tensor

    @staticmethod
    def of(inputs: Tensor, *data: Tensor) -> Batch:
        """All samples of a data set, numbered from 0."""
        wrong = [len(d) for d in data if len(d) != len(inputs)]
        require(not wrong, f"expected data for {len(inputs)} samples, got {wrong}; give every tensor one row a sample")
        return Batch(inputs, data, torch.arange(len(inputs), device=inputs.device))

    def __len__(self) -> int:
        return len(self.inputs)

    def select(self, index: Tensor | slice) -> Batch:
        """The samples at positions `index` (integers, booleans or a slice) of this batch."""
        return batches.select(self, index)


class Data(Protocol):
    """A data set: a `Batch` of everything, or an object that makes sample number i on request."""

    def __len__(self) -> int: ...

    def select(self, index: Tensor, /) -> Batch: ...


class Physics(Protocol):
    """`residual(outputs (batch, m), batch)` → (batch, rows), differentiable unless the physics has `jacobian`.

    A physics may also have `jacobian(outputs, batch)` → (batch, rows, m), see `HasJacobian`.
    """

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor: ...


@runtime_checkable
class HasJacobian(Protocol):
    """A physics that knows ∂R/∂y itself, (batch, rows, m)."""

    def jacobian(self, outputs: Tensor, batch: Batch) -> Tensor: ...


@dataclass(frozen=True)
class Inverse:
    """Answer of a local inverse: `target` (batch, m), `accepted` (batch,) bool, `again` (batch,) bool or None.

    `again` marks targets that were not accepted but are worth another update from there; None means all of them.
    """

    target: Tensor
    accepted: Tensor
    again: Tensor | None = None


class InvertiblePhysics(Physics, Protocol):
    """A physics with a local inverse: outputs ỹ near y at which the residual is (much) smaller.

    A Newton step, a linear solve, an analytic inverse. Not a gradient step, y − η ∂L/∂y: it carries the physics' scales
    to the network, which is what scale-invariant training is there to avoid.
    """

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor: ...

    def inverse(self, outputs: Tensor, batch: Batch) -> Inverse: ...


@dataclass(frozen=True)
class Regression:
    """Supervised training: R = weights · (y − labels), labels = `batch.data[0]` (batch, m), `weights` (m,) or None.

    Its inverse is the label itself.
    """

    weights: Tensor | None = None

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        difference = outputs - batch.data[0]
        return difference if self.weights is None else difference * self.weights

    def jacobian(self, outputs: Tensor, batch: Batch) -> Tensor:
        weights = torch.ones_like(outputs) if self.weights is None else self.weights.expand_as(outputs)
        return torch.diag_embed(weights)

    def inverse(self, outputs: Tensor, batch: Batch) -> Inverse:
        return Inverse(batch.data[0], torch.ones(len(batch), dtype=torch.bool, device=outputs.device))


def loss_of(residual: Tensor) -> Tensor:
    """L = mean over the batch of ½ |R_b|², `residual` (batch, rows)."""
    return 0.5 * residual.square().sum() / len(residual)


def residual_and_jacobian(physics: Physics, outputs: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """R (batch, rows) and ∂R/∂y (batch, rows, m), detached; automatic derivatives unless the physics has its own."""
    outputs = outputs.detach()
    if isinstance(physics, HasJacobian):
        with torch.no_grad():
            return physics.residual(outputs, batch), physics.jacobian(outputs, batch)
    with torch.enable_grad():
        outputs = outputs.requires_grad_()
        residual = physics.residual(outputs, batch)
        rows = residual.shape[1]
        unit = torch.eye(rows, dtype=residual.dtype, device=residual.device)[:, None].expand(rows, *residual.shape)
        (jacobian,) = torch.autograd.grad(residual, outputs, unit, is_grads_batched=True)
    return residual.detach(), jacobian.movedim(0, 1)

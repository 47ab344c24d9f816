"""The interface of a physics to update rules, and the one loss that all rules share.

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
    """Samples of a data set.

    Parameters
    ----------
    inputs : Tensor
        (batch, …), for the network.
    data : tuple of Tensor
        Each (batch, …), for the physics.
    index : Tensor
        (batch,), the samples' numbers in the whole data set, the keys of stored targets.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch
    >>> batch = Batch.of(torch.zeros(5, 2), torch.ones(5, 3))
    >>> part = batch.select(torch.tensor([4, 1]))
    >>> part.inputs.shape, part.index.tolist()
    (torch.Size([2, 2]), [4, 1])
    """

    inputs: Tensor
    data: tuple[Tensor, ...]
    index: Tensor

    @staticmethod
    def of(inputs: Tensor, *data: Tensor) -> Batch:
        """All samples of a data set, numbered from 0; `InputError` unless every tensor has one row a sample."""
        wrong = [len(d) for d in data if len(d) != len(inputs)]
        require(not wrong, f"expected data for {len(inputs)} samples, got {wrong}; give every tensor one row a sample")
        return Batch(inputs, data, torch.arange(len(inputs), device=inputs.device))

    def __len__(self) -> int:
        return len(self.inputs)

    def select(self, index: Tensor | slice) -> Batch:
        """The samples at positions `index` (integers, booleans or a slice) of this batch."""
        return batches.select(self, index)


class Data(Protocol):
    """A data set: a `Batch` of everything, or an object that makes sample number i on request.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch
    >>> class Endless:
    ...     "Samples that are drawn when they are needed."
    ...     def __len__(self):
    ...         return 10**9
    ...     def select(self, index):
    ...         generators = (torch.Generator().manual_seed(int(i)) for i in index)
    ...         return Batch(torch.stack([torch.rand(2, generator=g) for g in generators]), (), index)
    >>> Endless().select(torch.tensor([3, 3])).inputs.unique(dim=0).shape
    torch.Size([1, 2])
    """

    def __len__(self) -> int: ...

    def select(self, index: Tensor, /) -> Batch: ...


class Physics(Protocol):
    """Equations R(y; x) = 0 for outputs y of a network.

    `residual(outputs (batch, m), batch)` → (batch, rows), differentiable unless the physics also has
    `jacobian(outputs, batch)` → (batch, rows, m).

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, loss_of
    >>> class Root:
    ...     "y² = x."
    ...     def residual(self, outputs, batch):
    ...         return outputs**2 - batch.inputs
    >>> loss_of(Root().residual(torch.full((3, 1), 2.0), Batch.of(torch.full((3, 1), 4.0))))
    tensor(0.)
    """

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor: ...


@runtime_checkable
class HasJacobian(Protocol):
    """A physics that knows ∂R/∂y itself, (batch, rows, m)."""

    def jacobian(self, outputs: Tensor, batch: Batch) -> Tensor: ...


@dataclass(frozen=True)
class Inverse:
    """Answer of a local inverse.

    Parameters
    ----------
    target : Tensor
        Outputs (batch, m) nearer to a solution.
    accepted : Tensor
        Mask (batch,) of targets that are good enough.
    again : Tensor, optional
        Mask (batch,) of targets that were not accepted but are worth another update from there; None: all of them.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Inverse
    >>> Inverse(torch.zeros(2, 1), torch.tensor([True, False])).again is None
    True
    """

    target: Tensor
    accepted: Tensor
    again: Tensor | None = None


class InvertiblePhysics(Physics, Protocol):
    """A physics with a local inverse: outputs ỹ near y at which the residual is (much) smaller.

    A Newton step, a linear solve, an analytic inverse. Not a gradient step, y − η ∂L/∂y: it carries the physics' scales
    to the network, which scale-invariant training avoids.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Inverse, invert
    >>> class Root:
    ...     "y² = x; the inverse is one Newton step."
    ...     def residual(self, outputs, batch):
    ...         return outputs**2 - batch.inputs
    ...     def inverse(self, outputs, batch):
    ...         step = self.residual(outputs, batch) / (2 * outputs)
    ...         return Inverse(outputs - step, step.abs()[:, 0] < 1e-3)
    >>> invert(Root(), torch.ones(1, 1), Batch.of(torch.full((1, 1), 2.0)), max_updates=10).values
    tensor([[1.4142]])
    """

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor: ...

    def inverse(self, outputs: Tensor, batch: Batch) -> Inverse: ...


@dataclass(frozen=True)
class Regression:
    """Supervised training: R = weights · (y − labels), labels = `batch.data[0]` (batch, m).

    Its inverse is the label itself.

    Parameters
    ----------
    weights : Tensor, optional
        (m,); ones by default.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Regression
    >>> batch = Batch.of(torch.zeros(1, 1), torch.tensor([[1.0, 2.0]]))
    >>> Regression(torch.tensor([1.0, 10.0])).residual(torch.zeros(1, 2), batch)
    tensor([[ -1., -20.]])
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
    """L = mean over the batch of ½ |R_b|².

    Parameters
    ----------
    residual : Tensor
        R, (batch, rows).

    Returns
    -------
    Tensor
        A scalar.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import loss_of
    >>> loss_of(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor(6.2500)
    """
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

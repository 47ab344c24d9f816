"""The proxy of scale-invariant training as a physics, so that any update rule can minimise it.

    L = mean of ½ ρ(s),   s = |w (y − ỹ)|²,   ρ(s) = δ² [√(1 + 2 s/δ²) − 1]

ρ is the pseudo-Huber function (Charbonnier et al. 1997): s for errors far below δ, growing like √s beyond, so that a
bad target pulls no harder than many good ones. As a residual with ½|R|² = ½ρ:

    R = w (y − ỹ) √(ρ(s)/s),   ρ(s)/s = 2 / (1 + √(1 + 2 s/δ²))

which is smooth at s = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.surrogates.training.physics import Batch


@dataclass(frozen=True)
class RobustRegression:
    """Regression whose loss grows linearly beyond δ; targets ỹ = `batch.data[0]` (batch, m).

    Parameters
    ----------
    delta : float
        δ > 0, in the units of w·y.
    weights : Tensor, optional
        w (m,); ones by default.

    Raises
    ------
    InputError
        If `delta` is not positive.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, RobustRegression, loss_of
    >>> def loss(error):
    ...     batch = Batch.of(torch.zeros(1, 1), torch.zeros(1, 1))
    ...     return float(loss_of(RobustRegression(1.0).residual(torch.tensor([[error]]), batch)))
    >>> round(loss(0.01) / 0.01**2, 3), round(loss(200.0) / loss(100.0), 2)
    (0.5, 2.01)
    """

    delta: float
    weights: Tensor | None = None

    def __post_init__(self) -> None:
        require(self.delta > 0, f"expected a positive delta, got {self.delta}; errors beyond it count linearly")

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        difference = outputs - batch.data[0]
        if self.weights is not None:
            difference = difference * self.weights
        squares = difference.square().sum(1, keepdim=True)
        return difference * torch.sqrt(2.0 / (1.0 + torch.sqrt(1.0 + 2.0 * squares / self.delta**2)))

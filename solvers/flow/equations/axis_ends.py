"""ω_η = 0 at the two wall nodes on an axis, where all weights of the weak form vanish: the rows that take their place.

ω_η at the first node of the wall is a sum over the nodes of the first element, that at the last one over those of the
last.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.solvers.flow.equations.problem import Problem


def ends(values: Tensor) -> Tensor:
    """The first and the last of `values` (…, n), (…, 2)."""
    return torch.stack([values[..., 0], values[..., -1]], dim=-1)


def end_rows(problem: Problem) -> Tensor:
    """The entries (batch, 2, n2) of both rows, by the nodes of the element at the wall that holds the end."""
    scale, derivative = ends(problem.scale_eta[:, 0, :, 0, 0]), ends(problem.layout.d_eta.mT).mT
    return scale[..., None] * derivative


def end_slopes(problem: Problem, omega: Tensor) -> Tensor:
    """ω_η at the two ends, (batch, 2), of ω (batch, n_eta) along the wall."""
    n2 = problem.layout.n2
    return (end_rows(problem) * torch.stack([omega[:, :n2], omega[:, -n2:]], dim=1)).sum(-1)

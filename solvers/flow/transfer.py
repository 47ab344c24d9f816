"""A state carried from one grid of a body to another: Fourier in s, polynomials of degree five in the radial index.

All grids of a body share the maps t → ξ and s → η, so that only numbers of nodes differ. What is interpolated is ψ − y,
which stays small far out, and ω.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.flow.equations import Problem, State
from fusiform.solvers.flow.stencils import Array, hermite_weights

POINTS = 6


@lru_cache(maxsize=32)
def _radial_matrix(source: int, target: int) -> Array:
    matrix = np.zeros((target, source))
    position = np.linspace(0.0, source - 1.0, target)
    for row, at in enumerate(position):
        nodes = np.arange(POINTS) + min(max(int(at) - POINTS // 2 + 1, 0), source - POINTS)
        matrix[row, nodes] = hermite_weights(nodes.astype(float), at, 0)
    return matrix


def resample(field: Tensor, n_xi: int, n_eta: int) -> Tensor:
    """A field (batch, source n_xi, source n_eta) in (t, s) on another number of nodes."""
    if field.shape[-1] != n_eta:
        series = torch.fft.rfft(field)
        kept = min(n_eta, field.shape[-1]) // 2
        padded = torch.zeros(*field.shape[:-1], n_eta // 2 + 1, dtype=series.dtype, device=field.device)
        padded[..., :kept] = series[..., :kept]
        field = torch.fft.irfft(padded, n_eta) * (n_eta / field.shape[-1])
    if field.shape[-2] != n_xi:
        field = torch.from_numpy(_radial_matrix(field.shape[-2], n_xi)).to(field) @ field
    return field


def transfer(state: State, source: Problem, target: Problem) -> State:
    """`state` of the problem `source` on the grid of `target`, of the same body or a similar one; whole planes."""
    size = target.grid.n_xi, target.grid.n_eta
    psi = resample(state.psi - source.stream, *size) + target.stream
    omega = resample(state.omega, *size)
    psi[:, 0] = 0.0
    return State(psi, omega, state.scalars)

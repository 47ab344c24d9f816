"""The design space of the surrogate and its documented sampler.

A design is x = (a_1 … a_K, α, Re). The sampler draws, for each index on its own (so that a larger set contains the
smaller one),

  fineness F   log-uniform between `fineness_min` and `fineness_max`; the ellipse a_1 = (F − 1)/(F + 1)
  direction    v_k = (g_k + 0.7i g'_k)/k^1.5, k = 1 … K, g and g' normal, v_1 times 0.3; real for the symmetric share
  amount       0.98 u^0.6 times the distance to the boundary of validity along v (bisection), so that bodies
               reach from the ellipse itself to nearly pointed ones
  incidence    uniform in ±`alpha_max_deg`; 0 for the symmetric share
  Reynolds     log-uniform between `reynolds_min` and `reynolds_max`

and drops directions whose body has min |z'|/c below `margin` on the outline (sharper than the grid resolves).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.batches import concatenate, select
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.validity import is_valid, univalence_margin

BISECTION_STEPS = 12
ASYMMETRY, SMOOTHNESS = 0.7, 1.5
FIRST_MODE_DAMPING = 0.3
REACH, AMOUNT_EXPONENT = 0.98, 0.6


@dataclass(frozen=True)
class DesignSpace:
    """Bounds and shares of the sampler; angles in degrees."""

    modes: int = 8
    fineness_min: float = 0.7
    fineness_max: float = 8.0
    reynolds_min: float = 0.5
    reynolds_max: float = 60.0
    alpha_max_deg: float = 20.0
    symmetric_share: float = 0.4
    margin: float = 0.03

    def __post_init__(self) -> None:
        require(
            1 <= self.modes <= 32
            and 0 < self.fineness_min <= self.fineness_max
            and 0 < self.reynolds_min <= self.reynolds_max
            and 0 <= self.alpha_max_deg <= 30
            and 0 <= self.symmetric_share <= 1
            and 0 <= self.margin <= 0.2,
            "expected a design space with 1 to 32 modes, ordered positive ranges of fineness and Reynolds number, "
            "incidence up to 30 degrees, a share between 0 and 1 and a margin between 0 and 0.2, got "
            f"{self}; correct the [space] table",
        )

    def widened(self) -> DesignSpace:
        """A space that reaches beyond this one on all sides, to see where a model trained on this one stops knowing:
        1.75 times in fineness, 2.5 times down and 1.5 times up in Re, 1.5 times in incidence."""
        return replace(
            self,
            fineness_min=self.fineness_min / 1.75,
            fineness_max=1.75 * self.fineness_max,
            reynolds_min=max(self.reynolds_min / 2.5, 0.1),
            reynolds_max=min(1.5 * self.reynolds_max, 100.0),
            alpha_max_deg=min(1.5 * self.alpha_max_deg, 30.0),
        )


@dataclass(frozen=True)
class Designs:
    """A batch of designs: `coefficients` (batch, K) at zero incidence, `alpha` (batch,) in radians, `reynolds`."""

    coefficients: Tensor
    alpha: Tensor
    reynolds: Tensor

    def __len__(self) -> int:
        return self.coefficients.shape[0]


def sample(space: DesignSpace, seed: int, indices: range) -> Designs:
    """The designs of the given indices; deterministic in (space, seed, index)."""
    found: dict[int, Designs] = {}
    pending, attempt = list(indices), 0
    while pending:
        batch = _candidates(space, [np.random.default_rng([seed, index, attempt]) for index in pending])
        good = (univalence_margin(batch.coefficients) >= space.margin) & is_valid(batch.coefficients)
        found |= {index: select(batch, slice(i, i + 1)) for i, index in enumerate(pending) if good[i]}
        pending, attempt = [index for index in pending if index not in found], attempt + 1
    return concatenate([found[index] for index in indices])


def _candidates(space: DesignSpace, generators: list[np.random.Generator]) -> Designs:
    """One candidate from each generator, not yet checked."""
    uniform = np.array([g.random(5) for g in generators])
    normal = np.array([g.standard_normal((2, space.modes)) for g in generators])
    fineness, reynolds, incidence, amount, share = uniform.T
    lopsided = share >= space.symmetric_share
    imaginary = ASYMMETRY * lopsided[:, None] * normal[:, 1]
    direction = (normal[:, 0] + 1j * imaginary) / np.arange(1, space.modes + 1) ** SMOOTHNESS
    direction[:, 0] *= FIRST_MODE_DAMPING
    f = space.fineness_min * (space.fineness_max / space.fineness_min) ** fineness
    ellipse = np.zeros_like(direction)
    ellipse[:, 0] = (f - 1.0) / (f + 1.0)
    start, along = torch.from_numpy(ellipse), torch.from_numpy(direction)
    step = REACH * _distance_to_boundary(start, along) * torch.from_numpy(amount**AMOUNT_EXPONENT)
    alpha = math.radians(space.alpha_max_deg) * (2.0 * incidence - 1.0) * lopsided
    re = space.reynolds_min * (space.reynolds_max / space.reynolds_min) ** reynolds
    return Designs(start + step[:, None] * along, torch.from_numpy(alpha), torch.from_numpy(re))


def _distance_to_boundary(start: Tensor, direction: Tensor) -> Tensor:
    """Largest amount t ≤ 1, found by bisection, with start + t·direction still a body, (batch,)."""
    low = torch.zeros(start.shape[0], dtype=start.real.dtype)
    high = torch.ones_like(low)
    for _ in range(BISECTION_STEPS):
        middle = 0.5 * (low + high)
        valid = is_valid(start + middle[:, None] * direction)
        low, high = torch.where(valid, middle, low), torch.where(valid, high, middle)
    return low

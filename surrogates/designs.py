"""Batches of designs, and their sampler.

A design is x = (a_1 … a_K, α, Re). The sampler draws, for each index on its own (so that a larger set contains the
smaller one),

  fineness F   log-uniform between `fineness_min` and `fineness_max`; the ellipse a_1 = (F − 1)/(F + 1)
  direction    v_k = (g_k + 0.7i g'_k)/k^1.5, k = 1 … K, g and g' normal, v_1 times 0.3; real for the symmetric share
  amount       0.98 u^0.6 times the distance to the boundary of validity along v (bisection): from the ellipse itself
               to nearly pointed bodies; u uniform in (0, 1)
  incidence    uniform in ±`alpha_max_deg`; 0 for the symmetric share
  Reynolds     log-uniform between `reynolds_min` and `reynolds_max`

and drops directions whose body has min |z'|/c below `margin` on the outline (sharper than the elements resolve).
Bodies of revolution are drawn the same way, all of them symmetric; their upper half is also above the axis.
The bounds and shares are those of a `DesignSpace`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.batches import concatenate, select
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.validity import has_radius, is_valid, univalence_margin
from fusiform.surrogates.design_space import DesignSpace


@dataclass(frozen=True)
class Sampler:
    """Constants of the distribution above; a change makes other data sets.

    `asymmetry`: size of the imaginary parts of a direction; `smoothness`: its power of k; `first_mode`: factor on v_1;
    `reach`: largest share of the distance to the boundary; `amount_exponent`: power of u; `bisection_steps`: of the
    search for the boundary.
    """

    asymmetry: float = 0.7
    smoothness: float = 1.5
    first_mode: float = 0.3
    reach: float = 0.98
    amount_exponent: float = 0.6
    bisection_steps: int = 12


SAMPLER = Sampler()


@dataclass(frozen=True)
class Designs:
    """A batch of designs: `coefficients` (batch, K) at zero incidence, `alpha` (batch,) in radians, `reynolds`."""

    coefficients: Tensor
    alpha: Tensor
    reynolds: Tensor

    def __len__(self) -> int:
        return self.coefficients.shape[0]


def turned(designs: Designs) -> Tensor:
    """Coefficients at incidence, (batch, K)."""
    return laurent.rotate(designs.coefficients, designs.alpha)


def sample(space: DesignSpace, seed: int, indices: range, reach: float = SAMPLER.reach) -> Designs:
    """The designs of the given indices; deterministic in (space, seed, index). With a `reach` of 0 plain ellipses."""
    accepted: dict[int, Designs] = {}
    pending, attempt = list(indices), 0
    while pending:
        batch = _candidates(space, [np.random.default_rng([seed, index, attempt]) for index in pending], reach)
        good = (univalence_margin(batch.coefficients) >= space.margin) & _is_body(batch.coefficients, space)
        accepted |= {index: select(batch, slice(i, i + 1)) for i, index in enumerate(pending) if good[i]}
        pending, attempt = [index for index in pending if index not in accepted], attempt + 1
    return concatenate([accepted[index] for index in indices])


def _candidates(space: DesignSpace, generators: list[np.random.Generator], reach: float) -> Designs:
    """One candidate from each generator, not yet checked."""
    uniform = np.array([g.random(5) for g in generators])
    normal = np.array([g.standard_normal((2, space.modes)) for g in generators])
    fineness, reynolds, incidence, amount, share = uniform.T
    lopsided = share >= space.symmetric_share
    imaginary = SAMPLER.asymmetry * lopsided[:, None] * normal[:, 1]
    direction = (normal[:, 0] + 1j * imaginary) / np.arange(1, space.modes + 1) ** SAMPLER.smoothness
    direction[:, 0] *= SAMPLER.first_mode
    f = space.fineness_min * (space.fineness_max / space.fineness_min) ** fineness
    ellipse = np.zeros_like(direction)
    ellipse[:, 0] = (f - 1.0) / (f + 1.0)
    start, along = torch.from_numpy(ellipse), torch.from_numpy(direction)
    furthest = reach * _distance_to_boundary(start, along, space)
    step = furthest * torch.from_numpy(amount**SAMPLER.amount_exponent)
    alpha = math.radians(space.alpha_max_deg) * (2.0 * incidence - 1.0) * lopsided
    re = space.reynolds_min * (space.reynolds_max / space.reynolds_min) ** reynolds
    return Designs(start + step[:, None] * along, torch.from_numpy(alpha), torch.from_numpy(re))


def _is_body(coefficients: Tensor, space: DesignSpace) -> Tensor:
    """True for the rows that are bodies of the kind of `space`, (batch,)."""
    valid = is_valid(coefficients)
    return valid & has_radius(coefficients) if space.revolution else valid


def _distance_to_boundary(start: Tensor, direction: Tensor, space: DesignSpace) -> Tensor:
    """Largest amount t ≤ 1, found by bisection, with start + t·direction still a body, (batch,)."""
    low = torch.zeros(start.shape[0], dtype=start.real.dtype)
    high = torch.ones_like(low)
    for _ in range(SAMPLER.bisection_steps):
        middle = 0.5 * (low + high)
        valid = _is_body(start + middle[:, None] * direction, space)
        low, high = torch.where(valid, middle, low), torch.where(valid, high, middle)
    return low

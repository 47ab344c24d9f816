"""The parts of a design space in which the errors of a model are counted: 3 x 3 x 2 cells.

Thirds of the fineness (length over height of the body at zero incidence) and of the Reynolds number, equal in the
logarithm, and incidences up to a quarter of the largest one and above. The first and the last third have no outer end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import Designs
from fusiform.surrogates.model.stance import stance

THIRDS = 3
STEEP = 0.25


@dataclass(frozen=True)
class Cell:
    """Ranges of fineness, of Reynolds number, and of the incidence in degrees, each two limits."""

    fineness: tuple[float, ...]
    reynolds: tuple[float, ...]
    incidence: tuple[float, ...]


def cells(space: DesignSpace) -> list[Cell]:
    """All cells of a space, in the order of `cell_of`."""
    slender, fast = _edges(space.fineness_min, space.fineness_max), _edges(space.reynolds_min, space.reynolds_max)
    steep = (0.0, STEEP * space.alpha_max_deg, space.alpha_max_deg)
    return [
        Cell(slender[i : i + 2], fast[j : j + 2], steep[k : k + 2])
        for i in range(THIRDS)
        for j in range(THIRDS)
        for k in range(2)
    ]


def cell_of(space: DesignSpace, designs: Designs) -> Tensor:
    """The number of the cell of each design, (n,)."""
    place = stance(designs.coefficients)
    fineness = torch.where(place.lean.abs() > 45.0, 1.0 / place.fineness, place.fineness)
    slender = _bucket(fineness, _edges(space.fineness_min, space.fineness_max))
    fast = _bucket(designs.reynolds, _edges(space.reynolds_min, space.reynolds_max))
    steep = (torch.rad2deg(designs.alpha).abs() > STEEP * space.alpha_max_deg).long()
    return (slender * THIRDS + fast) * 2 + steep


def _edges(low: float, high: float) -> tuple[float, ...]:
    step = math.log(high / low) / THIRDS
    return tuple(low * math.exp(i * step) for i in range(THIRDS + 1))


def _bucket(values: Tensor, edges: tuple[float, ...]) -> Tensor:
    return torch.bucketize(values, values.new_tensor(edges[1:-1]))

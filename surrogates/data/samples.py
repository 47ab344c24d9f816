"""Training samples: designs with their target outputs in the basis."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.common.batches import select
from fusiform.surrogates.data.dataset import CHUNK, Dataset, problem_of
from fusiform.surrogates.designs import Designs
from fusiform.surrogates.model.flow_basis import LinearBasis, axial_scale, vorticity_scale


@dataclass(frozen=True)
class Samples:
    """`designs`, and `outputs` (n, r + 4): basis coefficients and force coefficients (not yet divided by C₀)."""

    designs: Designs
    outputs: Tensor

    def __len__(self) -> int:
        return len(self.designs)


def scaled_snapshots(dataset: Dataset) -> Tensor:
    """(φ, ω̂) snapshots (cases, 2, n_xi, n_eta) of a data set, in single precision."""
    parts = [select(dataset, slice(i, i + CHUNK)) for i in range(0, len(dataset), CHUNK)]
    scaled = torch.cat([(part.omega / _scale(part)).float() for part in parts])
    return torch.stack([dataset.phi, scaled], dim=1)


def _scale(dataset: Dataset) -> Tensor:
    if dataset.revolution:
        return axial_scale(problem_of(dataset.designs, dataset.resolution, revolution=True))
    return vorticity_scale(dataset.designs.reynolds)


def encoded_samples(dataset: Dataset, snapshots: Tensor, basis: LinearBasis) -> Samples:
    """Supervised samples of solved cases, from the answer of `scaled_snapshots`."""
    return Samples(dataset.designs, torch.cat([basis.encode(snapshots).double(), dataset.forces], dim=1))

"""Training samples: designs with their target outputs in the basis."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.surrogates.data.dataset import Dataset
from fusiform.surrogates.designs import Designs
from fusiform.surrogates.model.flow_basis import LinearBasis, vorticity_scale


@dataclass(frozen=True)
class Samples:
    """`designs`, and `outputs` (n, r + 4): basis coefficients and force coefficients (not yet divided by C₀)."""

    designs: Designs
    outputs: Tensor

    def __len__(self) -> int:
        return len(self.designs)


def scaled_snapshots(dataset: Dataset) -> Tensor:
    """(φ, ω̂) snapshots (cases, 2, n_xi, n_eta) of a data set, in single precision."""
    scaled = dataset.omega / vorticity_scale(dataset.designs.reynolds)
    return torch.stack([dataset.phi, scaled.float()], dim=1)


def encoded_samples(dataset: Dataset, snapshots: Tensor, basis: LinearBasis) -> Samples:
    """Supervised samples of solved cases, from the answer of `scaled_snapshots`."""
    return Samples(dataset.designs, torch.cat([basis.encode(snapshots).double(), dataset.forces], dim=1))

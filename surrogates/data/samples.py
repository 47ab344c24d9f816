"""Training samples: designs with their target outputs in the basis."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.common.batches import select
from fusiform.solvers.flow import force_coefficients
from fusiform.surrogates.data.dataset import Dataset, problem_of
from fusiform.surrogates.designs import Designs
from fusiform.surrogates.model.flow_basis import LinearBasis, vorticity_scale
from fusiform.surrogates.model.force_scaling import force_outputs

CHUNK = 128


@dataclass(frozen=True)
class Samples:
    """`designs`, and `outputs` (n, r + 4): basis coefficients and force coefficients (not yet divided by C₀)."""

    designs: Designs
    outputs: Tensor

    def __len__(self) -> int:
        return len(self.designs)


def scaled_snapshots(dataset: Dataset) -> tuple[Tensor, Tensor]:
    """(ψ − y, ω̂) snapshots (cases, 2, n_xi, n_eta) and force coefficients (cases, 4) of a data set."""
    snapshots, forces = [], []
    for begin in range(0, len(dataset), CHUNK):
        part = select(dataset, slice(begin, begin + CHUNK))
        problem = problem_of(part.designs, part.resolution)
        omega = part.omega.double()
        snapshots.append(torch.stack([part.psi.double(), omega / vorticity_scale(problem)], dim=1).float())
        forces.append(force_outputs(*force_coefficients(problem, omega)))
    return torch.cat(snapshots), torch.cat(forces)


def encoded_samples(designs: Designs, snapshots: Tensor, forces: Tensor, basis: LinearBasis) -> Samples:
    """Supervised samples of solved cases, from the answer of `scaled_snapshots`."""
    return Samples(designs, torch.cat([basis.encode(snapshots).double(), forces], dim=1))

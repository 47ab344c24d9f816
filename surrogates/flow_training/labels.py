"""Labelled designs: those of the solved cases, with which a training begins, and those that rounds add."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.common.batches import concatenate, select
from fusiform.surrogates.data.dataset import Dataset
from fusiform.surrogates.data.samples import encoded_samples, scaled_snapshots
from fusiform.surrogates.designs import Designs, turned
from fusiform.surrogates.flow_training.settings import NetworkConfig
from fusiform.surrogates.model.features import features
from fusiform.surrogates.model.flow_basis import LinearBasis, fit_basis
from fusiform.surrogates.model.force_scaling import drag_scale, fit_drag_scale
from fusiform.surrogates.model.layout import FORCE_PARITY, FORCES
from fusiform.surrogates.model.network import EquivariantNetwork
from fusiform.surrogates.training import Labelled, TargetFiles


@dataclass(frozen=True)
class Labels:
    """`designs` and the `targets` (n, r + 4) of the network's outputs for them: forces are divided by C₀(Re)."""

    designs: Designs
    targets: Tensor

    def __len__(self) -> int:
        return len(self.designs)


@dataclass(frozen=True)
class NewTargets:
    """`labels`, and new bodies whose targets are in `files` and are numbered after the labels."""

    labels: Labels
    files: TargetFiles

    @property
    def new_designs(self) -> Designs:
        """The designs of `files`, accepted or not."""
        return Designs(*(self.files.rows[name] for name in ("coefficients", "alpha", "reynolds")))

    @property
    def designs(self) -> Designs:
        """All designs."""
        return concatenate([self.labels.designs, self.new_designs])

    @property
    def usable(self) -> Tensor:
        """Mask of all designs that have a label or an accepted target."""
        return torch.cat([torch.ones(len(self.labels), dtype=torch.bool), self.files.accepted])

    @property
    def grown(self) -> Labels:
        """The labels and the accepted targets."""
        answered = Labels(self.new_designs, self.files.rows["target"])
        return concatenate([self.labels, select(answered, self.files.accepted)])

    def store(self, like: Tensor) -> Labelled:
        """The targets of all designs, of the type and on the device of `like`."""
        return Labelled(self.labels.targets.to(like), self.files.to(like))


@dataclass(frozen=True)
class Foundation:
    """Quantities fixed by the solved cases: the `basis` of the flow state, `polynomial` C₀(Re), the `labels`."""

    basis: LinearBasis
    polynomial: Tensor
    labels: Labels

    @classmethod
    def of(cls, dataset: Dataset, basis_size: int) -> Foundation:
        """From all cases of `dataset`."""
        snapshots, forces = scaled_snapshots(dataset), dataset.forces
        basis = fit_basis(snapshots, basis_size, dataset.resolution, dataset.revolution)
        polynomial = fit_drag_scale(forces[:, 0] + forces[:, 1], dataset.designs.reynolds)
        outputs = encoded_samples(dataset, snapshots, basis).outputs
        scale = drag_scale(polynomial, dataset.designs.reynolds)[:, None]
        targets = torch.cat([outputs[:, :-FORCES], outputs[:, -FORCES:] / scale], dim=1)
        return cls(basis, polynomial, Labels(dataset.designs, targets))

    def fresh_network(self, config: NetworkConfig, seed: int) -> EquivariantNetwork:
        """An untrained network, standardised by the labels."""
        torch.manual_seed(seed)
        designs = self.labels.designs
        inputs = features(turned(designs), designs.reynolds, self.basis.revolution)[0].float()
        parity = torch.cat([self.basis.parity.float(), torch.tensor(FORCE_PARITY, dtype=torch.float32)])
        revolution = self.basis.revolution
        network = EquivariantNetwork(inputs.shape[1], parity, config.width, config.depth, revolution)
        network.standardise(inputs, self.labels.targets.float())
        return network

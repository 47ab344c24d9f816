"""Labelled designs, and all that is made of solved cases before the first step of training."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.surrogates.data.dataset import Dataset
from fusiform.surrogates.data.samples import encoded_samples, scaled_snapshots
from fusiform.surrogates.design_space import Designs, turned
from fusiform.surrogates.flow_training.settings import NetworkConfig
from fusiform.surrogates.model.features import features
from fusiform.surrogates.model.flow_basis import LinearBasis, fit_basis
from fusiform.surrogates.model.force_scaling import FORCE_PARITY, FORCES, drag_scale, fit_drag_scale
from fusiform.surrogates.model.network import EquivariantNetwork


@dataclass(frozen=True)
class Labels:
    """`designs` and the `targets` (n, r + 4) of the network's outputs for them: forces are divided by C₀(Re)."""

    designs: Designs
    targets: Tensor

    def __len__(self) -> int:
        return len(self.designs)


@dataclass(frozen=True)
class Foundation:
    """What solved cases determine: the `basis` of the flow state, `polynomial` C₀(Re), the `labels` of the cases."""

    basis: LinearBasis
    polynomial: Tensor
    labels: Labels

    @classmethod
    def of(cls, dataset: Dataset, basis_size: int) -> Foundation:
        """From all cases of `dataset`."""
        snapshots, forces = scaled_snapshots(dataset)
        basis = fit_basis(snapshots, basis_size, dataset.resolution)
        polynomial = fit_drag_scale(forces[:, 0] + forces[:, 1], dataset.designs.reynolds)
        outputs = encoded_samples(dataset.designs, snapshots, forces, basis).outputs
        scale = drag_scale(polynomial, dataset.designs.reynolds)[:, None]
        targets = torch.cat([outputs[:, :-FORCES], outputs[:, -FORCES:] / scale], dim=1)
        return cls(basis, polynomial, Labels(dataset.designs, targets))

    def fresh_network(self, config: NetworkConfig, seed: int) -> EquivariantNetwork:
        """An untrained network, standardised by the labels."""
        torch.manual_seed(seed)
        designs = self.labels.designs
        inputs = features(turned(designs), designs.reynolds)[0].float()
        parity = torch.cat([self.basis.parity.float(), torch.tensor(FORCE_PARITY)])
        network = EquivariantNetwork(inputs.shape[1], parity, config.width, config.depth)
        network.standardise(inputs, self.labels.targets.float())
        return network

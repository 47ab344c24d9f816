"""Held-out drag errors of a run while it trains, from the checkpoints that its stages write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from fusiform.solvers.common.batches import select
from fusiform.surrogates.data.dataset import load_dataset
from fusiform.surrogates.data.dataset_folder import HELDOUT
from fusiform.surrogates.designs import Designs, turned
from fusiform.surrogates.flow_training.cases import load_training_cases
from fusiform.surrogates.flow_training.settings import NetworkConfig, Recipe
from fusiform.surrogates.model.force_scaling import drag_scale, fit_drag_scale
from fusiform.surrogates.model.layout import FORCES
from fusiform.surrogates.model.network import EquivariantNetwork
from fusiform.surrogates.quality.evaluation import quantiles
from fusiform.surrogates.training.loop.stored_state import read_state

LAST = "last.pt"


@dataclass(frozen=True)
class HeldoutDrag:
    """The held-out `designs` with the solver's `drag` (n,), and C₀(Re) of the run's training cases, `polynomial`."""

    designs: Designs
    drag: Tensor
    polynomial: Tensor
    architecture: NetworkConfig
    revolution: bool = False

    @classmethod
    def of(cls, recipe: Recipe, data: Path) -> HeldoutDrag:
        """For runs of `recipe` on the cases in `data`, see `make_data`."""
        training, test = load_training_cases(recipe, data), load_dataset(data / HELDOUT)
        if recipe.training.solves:
            training = select(training, slice(0, recipe.training.solves))
        forces, truth = training.forces, test.forces
        polynomial = fit_drag_scale(forces[:, 0] + forces[:, 1], training.designs.reynolds)
        return cls(test.designs, truth[:, 0] + truth[:, 1], polynomial, recipe.network, test.revolution)

    @torch.no_grad()
    def errors(self, stage: Path) -> dict[str, float]:
        """Quantiles of |C_D/C_D* − 1| for the last checkpoint in the folder of a stage.

        Leaves torch's random numbers as they are, so that a run that is measured is bit for bit one that is not.
        """
        stored = read_state(stage / LAST, "cpu")["network"]
        weights = {_plain(name): value for name, value in stored.items()}
        width, depth = self.architecture.width, self.architecture.depth
        with torch.random.fork_rng(devices=[]):
            inputs, parity = len(weights["input_mean"]), weights["parity"]
            network = EquivariantNetwork(inputs, parity, width, depth, self.revolution).double()
        network.load_state_dict(weights)
        reynolds = self.designs.reynolds
        forces = network(turned(self.designs), reynolds)[:, -FORCES:]
        drag = (forces[:, 0] + forces[:, 1]) * drag_scale(self.polynomial, reynolds)
        return quantiles((drag / self.drag - 1.0).abs())


def _plain(name: str) -> str:
    """The name of a weight in `EquivariantNetwork`, without the wrappers that a stage put around it."""
    while name.startswith("network."):
        name = name.removeprefix("network.")
    return name

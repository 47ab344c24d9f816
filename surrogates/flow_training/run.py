"""A training run: its folder, its recipe, and the data that all of its stages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from fusiform.solvers.common.array_values import Array, Expected
from fusiform.solvers.common.errors import InputError
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import Designs, turned
from fusiform.surrogates.flow_training.labels import Foundation
from fusiform.surrogates.flow_training.progress import OnProgress, quiet
from fusiform.surrogates.flow_training.settings import Recipe
from fusiform.surrogates.flow_training.targets.flow_physics import FlowPhysics, flow_batch
from fusiform.surrogates.flow_training.targets.flow_targets import require_targets
from fusiform.surrogates.model.error_bound import ErrorModel, radius
from fusiform.surrogates.model.layout import FORCES
from fusiform.surrogates.model.model_folder import CONFIGURATION, read_configuration
from fusiform.surrogates.model.network import EquivariantNetwork
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.training import Batch, TargetFiles
from fusiform.surrogates.training.loop import parallel

Work = Callable[[range], Mapping[str, Array]]
ExpectedTargets = Callable[[DesignSpace, int, int], Mapping[str, Expected]]


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(frozen=True)
class Run:
    """`folder` gets all files; `heldout`: designs of the held-out cases, the yardstick of distances between designs.

    `progress(stage, done, total, note)`; `tensorboard`: folder for the metrics in its format.
    """

    folder: Path
    recipe: Recipe
    foundation: Foundation
    heldout: Designs
    workers: int
    progress: OnProgress = quiet
    tensorboard: Path | None = None
    device: torch.device = field(default_factory=_device)

    @property
    def physics(self) -> FlowPhysics:
        """The flow, with the state inverse of the recipe."""
        inverse, base = self.recipe.inverse, self.foundation
        basis, polynomial = base.basis.to(self.device), base.polynomial.to(self.device)
        return FlowPhysics(basis, polynomial, inverse.chord_steps, inverse.accept)

    def batch(self, network: EquivariantNetwork, designs: Designs) -> Batch:
        """`designs` as the data of `physics` and inputs of `network`, of its type."""
        batch = flow_batch(network, turned(designs), designs.reynolds)
        return Batch.of(batch.inputs.to(self.device), *(data.to(self.device) for data in batch.data))

    def surrogate(self, network: EquivariantNetwork, designs: Designs, name: str) -> Surrogate:
        """The model so far, trained on `designs`; its error bound is not fitted yet."""

        def inputs(designs: Designs) -> Tensor:
            return network.pair(turned(designs), designs.reynolds)[0].detach()

        anchors = inputs(designs)
        error = ErrorModel.unfitted(anchors, radius(anchors, inputs(self.heldout)))
        base = self.foundation
        return Surrogate(name, self.recipe.dataset.space, network, base.basis, base.polynomial, error, {})

    def start_folder(self, stage: str) -> Path:
        """The folder of the model that `stage` begins with."""
        return self.folder / f"{stage}-start"

    def make_targets(
        self,
        stage: str,
        network: EquivariantNetwork,
        designs: Designs,
        work: Work,
        indices: range,
        expected: ExpectedTargets,
    ) -> TargetFiles:
        """Targets for new bodies by the network at the start of `stage`, in worker processes, or from their files.

        `designs`: those that the network was trained on; the new bodies are numbered after them. `expected(space,
        outputs, rows)`: the arrays in a file of so many targets.
        """
        outputs = self.foundation.basis.size + FORCES
        start = self.start_folder(stage)
        with parallel.first_alone():
            self._store_start(start, network, designs)
            return TargetFiles.make(
                work,
                indices,
                self.folder / f"{stage}-targets",
                workers=self.workers,
                first=len(designs),
                progress=partial(_report_bodies, self.progress, f"{stage} inverse"),
                check=partial(require_targets, partial(expected, self.recipe.dataset.space, outputs)),
            )

    def _store_start(self, start: Path, network: EquivariantNetwork, designs: Designs) -> None:
        """Write the model that a stage begins with, if it is not there; `InputError` for a damaged one."""
        if not (start / CONFIGURATION).exists():
            self.surrogate(network, designs, start.name).save(start)
        try:
            read_configuration(start)
        except InputError as error:
            raise InputError(
                f"expected the model that a stage begins with in {str(start)!r}, got a damaged one; delete that folder "
                "and run again"
            ) from error


def _report_bodies(progress: OnProgress, stage: str, done: int, total: int) -> None:
    progress(stage, done, total, "bodies")

"""Targets with tangents for new bodies, chosen where the last round has changed the network most.

How far the network's answer to a body moved in its last round of training tells how wrong it still is: on 500 held-out
bodies the rank correlation of that change with the error is 0.96 (of the distance to the training designs, 0.87). Of
each few candidates the one with the largest change is answered by the state inverse, with its tangents (`tangents.py`),
and cached on disk, chunk by chunk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from fusiform.solvers.common.batches import select
from fusiform.solvers.common.chunks import Array, stored_chunks
from fusiform.solvers.common.errors import require
from fusiform.surrogates.data.dataset import turned
from fusiform.surrogates.data.samples import Samples
from fusiform.surrogates.design_space import Designs, sample
from fusiform.surrogates.flow_training.flow_physics import FlowPhysics, flow_batch
from fusiform.surrogates.flow_training.flow_tangents import tangent_target
from fusiform.surrogates.flow_training.sip_targets import BODIES_PER_CHUNK, InverseConfig
from fusiform.surrogates.model.force_scaling import FORCES, drag_scale
from fusiform.surrogates.model.model_choice import load_surrogate
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.training.methods.first_order import require_optimizer


@dataclass(frozen=True)
class TangentConfig:
    """A last round of `bodies` new bodies with tangents (0: none), each the most uncertain of `candidates`.

    `steps` of training by `optimizer` (adamw, soap, muon) follow, with the peak learning rate `rate` and `weight` on
    the squared error of the tangents along a random direction whose components have the deviations of the designs.
    """

    bodies: int = 0
    candidates: int = 4
    steps: int = 10000
    optimizer: str = "soap"
    rate: float = 1e-3
    weight: float = 0.1

    def __post_init__(self) -> None:
        require(
            self.bodies >= 0 and self.candidates >= 1 and self.weight >= 0,
            f"expected bodies and a weight of 0 or more and at least one candidate, got {self}; correct [tangents]",
        )
        require_optimizer(self.optimizer)


@dataclass(frozen=True)
class TangentTargets:
    """Accepted bodies: `samples`, `slopes` (n, 2K + 1, r + 4) of the network's outputs along the design (forces over
    C₀; zero where not `usable` (n, 2K + 1)), how many bodies were drawn, and linear solves spent."""

    samples: Samples
    slopes: Tensor
    usable: Tensor
    drawn: int
    linear_solves: int


@torch.no_grad()
def most_changed(now: Surrogate, before: Surrogate, designs: Designs, candidates: int) -> Designs:
    """Of each `candidates` consecutive designs the one for which the two models' basis coefficients differ most."""
    coefficients, reynolds = turned(designs), designs.reynolds
    moved = now.outputs(coefficients, reynolds)[0] - before.outputs(coefficients, reynolds)[0]
    best = moved.norm(dim=1).reshape(-1, candidates).argmax(1)
    return select(designs, best + torch.arange(len(best)) * candidates)


@torch.no_grad()
def _chunk(
    model: Path, before: Path, seed: int, candidates: int, config: InverseConfig, indices: range
) -> dict[str, Array]:
    torch.set_num_threads(1)
    surrogate = load_surrogate(model)
    drawn = sample(surrogate.space, seed, range(indices.start * candidates, indices.stop * candidates))
    designs = most_changed(surrogate, load_surrogate(before), drawn, candidates)
    physics = FlowPhysics(surrogate.basis, surrogate.drag_scale, config.chord_steps, config.accept)
    batch = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    start = surrogate.network.from_pair(batch.inputs.movedim(1, 0)).double()
    bodies = [slice(i, i + 1) for i in range(len(designs))]
    answers = [tangent_target(physics, start[body], batch.select(body), config.max_updates) for body in bodies]
    outputs = torch.stack([answer.outputs for answer in answers])
    outputs[:, -FORCES:] *= drag_scale(surrogate.drag_scale, designs.reynolds)[:, None]
    arrays = {
        "coefficients": designs.coefficients,
        "alpha": designs.alpha,
        "reynolds": designs.reynolds,
        "outputs": outputs,
        "accepted": torch.tensor([answer.accepted for answer in answers]),
        "slopes": torch.stack([answer.slopes for answer in answers]).float(),
        "usable": torch.stack([answer.usable for answer in answers]),
        "updates": torch.tensor([answer.updates for answer in answers]),
    }
    return {key: value.numpy() for key, value in arrays.items()}


def tangent_targets(
    model: Path,
    before: Path,
    seed: int,
    config: TangentConfig,
    inverse: InverseConfig,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> TangentTargets:
    """Targets and tangents from the model in folder `model`, whose last round began with the model in `before`.

    Chunks already in `folder` are kept, so that a killed round goes on where it stopped.
    """
    work = partial(_chunk, model, before, seed, config.candidates, inverse)
    arrays = stored_chunks(work, range(config.bodies), folder, BODIES_PER_CHUNK, workers, progress)
    found = {key: torch.from_numpy(array) for key, array in arrays.items()}
    accepted = found["accepted"]
    designs = select(Designs(found["coefficients"], found["alpha"], found["reynolds"]), accepted)
    return TangentTargets(
        Samples(designs, found["outputs"][accepted]),
        found["slopes"][accepted],
        found["usable"][accepted],
        len(accepted),
        int(found["updates"].sum()),
    )

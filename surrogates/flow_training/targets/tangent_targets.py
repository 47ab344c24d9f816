"""Targets with tangents for new bodies, chosen where the last round has changed the network most.

The change of the network's answer to a body in the last round of training indicates its remaining error: on 500
held-out bodies their rank correlation is 0.96 (0.87 for the distance to the training designs). Of each few candidates
the one with the largest change is answered by the state inverse, with its tangents (`flow_tangents.py`).
"""

from __future__ import annotations

from pathlib import Path

import torch

from fusiform.solvers.common.array_values import Array, Expected
from fusiform.solvers.common.batches import select
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import Designs, sample, turned
from fusiform.surrogates.flow_training.settings import InverseConfig
from fusiform.surrogates.flow_training.targets.flow_physics import flow_batch
from fusiform.surrogates.flow_training.targets.flow_tangents import TangentTarget, tangent_target
from fusiform.surrogates.flow_training.targets.flow_targets import expected_targets, physics_of, target_rows
from fusiform.surrogates.model.layout import directions_of
from fusiform.surrogates.model.model_choice import load_surrogate
from fusiform.surrogates.model.surrogate import Surrogate


@torch.no_grad()
def most_changed(now: Surrogate, before: Surrogate, designs: Designs, candidates: int) -> Designs:
    """Of each `candidates` consecutive designs the one for which the two models' basis coefficients differ most."""
    coefficients, reynolds = turned(designs), designs.reynolds
    moved = now.outputs(coefficients, reynolds)[0] - before.outputs(coefficients, reynolds)[0]
    best = moved.norm(dim=1).reshape(-1, candidates).argmax(1)
    return select(designs, best + torch.arange(len(best)) * candidates)


@torch.no_grad()
def invert_with_tangents(surrogate: Surrogate, designs: Designs, config: InverseConfig) -> list[TangentTarget]:
    """Target and tangents of each of `designs`, from the predictions of `surrogate`."""
    physics = physics_of(surrogate, config)
    batch = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    start = surrogate.network.from_pair(batch.inputs.movedim(1, 0)).double()
    bodies = [slice(i, i + 1) for i in range(len(designs))]
    return [tangent_target(physics, start[body], batch.select(body), config.max_updates) for body in bodies]


def expected_tangent_targets(space: DesignSpace, outputs: int, rows: int) -> dict[str, Expected]:
    """The arrays in a file of `rows` targets with their derivatives along the design."""
    directions = directions_of(space.modes, space.revolution)
    return expected_targets(space, outputs, rows) | {
        "updates": Expected("int64", (rows,), 0, 1e9),
        "slopes": Expected("float32", (rows, directions, outputs), None),
        "usable": Expected("bool", (rows, directions), 0, 1),
    }


def make_tangent_targets(
    model: Path, before: Path, seed: int, candidates: int, config: InverseConfig, indices: range
) -> dict[str, Array]:
    """Targets and tangents from the model in folder `model`, whose last round began with the model in `before`.

    `indices` number the bodies, of which each is chosen among its own `candidates` of `seed`. The work of one process.
    """
    torch.set_num_threads(1)
    surrogate = load_surrogate(model)
    drawn = sample(surrogate.space, seed, range(indices.start * candidates, indices.stop * candidates))
    designs = most_changed(surrogate, load_surrogate(before), drawn, candidates)
    answers = invert_with_tangents(surrogate, designs, config)
    rows = {
        "target": torch.stack([answer.outputs for answer in answers]),
        "accepted": torch.tensor([answer.accepted for answer in answers]),
        "slopes": torch.stack([answer.slopes for answer in answers]).float(),
        "usable": torch.stack([answer.usable for answer in answers]),
        "updates": torch.tensor([answer.updates for answer in answers]),
    }
    return target_rows(designs, rows)

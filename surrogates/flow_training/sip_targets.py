"""Scale-invariant physics (SIP) training targets through the state inverse.

For bodies drawn at random the network predicts a flow q; the inverse solver answers with q̃ = q − t J_R⁻¹ R(q), and the
network is then fitted to q̃, held constant: the physics is inverted, its scales never reach the gradient (Holl, Koltun &
Thuerey, NeurIPS 2022, algorithm 1, with Newton's method as the local inverse). No full solve is needed. A target is
used only where the inverse's last chord step was shorter than `accept`; elsewhere one more update is spent, and where
the inverse refuses, or the updates do not suffice, the body is dropped and counted. (The fall of the residual does not
tell: it is dominated by the network's small-scale noise, and one update in ten lowered it tenfold while the flow got
worse.) Targets are cached on disk, chunk by chunk.
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
from fusiform.surrogates.data.dataset import turned
from fusiform.surrogates.data.samples import Samples
from fusiform.surrogates.design_space import Designs, sample
from fusiform.surrogates.flow_training.flow_physics import FlowPhysics, flow_batch
from fusiform.surrogates.model.force_scaling import FORCES, drag_scale
from fusiform.surrogates.model.model_choice import load_surrogate
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.training.methods.target_cache import RefreshConfig, invert

BODIES_PER_CHUNK = 8


@dataclass(frozen=True)
class InverseConfig:
    """`accept`: longest last step (relative change of the vorticity or of Q, Γ) of a target that is used;
    `chord_steps` for each update; `max_updates` of the inverse for each body."""

    accept: float = 0.02
    chord_steps: int = 4
    max_updates: int = 2


@dataclass(frozen=True)
class InverseTargets:
    """Targets of a round: samples of the accepted bodies, how many were drawn, and linear solves spent."""

    samples: Samples
    drawn: int
    linear_solves: int


@torch.no_grad()
def invert_flows(surrogate: Surrogate, designs: Designs, config: InverseConfig) -> tuple[Tensor, Tensor, int]:
    """Outputs (batch, r + 4), forces over C₀, after the updates; which are accepted (batch,); updates spent in all."""
    physics = FlowPhysics(surrogate.basis, surrogate.drag_scale, config.chord_steps, config.accept)
    batch = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    outputs = surrogate.network.from_pair(batch.inputs.movedim(1, 0)).double()
    return invert(physics, outputs, batch, RefreshConfig(max_updates=config.max_updates))


def _chunk(model: Path, seed: int, config: InverseConfig, indices: range) -> dict[str, Array]:
    torch.set_num_threads(1)
    surrogate = load_surrogate(model)
    designs = sample(surrogate.space, seed, indices)
    outputs, accepted, updates = invert_flows(surrogate, designs, config)
    outputs[:, -FORCES:] *= drag_scale(surrogate.drag_scale, designs.reynolds)[:, None]
    arrays = {
        "coefficients": designs.coefficients,
        "alpha": designs.alpha,
        "reynolds": designs.reynolds,
        "outputs": outputs,
        "accepted": accepted,
        "updates": torch.tensor(updates),
    }
    return {key: value.numpy() for key, value in arrays.items()}


def inverse_targets(
    model: Path,
    seed: int,
    indices: range,
    config: InverseConfig,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> InverseTargets:
    """SIP targets from the model in folder `model` for the designs `indices` of `seed`.

    Chunks already in `folder` are kept, so that a killed round goes on where it stopped.
    """
    work = partial(_chunk, model, seed, config)
    arrays = stored_chunks(work, indices, folder, BODIES_PER_CHUNK, workers, progress)
    found = {key: torch.from_numpy(array) for key, array in arrays.items()}
    accepted = found["accepted"]
    designs = select(Designs(found["coefficients"], found["alpha"], found["reynolds"]), accepted)
    return InverseTargets(Samples(designs, found["outputs"][accepted]), len(accepted), int(found["updates"].sum()))

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

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.files import write_arrays
from fusiform.solvers.common.processes import run_in_processes
from fusiform.surrogates.data.dataset import turned
from fusiform.surrogates.data.samples import Samples
from fusiform.surrogates.design_space import Designs, sample
from fusiform.surrogates.flow_training.flow_physics import FlowPhysics, flow_batch
from fusiform.surrogates.model.surrogate import FORCES, Surrogate, drag_scale, load_surrogate
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


def _chunk(model: Path, seed: int, config: InverseConfig, task: tuple[range, Path]) -> None:
    indices, path = task
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
    write_arrays(path, {key: value.numpy() for key, value in arrays.items()})


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
    return _gather(in_chunks(partial(_chunk, model, seed, config), indices, folder, workers, progress))


def in_chunks(
    work: Callable[[tuple[range, Path]], None],
    indices: range,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None],
) -> list[Path]:
    """The files in `folder` that `work` has written, one for every few indices; those already there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [range(i, min(i + BODIES_PER_CHUNK, indices.stop)) for i in indices[::BODIES_PER_CHUNK]]
    paths = [folder / f"bodies-{chunk.start:06d}.npz" for chunk in chunks]
    missing = [(chunk, path) for chunk, path in zip(chunks, paths, strict=True) if not path.exists()]
    done = len(chunks) - len(missing)
    progress(done, len(chunks))
    for _ in run_in_processes(work, missing, workers):
        done += 1
        progress(done, len(chunks))
    return paths


def joined(paths: list[Path]) -> dict[str, Tensor]:
    """The arrays of all chunks, one row a body; a single number for a chunk stays a row of its own."""
    parts = []
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            parts.append(dict(file))
    return {key: torch.from_numpy(np.concatenate([np.atleast_1d(p[key]) for p in parts])) for key in parts[0]}


def _gather(paths: list[Path]) -> InverseTargets:
    found = joined(paths)
    accepted = found["accepted"]
    designs = Designs(found["coefficients"], found["alpha"], found["reynolds"]).select(accepted)
    return InverseTargets(Samples(designs, found["outputs"][accepted]), len(accepted), int(found["updates"].sum()))

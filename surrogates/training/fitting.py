"""Fitting the network to samples: AdamW, a one-cycle learning rate, a loss that outliers cannot rule, resumable.

    loss = mean over samples of ρ( |c − c*|² + w |F − F*|² / C₀² ),   ρ(s) = δ² [√(1 + 2 s/δ²) − 1]

c are basis coefficients (their total variance is one), F forces, ρ the pseudo-Huber function: quadratic for errors
below δ, linear beyond (Charbonnier et al. 1997), so that a bad target pulls no harder than a hundred good ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from fusiform.solvers.files import write_atomically
from fusiform.surrogates.dataset import turned
from fusiform.surrogates.model import FORCES, drag_scale
from fusiform.surrogates.network import EquivariantNetwork
from fusiform.surrogates.training.samples import Samples

CHECKPOINT_EVERY = 500
WARM_UP_SHARE = 0.05


@dataclass(frozen=True)
class FitConfig:
    """`steps` of AdamW with mini-batches of `batch`, peak learning rate `rate`; `force_weight` w, `huber` δ."""

    steps: int = 6000
    batch: int = 256
    rate: float = 2e-3
    weight_decay: float = 1e-4
    force_weight: float = 4.0
    huber: float = 0.3


def sample_errors(outputs: Tensor, targets: Tensor, force_weight: float) -> Tensor:
    """|c − c*|² + w |F − F*|²/C₀² of each sample; `outputs`, `targets` (n, r + 4) with forces divided by C₀."""
    difference = (outputs - targets).square()
    return difference[:, :-FORCES].sum(1) + force_weight * difference[:, -FORCES:].sum(1)


def pseudo_huber(squared: Tensor, delta: float) -> Tensor:
    """ρ(s) for squared errors s ≥ 0."""
    return delta**2 * (torch.sqrt(1.0 + 2.0 * squared / delta**2) - 1.0)


def scaled_targets(samples: Samples, polynomial: Tensor) -> Tensor:
    """Targets as the network gives them: forces divided by C₀(Re)."""
    scale = drag_scale(polynomial, samples.designs.reynolds)[:, None]
    return torch.cat([samples.outputs[:, :-FORCES], samples.outputs[:, -FORCES:] / scale], dim=1)


def fit(
    network: EquivariantNetwork,
    samples: Samples,
    polynomial: Tensor,
    config: FitConfig,
    *,
    seed: int,
    checkpoint: Path,
    metrics: Path,
    progress: Callable[[int, int, float], None] = lambda step, total, loss: None,
) -> None:
    """Train `network` in place; a run that was killed goes on from `checkpoint` with the same result.

    Appends one JSON line to `metrics` and calls `progress(step, steps, loss)` at every checkpoint.
    """
    pair = network.pair(turned(samples.designs), samples.designs.reynolds)
    targets = scaled_targets(samples, polynomial).to(pair)
    optimizer = torch.optim.AdamW(network.parameters(), lr=config.rate, weight_decay=config.weight_decay)
    generator = torch.Generator().manual_seed(seed)
    step = _resume(network, optimizer, generator, checkpoint)
    running = 0.0
    while step < config.steps:
        for group in optimizer.param_groups:
            group["lr"] = config.rate * _cycle(step / config.steps)
        index = torch.randint(len(samples), (min(config.batch, len(samples)),), generator=generator).to(pair.device)
        errors = sample_errors(network.from_pair(pair[:, index]), targets[index], config.force_weight)
        loss = pseudo_huber(errors, config.huber).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        step += 1
        running += float(loss.detach())
        if step % CHECKPOINT_EVERY == 0 or step == config.steps:
            mean = running / ((step - 1) % CHECKPOINT_EVERY + 1)
            running = 0.0
            _store(network, optimizer, generator, step, checkpoint)
            with metrics.open("a") as file:
                file.write(json.dumps({"stage": checkpoint.stem, "step": step, "loss": mean}) + "\n")
            progress(step, config.steps, mean)


def _cycle(done: float) -> float:
    """Linear warm-up, then a half cosine to zero."""
    if done < WARM_UP_SHARE:
        return (done + 1e-3) / WARM_UP_SHARE
    return 0.5 * (1.0 + math.cos(math.pi * (done - WARM_UP_SHARE) / (1.0 - WARM_UP_SHARE)))


def _store(
    network: EquivariantNetwork, optimizer: torch.optim.Optimizer, generator: torch.Generator, step: int, path: Path
) -> None:
    state = {
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generator": generator.get_state(),
        "step": step,
    }
    write_atomically(path, lambda file: torch.save(state, file))


def _resume(
    network: EquivariantNetwork, optimizer: torch.optim.Optimizer, generator: torch.Generator, path: Path
) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    generator.set_state(state["generator"])
    return int(state["step"])

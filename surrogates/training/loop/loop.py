"""The training loop: mini-batches for a rule, until the steps or the time are up or the validation stops falling.

A run that was killed, by whatever means, goes on from its last checkpoint. On a CPU its final weights are bit for bit
those of a run that was not: the order of the samples follows from (seed, step) alone, and the rule's state and torch's
random numbers are in the checkpoint. (With an end by the clock, or on a GPU, that cannot be had.)

Under `torchrun` each process takes its share of every mini-batch, and process 0 writes the files.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from fusiform.solvers.common.errors import InputError, require
from fusiform.surrogates.training.loop import parallel
from fusiform.surrogates.training.loop.checkpoint import Progress, RunFiles
from fusiform.surrogates.training.loop.schedule import Schedule, constant
from fusiform.surrogates.training.physics import Data, Physics
from fusiform.surrogates.training.update_rule import StepReport, UpdateRule

Validate = Callable[[nn.Module], float]
ShowProgress = Callable[[int, int, float, float], None]
End = Literal["steps", "seconds", "patience"]


@dataclass(frozen=True)
class TrainConfig:
    """`batch` samples a step, over all processes; an end after `steps`, after `seconds` of training, or both.

    every: steps between checkpoints; each writes a line of metrics, validates, and calls `progress`
    patience: validations without a new best before the run stops, with its best weights; None never
    shuffle: a new random order for each pass through the data; else in order, for samples made on request
    schedule: factor on the step size for the share of the run (of the end that is nearer) that is done
    clock: what the seconds are counted by; `time.process_time` is fair where other work shares the cores
    """

    batch: int
    steps: int | None = None
    seconds: float | None = None
    every: int = 100
    patience: int | None = None
    seed: int = 0
    shuffle: bool = True
    schedule: Schedule = constant
    clock: Callable[[], float] = time.perf_counter

    def __post_init__(self) -> None:
        require(
            self.steps is not None or self.seconds is not None,
            "expected an end of the training, got none; give steps, seconds or both",
        )
        require(self.batch > 0, f"expected a mini-batch of at least 1, got {self.batch}; 256 is a good start")
        require(self.every > 0, f"expected at least 1 step between checkpoints, got {self.every}; 100 is a good start")


@dataclass(frozen=True)
class TrainResult:
    """Steps and seconds of training (validation and files not counted), what ended it, the lowest validation."""

    steps: int
    seconds: float
    ended_by: End
    best_validation: float


def train(
    network: nn.Module,
    rule: UpdateRule,
    physics: Physics,
    data: Data,
    config: TrainConfig,
    folder: Path,
    *,
    validate: Validate | None = None,
    progress: ShowProgress = lambda step, total, loss, eta_seconds: None,
    tensorboard: Path | None = None,
) -> TrainResult:
    """Train `network` in place, from the checkpoint in `folder` if there is one. Ends with the last weights.

    Writes `last.pt`, `metrics.jsonl` and, with `validate`, `best.pt` (weights of the lowest value). `progress(step,
    total, loss, eta_seconds)` gets the mean loss since the last call; `total` is estimated where the clock is the end.
    """
    with parallel.process_group(), _board(tensorboard) as board:
        require(
            config.batch % parallel.world_size() == 0,
            f"expected a mini-batch that {parallel.world_size()} processes can share, got {config.batch}; "
            "choose a multiple",
        )
        files = RunFiles(folder)
        now = files.resume(network, rule)
        parallel.broadcast_weights(network)
        result = _Run(network, rule, physics, data, config, files, validate, progress, board).run(now)
        if result.ended_by == "patience":
            if parallel.rank() == 0:
                files.load_best(network)
            parallel.broadcast_weights(network)
        return result


@dataclass(frozen=True)
class _Run:
    network: nn.Module
    rule: UpdateRule
    physics: Physics
    data: Data
    config: TrainConfig
    files: RunFiles
    validate: Validate | None
    progress: ShowProgress
    board: Any

    def run(self, now: Progress) -> TrainResult:
        reports: list[StepReport] = []
        while (end := self._end(now)) is None:
            begin = self.config.clock()
            batch = self.data.select(self._indices(now.step))
            factor = self.config.schedule(self._done(now))
            reports.append(self.rule.step(self.network, batch, self.physics, rate_scale=factor))
            now = replace(now, step=now.step + 1, seconds=now.seconds + self.config.clock() - begin)
            if self.config.seconds is not None:
                now = replace(now, seconds=parallel.average(now.seconds))
            if now.step % self.config.every == 0 or self._end(now) is not None:
                now = self._checkpoint(now, reports)
                reports = []
        return TrainResult(now.step, now.seconds, end, now.best)

    def _end(self, now: Progress) -> End | None:
        if now.stopped:
            return "patience"
        if self.config.steps is not None and now.step >= self.config.steps:
            return "steps"
        return "seconds" if self.config.seconds is not None and now.seconds >= self.config.seconds else None

    def _done(self, now: Progress) -> float:
        """Share of the run that is done."""
        steps = now.step / self.config.steps if self.config.steps else 0.0
        return max(steps, now.seconds / self.config.seconds if self.config.seconds else 0.0)

    def _indices(self, step: int) -> Tensor:
        """Sample numbers of this process in mini-batch `step`."""
        size = min(self.config.batch, len(self.data))
        per_pass = len(self.data) // size
        first = step % per_pass * size
        if self.config.shuffle and size < len(self.data):
            index = self._order(step // per_pass)[first : first + size]
        else:
            index = torch.arange(first, first + size)
        return index[parallel.rank() :: parallel.world_size()]

    def _order(self, number: int) -> Tensor:
        generator = torch.Generator().manual_seed((self.config.seed * 1_000_003 + number) % 2**32)  # 32 bits are used
        return torch.randperm(len(self.data), generator=generator)

    def _checkpoint(self, now: Progress, reports: list[StepReport]) -> Progress:
        line = _summary(reports)
        if self.validate is not None:
            value = parallel.average(self.validate(self.network))
            line["validation"] = value
            if value < now.best:
                now = replace(now, best=value, stale=0)
                if parallel.rank() == 0:
                    self.files.store_best(self.network)
            else:
                now = replace(now, stale=now.stale + 1)
            now = replace(now, stopped=self.config.patience is not None and now.stale > self.config.patience)
        if parallel.rank() == 0:
            line = {"step": now.step, "seconds": round(now.seconds, 3), **line}
            self.files.append(line)
            self.files.store(self.network, self.rule, now)
            for key, value in line.items():
                if self.board is not None and isinstance(value, float):
                    self.board.add_scalar(key, value, now.step)
            done = max(self._done(now), 1e-9)
            remaining = 0.0 if now.stopped else now.seconds * max(0.0, 1.0 / done - 1.0)
            total = self.config.steps if self.config.seconds is None else round(now.step / min(done, 1.0))
            self.progress(now.step, total or now.step, float(line["loss"]), remaining)
        return now


def _summary(reports: list[StepReport]) -> dict[str, Any]:
    """Means over the steps since the last line; the loss over those steps that had one."""

    def mean(values: list[float]) -> float:
        known = [v for v in values if not math.isnan(v)]
        return sum(known) / len(known) if known else math.nan

    return {
        "loss": mean([r.loss for r in reports]),
        "step_size": mean([r.step_size for r in reports]),
        "accepted": mean([r.accepted for r in reports]),
        "kept": mean([r.kept for r in reports]),
        "halvings": sum(r.halvings for r in reports),
        "inversions": sum(r.inversions for r in reports),
    }


def _board(folder: Path | None) -> AbstractContextManager[Any]:
    """A TensorBoard writer, if asked for and in process 0."""
    if folder is None or parallel.rank() > 0:
        return nullcontext()
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise InputError(
            "expected the library tensorboard to write its files, got an environment without it; "
            "pip install tensorboard, or leave it out: metrics.jsonl holds the same numbers"
        ) from error
    return closing(SummaryWriter(str(folder)))

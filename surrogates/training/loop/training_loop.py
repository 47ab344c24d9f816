"""The training loop: mini-batches for a rule, until the steps or the time are up or the validation stops falling.

A run that was killed for any reason continues from its last checkpoint. On a CPU its final weights are bit for bit
those of a run that was not: the order of the samples follows from (seed, step) alone, and the rule's state and torch's
random numbers are in the checkpoint. (With an end by the clock, or on a GPU, that cannot be had.)

Under `torchrun` each process takes its share of every mini-batch, and process 0 writes the files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fusiform.solvers.common.errors import require
from fusiform.surrogates.training.loop import parallel
from fusiform.surrogates.training.loop.checkpoint import Progress, RunFiles
from fusiform.surrogates.training.loop.metrics import board_of, summary
from fusiform.surrogates.training.loop.train_config import Ended, TrainConfig, TrainResult
from fusiform.surrogates.training.physics import Data, Physics
from fusiform.surrogates.training.update_rule import StepReport, UpdateRule

Validate = Callable[[nn.Module], float]
ShowProgress = Callable[[int, int, float, float], None]


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
    stop: Callable[[], bool] = lambda: False,
    tensorboard: Path | None = None,
) -> TrainResult:
    """Train `network` in place, from the checkpoint in `folder` if there is one. Ends with the last weights.

    Parameters
    ----------
    network : torch.nn.Module
        Maps `Batch.inputs` to outputs (batch, m).
    rule : UpdateRule
        The training method.
    physics : Physics
        The residual that the rule lowers.
    data : Data
        A `Batch` of all samples, or an object that makes them on request.
    config : TrainConfig
        The ends of the training, mini-batches, schedule.
    folder : Path
        Gets `last.pt`, `metrics.jsonl` and, with `validate`, `best.pt` (weights of the lowest value).
    validate : callable, optional
        Error of a network, at each checkpoint.
    progress : callable, optional
        `progress(step, total, loss, eta_seconds)` gets the mean loss since the last call; `total` is estimated where
        the clock is the end.
    stop : callable, optional
        Called after each step; once it returns True the run ends with a checkpoint, from which another call continues.
    tensorboard : Path, optional
        Folder for the same metrics in TensorBoard's format.

    Returns
    -------
    TrainResult
        Steps, seconds, and why the training ended.

    Raises
    ------
    InputError
        If `folder` holds the checkpoint of another network, or processes cannot share the mini-batch.

    Examples
    --------
    >>> import tempfile, torch
    >>> from pathlib import Path
    >>> from fusiform.surrogates.training import Batch, FirstOrder, Regression, TrainConfig, train
    >>> x = torch.linspace(-1, 1, 64)[:, None]
    >>> network = torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    >>> rule = FirstOrder(torch.optim.Adam(network.parameters(), lr=0.02))
    >>> config = TrainConfig(batch=32, steps=200)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = train(network, rule, Regression(), Batch.of(x, x**2), config, Path(folder))
    >>> result.ended_by.value, bool((network(x) - x**2).abs().max() < 0.3)
    ('steps', True)
    """
    with parallel.process_group(), board_of(tensorboard) as board:
        require(
            config.batch % parallel.world_size() == 0,
            f"expected a mini-batch that {parallel.world_size()} processes can share, got {config.batch}; "
            "choose a multiple",
        )
        files = RunFiles(folder)
        now = files.resume(network, rule)
        parallel.broadcast_weights(network)
        result = _Run(network, rule, physics, data, config, files, validate, progress, stop, board).run(now)
        if result.ended_by is Ended.PATIENCE:
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
    stop: Callable[[], bool]
    board: Any

    def run(self, now: Progress) -> TrainResult:
        reports: list[StepReport] = []
        end = self._end(now)
        while end is None:
            begin = self.config.clock()
            batch = self.data.select(self._indices(now.step))
            factor = self.config.schedule(self._done(now))
            reports.append(self.rule.step(self.network, batch, self.physics, rate_scale=factor))
            now = replace(now, step=now.step + 1, seconds=now.seconds + self.config.clock() - begin)
            if self.config.seconds is not None:
                now = replace(now, seconds=parallel.average(now.seconds))
            end = self._end(now) or self._stopped()
            if now.step % self.config.every == 0 or end is not None:
                now = self._checkpoint(now, reports)
                reports = []
                end = self._end(now) or end
        return TrainResult(now.step, now.seconds, end, now.best)

    def _end(self, now: Progress) -> Ended | None:
        if now.stopped:
            return Ended.PATIENCE
        if self.config.steps is not None and now.step >= self.config.steps:
            return Ended.STEPS
        over = self.config.seconds is not None and now.seconds >= self.config.seconds
        return Ended.SECONDS if over else None

    def _stopped(self) -> Ended | None:
        """`STOPPED` if `stop` returned True in any process."""
        return Ended.STOPPED if parallel.average(float(self.stop())) > 0.0 else None

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
        line = summary(reports)
        if self.validate is not None:
            line["validation"], now = self._validated(self.validate, now)
        if parallel.rank() == 0:
            line = {"step": now.step, "seconds": round(now.seconds, 3), **line}
            self.files.append(line)
            self.files.store(self.network, self.rule, now)
            self._show(now, line)
        return now

    def _validated(self, validate: Validate, now: Progress) -> tuple[float, Progress]:
        value = parallel.average(validate(self.network))
        if value < now.best:
            now = replace(now, best=value, stale=0)
            if parallel.rank() == 0:
                self.files.store_best(self.network)
        else:
            now = replace(now, stale=now.stale + 1)
        stopped = self.config.patience is not None and now.stale > self.config.patience
        return value, replace(now, stopped=stopped)

    def _show(self, now: Progress, line: dict[str, Any]) -> None:
        for key, value in line.items():
            if self.board is not None and isinstance(value, float):
                self.board.add_scalar(key, value, now.step)
        done = max(self._done(now), 1e-9)
        remaining = 0.0 if now.stopped else now.seconds * max(0.0, 1.0 / done - 1.0)
        total = self.config.steps if self.config.seconds is None else round(now.step / min(done, 1.0))
        self.progress(now.step, total or now.step, float(line["loss"]), remaining)

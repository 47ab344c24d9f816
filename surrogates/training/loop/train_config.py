"""The settings of a training (its ends, mini-batches, checkpoints) and its result."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fusiform.solvers.common.errors import require
from fusiform.surrogates.training.loop.schedule import Schedule, constant


class Ended(StrEnum):
    """The reason for the end of a training.

    Examples
    --------
    >>> from fusiform.surrogates.training import Ended
    >>> [reason.value for reason in Ended]
    ['steps', 'seconds', 'patience', 'stopped']
    """

    STEPS = "steps"
    SECONDS = "seconds"
    PATIENCE = "patience"
    STOPPED = "stopped"


@dataclass(frozen=True)
class TrainConfig:
    """Ends of a training, its mini-batches, schedule and checkpoints.

    Parameters
    ----------
    batch : int
        Samples a step, over all processes.
    steps, seconds : int or float, optional
        The training ends after `steps`, after `seconds` of training, or after the first of both; one must be given.
    every : int
        Steps between checkpoints; each writes a line of metrics, validates, and calls `progress`.
    patience : int, optional
        Validations without a new best before the run ends, with its best weights; None: never.
    seed : int
        Of the order of the samples.
    shuffle : bool
        True: a new random order for each pass through the data; False: in order, for samples made on request.
    schedule : callable
        Factor on the step size for the share of the run (of the end that is nearer) that is done.
    clock : callable
        Counts the seconds; `time.process_time` is fair where other work shares the cores.

    Raises
    ------
    InputError
        Without an end, or with a mini-batch or `every` below 1.

    Examples
    --------
    >>> from fusiform.surrogates.training import TrainConfig, one_cycle
    >>> TrainConfig(batch=32, steps=1000, schedule=one_cycle()).every
    100
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
    """Outcome of `train`.

    Parameters
    ----------
    steps : int
        Steps since the beginning of the run.
    seconds : float
        Seconds of training, without validation and files.
    ended_by : Ended
        The reason for its end.
    best_validation : float
        The lowest value of `validate`; inf without.

    Examples
    --------
    See `train`.

    >>> from fusiform.surrogates.training import Ended, TrainResult
    >>> TrainResult(100, 2.5, Ended.STEPS, float("inf")).ended_by.value
    'steps'
    """

    steps: int
    seconds: float
    ended_by: Ended
    best_validation: float

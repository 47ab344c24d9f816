"""Metrics of a training: a line for the steps since the last checkpoint, and TensorBoard's copy of it."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any

from fusiform.solvers.common.errors import InputError
from fusiform.surrogates.training.loop import parallel
from fusiform.surrogates.training.update_rule import StepReport


def summary(reports: list[StepReport]) -> dict[str, Any]:
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


def board_of(folder: Path | None) -> AbstractContextManager[Any]:
    """A TensorBoard writer, if requested and in process 0."""
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

"""Targets that are made in advance, chunk by chunk, and kept on disk; stored chunks are not made again.

A killed run continues with the missing chunks, and worker processes share them. The targets are those of the
network as it was when they were made; they are not renewed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.common.array_values import Array
from fusiform.solvers.common.chunks import Check, Progress, stored_chunks
from fusiform.solvers.common.errors import require
from fusiform.surrogates.training.methods.targets import Network, Targets
from fusiform.surrogates.training.physics import Batch, InvertiblePhysics

Work = Callable[[range], Mapping[str, Array]]


def _no_progress(done: int, total: int) -> None:
    """Show nothing."""


def _no_check(arrays: Mapping[str, Array], rows: int, where: str, remedy: str) -> None:
    """Refuse nothing."""


class TargetFiles:
    """A `TargetStore` whose targets are on disk.

    Parameters
    ----------
    rows : dict of Tensor
        `target` (n, m), `accepted` (n,), `updates`: sample updates of each chunk or sample; and whatever else
        belongs to the samples.
    first : int
        Number of the first of these samples in the data set.

    Raises
    ------
    InputError
        If one of the three is missing.

    Examples
    --------
    >>> import torch
    >>> from fusiform.surrogates.training import Batch, Regression, TargetFiles
    >>> rows = {"target": torch.ones(2, 1), "accepted": torch.tensor([True, False]), "updates": torch.tensor([1, 2])}
    >>> files = TargetFiles(rows)
    >>> files.targets(torch.nn.Linear(1, 1), Batch.of(torch.zeros(2, 1)), Regression()).values.tolist()
    [[1.0], [1.0]]
    >>> files.inversions
    3
    """

    def __init__(self, rows: dict[str, Tensor], first: int = 0) -> None:
        missing = {"target", "accepted", "updates"} - set(rows)
        require(
            not missing,
            f"expected targets with {', '.join(sorted(missing))}, got none; delete their folder and run again",
        )
        self.rows = rows
        self.first = first

    @classmethod
    def make(
        cls,
        work: Work,
        indices: range,
        folder: Path,
        *,
        workers: int = 1,
        chunk: int = 8,
        first: int = 0,
        progress: Progress = _no_progress,
        check: Check = _no_check,
    ) -> TargetFiles:
        """Read the targets of `indices` from `folder`; the missing ones are made in `workers` processes.

        `work(range)` gives the rows of up to `chunk` consecutive indices; it must pickle. `progress(done, total)`
        counts indices. `check(arrays, rows, file, remedy)` may refuse the arrays of a file by an `InputError`.
        """
        arrays = stored_chunks(work, indices, folder, chunk, workers, progress, check)
        return cls({name: torch.from_numpy(array) for name, array in arrays.items()}, first)

    @property
    def accepted(self) -> Tensor:
        """Mask (n,) of the targets that may be used."""
        return self.rows["accepted"]

    @property
    def inversions(self) -> int:
        """Sample updates spent on all of them."""
        return int(self.rows["updates"].sum())

    def to(self, like: Tensor) -> TargetFiles:
        """The same with targets of the type and on the device of `like`."""
        return TargetFiles(self.rows | {"target": self.rows["target"].to(like)}, self.first)

    def targets(self, network: Network, batch: Batch, physics: InvertiblePhysics) -> Targets:
        row = batch.index - self.first
        return Targets(self.rows["target"][row], self.accepted[row.to(self.accepted.device)].to(row.device), 0)

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to load: the targets are in their files."""

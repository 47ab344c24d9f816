"""Resumable work on numbered cases: results on disk are not computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from fusiform.solvers.common.files import read_arrays, write_arrays
from fusiform.solvers.common.processes import run_in_processes

Result = TypeVar("Result")
Array = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]


def resume(
    work: Callable[[range], Result],
    indices: Sequence[int],
    is_done: Callable[[int], bool],
    size: int,
    workers: int,
    progress: Progress,
) -> Iterator[tuple[range, Result]]:
    """(chunk, work(chunk)) as they finish in `workers` processes, for chunks of those `indices` that are not done.

    A chunk is a range of at most `size` indices. `progress(done, total)` counts indices; a chunk counts once the next
    one is asked for. `work` must pickle, and stores its results where `is_done` looks for them.
    """
    missing = [index for index in indices if not is_done(index)]
    done = len(indices) - len(missing)
    progress(done, len(indices))
    for chunk, result in run_in_processes(work, _ranges(missing, size), workers):
        yield chunk, result
        done += len(chunk)
        progress(done, len(indices))


def stored_chunks(
    work: Callable[[range], Mapping[str, Array]],
    indices: range,
    folder: Path,
    size: int,
    workers: int,
    progress: Progress,
) -> dict[str, Array]:
    """The arrays `work(chunk)` of all chunks of `size` indices, joined along the first axis.

    Each chunk is a file in `folder`, written by the process that computed it. A scalar of a chunk becomes one row.
    """
    paths = {start: _chunk_path(folder, start) for start in indices[::size]}
    finished = {start for start, path in paths.items() if path.exists()}

    def is_done(index: int) -> bool:
        return index - (index - indices.start) % size in finished

    for _ in resume(partial(_store, work, folder), indices, is_done, size, workers, progress):
        pass
    parts = [read_arrays(path, "delete it and start again") for path in paths.values()]
    return {key: np.concatenate([np.atleast_1d(part[key]) for part in parts]) for key in parts[0]}


def _chunk_path(folder: Path, start: int) -> Path:
    return folder / f"bodies-{start:06d}.npz"


def _store(work: Callable[[range], Mapping[str, Array]], folder: Path, chunk: range) -> None:
    write_arrays(_chunk_path(folder, chunk.start), work(chunk))


def _ranges(indices: Iterable[int], size: int) -> list[range]:
    """Consecutive indices in ranges of at most `size`."""
    ranges: list[range] = []
    for index in indices:
        if ranges and ranges[-1].stop == index and len(ranges[-1]) < size:
            ranges[-1] = range(ranges[-1].start, index + 1)
        else:
            ranges.append(range(index, index + 1))
    return ranges

"""Resumable work on numbered cases: results on disk are not computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from fusiform.solvers.common.array_values import Array
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import read_arrays, write_arrays
from fusiform.solvers.common.processes import run_in_processes

Result = TypeVar("Result")

Progress = Callable[[int, int], None]
Check = Callable[[Mapping[str, Array], int, str, str], None]
RESTART = "delete it and run again"


def _accept(arrays: Mapping[str, Array], rows: int, where: str, remedy: str) -> None:
    """Accept the arrays of every chunk."""


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
    check: Check = _accept,
) -> dict[str, Array]:
    """The arrays `work(chunk)` of all chunks of `size` indices, joined along the first axis.

    Each chunk is a file in `folder`, written by the process that computed it. A scalar of a chunk becomes one row.
    `InputError` for a file that is damaged or unlike the first; `check(arrays, rows, where, remedy)` may raise others.
    """
    paths = {start: _chunk_path(folder, start) for start in indices[::size]}
    finished = {start for start, path in paths.items() if path.exists()}

    def is_done(index: int) -> bool:
        return index - (index - indices.start) % size in finished

    for _ in resume(partial(_store, work, folder), indices, is_done, size, workers, progress):
        pass
    parts: list[dict[str, Array]] = []
    for start, path in paths.items():
        parts.append(read_arrays(path, RESTART))
        rows = min(size, indices.stop - start)
        _require_like(parts[0], parts[-1], rows, str(path))
        check(parts[-1], rows, str(path), RESTART)
    return {key: np.concatenate([np.atleast_1d(part[key]) for part in parts]) for key in parts[0]}


def _require_like(first: Mapping[str, Array], part: Mapping[str, Array], rows: int, where: str) -> None:
    """`InputError` unless each array of `part` is a scalar or has so many rows of the type of those in `first`."""

    def form(arrays: Mapping[str, Array]) -> dict[str, tuple[str, tuple[int, ...]]]:
        return {name: (array.dtype.name, array.shape[1:]) for name, array in arrays.items()}

    require(
        form(first) == form(part) and all(array.ndim == 0 or len(array) == rows for array in part.values()),
        f"expected {rows} rows of each array in {where!r}, of the types of the first file, got others; {RESTART}",
    )


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

"""Live progress on standard error: in a terminal a line or a bar that changes, elsewhere a few plain lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from fusiform.surrogates.flow_training.progress import OnProgress

if TYPE_CHECKING:
    from fusiform.solvers.inverse import Iterate

PLAIN_EVERY, PLAIN_STEPS = 10, 10


@contextmanager
def show_search(console: Console, grid: str) -> Iterator[Callable[[Iterate], None]]:
    """A callback for `optimize` that shows each evaluation; outside a terminal, every tenth.

    After the search the line stays until the verification on `grid` is over too.
    """
    if not console.is_terminal:
        yield lambda it: console.print(_line(it)) if it.evaluation % PLAIN_EVERY == 1 else None
        return
    with console.status("starting") as status:
        yield lambda it: status.update(f"{_line(it)}   (then verification on the {grid} grid)")


def _line(iterate: Iterate) -> str:
    """The drag of an evaluation, and the objective's quantity at the start and at the best body, once there is one."""
    gain = iterate.gain
    numbers = [f"evaluation {iterate.evaluation:3d}", f"drag {iterate.drag_coefficient:.5f}"]
    if gain.is_known:
        numbers.append(f"{gain.quantity.noun}: start {gain.start:.5g}, best {gain.best:.5g}")
    if not math.isnan(gain.percent):
        numbers.append(f"{gain.quantity.change} {gain.percent:z.1f} %")
    return "   ".join(numbers)


def show_stages(console: Console) -> AbstractContextManager[OnProgress]:
    """A progress callback (stage, done, total, note): a bar for each stage, or about ten plain lines for each."""
    return _bars(console) if console.is_terminal else _plain_lines(console)


@contextmanager
def _plain_lines(console: Console) -> Iterator[OnProgress]:
    printed: dict[str, int] = {}

    def report(stage: str, done: int, total: int, note: str) -> None:
        tenth = PLAIN_STEPS * done // max(total, 1)
        if tenth > printed.get(stage, -1):
            printed[stage] = tenth
            console.print(f"{stage}: {done} of {total} ({note})", markup=False)

    yield report


@contextmanager
def _bars(console: Console) -> Iterator[OnProgress]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), TextColumn("{task.fields[note]}"), console=console) as bars:
        tasks = {}

        def report(stage: str, done: int, total: int, note: str) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total, note=note)
            bars.update(tasks[stage], completed=done, total=total, note=note)

        yield report

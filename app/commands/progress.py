"""Live progress of a search on standard error: one line that changes in a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from fusiform.solvers.inverse import Iterate

PLAIN_EVERY = 10


def _line(iterate: Iterate) -> str:
    return (
        f"evaluation {iterate.evaluation:3d}   drag {iterate.drag_coefficient:.5f}   "
        f"best {iterate.best_drag_coefficient:.5f}"
    )


@contextmanager
def show_search(console: Console, grid: str) -> Iterator[Callable[[Iterate], None]]:
    """A callback for `minimize_drag` that shows each evaluation; outside a terminal, every tenth.

    After the search the line stays until the verification on `grid` is over too.
    """
    if not console.is_terminal:
        yield lambda it: console.print(_line(it)) if it.evaluation % PLAIN_EVERY == 1 else None
        return
    with console.status("starting") as status:
        yield lambda it: status.update(f"{_line(it)}   (then verification on the {grid} grid)")

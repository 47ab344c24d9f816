"""The better flow of a prediction, found in the background while the page already shows the network's own.

The state inverse takes 0.1 to 0.3 s and the stagnation lines as long again: too long for a hand that moves a point. One
thread serves all sessions. It begins when a design has stood still for `SETTLE_SECONDS`, so that it does not slow the
page that is being drawn, and a session's earlier wish is dropped when it makes another before its turn.
"""

from __future__ import annotations

from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from fusiform.app.background.cache import Memory
from fusiform.app.state.window import Window
from fusiform.solvers.flow import FlowAnalysis, FlowField, Streamlines, analyse, streamlines
from fusiform.surrogates import Correction, FlowPrediction

SETTLE_SECONDS = 0.15


@dataclass(frozen=True)
class Refined:
    """The flow after the state inverse, what happens in it, its streamlines in `window`, and the corrected forces."""

    window: Window
    field: FlowField
    analysis: FlowAnalysis
    streamlines: Streamlines
    correction: Correction


_pool = ThreadPoolExecutor(1, "refine")
_done: Memory[Refined] = Memory(60)


def refined(key: Hashable) -> Refined | None:
    """What is known under `key`."""
    return _done.get(key)


class Refinement:
    """A refinement under way; its answer is then `refined(key)`. Dropped, it ends after the step it is in."""

    def __init__(self, key: Hashable, prediction: FlowPrediction, window: Window) -> None:
        self.key = key
        self._prediction, self._window = prediction, window
        self._dropped = Event()
        self._future = _pool.submit(self._find)

    def drop(self) -> None:
        """It is not wanted any more."""
        self._dropped.set()
        self._future.cancel()

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self._future.done()

    def _find(self) -> None:
        if self._dropped.wait(SETTLE_SECONDS):
            return
        prediction, window = self._prediction, self._window
        field = prediction.field
        if self._dropped.is_set():
            return
        found = analyse(field)
        if self._dropped.is_set():
            return
        lines = streamlines(field, (window.left, window.right, window.bottom, window.top))
        _done.put(self.key, Refined(window, field, found, lines, prediction.correction))

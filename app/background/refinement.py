"""The flow of a prediction after the state inverse, found in the background while the page shows the network's own.

The state inverse takes 0.3 to 1 s with the estimate of its error, and the stagnation lines some tenths: too long for a
point that is being dragged.
One thread serves all sessions. It begins when a design has not changed for `SETTLE_SECONDS`, so that it does not slow
the page that is being drawn; a session drops its earlier refinement when it begins another. Results are in one LRU
cache of the server, by the key of the question.
"""

from __future__ import annotations

from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

from fusiform.app.background.cache import LruCache
from fusiform.app.state.window import Window
from fusiform.solvers.flow import FlowAnalysis, FlowField, Streamlines, analyse, streamlines
from fusiform.surrogates import Correction, FlowPrediction

SETTLE_SECONDS = 0.15


@dataclass(frozen=True)
class Refined:
    """The flow after the state inverse, its features, its streamlines in `window`, and the corrected forces."""

    window: Window
    field: FlowField
    analysis: FlowAnalysis
    streamlines: Streamlines
    correction: Correction


_pool = ThreadPoolExecutor(1, "refine")
_done: LruCache[Refined] = LruCache(60)


def refined(key: Hashable) -> Refined | None:
    """The refined flow of `key`; None if it is not in the cache."""
    return _done.get(key)


class Refinement:
    """A refinement under way; at its end `refined(key)` returns the flow, unless it was dropped."""

    def __init__(self, key: Hashable, prediction: FlowPrediction, window: Window) -> None:
        self.key = key
        self._prediction, self._window = prediction, window
        self._dropped = Event()
        self._future = _pool.submit(self._find)

    def drop(self) -> None:
        """End it after the step under way."""
        self._dropped.set()
        self._future.cancel()

    @property
    def over(self) -> bool:
        """True once it has ended."""
        return self._future.done()

    def _find(self) -> None:
        if self._dropped.wait(SETTLE_SECONDS):
            return
        prediction, window = self._prediction, self._window
        with suppress(ValueError):  # interpolation refuses a predicted flow that is not finite
            self._refine(prediction, window)

    def _refine(self, prediction: FlowPrediction, window: Window) -> None:
        field = prediction.field
        if self._dropped.is_set():
            return
        features = analyse(field)
        if self._dropped.is_set():
            return
        lines = streamlines(field, (window.left, window.right, window.bottom, window.top))
        _done.put(self.key, Refined(window, field, features, lines, prediction.correction))

"""The better flow of a prediction, found in the background while the page already shows the network's own.

The state inverse takes 0.1 to 0.3 s and the stagnation lines as long again: too long for a hand that moves a point. One
thread serves all sessions. It begins when a design has stood still for `SETTLE_SECONDS`, so that it does not slow the
page that is being drawn, and a session's earlier wish is dropped when it makes another before its turn.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from fusiform.app.memory import Memory
from fusiform.app.pictures import Window
from fusiform.solvers.flow.analysis import FlowAnalysis, analyse
from fusiform.solvers.flow.fields import FlowField
from fusiform.solvers.flow.streamlines import Streamlines, streamlines
from fusiform.surrogates import Prediction
from fusiform.surrogates.model import Correction

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


def start(key: Hashable, prediction: Prediction, window: Window) -> Future[None]:
    """Find it in the background; the answer is then `refined(key)`."""
    asked = time.monotonic()

    def find() -> None:
        time.sleep(max(0.0, asked + SETTLE_SECONDS - time.monotonic()))
        field, reach = prediction.field, (window.left, window.right, window.bottom, window.top)
        _done.put(key, Refined(window, field, analyse(field), streamlines(field, reach), prediction.correction))

    return _pool.submit(find)

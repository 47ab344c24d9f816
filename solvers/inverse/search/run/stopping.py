"""The early end of a run: on the callback's request, or after the timeout."""

from __future__ import annotations

import time
from dataclasses import dataclass

from fusiform.solvers.inverse.search.run.iterate import Callback, Iterate
from fusiform.solvers.inverse.search.run.outcome import OptimizationOutcome


@dataclass(frozen=True)
class Stop:
    """An early end: its outcome (`STOPPED` or `TIMED_OUT`), and the `reason` that completes "stopped …"."""

    outcome: OptimizationOutcome
    reason: str


class Stopped(Exception):
    """Raised by `on_evaluation` and `pause` to end the run."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.reason)
        self.stop = stop


class Stopping:
    """The clock of a run, its `timeout` in seconds, and the callback that may stop it."""

    def __init__(self, callback: Callback | None, timeout: float | None) -> None:
        self._callback, self._timeout = callback, timeout
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """Wall clock since the run began."""
        return time.monotonic() - self._begun

    def check(self) -> None:
        """Raise `Stopped` if the timeout is over."""
        if self._timeout is not None and self.seconds > self._timeout:
            raise Stopped(Stop(OptimizationOutcome.TIMED_OUT, f"after {self._timeout:g} s, the timeout"))

    def check_after(self, iterate: Iterate) -> None:
        """Call the callback; raise `Stopped` on its request, or if the timeout is over."""
        if self._callback is not None and self._callback(iterate):
            raise Stopped(Stop(OptimizationOutcome.STOPPED, "on request"))
        self.check()

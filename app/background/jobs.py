"""Long work of the page: threads that can be stopped and watched, and that wait in one line for their turn.

A job runs one function in a daemon thread. The function records its iterates and asks `should_stop`; the page reads a
locked snapshot and never waits. No Streamlit here: a worker thread must not draw.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fusiform.app.background.line import Line
from fusiform.app.state.job_snapshot import JobKind, Snapshot
from fusiform.solvers import InputError
from fusiform.solvers.inverse import Iterate, ParetoPoint

DEADLINE_SECONDS = 900.0
LEFT_SECONDS = 30.0
SERVER_LINE = Line(most_running=2, most_waiting=30)  # of all sessions

_log = logging.getLogger(__name__)


def always_present() -> bool:
    """The presence of a session that does not end."""
    return True


class Job:
    """`work(job)` in a thread of its own, at its turn in `line`; `InputError` at once if the line is full.

    It should stop after `stop`, after `DEADLINE_SECONDS`, and when `present()`, True while the session is connected,
    has been False for `LEFT_SECONDS`. A solve cannot be interrupted: the job ends after it.
    """

    def __init__(
        self,
        work: Callable[[Job], object],
        kind: JobKind,
        present: Callable[[], bool] = always_present,
        line: Line = SERVER_LINE,
    ) -> None:
        self._snapshot = Snapshot(kind)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._present = present
        self._began = self._last_present = time.monotonic()
        self._deadline = self._began + DEADLINE_SECONDS
        self._line = line
        line.join(self)
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def snapshot(self) -> Snapshot:
        """The job as it is now."""
        place = self._line.place(self)
        with self._lock:
            seconds = 0.0 if place else time.monotonic() - self._began
            return replace(self._snapshot, place=place, seconds=seconds)

    def stop(self) -> None:
        """Request an end with the best so far."""
        self._stop.set()
        self._update(stopping=True)
        self._line.wake()

    def should_stop(self) -> bool:
        """Returns True after `stop`, after the deadline, or when the session is gone."""
        now = time.monotonic()
        if self._present():
            self._last_present = now
        return self._stop.is_set() or now > self._deadline or now - self._last_present > LEFT_SECONDS

    def record(self, iterate: Iterate) -> bool:
        """Record an evaluation; returns `should_stop()`, as the callback of `optimize` does."""
        with self._lock:
            self._snapshot = replace(self._snapshot, history=(*self._snapshot.history, iterate))
        return self.should_stop()

    def record_point(self, point: ParetoPoint) -> bool:
        """Record a point of a front; returns `should_stop()`, as the callback of `pareto_front` does."""
        with self._lock:
            self._snapshot = replace(self._snapshot, points=(*self._snapshot.points, point))
        return self.should_stop()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; returns False if it did not come within `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _update(self, **changes: Any) -> None:
        with self._lock:
            self._snapshot = replace(self._snapshot, **changes)

    def _begin(self) -> bool:
        """Wait for the turn, then start the clock; returns False if the job should stop before."""
        if not self._line.wait_for_turn(self, self.should_stop):
            return False
        self._began = time.monotonic()
        self._deadline = self._began + DEADLINE_SECONDS
        return True

    def _run(self, work: Callable[[Job], object]) -> None:
        try:
            self._update(result=work(self) if self._begin() else None, running=False)
        except InputError as error:
            self._update(error=str(error), running=False)
        except Exception as error:
            _log.exception("a job of the page failed")
            self._update(error=f"The computation failed ({type(error).__name__}: {error}).", running=False)
        finally:
            self._line.leave(self)

"""Long work of the design page: threads that can be stopped, watched and counted.

A job runs one function in a daemon thread. The function tells its phase and its iterates and asks `should_stop`; the
page reads a locked snapshot and never waits. No Streamlit here: a worker thread must not draw.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fusiform.app.export import OUTLINE_SUFFIXES, body_bytes
from fusiform.solvers import Body, FlowConditions, InputError, Solution, solve
from fusiform.solvers.flow.fields import FlowField
from fusiform.solvers.inverse import DragModel, Iterate, OptimizationResult, minimize_drag

MAX_JOBS = 2
DEADLINE_SECONDS = 900.0
SEARCHING, SOLVING, VERIFYING = "searching", "solving", "verifying"

_places = threading.BoundedSemaphore(MAX_JOBS)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment: its phase, what it has evaluated, and how it ended (`result` or `error`, a sentence)."""

    phase: str
    running: bool = True
    stopping: bool = False
    history: tuple[Iterate, ...] = ()
    result: Any = None
    error: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will be heard of it: it has ended, or its verification was told to stop.

        A solve cannot be interrupted; a thread that is told to stop ends after it, unattended.
        """
        return not self.running or (self.phase == VERIFYING and self.stopping)


@dataclass(frozen=True)
class Answer:
    """Forces and flow without the solver's matrices, light enough to keep for a session; C as in `Solution`."""

    drag_coefficient: float
    drag_pressure: float
    drag_friction: float
    lift_coefficient: float
    drag_error: float
    converged: bool
    accurate: bool
    status: str
    seconds: float
    field: FlowField

    @classmethod
    def of(cls, solution: Solution) -> Answer:
        """The answer in a solution."""
        kept = {name: getattr(solution, name) for name in cls.__dataclass_fields__}
        return cls(**kept)


@dataclass(frozen=True)
class Optimum:
    """A search from `start`: the optimiser's `result`, the outline `files` by suffix, and the solver's answers for
    start and optimum, both None where verification was stopped."""

    start: Body
    result: OptimizationResult
    files: dict[str, bytes]
    initial: Answer | None
    verified: Answer | None

    @property
    def reduction_percent(self) -> float:
        """Reduction of drag: by the solver where it verified both, else as the model predicts it."""
        start, best = self.initial, self.verified
        if start is None or best is None or not (start.converged and best.converged):
            return self.result.reduction_percent
        return 100.0 * (1.0 - best.drag_coefficient / start.drag_coefficient)


class Job:
    """`work(job)` in a thread of its own; `InputError` at once when `MAX_JOBS` are already running.

    Stop is asked for with `stop`, or comes by itself after `DEADLINE_SECONDS`. It ends the present phase: a search
    ends with its best body, which is then verified, and a second stop leaves out the verification.
    """

    def __init__(self, work: Callable[[Job], object], phase: str) -> None:
        self._snapshot = Snapshot(phase)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._deadline = time.monotonic() + DEADLINE_SECONDS
        if not _places.acquire(blocking=False):
            raise InputError(
                f"expected fewer than {MAX_JOBS} computations at once on this server, got one more; "
                "try again when one of them has ended"
            )
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def snapshot(self) -> Snapshot:
        """The job as it is now."""
        with self._lock:
            return self._snapshot

    def stop(self) -> None:
        """Ask the present phase to end."""
        self._stop.set()
        self._update(stopping=True)

    def should_stop(self) -> bool:
        """Whether the present phase was asked to end, or the deadline has passed."""
        return self._stop.is_set() or time.monotonic() > self._deadline

    def enter(self, phase: str, result: Any = None) -> None:
        """Begin another phase, which needs a stop of its own; `result` is what there is if it is stopped."""
        self._stop.clear()
        self._update(phase=phase, stopping=False, result=result)

    def record(self, iterate: Iterate) -> bool:
        """Note an evaluation; the answer tells `minimize_drag` whether to stop."""
        with self._lock:
            self._snapshot = replace(self._snapshot, history=(*self._snapshot.history, iterate))
        return self.should_stop()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _update(self, **changes: Any) -> None:
        with self._lock:
            self._snapshot = replace(self._snapshot, **changes)

    def _run(self, work: Callable[[Job], object]) -> None:
        try:
            self._update(result=work(self), running=False)
        except InputError as error:
            self._update(error=str(error), running=False)
        except Exception as error:
            _log.exception("a job of the design page failed")
            self._update(error=f"The computation failed ({type(error).__name__}: {error}).", running=False)
        finally:
            _places.release()


def solve_job(body: Body, conditions: FlowConditions, grid: str) -> Job:
    """A job whose result is the solver's `Answer`."""

    def work(job: Job) -> Answer:
        return Answer.of(solve(body, conditions, grid=grid))

    return Job(work, SOLVING)


def optimization_job(body: Body, conditions: FlowConditions, model: DragModel, grid: str) -> Job:
    """A job whose result is an `Optimum`, verified on `grid` unless that was stopped."""

    def work(job: Job) -> Optimum:
        result = minimize_drag(body, conditions, model=model, verify=None, callback=job.record)
        files = {suffix: body_bytes(result.body, suffix) for suffix in OUTLINE_SUFFIXES}
        unverified = Optimum(body, result, files, None, None)
        job.enter(VERIFYING, unverified)
        if job.should_stop():
            return unverified
        initial = Answer.of(solve(body, conditions, grid=grid))
        if job.should_stop():
            return unverified
        return replace(unverified, initial=initial, verified=Answer.of(solve(result.body, conditions, grid=grid)))

    return Job(work, SEARCHING)

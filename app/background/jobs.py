"""Long work of the page: threads that can be stopped, watched and counted, and wait in line for their turn.

A job runs one function in a daemon thread. The function tells its iterates and asks `should_stop`; the page reads a
locked snapshot and never waits. No Streamlit here: a worker thread must not draw.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fusiform.app.state.kept_results import Answer, Front, Optimum
from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.inverse import DragModel, Iterate, ParetoPoint, Problem, optimize, pareto_front

MAX_JOBS, MAX_WAITING = 2, 30
DEADLINE_SECONDS = 900.0
LEFT_SECONDS = 30.0
LOOK_SECONDS = 0.5
SEARCHING, SOLVING, SWEEPING = "searching", "solving", "sweeping"

_line: list[Job] = []  # those that run, then those that wait, in the order in which they came
_moved = threading.Condition()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment: its phase, its age since it began, what it has found, and how it ended (`result`, or `error`
    in words; neither when it was stopped before its turn). `place`: its place among those that wait, 0 once it runs."""

    phase: str
    place: int = 0
    seconds: float = 0.0
    running: bool = True
    stopping: bool = False
    history: tuple[Iterate, ...] = ()
    points: tuple[ParetoPoint, ...] = ()
    result: Any = None
    error: str | None = None


def _always() -> bool:
    return True


class Job:
    """`work(job)` in a thread of its own, as soon as fewer than `MAX_JOBS` are running; first come, first served.

    `InputError` at once when `MAX_WAITING` are waiting already. Stop is asked for with `stop`, or comes by itself:
    after `DEADLINE_SECONDS`, and when `present`, whether the person who asked is still there, has been False for
    `LEFT_SECONDS`. A solve cannot be interrupted and ends after it.
    """

    def __init__(self, work: Callable[[Job], object], phase: str, present: Callable[[], bool] = _always) -> None:
        self._snapshot = Snapshot(phase)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._present = present
        self._began = self._seen = time.monotonic()
        self._deadline = self._began + DEADLINE_SECONDS
        with _moved:
            if len(_line) >= MAX_JOBS + MAX_WAITING:
                raise InputError(
                    f"expected at most {MAX_WAITING} computations in line on this server, got one more; "
                    "try again in a minute"
                )
            _line.append(self)
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def snapshot(self) -> Snapshot:
        """The job as it is now."""
        with _moved:
            place = max(_line.index(self) + 1 - MAX_JOBS, 0) if self in _line else 0
        with self._lock:
            seconds = 0.0 if place else time.monotonic() - self._began
            return replace(self._snapshot, place=place, seconds=seconds)

    def stop(self) -> None:
        """Ask it to end with what it has found."""
        self._stop.set()
        self._update(stopping=True)
        with _moved:
            _moved.notify_all()

    def should_stop(self) -> bool:
        """Whether it was asked to end, its time is over, or the person has left."""
        now = time.monotonic()
        if self._present():
            self._seen = now
        return self._stop.is_set() or now > self._deadline or now - self._seen > LEFT_SECONDS

    def record(self, iterate: Iterate) -> bool:
        """Note an evaluation; the answer tells `optimize` whether to stop."""
        with self._lock:
            self._snapshot = replace(self._snapshot, history=(*self._snapshot.history, iterate))
        return self.should_stop()

    def note(self, point: ParetoPoint) -> bool:
        """Note a point of a front; the answer tells `pareto_front` whether to stop."""
        with self._lock:
            self._snapshot = replace(self._snapshot, points=(*self._snapshot.points, point))
        return self.should_stop()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _update(self, **changes: Any) -> None:
        with self._lock:
            self._snapshot = replace(self._snapshot, **changes)

    def _has_turn(self) -> bool:
        """Wait for one's turn; whether it came before the job was to stop."""
        with _moved:
            while self not in _line[:MAX_JOBS]:
                if self.should_stop():
                    return False
                _moved.wait(LOOK_SECONDS)
        self._began = time.monotonic()
        self._deadline = self._began + DEADLINE_SECONDS
        return True

    def _run(self, work: Callable[[Job], object]) -> None:
        try:
            self._update(result=work(self) if self._has_turn() else None, running=False)
        except InputError as error:
            self._update(error=str(error), running=False)
        except Exception as error:
            _log.exception("a job of the page failed")
            self._update(error=f"The computation failed ({type(error).__name__}: {error}).", running=False)
        finally:
            with _moved:
                _line.remove(self)
                _moved.notify_all()


def solve_job(body: Body, conditions: FlowConditions, grid: str, present: Callable[[], bool] = _always) -> Job:
    """A job whose result is the solver's `Answer`."""
    return Job(lambda job: Answer.of(solve(body, conditions, grid=grid)), SOLVING, present)


def optimization_job(problem: Problem, model: DragModel, present: Callable[[], bool] = _always) -> Job:
    """A job whose result is the `Optimum` of `problem`."""
    return Job(lambda job: Optimum.of(optimize(problem, model=model, callback=job.record)), SEARCHING, present)


def front_job(
    problem: Problem, over: str, values: Sequence[float], model: DragModel, present: Callable[[], bool] = _always
) -> Job:
    """A job whose result is the `Front` of `problem` over the limits `values`."""

    def work(job: Job) -> Front:
        return Front(problem, over, pareto_front(problem, over, values, model=model, callback=job.note))

    return Job(work, SWEEPING, present)


def flows_job(optimum: Optimum, grid: str, present: Callable[[], bool] = _always) -> Job:
    """A job whose result is `optimum` with the solver's flows of start and optimum, for one that lacks them."""

    def work(job: Job) -> Optimum:
        conditions = optimum.result.conditions
        initial = Answer.of(solve(optimum.start, conditions, grid=grid))
        return replace(optimum, initial=initial, verified=Answer.of(solve(optimum.result.body, conditions, grid=grid)))

    return Job(work, SOLVING, present)

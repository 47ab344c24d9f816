"""Background work as plain data for the page: a snapshot of a job, and the interfaces of jobs and refinements."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from fusiform.solvers.inverse import Iterate, ParetoPoint


class JobKind(Enum):
    """The kind of work of a job."""

    SEARCHING = "one optimisation"
    SWEEPING = "an optimisation for each value of a limit"
    SOLVING = "flows by the solver, which cannot be interrupted"


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment.

    `place` is its place among the jobs that wait, 0 once it runs; `seconds` its age since it began to run; `history`
    and `points` what it has recorded. At its end it has a `result` or an `error`, a sentence; neither if it was
    stopped before its turn.
    """

    kind: JobKind
    place: int = 0
    seconds: float = 0.0
    running: bool = True
    stopping: bool = False
    history: tuple[Iterate, ...] = ()
    points: tuple[ParetoPoint, ...] = ()
    result: Any = None
    error: str | None = None


class RunningJob(Protocol):
    """A job of the page, see `background.jobs`."""

    def snapshot(self) -> Snapshot:
        """The job as it is now."""
        ...

    def stop(self) -> None:
        """Request its end; the best result so far is kept."""
        ...


class RunningRefinement(Protocol):
    """The search for a better flow, see `background.refinement`."""

    @property
    def key(self) -> Hashable:
        """The question that it answers."""
        ...

    @property
    def over(self) -> bool:
        """True once it has ended."""
        ...

    def drop(self) -> None:
        """End it after the step under way; its answer is not needed."""
        ...

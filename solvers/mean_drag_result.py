"""The mean drag of a body that sheds vortices: outcome, progress and result."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum
from typing import Any

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.solution import known_or_none


class MeanDragOutcome(StrEnum):
    """The outcome of `mean_drag`.

    Attributes
    ----------
    PERIODIC
        The body sheds vortices, and the means have settled.
    STEADY
        The disturbance faded: the flow is steady, and so is its drag.
    UNSETTLED
        The time was over before the means settled.
    STOPPED
        The callback stopped the run.
    FAILED
        The steps in time broke down.

    Examples
    --------
    >>> from fusiform import MeanDragOutcome
    >>> [outcome.value for outcome in MeanDragOutcome]
    ['periodic', 'steady', 'unsettled', 'stopped', 'failed']
    """

    PERIODIC = "periodic"
    STEADY = "steady"
    UNSETTLED = "unsettled"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class MeanDragProgress:
    """How far a run of `mean_drag` is.

    Parameters
    ----------
    time : float
        In d/U.
    longest : float
        When the run will end at the latest, in d/U.
    periods : int
        Whole periods so far.
    drag_coefficient, lift_rms : float
        Mean drag and rms of the lift over the last periods; NaN while there are too few.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, mean_drag, solve
    >>> stop = lambda progress: progress.time > 3.0
    >>> mean_drag(solve(Body.circle(), FlowConditions(60.0), grid="coarse"), callback=stop).outcome.value
    'stopped'
    """

    time: float
    longest: float
    periods: int
    drag_coefficient: float
    lift_rms: float


@dataclass(frozen=True)
class MeanDrag:
    """The mean drag of an unsteady flow, as `mean_drag` returns it.

    Parameters
    ----------
    drag_coefficient, lift_coefficient : float
        Means over the last whole periods; NaN where there were too few; where the disturbance faded, those of the
        steady solution. Conventions as in `Solution`.
    lift_rms : float
        Root mean square of the lift coefficient about its mean; 0 for a steady flow.
    strouhal : float
        f d/U, f the frequency of the lift; NaN for a steady flow.
    periods : int
        Whole periods in `history`.
    drag_error : float
        Change of the mean drag from window to window, plus the difference of the steady drags on these elements and in
        `solution`; where the disturbance faded, how far the drag at the end is from the steady one. The step in time is
        not in it: half of it changes the mean of a circle at Re 100 by 0.02 %.
    history : ndarray
        (steps, 3): t in d/U, C_D, C_L.
    outcome : MeanDragOutcome
    status : str
        A sentence for the user.
    seconds : float
        Wall-clock time.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, mean_drag, solve
    >>> result = mean_drag(solve(Body.circle(), FlowConditions(60.0), grid="coarse"), longest=3.0)
    >>> result.outcome.value, result.periods, result.history.shape
    ('unsettled', 0, (60, 3))
    """

    drag_coefficient: float
    lift_coefficient: float
    lift_rms: float
    strouhal: float
    periods: int
    drag_error: float
    history: FloatArray = dataclass_field(repr=False)
    outcome: MeanDragOutcome
    status: str
    seconds: float

    def summary(self) -> dict[str, Any]:
        """The numbers ready for JSON, all keys beginning with `mean_`; the history as rows."""
        names = ("drag_coefficient", "lift_coefficient", "lift_rms", "strouhal", "drag_error")
        return {
            **{f"mean_{name}": known_or_none(getattr(self, name)) for name in names},
            "mean_periods": self.periods,
            "mean_outcome": self.outcome.value,
            "mean_status": self.status,
            "mean_seconds": self.seconds,
            "mean_history": self.history.tolist(),
        }

"""`mean_drag(solution)`: the drag of a body that sheds vortices, averaged over whole periods of its unsteady wake.

The flow is stepped in time from the steady one with an eddy behind the body (`flow/unsteady/`), until mean drag and
lift of `WINDOW` periods differ little from those of the periods before, or the eddy has faded.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import is_number, require, require_kind, shown
from fusiform.solvers.common.files import file_path
from fusiform.solvers.flow import (
    STEP,
    WAKE_ELEMENTS,
    PeriodMeans,
    Resolution,
    SheddingStart,
    count_periods,
    last_windows,
    read_run,
    shedding_start,
    write_run,
)
from fusiform.solvers.mean_drag_result import MeanDrag, MeanDragOutcome, MeanDragProgress
from fusiform.solvers.shedding import height_across
from fusiform.solvers.solution import Solution

WINDOW = 4  # periods of a mean
SETTLED_DRAG, SETTLED_LIFT = 1e-3, 5e-3  # relative changes from window to window: of the drag; of the lift's rms
FADED = 1e-3  # of the drag: a smaller rms of the lift, which falls, is none
FADING_TIME = 10.0  # H/U over which that is taken
BLOCK = 60  # steps between two looks at the history, a multiple of `time_stepping.REFRESH`
LONGEST = 600.0  # H/U
STEP_RANGE = (0.005, 0.1)  # H/U
THREE_DIMENSIONAL = 190.0  # Re on the height above which a circle's wake is three-dimensional in nature


MeanDragCallback = Callable[[MeanDragProgress], bool | None]


def mean_drag(
    solution: Solution,
    *,
    callback: MeanDragCallback | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
    longest: float = LONGEST,
    step: float = STEP,
    elements: Resolution = WAKE_ELEMENTS,
) -> MeanDrag:
    """The drag of the unsteady flow past a plane body, averaged over whole periods of vortex shedding.

    ∂ω/∂t + u·∇ω = ν ∇²ω is stepped with third-order backward differences, about a hundred steps a period, on elements
    for the wake; far out a sponge damps the vortices and keeps the mean wake. Half a minute of one core is usual.

    What it cannot do: the flow is two-dimensional, and above Re 190 or so a circle's wake is not in nature; just above
    the onset of shedding the periods grow slowly, and the time may be over before they settle; a wake that never
    repeats has no settled means; bodies of revolution, whose wakes are not axisymmetric, are refused.

    Parameters
    ----------
    solution : Solution
        The steady flow, which need not be stable.
    callback : callable, optional
        Called with a `MeanDragProgress` about twice a period; returning True stops the run.
    checkpoint : path, optional
        File that holds the run after each of these calls.
    resume : path, optional
        Checkpoint of the same flow, from which the run continues.
    longest : float
        Longest time, in H/U, 1 to 100000, H the height across the stream.
    step : float
        Step in time, in H/U, 0.005 to 0.1: half of it, and finer `elements`, show how accurate the means are.
    elements : Resolution
        Elements of the whole plane.

    Returns
    -------
    MeanDrag

    Raises
    ------
    InputError
        For a body of revolution, a solution that did not converge, wrong numbers, and a foreign checkpoint.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, mean_drag, solve
    >>> steady = mean_drag(solve(Body.ellipse(3.0), FlowConditions(5.0), grid="coarse"))
    >>> steady.outcome.value, steady.lift_rms
    ('steady', 0.0)
    """
    _check(solution, longest, step, elements)
    file, stopped = (None if path is None else file_path(path) for path in (checkpoint, resume))
    begun = time.perf_counter()
    with torch.inference_mode():
        run = _Run(solution, shedding_start(solution.flow, elements, step), longest)
        if stopped is not None:
            run.resume(stopped)
        outcome = run.march(callback, file)
        return replace(run.result(outcome), seconds=time.perf_counter() - begun)


def _check(solution: Solution, longest: float, step: float, elements: Resolution) -> None:
    require_kind(solution, Solution, "make one with solve(body, conditions)")
    require_kind(elements, Resolution, "give for example fusiform.solvers.flow.Resolution(8, 12, 8, 8)")
    require(
        not solution.body.revolution,
        "expected the flow past a plane body for a mean drag, got a body of revolution, whose unsteady wake is not "
        "axisymmetric; ask for the steady drag",
    )
    require(solution.converged, "expected a converged solution for a mean drag, got one that is not; see its status")
    require(
        is_number(longest) and 1.0 <= longest <= 1e5,
        f"expected a longest time between 1 and 100000, got {shown(longest)}; choose for example {LONGEST:g}",
    )
    low, high = STEP_RANGE
    require(
        is_number(step) and low <= step <= high,
        f"expected a step in time between {low:g} and {high:g}, got {shown(step)}; choose for example {STEP:g}",
    )


class _Run:
    """A run in time, with its history."""

    def __init__(self, solution: Solution, start: SheddingStart, longest: float) -> None:
        self.solution, self.start, self.moment = solution, start, start.moment
        self.stepping = start.stepping
        self.history: FloatArray = np.zeros((0, 3))
        self.height = height_across(solution.body, solution.conditions.alpha_deg)
        self.longest = longest * self.height

    def resume(self, path: Path) -> None:
        self.moment, self.history = read_run(path, self.stepping, self.moment)

    @property
    def windows(self) -> tuple[PeriodMeans, PeriodMeans] | None:
        """The means of the last `WINDOW` periods and of those before."""
        return last_windows(self.history, WINDOW)

    def march(self, callback: MeanDragCallback | None, checkpoint: Path | None) -> MeanDragOutcome:
        """Step until there is an outcome."""
        moments = self.stepping.march(self.moment)
        while True:
            outcome = self._outcome()
            if outcome is not None:
                return outcome
            rows = []
            for _ in range(BLOCK):
                self.moment, force = next(moments)
                rows.append((self.moment.steps * self.stepping.step, force.real, force.imag))
            self.history = np.concatenate([self.history, rows])
            if checkpoint is not None and bool(np.isfinite(rows).all()):
                write_run(checkpoint, self.stepping, self.moment, self.history)
            if callback is not None and callback(self._progress()):
                return MeanDragOutcome.STOPPED

    def _outcome(self) -> MeanDragOutcome | None:
        if not bool(np.isfinite(self.history).all()):
            return MeanDragOutcome.FAILED
        windows = self.windows
        if windows is not None:
            now, before = windows
            drag, lift = abs(now.drag - before.drag), abs(now.lift_rms - before.lift_rms)
            swings = now.lift_rms > FADED * now.drag
            if swings and drag < SETTLED_DRAG * now.drag and lift < SETTLED_LIFT * now.lift_rms:
                return MeanDragOutcome.PERIODIC
        if self._faded():
            return MeanDragOutcome.STEADY
        return MeanDragOutcome.UNSETTLED if self._time >= self.longest else None

    def _faded(self) -> bool:
        """True if the lift hardly changed over the last `FADING_TIME`, less than over the one before."""
        count = round(FADING_TIME * self.height / self.stepping.step)
        if len(self.history) < 2 * count:
            return False
        now, before = self.history[-count:], self.history[-2 * count : -count]
        swing = now[:, 2].std()
        return bool(swing < min(FADED * abs(now[:, 1].mean()), before[:, 2].std()))

    @property
    def _time(self) -> float:
        return self.moment.steps * self.stepping.step

    def _progress(self) -> MeanDragProgress:
        means = self.windows
        drag, lift = (math.nan, math.nan) if means is None else (means[0].drag, means[0].lift_rms)
        return MeanDragProgress(self._time, self.longest, count_periods(self.history), drag, lift)

    def result(self, outcome: MeanDragOutcome) -> MeanDrag:
        """The means so far, with the `outcome`; seconds are not known here."""
        windows, steady = self.windows, outcome is MeanDragOutcome.STEADY
        drag = lift = rms = frequency = error = math.nan
        of_elements = 0.0
        if self.start.steady is not None:
            of_elements = abs(self.start.steady.real - self.solution.drag_coefficient)
        if steady:
            last = self.history[-round(FADING_TIME * self.height / self.stepping.step) :, 1]
            drag, lift, rms = self.solution.drag_coefficient, self.solution.lift_coefficient, 0.0
            error = abs(last.mean() - drag) + last.std()
        elif windows is not None and outcome is not MeanDragOutcome.FAILED:
            now, before = windows
            drag, lift, rms, frequency = now.drag, now.lift, now.lift_rms, now.frequency
            error = abs(now.drag - before.drag) + of_elements
        return MeanDrag(
            drag_coefficient=float(drag),
            lift_coefficient=float(lift),
            lift_rms=float(rms),
            strouhal=float(frequency),
            periods=0 if steady else count_periods(self.history),
            drag_error=float(error),
            history=self.history,
            outcome=outcome,
            status=self._status(outcome),
            seconds=math.nan,
        )

    def _status(self, outcome: MeanDragOutcome) -> str:
        at = f"t = {self._time:.0f} d/U"
        words = {
            MeanDragOutcome.PERIODIC: f"Sheds vortices periodically; means of the last {WINDOW} periods, at {at}.",
            MeanDragOutcome.STEADY: f"Sheds no vortices: the disturbance had faded at {at}, the drag is steady.",
            MeanDragOutcome.UNSETTLED: f"The mean values had not settled at {at}, when the time was over: the flow is "
            "close to the onset of shedding, or does not repeat itself; allow more time.",
            MeanDragOutcome.STOPPED: f"Stopped at {at}, before the mean values had settled.",
            MeanDragOutcome.FAILED: "The steps in time broke down; try a lower Reynolds number, or smaller steps.",
        }
        reynolds = self.solution.conditions.reynolds * self.height
        if reynolds <= THREE_DIMENSIONAL or outcome is not MeanDragOutcome.PERIODIC:
            return words[outcome]
        return (
            f"{words[outcome]} In nature the wake may be three-dimensional: Re on the height is {reynolds:.0f}, above "
            f"{THREE_DIMENSIONAL:g}, where a circle's is, and the drag lower than this."
        )

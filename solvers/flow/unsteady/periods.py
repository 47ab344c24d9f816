"""Means over whole periods of a history of forces, rows (t, C_D, C_L) at equal steps.

A period is from one upward passage of the lift through its mean to the next one; between the steps the lift is taken
as linear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusiform.solvers.common.arrays import FloatArray

SAMPLES = 200  # of a period


@dataclass(frozen=True)
class PeriodMeans:
    """Of some whole periods: mean `drag` and `lift`, `lift_rms` the root mean square of the lift about its mean, the
    `frequency` in U/d."""

    drag: float
    lift: float
    lift_rms: float
    frequency: float


def upward_passages(history: FloatArray) -> FloatArray:
    """The times (n,) of the upward passages of the lift through its mean of the second half of `history` (m, 3)."""
    if len(history) < 2:
        return np.zeros(0)
    t, lift = history[:, 0], history[:, 2] - history[len(history) // 2 :, 2].mean()
    before = np.flatnonzero((lift[:-1] < 0.0) & (lift[1:] >= 0.0))
    rise = lift[before + 1] - lift[before]
    return np.asarray(t[before] - lift[before] * (t[before + 1] - t[before]) / rise)


def count_periods(history: FloatArray) -> int:
    """The number of whole periods in `history` (m, 3)."""
    return max(len(upward_passages(history)) - 1, 0)


def means_over(history: FloatArray, begin: float, end: float, periods: int) -> PeriodMeans:
    """The means from `begin` to `end`, which are `periods` apart.

    Examples
    --------
    >>> import numpy as np
    >>> from fusiform.solvers.flow.unsteady.periods import means_over
    >>> t = np.linspace(0.0, 20.0, 4001)
    >>> history = np.stack([t, 1.3 + 0.1 * np.cos(2.0 * t), 0.5 * np.sin(t)], axis=1)
    >>> means = means_over(history, 2.0 * np.pi, 6.0 * np.pi, 2)
    >>> round(means.drag, 4), round(means.lift_rms, 4), round(means.frequency * 2.0 * np.pi, 4)
    (1.3, 0.3536, 1.0)
    """
    at = np.linspace(begin, end, SAMPLES * periods, endpoint=False)
    drag, lift = (np.interp(at, history[:, 0], history[:, column]) for column in (1, 2))
    return PeriodMeans(float(drag.mean()), float(lift.mean()), float(lift.std()), periods / (end - begin))


def last_windows(history: FloatArray, periods: int) -> tuple[PeriodMeans, PeriodMeans] | None:
    """The means of the last `periods` whole periods and of as many before them; None if there are fewer."""
    passages = upward_passages(history)
    if len(passages) < 2 * periods + 1:
        return None
    first, middle, last = (float(passages[-1 - k * periods]) for k in (2, 1, 0))
    return means_over(history, middle, last, periods), means_over(history, first, middle, periods)

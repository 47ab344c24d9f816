"""Schedules of the step size: a factor for each share of the run that is done, 0 … 1."""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant(done: float) -> float:
    """The factor 1, at any share of the run that is done.

    Parameters
    ----------
    done : float
        Share of the run that is done, 0 to 1.

    Returns
    -------
    float

    Examples
    --------
    >>> from fusiform.surrogates.training import constant
    >>> constant(0.3)
    1.0
    """
    return 1.0


def one_cycle(warm_up: float = 0.05) -> Schedule:
    """Linear from near 0 to 1 over the share `warm_up` of the run, then half a cosine to 0.

    Parameters
    ----------
    warm_up : float, optional
        Share of the run in which the factor rises, above 0 and below 1.

    Returns
    -------
    Schedule
        The factor as a function of the share of the run that is done.

    Examples
    --------
    >>> from fusiform.surrogates.training import one_cycle
    >>> factor = one_cycle(warm_up=0.1)
    >>> [round(factor(done), 2) for done in (0.0, 0.1, 0.55, 1.0)]
    [0.01, 1.0, 0.5, 0.0]
    """

    def factor(done: float) -> float:
        if done < warm_up:
            return (done + 1e-3) / (warm_up + 1e-3)
        return 0.5 * (1.0 + math.cos(math.pi * min(1.0, (done - warm_up) / (1.0 - warm_up))))

    return factor

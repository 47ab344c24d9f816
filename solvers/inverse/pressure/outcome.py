"""The outcomes of a search for a wall pressure."""

from __future__ import annotations

from enum import StrEnum


class PressureOutcome(StrEnum):
    """The outcome of a search for a wall pressure, independent of whether the target was attained.

    Examples
    --------
    >>> from fusiform.solvers.inverse import PressureOutcome
    >>> PressureOutcome("converged") is PressureOutcome.CONVERGED
    True
    """

    CONVERGED = "converged"
    """No near body lowers the misfit further."""
    STUCK = "stuck"
    """Steps no longer lower the misfit."""
    ITERATION_LIMIT = "iteration_limit"
    """The search ended before convergence."""
    STOPPED = "stopped"
    """The callback stopped the run."""

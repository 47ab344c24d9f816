"""The outcomes of an optimisation as values; code compares these, and users read the sentences beside them."""

from __future__ import annotations

from enum import StrEnum


class OptimizationOutcome(StrEnum):
    """The outcome of an optimisation; project files hold its value.

    The first two are successes. After a stop the best body so far is returned, feasible or not.

    Examples
    --------
    >>> from fusiform.solvers.inverse import OptimizationOutcome
    >>> OptimizationOutcome("certified") is OptimizationOutcome.CERTIFIED
    True
    >>> [outcome.value for outcome in OptimizationOutcome if outcome.is_success]
    ['certified', 'converged']
    """

    CERTIFIED = "certified"
    """The optimality conditions hold with the solver's own gradient."""
    CONVERGED = "converged"
    """The optimality conditions hold with the model's gradient, and no certificate was requested."""
    CONTRADICTION = "contradiction"
    """The constraints exclude each other, by their numbers alone."""
    INFEASIBLE = "infeasible"
    """No body was found that satisfies all constraints."""
    STOPPED = "stopped"
    """The callback stopped the run."""
    TIMED_OUT = "timed_out"
    """The timeout stopped the run."""
    NOT_CONVERGED = "not_converged"
    """The search ended before convergence, for example at the iteration limit."""
    NOT_OPTIMAL = "not_optimal"
    """The search converged where the optimality conditions do not hold."""
    NOT_CERTIFIED = "not_certified"
    """A certificate was requested, and the solver's optimality conditions do not hold to the tolerance."""

    @property
    def is_success(self) -> bool:
        return self in (OptimizationOutcome.CERTIFIED, OptimizationOutcome.CONVERGED)

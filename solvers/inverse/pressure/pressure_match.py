"""The result of an inverse design by pressure, and its iterates."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.frozen import frozen_tensor, read_only
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.pressure.outcome import PressureOutcome
from fusiform.solvers.solution import Solution


@dataclass(frozen=True)
class PressureIterate:
    """An accepted body, as callbacks receive it.

    Attributes
    ----------
    search, iteration : int
        Number of the search, and of the iteration in it, both from 1.
    misfit : float
        Root mean square of the difference of C_p, over the range of the target.
    change : float
        |x − x_0| from the start, in scaled variables.
    coefficients : Tensor, shape (modes,), complex128
        Map coefficients of the body.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions, solve
    >>> from fusiform.solvers.inverse import match_pressure, pressure_distribution
    >>> conditions = FlowConditions(10.0)
    >>> target = pressure_distribution(solve(Body.ellipse(1.2), conditions, grid="coarse"), 20)
    >>> match = match_pressure(Body.circle(modes=2), conditions, target, modes=2, grid="coarse")
    >>> last = match.history[-1]
    >>> last.search, last.misfit < 0.001
    (1, True)
    """

    search: int
    iteration: int
    misfit: float
    change: float
    coefficients: Tensor = frozen_tensor(torch.complex128)  # noqa: RUF009, a descriptor without state


@dataclass(frozen=True)
class PressureMatch:
    """The result of `match_pressure`.

    Attributes
    ----------
    body : Body
        The nearest body.
    conditions : FlowConditions
        Reynolds number and incidence.
    target : ndarray, shape (n, 2), read-only
        Arc fraction s and C_p as given.
    pressure_coefficient : ndarray, shape (n,), read-only
        C_p of the body at the same arc fractions, from `solution`.
    misfit, largest_misfit : float
        Root mean square and largest difference of the two, over the range of the target.
    attained : bool
        True if `misfit` is at most 1 %.
    converged : bool
        True if no nearby body lowers the misfit further.
    outcome : PressureOutcome
        How the best search ended.
    status : str
        Both as a sentence.
    iterations, solves : int
        Accepted bodies and flows of all searches.
    seconds : float
        Wall clock.
    history : tuple of PressureIterate
        The accepted bodies.
    solution : Solution
        The solver's own check of the body.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions, solve
    >>> from fusiform.solvers.inverse import match_pressure, pressure_distribution
    >>> conditions = FlowConditions(10.0)
    >>> target = pressure_distribution(solve(Body.ellipse(1.2), conditions, grid="coarse"), 20)
    >>> match = match_pressure(Body.circle(modes=2), conditions, target, modes=2, grid="coarse")
    >>> match.attained, match.outcome.value, match.pressure_coefficient.shape
    (True, 'converged', (20,))
    """

    body: Body
    conditions: FlowConditions
    target: FloatArray
    pressure_coefficient: FloatArray
    misfit: float
    largest_misfit: float
    attained: bool
    converged: bool
    outcome: PressureOutcome
    status: str
    iterations: int
    solves: int
    seconds: float
    history: tuple[PressureIterate, ...]
    solution: Solution

    def __post_init__(self) -> None:
        for name in ("target", "pressure_coefficient"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

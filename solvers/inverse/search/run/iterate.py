"""One evaluation of a run, as callbacks receive it and results keep it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from fusiform.solvers.common.frozen import frozen_tensor
from fusiform.solvers.inverse.problem.objectives import Drag
from fusiform.solvers.inverse.problem.quantities import Gain


class Phase(StrEnum):
    """The phase of a run that an evaluation belongs to; project files hold the values.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Phase
    >>> [phase.value for phase in Phase]
    ['searching', 'certifying']
    """

    SEARCHING = "searching"
    """Local searches with the model."""
    CERTIFYING = "certifying"
    """Steps of the solver from the model's optimum."""


UNKNOWN = Gain(Drag.quantity, math.nan, math.nan)


@dataclass(frozen=True)
class Iterate:
    """One evaluation of a run, as callbacks receive it.

    Attributes
    ----------
    evaluation : int
        Number of the evaluation, from 1.
    drag_coefficient : float
        C_D, weighted over the design points.
    best_drag_coefficient : float
        That of the best feasible body so far in this phase.
    coefficients : Tensor, shape (modes,), complex128
        Map coefficients of the body.
    phase : Phase
        Searching with the model, or certifying with the solver.
    value : float
        The problem's objective.
    gain : Gain
        The objective's quantity at the start, the first body that satisfies all constraints, and at the best one so
        far, both by the model; NaN before there is one. It ends as `OptimizationResult.predicted_gain`.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import minimize_drag
    >>> from fusiform.surrogates import load_surrogate
    >>> def watch(iterate):
    ...     print(iterate.evaluation, iterate.phase, round(iterate.drag_coefficient, 1))
    ...     return iterate.evaluation == 2  # stop
    >>> result = minimize_drag(
    ...     Body.circle(), FlowConditions(10.0), model=load_surrogate(), verify=None, callback=watch
    ... )
    1 searching 2.8
    2 searching 2.5
    """

    evaluation: int
    drag_coefficient: float
    best_drag_coefficient: float
    coefficients: Tensor = frozen_tensor(torch.complex128)  # noqa: RUF009, a descriptor without state
    phase: Phase = Phase.SEARCHING
    value: float = math.nan
    gain: Gain = UNKNOWN


Callback = Callable[[Iterate], bool | None]

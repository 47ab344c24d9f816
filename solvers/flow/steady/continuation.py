"""Continuation: a flow that Newton's method does not reach from afar, along a path of neighbouring problems.

The elements follow the problem, with the first layer at the wall ~ Re^(−1/2), so that a boundary layer stays nearly
the same function of the nodes: nodal values are carried along, and extrapolated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem, discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.newton import CAREFUL, NewtonResult, is_solution, newton

Path = Callable[[float], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class ContinuationSettings:
    """Constants of the steps along a path from 0 to 1.

    The `first` step; a step that converges is followed by one `growth` times as long, one that does not by `shrink`;
    the path is given up below `smallest`, and after `most` solves. `tolerance`: relative update at which a flow on the
    way counts as solved. `slowest`: where the path in the Reynolds number begins, a factor.
    """

    first: float = 0.2
    growth: float = 1.6
    shrink: float = 0.4
    smallest: float = 0.01
    most: int = 40
    tolerance: float = 1e-2
    slowest: float = 0.05


CONTINUATION = ContinuationSettings()


def reynolds_path(coefficients: Tensor, reynolds: Tensor) -> Path:
    """From a small part of the Reynolds number, in equal steps of its logarithm."""
    return lambda fraction: (coefficients, reynolds * CONTINUATION.slowest ** (1.0 - fraction))


def shape_path(coefficients: Tensor, reynolds: Tensor) -> Path:
    """From the circle, at the given Reynolds number."""
    return lambda fraction: (coefficients * fraction, reynolds)


PATHS = (reynolds_path, shape_path)


def follow(
    path: Path, resolution: Resolution, domain: Domain, tolerance: float
) -> tuple[Problem, NewtonResult, Tensor]:
    """Solve along a path of problems of one body, extrapolating, with the largest steps that still converge.

    A flow of no positive drag is a step that failed: from there the path would lead to another such one.

    Returns the last problem, its result, whose update is infinite unless the path's end was reached, and the number of
    factorisations before it, (1,).
    """
    settings = CONTINUATION
    fraction, step = 0.0, settings.first
    problem = discretise(*path(0.0), resolution, domain)
    result = newton(problem, cold_start(problem), settings.tolerance, CAREFUL)
    spent = result.factorisations
    before: tuple[float, State] | None = None
    for _ in range(settings.most):
        if not bool(is_solution(result, settings.tolerance)) or fraction == 1.0 or step < settings.smallest:
            break
        here, trial = result.state, min(1.0, fraction + step)
        ahead = here
        if before is not None:
            ratio = torch.full_like(spent, (trial - fraction) / (fraction - before[0]))
            ahead = here + (here - before[1]).scaled(ratio)
        next_problem = discretise(*path(trial), resolution, domain)
        new = newton(next_problem, ahead, tolerance if trial == 1.0 else settings.tolerance, CAREFUL)
        spent = spent + new.factorisations
        if bool(is_solution(new, settings.tolerance)):
            before, fraction, problem, result = (fraction, here), trial, next_problem, new
            step *= settings.growth
        else:
            step *= settings.shrink
    spent = spent - result.factorisations
    if fraction < 1.0:
        result = replace(result, update=torch.full_like(spent, torch.inf))
    return problem, result, spent

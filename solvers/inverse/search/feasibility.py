"""A feasible start: the nearest body that satisfies all constraints on the shape.

It is searched from the start and from ellipses; where none is found, the body that violates least is given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry import Body, is_valid
from fusiform.solvers.inverse.search.variables import Variables


@dataclass(frozen=True)
class FeasibilitySearch:
    """The search for a feasible body."""

    finenesses: tuple[float, ...] = (1.0, 2.0, 0.5, 4.0, 8.0, 0.25)
    """Length over height of the ellipses from which the search starts again."""
    iterations: int = 60
    """Iterations of SLSQP for a projection, at most; twice as many for the least violation."""
    touching: float = 1e-7
    """Largest violation of a feasible body, in the dimensionless units of the residuals."""


FEASIBILITY_SEARCH = FeasibilitySearch()


@dataclass(frozen=True)
class NearestBody:
    """Variables `x` (n,) of the nearest feasible body; or of the one that violates least, and a sentence `problem`."""

    x: FloatArray
    problem: str | None


def nearest_feasible(
    variables: Variables, start: FloatArray, *, settings: FeasibilitySearch = FEASIBILITY_SEARCH
) -> NearestBody:
    """The feasible body nearest to `start` (n,), or the least violating one."""
    best, violation = start, _violation(variables, start)
    for guess in (start, *_ellipses(variables, start, settings)):
        projected = _projection(variables, guess, settings)
        off = _violation(variables, projected)
        if off < violation:
            best, violation = projected, off
        if violation <= settings.touching:
            return NearestBody(best, None)
    eased = _least_violation(variables, best, settings)
    best = eased if _violation(variables, eased) < violation else best
    feasible = _violation(variables, best) <= settings.touching
    return NearestBody(best, None if feasible else _sentence(variables, best))


def _violation(variables: Variables, x: FloatArray) -> float:
    """Largest constraint violation (≥ 0); inf if the map is not univalent."""
    if not bool(is_valid(variables.coefficients(torch.from_numpy(x)[None]))[0]):
        return math.inf
    return max(0.0, -float(variables.values(x).min()))


def _ellipses(variables: Variables, start: FloatArray, settings: FeasibilitySearch) -> list[FloatArray]:
    """Ellipses standing on the payload, or where the start stands."""
    centres = [z for c in variables.constraints for z in c.centres()]
    shift = variables.shape(torch.from_numpy(start)[None]).shift[0]
    middle = complex(shift)
    if centres:
        x, y = [z.real for z in centres], [z.imag for z in centres]
        middle = complex(0.5 * (min(x) + max(x)), 0.5 * (min(y) + max(y)))
    bodies = [Body.ellipse(f, modes=variables.modes).coefficients for f in settings.finenesses]
    return [variables.pack(a, middle) for a in bodies]


def _projection(variables: Variables, start: FloatArray, settings: FeasibilitySearch) -> FloatArray:
    """The nearest point with all residuals ≥ 0 that SLSQP finds."""
    end = minimize(
        lambda x: (0.5 * float(((x - start) ** 2).sum()), x - start),
        start,
        jac=True,
        method="SLSQP",
        constraints={"type": "ineq", "fun": variables.values, "jac": variables.jacobian},
        options={"maxiter": settings.iterations, "ftol": 1e-10},
    )
    x: FloatArray = end.x
    return x if np.isfinite(x).all() else start


def _least_violation(variables: Variables, start: FloatArray, settings: FeasibilitySearch) -> FloatArray:
    """min t ≥ 0 with all residuals ≥ −t."""
    size = len(start)
    unit = np.zeros(size + 1)
    unit[-1] = 1.0

    def jacobian(x: FloatArray) -> FloatArray:
        slopes = variables.jacobian(x[:-1])
        wide: FloatArray = np.concatenate([slopes, np.ones((len(slopes), 1))], axis=1)
        return wide

    violation = max(0.0, -float(variables.values(start).min()))
    end = minimize(
        lambda x: (x[-1], unit),
        np.append(start, violation),
        jac=True,
        method="SLSQP",
        bounds=[(None, None)] * size + [(0.0, None)],
        constraints={"type": "ineq", "fun": lambda x: variables.values(x[:-1]) + x[-1], "jac": jacobian},
        options={"maxiter": 2 * settings.iterations, "ftol": 1e-9},
    )
    x: FloatArray = end.x[:-1]
    return x if np.isfinite(x).all() else start


def _sentence(variables: Variables, x: FloatArray) -> str:
    """The constraints that the best body found violates, in words."""
    slacks = variables.slacks(x)
    violated = [
        f"{c.describe()} (short by {-slack:.3g})" if not hasattr(c, "name") else c.describe()
        for c, slack in zip(variables.constraints, slacks, strict=True)
        if slack < 0.0
    ]
    violated = violated or ["edges that the grid resolves"]
    others = [c.describe() for c, slack in zip(variables.constraints, slacks, strict=True) if slack >= 0.0]
    beside = f"; satisfied: {', '.join(others)}" if others else ""
    return (
        f"no body of {variables.modes} modes and this {variables.held.words} was found that satisfies every "
        f"constraint; violated: {', '.join(violated)}{beside}; this is the nearest one"
    )

"""Whether constraints on the shape agree, before anything is iterated: certain contradictions in words, then a search.

A contradiction that follows from the numbers alone is stated as such. Otherwise the nearest body that satisfies all
constraints is looked for, from the start and from ellipses; where none is found, the one that lacks least is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize

from fusiform.solvers.geometry import Body, is_valid
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint
from fusiform.solvers.inverse.problem.constraints.containment import Payload
from fusiform.solvers.inverse.search.variables import Array, Variables

FINENESSES = (1.0, 2.0, 0.5, 4.0, 8.0, 0.25)
ITERATIONS = 60
TOUCHING = 1e-7


@dataclass(frozen=True)
class Feasibility:
    """Variables `x` (n,) of the nearest feasible body, or of what lacks least, and then the `problem`, a sentence."""

    x: Array
    problem: str | None


def contradiction(body: Body, constraints: Sequence[Constraint]) -> str | None:
    """A sentence if the constraints cannot hold together for any body, by their numbers alone, or None."""
    for constraint in constraints:
        found = constraint.contradiction(body, [other for other in constraints if other is not constraint])
        if found is not None:
            return found
    return None


def nearest_feasible(variables: Variables, start: Array, *, thorough: bool = True) -> Feasibility:
    """The feasible body nearest to `start` (n,), or what lacks least; from `start` alone if not `thorough`."""
    best, lack = start, _lack(variables, start)
    for guess in (start, *(_ellipses(variables, start) if thorough else ())):
        found = _project(variables, guess)
        off = _lack(variables, found)
        if off < lack:
            best, lack = found, off
        if lack <= TOUCHING:
            return Feasibility(best, None)
    eased = _least_lack(variables, best)
    best = eased if _lack(variables, eased) < lack else best
    return Feasibility(best, _sentence(variables, best))


def _lack(variables: Variables, x: Array) -> float:
    """How much the worst residual lacks; infinite for what is no body."""
    if not bool(is_valid(variables.coefficients(torch.from_numpy(x)[None]))[0]):
        return math.inf
    return max(0.0, -float(variables.values(x).min()))


def _ellipses(variables: Variables, start: Array) -> list[Array]:
    """Ellipses standing on the payload, or where the start stands."""
    centres = [z for c in variables.constraints if isinstance(c, Payload) for z in c.region.hull()[0]]
    shift = variables.shape(torch.from_numpy(start)[None]).shift[0]
    middle = complex(shift)
    if centres:
        x, y = [z.real for z in centres], [z.imag for z in centres]
        middle = complex(0.5 * (min(x) + max(x)), 0.5 * (min(y) + max(y)))
    bodies = [Body.ellipse(f, modes=variables.modes).coefficients for f in FINENESSES]
    return [variables.pack(a, middle) for a in bodies]


def _project(variables: Variables, start: Array) -> Array:
    """The nearest point with all residuals ≥ 0 that SLSQP finds."""
    found = minimize(
        lambda x: (0.5 * float(((x - start) ** 2).sum()), x - start),
        start,
        jac=True,
        method="SLSQP",
        constraints={"type": "ineq", "fun": variables.values, "jac": variables.jacobian},
        options={"maxiter": ITERATIONS, "ftol": 1e-10},
    )
    x: Array = found.x
    return x if np.isfinite(x).all() else start


def _least_lack(variables: Variables, start: Array) -> Array:
    """min t ≥ 0 with all residuals ≥ −t."""
    size = len(start)
    unit = np.zeros(size + 1)
    unit[-1] = 1.0

    def jacobian(x: Array) -> Array:
        slopes = variables.jacobian(x[:-1])
        wide: Array = np.concatenate([slopes, np.ones((len(slopes), 1))], axis=1)
        return wide

    lack = max(0.0, -float(variables.values(start).min()))
    found = minimize(
        lambda x: (x[-1], unit),
        np.append(start, lack),
        jac=True,
        method="SLSQP",
        bounds=[(None, None)] * size + [(0.0, None)],
        constraints={"type": "ineq", "fun": lambda x: variables.values(x[:-1]) + x[-1], "jac": jacobian},
        options={"maxiter": 2 * ITERATIONS, "ftol": 1e-9},
    )
    x: Array = found.x[:-1]
    return x if np.isfinite(x).all() else start


def _sentence(variables: Variables, x: Array) -> str | None:
    """What the best body found still lacks, or None."""
    worst = _lack(variables, x)
    if worst <= TOUCHING:
        return None
    slacks = variables.slacks(x)
    missed = [
        f"{c.describe()} (short by {-slack:.3g})" if not hasattr(c, "name") else c.describe()
        for c, slack in zip(variables.constraints, slacks, strict=True)
        if slack < 0.0
    ]
    missed = missed or ["edges that the grid resolves"]
    others = [c.describe() for c, slack in zip(variables.constraints, slacks, strict=True) if slack >= 0.0]
    beside = f" beside {', '.join(others)}" if others else ""
    return (
        f"no body of {variables.modes} modes and this area was found with {' and '.join(missed)}{beside}; "
        "this is the nearest one"
    )

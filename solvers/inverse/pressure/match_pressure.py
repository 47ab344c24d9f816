"""Inverse design by pressure: the body nearest to a given one whose wall pressure is a wanted one.

    minimise over x     1/n Σ_j [(C_p(s_j; x) − C_j)/ΔC]²  +  λ² |x − x_0|²,        x = √k (Re a_k, Im a_k)

where C_j is the target at the arc fractions s_j, ΔC its range and x_0 the start; λ is so small that it costs a target
that can be attained at most λ |x − x_0| < 0.1 % of its range, and chooses the nearest of several bodies. The method is
Levenberg's and Marquardt's (K. Madsen, H. B. Nielsen & O. Tingleff, Methods for Non-linear Least Squares Problems,
2004, §3.2) on one grid, with the exact Jacobian of the solver (`flow/tangent.py`); the damping grows like k², so that
coarse features of the outline come first, steps keep to bodies whose edges the grid resolves (`variables.py`), and each
flow starts from the one that the tangents predict.

The problem has local minima, most of them made by narrow peaks of C_p that lie beside each other. A search that misses
the target by more than 0.1 % therefore goes on with the difference blurred along the wall, by a Gaussian of width
0.03 in s, and then as it is; after that others start blurred from the ellipses whose pressure is nearest to the target.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.flow import ACCURACIES
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.pressure.least_squares import ENOUGH, FIRST_SEARCH, OTHER_SEARCHES, Point, PressureSearch
from fusiform.solvers.inverse.pressure.wall_pressure import wall_pressure_of
from fusiform.solvers.inverse.search.feasibility import nearest_feasible
from fusiform.solvers.inverse.search.variables import Array, Variables
from fusiform.solvers.solution import Solution
from fusiform.solvers.solver import solve

ATTAINED = 0.01
EQUAL_SIDES = 1e-3
REASONS = {
    "converged": "",
    "stuck": " The search made no more progress.",
    "long": " The search ended before convergence: allow more iterations.",
    "stopped": " The search was stopped on request; this is the best body so far.",
}


@dataclass(frozen=True)
class PressureIterate:
    """An accepted body: the number of its `search` and its `iteration`, both from 1, the rms `misfit` over the target's
    range, the `change` |x − x_0| from the start in scaled variables, and the coefficients (K,)."""

    search: int
    iteration: int
    misfit: float
    change: float
    coefficients: Tensor


Callback = Callable[[PressureIterate], bool | None]


@dataclass(frozen=True)
class PressureMatch:
    """What `match_pressure` found.

    `body`: the nearest body. `target` (n, 2) as given; `pressure_coefficient` (n,): the body's at the same arc
    fractions, from `solution`, the solver's own check. `misfit`, `largest_misfit`: rms and largest difference of the
    two over the range of the target; `attained`: the rms is at most 1 %; `converged`: among the bodies that are near,
    none lowers the misfit further; `status` is a sentence. `iterations` and `solves` of the flow of all searches;
    `history`: the accepted bodies; `seconds` of wall clock.
    """

    body: Body
    conditions: FlowConditions
    target: Array
    pressure_coefficient: Array
    misfit: float
    largest_misfit: float
    attained: bool
    converged: bool
    status: str
    iterations: int
    solves: int
    seconds: float
    history: tuple[PressureIterate, ...]
    solution: Solution


def _has_equal_sides(target: Array) -> bool:
    """Whether C(1 − s) = C(s)."""
    arc, wanted = target.T
    mirrored = np.interp(1.0 - arc, arc, wanted, period=1.0)
    return float(np.abs(mirrored - wanted).max()) <= EQUAL_SIDES * float(np.ptp(wanted))


def _checked(target: ArrayLike, modes: int) -> Array:
    """The target as an array (n, 2)."""
    try:
        table = np.array(target, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("expected a target table of numbers, got something else; give rows of s and C_p") from error
    require(
        table.ndim == 2 and table.shape[1] == 2 and len(table) >= 2 * modes,
        f"expected a target of at least {2 * modes} rows of s and C_p for {modes} modes, got shape {table.shape}; "
        "give more points or ask for fewer modes",
    )
    require(bool(np.isfinite(table).all()), "expected a target of finite numbers, got nan or inf; leave those rows out")
    low, high = table[:, 0].min(), table[:, 0].max()
    require(
        low >= 0.0 and high < 1.0,
        f"expected arc fractions s from 0 to below 1, got {low:g} to {high:g}; divide the arc length by the perimeter",
    )
    spread = float(np.ptp(table[:, 1]))
    require(spread > 0.0, f"expected a C_p that varies along the wall, got {table[0, 1]:g} everywhere; correct it")
    return table


def match_pressure(
    start: Body,
    conditions: FlowConditions,
    target: ArrayLike,
    *,
    modes: int = 10,
    grid: str = "standard",
    starts: int = 5,
    max_iterations: int = 40,
    tolerance: float = 1e-4,
    callback: Callback | None = None,
) -> PressureMatch:
    """The body nearest to `start` whose C_p along the wall is `target` under `conditions`: inverse design.

    `target` (n, 2): rows of arc fraction s and C_p, as defined above, in any order, each of the same weight; at least
    two for each of the `modes` coefficients of the body that is looked for. A part of the outline is enough. `grid`
    (coarse, standard, fine) is that of the search, at its first resolution, and of the solver's check. At most `starts`
    searches of `max_iterations` each; a search ends where a step would lower the misfit by less than `tolerance` of the
    target's range. `callback` sees every accepted body and stops the run by returning True. Symmetric starts and
    targets at zero incidence keep to symmetric bodies; a start with edges that the grid does not resolve is rounded
    first. `InputError` for a target that is none, and where the solver finds no flow to start from.
    """
    begun = time.perf_counter()
    require(grid in ACCURACIES, f"expected a grid of {', '.join(ACCURACIES)}, got {grid!r}; choose one")
    require(
        starts >= 1 and max_iterations >= 1 and 0.0 < tolerance < 1.0,
        f"expected at least one start and iteration and a tolerance between 0 and 1, got {starts}, {max_iterations} "
        f"and {tolerance}; choose for example 5, 40 and 1e-4",
    )
    start = start.with_modes(modes)
    table = _checked(target, modes)
    symmetric = start.is_symmetric() and conditions.alpha_deg == 0.0 and _has_equal_sides(table)
    variables = Variables(start, modes, symmetric, ())
    origin = nearest_feasible(variables, variables.pack(start.coefficients, start.origin)).x
    search = PressureSearch(variables, origin, conditions, table, ACCURACIES[grid].start(conditions.reynolds))
    best, history = _searched(search, starts, max_iterations, tolerance, callback)
    require(
        best is not None, "expected a start with a steady flow, got none; lower the Reynolds number or round the body"
    )
    assert best is not None
    body = variables.body_at(best[0].x, f"{start.name}-matched")
    solution = solve(body, conditions, grid=grid)
    pressure = wall_pressure_of(solution, table[:, 0])
    off = np.abs(pressure - table[:, 1]) / float(np.ptp(table[:, 1]))
    misfit, worst = float(np.sqrt(np.mean(off**2))), int(off.argmax())
    doubt = "" if solution.accurate else f" The solver's check: {solution.status}"
    return PressureMatch(
        body=body,
        conditions=conditions,
        target=table,
        pressure_coefficient=pressure,
        misfit=misfit,
        largest_misfit=float(off[worst]),
        attained=misfit <= ATTAINED and solution.converged,
        converged=best[1] == "converged",
        status=_status(misfit, float(off[worst]), float(table[worst, 0]), modes) + REASONS[best[1]] + doubt,
        iterations=len(history),
        solves=search.solves + 1,
        seconds=time.perf_counter() - begun,
        history=tuple(history),
        solution=solution,
    )


def _searched(
    search: PressureSearch, starts: int, max_iterations: int, tolerance: float, callback: Callback | None
) -> tuple[tuple[Point, str] | None, list[PressureIterate]]:
    """The best point of up to `starts` searches and why its search ended, or None; and all accepted bodies."""
    history: list[PressureIterate] = []
    best: tuple[Point, str] | None = None
    for number, first in enumerate(search.starts(starts), 1):
        before = len(history)

        def seen(point: Point, number: int = number, before: int = before) -> bool:
            a = search.variables.coefficients(torch.from_numpy(point.x)[None])[0]
            change = float(np.linalg.norm(point.change))
            history.append(PressureIterate(number, len(history) - before + 1, point.misfit, change, a))
            return bool(callback is not None and callback(history[-1]))

        blurs = FIRST_SEARCH if number == 1 else OTHER_SEARCHES
        found = search.search(first, blurs, max_iterations, tolerance, seen)
        best = found if best is None or found[0].value < best[0].value else best
        if found[1] == "stopped":
            return (best[0], "stopped"), history
        if best[0].misfit <= ENOUGH:
            break
    return best, history


def _status(misfit: float, largest: float, where: float, modes: int) -> str:
    numbers = f"{misfit:.2%} of its range (rms), most at s = {where:.3g}, by {largest:.2%}"
    if misfit <= ATTAINED:
        return f"The body attains the target: it misses it by {numbers}."
    return (
        f"The target is not attained: the nearest body found misses it by {numbers}. Probably no body of {modes} modes "
        "has this pressure here; check where s begins, the reference of C_p, the Reynolds number and the incidence, or "
        "raise the number of modes."
    )

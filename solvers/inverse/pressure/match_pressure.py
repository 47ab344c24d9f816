"""Inverse design by pressure: the body nearest to a given one that has a prescribed wall pressure.

    minimise over x     1/n Σ_j [(C_p(s_j; x) − C_j)/ΔC]²  +  λ² |x − x_0|²,        x = √k (Re a_k, Im a_k)

where C_j is the target at the arc fractions s_j, ΔC its range and x_0 the start; λ is so small that it costs a target
that can be attained at most λ |x − x_0| < 0.1 % of its range, and chooses the nearest of several bodies. The method is
Levenberg's and Marquardt's (K. Madsen, H. B. Nielsen & O. Tingleff, Methods for Non-linear Least Squares Problems,
2004, §3.2) at one resolution, with the exact Jacobian of the solver (`flow/derivatives/tangent.py`); the damping grows
like k², so that coarse features of the outline come first, steps keep to bodies whose edges the elements resolve
(`search/variables.py`), and each flow starts from the one that the tangents predict.

The problem has local minima, most of them made by narrow peaks of C_p that lie beside each other. A search that ends
more than 0.1 % from the target therefore goes on with the difference blurred along the wall, by a Gaussian of width
0.03 in s, and then as it is; after that others start blurred from the ellipses whose pressure is nearest to the target.
Where the best end is still that far off, a last search goes on from there with the elements of the next level, or with
those of the solver's check if these are finer: near an edge C_p needs more elements than the drag.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import ArrayLike

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.autograd import gradients_enabled
from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import FlowConditions, require_along_axis
from fusiform.solvers.flow import ACCURACIES, Domain, FlowBatch, Resolution
from fusiform.solvers.geometry import Body, laurent
from fusiform.solvers.geometry.body import require_body
from fusiform.solvers.inverse.pressure.least_squares import Point, PressureFit, ellipses
from fusiform.solvers.inverse.pressure.levenberg import FIRST_SEARCH, LEVENBERG, OTHER_SEARCHES, SearchEnd, search
from fusiform.solvers.inverse.pressure.match_report import match_of
from fusiform.solvers.inverse.pressure.outcome import PressureOutcome
from fusiform.solvers.inverse.pressure.pressure_match import PressureIterate, PressureMatch
from fusiform.solvers.inverse.pressure.target import checked_target, has_equal_sides
from fusiform.solvers.inverse.search.feasibility import nearest_feasible
from fusiform.solvers.inverse.search.variables import Variables
from fusiform.solvers.solution import Solution
from fusiform.solvers.solver import solve

Callback = Callable[[PressureIterate], bool | None]


@gradients_enabled()
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
    """The body nearest to `start` that has a prescribed pressure along the wall.

    Symmetric starts and targets at zero incidence keep to symmetric bodies, and bodies of revolution to such; a start
    with edges that the grid does not resolve is rounded first.

    Parameters
    ----------
    start : Body
        Gives the area too, or the volume of a body of revolution.
    conditions : FlowConditions
        Reynolds number and incidence, which is 0 for a body of revolution.
    target : array_like, shape (n, 2)
        Rows of arc fraction s (see `pressure_distribution`) and C_p in any order, each of the same weight. At least two
        for each mode; a part of the outline, or of the meridian, is enough.
    modes : int
        Number of map coefficients of the body.
    grid : {"coarse", "standard", "fine"}
        Of the search, at its usual resolution, and of the solver's check.
    starts : int
        Searches, from `start` and from ellipses, at most.
    max_iterations, tolerance : int, float
        Of each search, which ends where a step would lower the misfit by less than `tolerance` of the target's range.
    callback : callable, optional
        Called with a `PressureIterate` at every accepted body; returning True stops the run.

    Returns
    -------
    PressureMatch
        With `attained` False and a sentence where no body with this pressure was found.

    Raises
    ------
    InputError
        For a wrong target or option, incidence of a body of revolution, and where the solver finds no flow to start
        from.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions, solve
    >>> from fusiform.solvers.inverse import match_pressure, pressure_distribution
    >>> ellipse, conditions = Body.ellipse(1.2), FlowConditions(10.0)
    >>> target = pressure_distribution(solve(ellipse, conditions, grid="coarse"), 20)
    >>> match = match_pressure(Body.circle(modes=2), conditions, target, modes=2, grid="coarse")
    >>> match.attained, round(match.body.fineness, 2)
    (True, 1.2)
    >>> target = pressure_distribution(solve(Body.spheroid(1.2), conditions, grid="coarse"), 20)
    >>> match = match_pressure(Body.sphere(modes=2), conditions, target, modes=2, grid="coarse")
    >>> match.body.revolution, round(match.body.fineness, 2)
    (True, 1.2)
    """
    begun = time.perf_counter()
    require_body(start)
    if start.revolution:
        require_along_axis([conditions])
    _check_options(grid, starts, max_iterations, tolerance)
    table = checked_target(target, modes, start.revolution)
    fit = pressure_fit(start.with_modes(modes), conditions, table, grid, starts)
    record = _Record(fit.variables, callback)
    best = _best_of_searches(fit, record, starts, max_iterations, tolerance)

    def checked(end: SearchEnd) -> Solution:
        return solve(fit.variables.body_at(end.point.x, f"{start.name}-matched"), conditions, grid=grid)

    solution, solves = checked(best), fit.solves + 1
    finer = fit.finer(_next_resolution(solution.flow, grid))
    if finer is not None and best.outcome is not PressureOutcome.STOPPED and best.point.misfit > LEVENBERG.enough:
        again = _search_on(finer, best.point.x, record, max_iterations, tolerance)
        if again is not None:
            best, solution = again, checked(again)
        solves += finer.solves + 1
    return match_of(solution, table, best.outcome, tuple(record.history), solves, begun)


def _check_options(grid: str, starts: int, max_iterations: int, tolerance: float) -> None:
    require(grid in ACCURACIES, f"expected a grid of {', '.join(ACCURACIES)}, got {grid!r}; choose one")
    require(
        starts >= 1 and max_iterations >= 1 and 0.0 < tolerance < 1.0,
        f"expected at least one start and iteration and a tolerance between 0 and 1, got {starts}, {max_iterations} "
        f"and {tolerance}; choose for example 5, 40 and 1e-4",
    )


def pressure_fit(start: Body, conditions: FlowConditions, target: FloatArray, grid: str, starts: int) -> PressureFit:
    """The least-squares problem, with the start rounded where its edges are too sharp.

    All searches have one resolution, so that the misfit is smooth and their ends can be compared: that of the tallest
    body from which one of them may begin.
    """
    symmetric = start.revolution or (start.is_symmetric() and conditions.alpha_deg == 0.0 and has_equal_sides(target))
    variables = Variables(start, start.modes, symmetric, ())
    origin = nearest_feasible(variables, variables.pack(start.coefficients, start.origin)).x
    first = variables.coefficients(torch.from_numpy(origin)[None])
    shapes = torch.cat([first, ellipses(start.modes)]) if starts > 1 else first
    alpha, reynolds = (
        torch.full((len(shapes),), value, dtype=torch.float64)
        for value in (math.radians(conditions.alpha_deg), conditions.reynolds)
    )
    domain = Domain.MERIDIAN if start.revolution else Domain.PLANE
    resolution = ACCURACIES[grid].resolution(laurent.rotate(shapes, alpha), reynolds, domain)
    return PressureFit(variables, origin, conditions, target, resolution)


def _next_resolution(flow: FlowBatch, grid: str) -> Resolution:
    """The resolution of the checked `flow`, or that of the level after the searches' if it has more nodes."""
    accuracy = replace(ACCURACIES[grid], first=ACCURACIES[grid].first + 1)
    after = accuracy.resolution(flow.coefficients, flow.reynolds, flow.problem.domain)
    return max(flow.resolution, after, key=lambda each: each.n_xi * each.n_eta)


def _best_of_searches(
    fit: PressureFit, record: _Record, starts: int, max_iterations: int, tolerance: float
) -> SearchEnd:
    """The best end of up to `starts` searches."""
    best: SearchEnd | None = None
    for first in fit.starts(starts):
        blurs = FIRST_SEARCH if best is None else OTHER_SEARCHES
        record.begin_search()
        end = search(fit, first, blurs, max_iterations=max_iterations, tolerance=tolerance, on_point=record.on_point)
        best = end if best is None or end.point.value < best.point.value else best
        if end.outcome is PressureOutcome.STOPPED:
            best = SearchEnd(best.point, PressureOutcome.STOPPED)
            break
        if best.point.misfit <= LEVENBERG.enough:
            break
    require(
        best is not None, "expected a start with a steady flow, got none; lower the Reynolds number or round the body"
    )
    assert best is not None
    return best


def _search_on(
    fit: PressureFit, x: FloatArray, record: _Record, max_iterations: int, tolerance: float
) -> SearchEnd | None:
    """The end of one more search from the variables x; None where the solver finds no flow there."""
    first = fit.at(x, fit.no_blur)
    if first is None:
        return None
    record.begin_search()
    return search(
        fit, first, FIRST_SEARCH, max_iterations=max_iterations, tolerance=tolerance, on_point=record.on_point
    )


class _Record:
    """The accepted bodies of all searches, each of which the callback receives."""

    def __init__(self, variables: Variables, callback: Callback | None) -> None:
        self._variables, self._callback = variables, callback
        self._search, self._before = 0, 0
        self.history: list[PressureIterate] = []

    def begin_search(self) -> None:
        self._search, self._before = self._search + 1, len(self.history)

    def on_point(self, point: Point) -> bool:
        """Record the body; returns True if the callback stops the run."""
        coefficients = self._variables.coefficients(torch.from_numpy(point.x)[None])[0]
        change, iteration = float(np.linalg.norm(point.change)), len(self.history) - self._before + 1
        self.history.append(PressureIterate(self._search, iteration, point.misfit, change, coefficients))
        return self._callback is not None and bool(self._callback(self.history[-1]))

"""The solver's flows past start and optimum at the design points, and their numbers on the d of the held size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fusiform.solvers.conditions import REYNOLDS_RANGE, FlowConditions
from fusiform.solvers.geometry import Body
from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.solution import FORCES, Solution, SolveOutcome
from fusiform.solvers.solver import solve

LENGTHS = ("recirculation_length", "separation_points", "attachment_points")
UNKNOWN = ("drag_coefficient", "drag_pressure", "drag_friction", "lift_coefficient")
STEPS, CLOSE = 8, 1e-6  # of Newton's method for a terminal speed, and the residual of ln(C_D Re²) where it ends


def own_flows(problem: Problem, body: Body, grid: str) -> list[Solution]:
    """The flows past `body` on `grid` at all design points, or the one at its terminal speed."""
    conditions = problem.conditions_of(body)
    if problem.best_number is None:
        return [solve(body, at, grid=grid) for at in conditions]
    return [_terminal_flow(body, conditions[0], problem.best_number, grid)]


def _terminal_flow(body: Body, near: FlowConditions, best_number: float, grid: str) -> Solution:
    """The flow at the Reynolds number where C_D Re² is the Best number, by Newton's method for ln Re from `near`.

    Not converged, without forces, where there is none in the solver's range.
    """
    solution = solve(body, near, grid=grid)
    for _ in range(STEPS):
        if not solution.converged:
            break
        reynolds, drag = solution.conditions.reynolds, solution.drag_coefficient
        off = math.log(drag * reynolds**2 / best_number)
        if abs(off) < CLOSE:
            break
        rate = 2.0 + solution.gradient().reynolds * reynolds / drag
        low, high = REYNOLDS_RANGE
        following = min(max(reynolds * math.exp(-off / rate), low), high)
        solution = solve(body, FlowConditions(following, near.alpha_deg), grid=grid)
    number = solution.drag_coefficient * solution.conditions.reynolds**2
    if not solution.converged or abs(math.log(number / best_number)) < CLOSE:
        return solution
    status = f"no terminal speed found: C_D Re² is {number:.4g} at Re {solution.conditions.reynolds:.4g}"
    unknown: dict[str, Any] = dict.fromkeys(UNKNOWN, math.nan)
    return replace(solution, outcome=SolveOutcome.NOT_CONVERGED, status=status, **unknown)


def on_held_size(solution: Solution, held: Held) -> dict[str, Any]:
    """`Solution.summary()` with Reynolds number, coefficients and lengths on the d of the held size."""
    numbers, own = solution.summary(), held.own_size(solution.body)
    if held is not Held.WETTED_AREA:
        return numbers
    on_own = {"reynolds": 1.0 / own, "reference_length": 1.0 / own} | dict.fromkeys(FORCES, own**2)
    factors: Mapping[str, float] = on_own | dict.fromkeys(LENGTHS, own)
    return {key: _scaled(value, factors[key]) if key in factors else value for key, value in numbers.items()}


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, list):
        return [_scaled(entry, factor) for entry in value]
    return None if value is None else factor * value

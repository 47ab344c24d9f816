"""Constraints that exclude each other by their numbers alone, in a sentence before anything is iterated."""

from __future__ import annotations

from collections.abc import Sequence

from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint
from fusiform.solvers.inverse.problem.objectives import LiftToDrag
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.symmetry import is_symmetric


def contradiction_in(problem: Problem) -> str | None:
    """A sentence if no body solves the problem, by its numbers alone, or None."""
    return contradiction(problem.body, (*problem.constraints, *problem.force_constraints)) or _no_lift(problem)


def contradiction(body: Body, constraints: Sequence[Constraint]) -> str | None:
    """A sentence if no body of the area of `body` satisfies all `constraints`, by their numbers alone, or None.

    What is known of bodies of revolution of a given volume is no bound on their sections, so that none is told here.
    """
    if body.revolution:
        return None
    for constraint in constraints:
        sentence = constraint.contradiction(body, [other for other in constraints if other is not constraint])
        if sentence is not None:
            return sentence
    return None


def _no_lift(problem: Problem) -> str | None:
    """A sentence if the problem needs lift of symmetric bodies at zero incidence, which have none, or None."""
    if not is_symmetric(problem):
        return None
    if isinstance(problem.objective, LiftToDrag) and all(p.conditions.alpha_deg == 0.0 for p in problem.points):
        return "a symmetric body at zero incidence has no lift to make great"
    for c in problem.force_constraints:
        low, high = c.bounds
        level = problem.points[c.point].conditions.alpha_deg == 0.0
        if c.needs_lift and level and not low <= 0.0 <= high:
            return f"a symmetric body at zero incidence has no lift, but {c.describe()} is asked for"
    return None

"""Mirror symmetry of problems, whose bodies may then be taken as symmetric about the x axis."""

from __future__ import annotations

from fusiform.solvers.inverse.problem.constraints.forces import Lift
from fusiform.solvers.inverse.problem.constraints.mirror_symmetry import Symmetry
from fusiform.solvers.inverse.problem.objectives import LiftToDrag
from fusiform.solvers.inverse.problem.problem import Problem


def is_symmetric(problem: Problem) -> bool:
    """True if the problem is its own mirror image, or has the constraint `Symmetry`."""
    if any(isinstance(c, Symmetry) for c in problem.constraints):
        return True
    axis = problem.body.origin.imag
    return (
        problem.body.is_symmetric()
        and all(p.conditions.alpha_deg == 0.0 for p in problem.points)
        and not problem.needs_lift
        and all(any(c.mirrors(other, axis) for other in problem.constraints) for c in problem.constraints)
    )


def no_lift(problem: Problem, symmetric: bool) -> str | None:
    """A sentence where the problem needs lift of bodies that have none because they are `symmetric`, or None."""
    if not symmetric:
        return None
    if isinstance(problem.objective, LiftToDrag) and all(p.conditions.alpha_deg == 0.0 for p in problem.points):
        return "a symmetric body at zero incidence has no lift to make great"
    for c in problem.force_constraints:
        level = problem.points[c.point].conditions.alpha_deg == 0.0
        if isinstance(c, Lift) and level and not (c.minimum or 0.0) <= 0.0 <= (0.0 if c.maximum is None else c.maximum):
            return f"a symmetric body at zero incidence has no lift, but {c.describe()} is asked for"
    return None

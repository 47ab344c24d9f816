"""Mirror symmetry of problems, whose bodies may then be taken as symmetric about the x axis."""

from __future__ import annotations

from fusiform.solvers.inverse.problem.constraints.containment import Containment
from fusiform.solvers.inverse.problem.constraints.forces import Lift
from fusiform.solvers.inverse.problem.constraints.mirror_symmetry import Symmetry
from fusiform.solvers.inverse.problem.constraints.user_constraint import UserConstraint
from fusiform.solvers.inverse.problem.objectives import LiftToDrag
from fusiform.solvers.inverse.problem.problem import Problem

MIRROR = 1e-9  # distance up to which corners are mirror images


def is_symmetric(problem: Problem) -> bool:
    """True if the problem is its own mirror image, or has the constraint `Symmetry`."""
    if any(isinstance(c, Symmetry) for c in problem.constraints):
        return True
    axis = problem.body.origin.imag
    regions = [c for c in problem.constraints if isinstance(c, Containment)]
    return (
        problem.body.is_symmetric()
        and all(p.conditions.alpha_deg == 0.0 for p in problem.points)
        and not problem.needs_lift
        and all(any(_mirrored(c, other, axis) for other in regions) for c in regions)
        and not any(isinstance(c, UserConstraint) for c in problem.constraints)
    )


def _mirrored(one: Containment, other: Containment, axis: float) -> bool:
    """True if two constraints are each other's mirror images about y = `axis`."""
    if type(one) is not type(other) or one.clearance != other.clearance or type(one.region) is not type(other.region):
        return False
    (corners, radius), (others, same) = one.region.hull(), other.region.hull()
    images = [complex(z.real, 2.0 * axis - z.imag) for z in corners]
    return radius == same and all(min(abs(z - w) for w in others) < MIRROR for z in images)


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

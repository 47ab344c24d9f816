"""Mirror symmetry of problems, whose bodies may then be taken as symmetric about the x axis."""

from __future__ import annotations

from fusiform.solvers.inverse.problem.problem import Problem


def is_symmetric(problem: Problem) -> bool:
    """True if the problem is its own mirror image, of a body of revolution, or a constraint imposes the symmetry."""
    if problem.body.revolution or any(c.imposes_symmetry for c in problem.constraints):
        return True
    axis = problem.body.origin.imag
    return (
        problem.body.is_symmetric()
        and all(p.conditions.alpha_deg == 0.0 for p in problem.points)
        and not problem.needs_lift
        and all(any(c.mirrors(other, axis) for other in problem.constraints) for c in problem.constraints)
    )

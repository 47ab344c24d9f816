"""Constraints that exclude each other by their numbers alone, in a sentence before anything is iterated."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

from fusiform.solvers.geometry import Body
from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint
from fusiform.solvers.inverse.problem.constraints.extents import MaxHeight, MaxLength
from fusiform.solvers.inverse.problem.constraints.wedge import WedgeAngle
from fusiform.solvers.inverse.problem.constraints.wetted import MaxWettedArea
from fusiform.solvers.inverse.problem.objectives import LiftToDrag
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.problem.symmetry import is_symmetric

LARGER = 1e3  # a sphere of so many diameters has the volume that any payload needs


def contradiction_in(problem: Problem) -> str | None:
    """A sentence if no body solves the problem, by its numbers alone, or None."""
    constraints = (*problem.constraints, *problem.force_constraints)
    if problem.held is Held.WETTED_AREA:
        return _of_surface(problem.body.wetted_area, constraints)
    return contradiction(problem.body, constraints) or _no_lift(problem)


def _of_surface(surface: float, constraints: Sequence[Constraint]) -> str | None:
    """A sentence if no convex body of that `surface` satisfies all `constraints`, or None.

    It has at most the volume of the sphere of that surface. What needs a least volume is no contradiction; instead, a
    convex body in a cylinder has at most the cylinder's surface.
    """
    lengths, heights = ([c.value for c in constraints if isinstance(c, kind)] for kind in (MaxLength, MaxHeight))
    for length, height in product(lengths, heights):
        most = math.pi * height * (length + 0.5 * height)
        if most < surface:
            words = f"a cylinder of {length:g} and diameter {height:g} has a surface of {most:.4g}"
            return f"{words}, and the wetted area, which is held, is {surface:.4g}"
    for limit in (c for c in constraints if isinstance(c, MaxWettedArea)):
        if limit.value < surface:
            return f"the wetted area, which is held, is {surface:.4g}, and it is to be at most {limit.value:g}"
    largest = Body.sphere(math.sqrt(surface / math.pi))
    others = [c for c in constraints if not isinstance(c, MaxLength | MaxHeight | WedgeAngle | MaxWettedArea)]
    for constraint, beside in _each(others):
        sentence = constraint.contradiction(largest, beside)
        if sentence is None:
            continue
        if constraint.contradiction(Body.sphere(LARGER * largest.reference_length), beside) is not None:
            return sentence  # at any volume
        return f"no body of the wetted area {surface:.4g}, which is held, has more volume than its sphere: {sentence}"
    return None


def contradiction(body: Body, constraints: Sequence[Constraint]) -> str | None:
    """A sentence if no body of the area or volume of `body` satisfies all `constraints`, by their numbers alone."""
    for constraint, beside in _each(constraints):
        sentence = constraint.contradiction(body, beside)
        if sentence is not None:
            return sentence
    return None


def _each(constraints: Sequence[Constraint]) -> Iterator[tuple[Constraint, list[Constraint]]]:
    """Each constraint with those beside it."""
    for constraint in constraints:
        yield constraint, [other for other in constraints if other is not constraint]


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

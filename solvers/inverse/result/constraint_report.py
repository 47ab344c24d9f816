"""What an optimum says of its constraints: slack, multiplier, what relaxing gains, and which were missed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusiform.solvers.inverse.result.optimum import ConstraintReport
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.slsqp import FORCE_WEIGHT, Optimality, Program
from fusiform.solvers.inverse.search.variables import Array

ALLOWED = 2e-5
CONFIDENCE_ALLOWED = 1e-3


def constraint_reports(program: Program, x: Array, forces: Forces, state: Optimality) -> tuple[ConstraintReport, ...]:
    """A report for each constraint at x (n,): of the shape (but symmetry), then of the forces, then the confidence."""
    variables = program.variables
    owners, d = np.array(variables.owners(x)), variables.body.reference_length
    reports = []
    for number, (constraint, slack) in enumerate(zip(variables.constraints, variables.slacks(x), strict=True)):
        total = float(state.shape_multipliers[owners == number].sum())
        gain = total * constraint.rate(d)
        reports.append(ConstraintReport(constraint.describe(), slack, constraint.unit, total > 0.0, total, gain))
    multipliers = {False: list(state.force_multipliers), True: list(state.equality_multipliers)}
    for condition in program.conditions:
        single = replace(program, conditions=(condition,), min_confidence=0.0)
        values = single.force_residuals(x, forces, condition.equality)[0]
        total = float(np.sum([multipliers[condition.equality].pop(0) for _ in values]))
        if condition.equality:
            way = "lower" if total > 0.0 else "higher"
            slack, unit, active = -float(np.abs(values).max()), f"{condition.unit} {way}", True
        else:
            slack, unit, active = float(values.min()), condition.unit, total > 0.0
        reports.append(ConstraintReport(condition.describe(), slack, unit, active, total, abs(total)))
    if program.min_confidence > 0.0:
        total = float(np.sum(multipliers[False]))
        slack = float(forces.confidence.min()) - program.min_confidence
        words = f"confidence at least {program.min_confidence:g}"
        reports.append(ConstraintReport(words, slack, "one of confidence", total > 0.0, total, total))
    return tuple(reports)


def missed(program: Program, x: Array, forces: Forces) -> list[str]:
    """Which constraints the body misses, and by how much."""
    short = []
    for c in program.conditions:
        single = replace(program, conditions=(c,), min_confidence=0.0)
        amount = single.force_lack(x, forces)
        if amount * FORCE_WEIGHT > ALLOWED:
            short.append(f"{c.describe()} (off by {amount:.3g})")
    variables = program.variables
    found = zip(variables.constraints, variables.slacks(x), variables.lacks(x), strict=True)
    short += [f"{c.describe()} (short by {-slack:.3g})" for c, slack, lack in found if lack > ALLOWED]
    lowest = float(forces.confidence.min())
    if lowest < program.min_confidence - CONFIDENCE_ALLOWED:
        short.append(f"confidence of at least {program.min_confidence:g} (it is {lowest:.2f})")
    return short

"""Constraints at an optimum: slack, multiplier, the gain from relaxing each, and the violated ones in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.problem.constraints.constraint import ForceConstraint
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.kkt import Optimality
from fusiform.solvers.inverse.search.program import TOLERANCES, Program
from fusiform.solvers.inverse.search.variables import Variables


@dataclass(frozen=True)
class Allowed:
    """Violations up to which the body of a result still counts as feasible."""

    residual: float = 2e-5
    """Of a dimensionless residual; force constraints count `Tolerances.force_weight` times."""
    confidence: float = 1e-3
    """Of the least confidence."""


ALLOWED = Allowed()


@dataclass(frozen=True)
class ConstraintReport:
    """One constraint at the optimum, and the price of its limit.

    Attributes
    ----------
    description : str
        The constraint in words.
    slack : float
        Distance to the limit in `unit`, ≥ 0 where the constraint holds.
    unit : str
        Unit of the limit; for a prescribed coefficient also the direction, lower or higher, of a `gain`.
    active : bool
        True if the constraint holds the optimum back.
    multiplier : float
        ∂objective/∂residual.
    gain : float
        Fall of the objective for relaxing the limit by one `unit`, to first order.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import MaxLength, minimize_drag
    >>> from fusiform.surrogates import load_surrogate
    >>> best = minimize_drag(
    ...     Body.circle(), FlowConditions(10.0), model=load_surrogate(), constraints=MaxLength(1.2), verify=None
    ... )
    >>> (report,) = best.constraints
    >>> report.description, report.active, abs(report.slack) < 1e-4
    ('length at most 1.2', True, True)
    >>> round(0.1 * report.gain, 2)  # the fall of C_D for a body longer by 0.1, to first order
    0.05
    """

    description: str
    slack: float
    unit: str
    active: bool
    multiplier: float
    gain: float


def constraint_reports(
    program: Program, x: FloatArray, forces: Forces, state: Optimality
) -> tuple[ConstraintReport, ...]:
    """A report for each constraint at x (n,): on the shape (but symmetry), then on the forces, then the confidence."""
    above, equal = list(state.force_multipliers), list(state.equality_multipliers)
    reports = _shape_reports(program.variables, x, state)
    for condition in program.conditions:
        single = replace(program, conditions=(condition,), min_confidence=0.0)
        values = single.force_residuals(x, forces, condition.equality)[0]
        left = equal if condition.equality else above
        total = float(np.sum([left.pop(0) for _ in values]))
        reports.append(_force_report(condition, values, total))
    if program.min_confidence > 0.0:
        total = float(np.sum(above))
        slack = float(forces.confidence.min()) - program.min_confidence
        words = f"confidence at least {program.min_confidence:g}"
        reports.append(ConstraintReport(words, slack, "confidence", total > 0.0, total, total))
    return tuple(reports)


def slack_reports(variables: Variables, x: FloatArray) -> tuple[ConstraintReport, ...]:
    """Reports of the shape constraints at x (n,) without multipliers, for a body that is not an optimum."""
    slacks = zip(variables.constraints, variables.slacks(x), strict=True)
    return tuple(ConstraintReport(c.describe(), slack, c.unit, False, 0.0, 0.0) for c, slack in slacks)


def _shape_reports(variables: Variables, x: FloatArray, state: Optimality) -> list[ConstraintReport]:
    owners, shape = np.array(variables.owners(x)), variables.shape(torch.from_numpy(x)[None])
    reports = []
    for number, (constraint, slack) in enumerate(zip(variables.constraints, variables.slacks(x), strict=True)):
        total = float(state.shape_multipliers[owners == number].sum())
        gain = total * constraint.easing(shape)
        reports.append(ConstraintReport(constraint.describe(), slack, constraint.unit, total > 0.0, total, gain))
    return reports


def _force_report(condition: ForceConstraint, values: FloatArray, total: float) -> ConstraintReport:
    """Report of a force constraint with residuals `values` (r,), whose multipliers sum to `total`."""
    if condition.equality:
        unit = f"{condition.unit} {'lower' if total > 0.0 else 'higher'}"
        slack, active = -float(np.abs(values).max()), True
    else:
        slack, unit, active = float(values.min()), condition.unit, total > 0.0
    return ConstraintReport(condition.describe(), slack, unit, active, total, abs(total))


def violated(program: Program, x: FloatArray, forces: Forces) -> list[str]:
    """The constraints that the body at x (n,) violates, each with the amount, in words."""
    words = []
    for c in program.conditions:
        amount = replace(program, conditions=(c,), min_confidence=0.0).force_violation(x, forces)
        if amount * TOLERANCES.force_weight > ALLOWED.residual:
            words.append(f"{c.describe()} (off by {amount:.3g})")
    variables = program.variables
    shape = zip(variables.constraints, variables.slacks(x), variables.violations(x), strict=True)
    words += [
        f"{c.describe()} (short by {-slack:.3g})" for c, slack, violation in shape if violation > ALLOWED.residual
    ]
    lowest = float(forces.confidence.min())
    if lowest < program.min_confidence - ALLOWED.confidence:
        words.append(f"confidence of at least {program.min_confidence:g} (it is {lowest:.2f})")
    return words

"""The correction of a prediction by the state inverse, with its own error, and the rule when it is an answer.

The updates solve the equations on the model's elements; where these are too coarse for the flow their end can be far
from the truth, or a solution that the flow does not have. The error is estimated from the same flow on the same
elements with higher degrees, to which the updates lead on:

    ε_D = 2.5 |Re Δ| + δ_D,   ε_L = 2.5 |Δ| + δ_L,   Δ: change of C_D + i C_L,  δ: bounds on the far field's truncation.

The change of the drag counts at least half of those of its parts (`counted_change`). At sharp edges the change of the
lift alone is too small, hence the modulus. To both comes the effect of a misfit of the body (`BOUND.drag_misfit`,
`LIMITS.lift_misfit`). Lift and ε_L are 0 for a body that is symmetric about the stream.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow import (
    SAFETY,
    Domain,
    ErrorEstimate,
    Problem,
    State,
    counted_change,
    discretise,
    force_coefficients,
    is_symmetric,
    transfer,
    updated_state,
)
from fusiform.surrogates.interface import Correction, CorrectionOutcome
from fusiform.surrogates.model.error_bound import BOUND


@dataclass(frozen=True)
class FieldUpdates:
    """When the updates of a predicted flow end.

    `max_updates`: factorisations; `chord_steps`: further steps with the factors of each; `tolerance`: the longest
    relative last step of a flow that counts as solved.
    """

    max_updates: int = 4
    chord_steps: int = 3
    tolerance: float = 0.02


@dataclass(frozen=True)
class CorrectionLimits:
    """When a corrected flow is an answer.

    `drag`: the largest error of the drag, over C_D; `lift`: that of the lift,
    over |C_D + i C_L|; `least`: the smallest error that is stated, over these: two degrees agree by chance now and
    then; `promise`: a relative error of the drag, that of a standard solve, that is good enough even where the
    network's bound is smaller; `lift_misfit`: error of the lift, over |C_D + i C_L|, of a body for each unit of its
    misfit.
    """

    drag: float = 0.02
    lift: float = 0.06
    least: float = 2e-4
    promise: float = 0.003
    lift_misfit: float = 2.0


FIELD_UPDATES = FieldUpdates()
MORE_DEGREES = (1, 2)  # radial and angular, of the flow that the error is estimated from
MOST_DEGREES = 16
LIMITS = CorrectionLimits()
REMEDY = "the network's own forces stay the answer; ask the solver"


@torch.no_grad()
def corrected(
    coefficients: Tensor,
    reynolds: Tensor,
    predicted: tuple[Problem, State],
    own: complex,
    bound: float | None,
    misfit: float,
) -> tuple[State, Correction]:
    """The flow of one body after the updates, where it is accurate, else the predicted one; and its forces.

    `coefficients` (1, K), `reynolds` (1,); `own`: the network's C_D + i C_L; `bound`: on the error of that C_D;
    `misfit`: of the body, as in `Body.fit_error`.
    """
    problem, state = predicted
    updated = updated_state(problem, state, **vars(FIELD_UPDATES))
    solved = torch.stack(force_coefficients(problem, updated.state))
    forces = complex(solved.sum(0)[0])
    if is_symmetric(coefficients):
        forces = complex(forces.real, 0.0)
    error = complex(math.inf, math.inf)
    if updated.arrived:
        finer = _finer_forces(coefficients, reynolds, problem, updated.state)
        error = _error(coefficients, reynolds, solved, finer, problem.domain)
        error = error + _misfit_error(coefficients, forces, misfit)
    outcome = _outcome(updated.arrived, forces, error, bound)
    total = forces if outcome is CorrectionOutcome.ANSWERED else own
    correction = Correction(
        drag_coefficient=total.real,
        lift_coefficient=total.imag,
        drag_bound=error.real,
        lift_bound=error.imag,
        outcome=outcome,
        status=_status(outcome, forces, error, lifts=problem.domain is not Domain.MERIDIAN),
        residual=updated.norm_before,
        residual_after=updated.norm_after,
        last_step=updated.last_step,
        updates=updated.updates,
    )
    return updated.state if correction.refined else state, correction


def _finer_forces(coefficients: Tensor, reynolds: Tensor, problem: Problem, state: State) -> Tensor:
    """Pressure and friction parts (2, 1) of C_D + i C_L of the same flow with higher degrees; NaN where the updates do
    not arrive there."""
    resolution = problem.layout.resolution
    degrees = (resolution.radial_degree, resolution.angular_degree)
    higher = (min(degree + more, MOST_DEGREES) for degree, more in zip(degrees, MORE_DEGREES, strict=True))
    finer = discretise(coefficients, reynolds, resolution.with_degrees(*higher), problem.domain)
    updated = updated_state(finer, transfer(state, problem, finer), **vars(FIELD_UPDATES))
    forces = torch.stack(force_coefficients(finer, updated.state))
    return forces if updated.arrived else torch.full_like(forces, torch.nan)


def _error(
    coefficients: Tensor, reynolds: Tensor, forces: Tensor, finer: Tensor, domain: Domain = Domain.PLANE
) -> complex:
    """ε of the drag + i ε of the lift, of the parts `forces` (2, 1); inf where there are no `finer` ones."""
    total, modulus = complex(forces.sum()), abs(complex((finer - forces).sum()))
    change = float(counted_change(forces, finer)[0, 0])
    far_field = complex(ErrorEstimate.of(forces, finer, coefficients, reynolds, domain).far_field[0])
    drag = max(SAFETY * change, LIMITS.least * abs(total.real)) + far_field.real
    lift = max(SAFETY * max(modulus, change), LIMITS.least * abs(total)) + far_field.imag
    lift = 0.0 if is_symmetric(coefficients) else lift
    return complex(*(size if math.isfinite(size) else math.inf for size in (drag, lift)))


def _misfit_error(coefficients: Tensor, forces: complex, misfit: float) -> complex:
    """Errors of drag and lift of a body that the model's modes describe with a misfit."""
    lift = 0.0 if is_symmetric(coefficients) else LIMITS.lift_misfit * abs(forces)
    return misfit * complex(BOUND.drag_misfit * abs(forces.real), lift)


def _outcome(arrived: bool, forces: complex, error: complex, bound: float | None) -> CorrectionOutcome:
    if not arrived:
        return CorrectionOutcome.NOT_ARRIVED
    drag = abs(forces.real)
    if error.real > LIMITS.drag * drag or error.imag > LIMITS.lift * abs(forces):
        return CorrectionOutcome.INACCURATE
    better = bound is None or error.real <= max(bound, LIMITS.promise * drag)
    return CorrectionOutcome.ANSWERED if better else CorrectionOutcome.NO_BETTER


def _status(outcome: CorrectionOutcome, forces: complex, error: complex, *, lifts: bool) -> str:
    """A sentence; without the lift where no body `lifts`."""
    in_lift = f" and {error.imag:.2g} in C_L" if lifts else ""
    if outcome is CorrectionOutcome.ANSWERED:
        return f"Corrected by the state inverse; errors below {error.real:.2g} in C_D{in_lift}."
    if outcome is CorrectionOutcome.NOT_ARRIVED:
        return f"No correction: the state inverse did not arrive at a flow; {REMEDY}."
    share = error.real / abs(forces.real)
    in_lift = f" and by {error.imag:.2g} in C_L" if lifts else ""
    own = f"the corrected forces may be off by {share:.1%} of C_D{in_lift}"
    if not math.isfinite(abs(error)):
        own = "the errors of the corrected forces cannot be estimated"
    if outcome is CorrectionOutcome.NO_BETTER:
        return f"No correction: {own}, more than the network's bound; {REMEDY}."
    return f"No correction: {own}, as the model's elements or its modes are too coarse for this flow; {REMEDY}."

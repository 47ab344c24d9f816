"""A corrected force is an answer only where the state inverse arrives and the elements are fine enough for the body."""

import math
from dataclasses import replace

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.surrogates import CorrectionOutcome
from fusiform.surrogates.designs import sample
from fusiform.surrogates.model import correction as module


def test_elements_too_coarse_for_the_body_give_no_answer(surrogate):
    answer = surrogate.evaluate(Body.ellipse(0.3), FlowConditions(53.0))
    fixed = answer.correction
    assert fixed.outcome is CorrectionOutcome.INACCURATE
    assert not fixed.answered
    assert not fixed.refined
    assert (fixed.drag_coefficient, fixed.lift_coefficient) == (answer.drag_coefficient, answer.lift_coefficient)
    assert fixed.drag_bound > 0.02 * answer.drag_coefficient
    assert "too coarse for this flow" in fixed.status
    assert answer.field.omega.tolist() == answer.network_field.omega.tolist()


@pytest.mark.parametrize(
    ("fineness", "reynolds", "alpha"), [(1.3, 55.0, 10.0), (3.0, 20.0, 5.0), (8.0, 50.0, 15.0), (1.5, 2.0, 0.0)]
)
def test_the_bounds_of_an_answer_hold_against_the_solver(surrogate, fineness, reynolds, alpha):
    body, conditions = Body.ellipse(fineness), FlowConditions(reynolds, alpha)
    fixed = surrogate.evaluate(body, conditions).correction
    truth = solve(body, conditions, grid="fine")
    assert fixed.answered
    assert abs(fixed.drag_coefficient - truth.drag_coefficient) <= fixed.drag_bound + abs(truth.drag_error)
    assert abs(fixed.lift_coefficient - truth.lift_coefficient) <= fixed.lift_bound + abs(truth.lift_error)
    assert fixed.drag_bound < 0.003 * truth.drag_coefficient
    assert (fixed.lift_bound == 0.0) == (alpha == 0.0)


@pytest.mark.parametrize(
    ("error", "bound", "outcome"),
    [
        (0.010, 0.005, CorrectionOutcome.NO_BETTER),
        (0.010, 0.012, CorrectionOutcome.ANSWERED),
        (0.002, 0.001, CorrectionOutcome.ANSWERED),
        (0.010, None, CorrectionOutcome.ANSWERED),
        (0.030, None, CorrectionOutcome.INACCURATE),
    ],
)
def test_a_correction_that_is_not_as_good_as_the_networks_bound_is_no_answer(error, bound, outcome):
    """Of a drag of 1; an error of 0.3 % is always good enough, one of more than 2 % never."""
    assert module._outcome(True, 1.0 + 0.0j, complex(error, 0.0), bound) is outcome


def test_updates_that_do_not_arrive_give_no_answer(surrogate):
    answer = surrogate.evaluate(Body.ellipse(0.2), FlowConditions(100.0))
    fixed = answer.correction
    assert fixed.outcome is CorrectionOutcome.NOT_ARRIVED
    assert math.isinf(fixed.drag_bound)
    assert fixed.drag_coefficient == answer.drag_coefficient
    assert fixed.status.startswith("No correction: the state inverse did not arrive at a flow")


def test_a_misfit_of_the_body_counts_as_an_error(surrogate):
    body, conditions = Body.naca("2415").with_modes(8), FlowConditions(20.0, 3.0)
    near, far = (surrogate.evaluate(replace(body, fit_error=e), conditions).correction for e in (0.0, 0.01))
    assert far.drag_bound == pytest.approx(near.drag_bound + 0.006 * far.drag_coefficient)
    forces = math.hypot(far.drag_coefficient, far.lift_coefficient)
    assert far.lift_bound == pytest.approx(near.lift_bound + 0.02 * forces)
    unlike = surrogate.evaluate(replace(body, fit_error=0.09), conditions).correction
    assert unlike.outcome is CorrectionOutcome.INACCURATE


@pytest.mark.parametrize("size", [math.nan, math.inf])
def test_an_estimate_that_is_not_finite_is_an_infinite_error(size):
    body, forces = torch.tensor([[0.3 + 0.1j]]), torch.tensor([[0.6 + 0.3j], [0.4 - 0.1j]])
    error = module._error(body, torch.tensor([20.0]), forces, forces + size)
    assert (error.real, error.imag) == (math.inf, math.inf)
    assert module._outcome(True, 1.0 + 0.2j, error, None) is CorrectionOutcome.INACCURATE


def test_answers_of_bodies_of_the_training_space_are_kept_by_the_solver(surrogate):
    designs = sample(surrogate.space, 515151, range(6))
    for i in range(6):
        conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
        body = Body(designs.coefficients[i])
        fixed, truth = surrogate.evaluate(body, conditions).correction, solve(body, conditions)
        if fixed.answered:
            assert abs(fixed.drag_coefficient - truth.drag_coefficient) <= fixed.drag_bound + abs(truth.drag_error)

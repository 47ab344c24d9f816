"""A corrected force is an answer only where the state inverse arrives and the grid is fine enough for the body."""

import math
from dataclasses import replace

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.surrogates import CorrectionOutcome
from fusiform.surrogates.designs import sample
from fusiform.surrogates.model import correction as module


def test_a_grid_too_coarse_for_the_body_gives_no_answer(surrogate):
    """On the model's grid the ellipse has a drag of 2.186; the truth is 1.9325."""
    answer = surrogate.evaluate(Body.ellipse(0.4), FlowConditions(53.0))
    fixed = answer.correction
    assert fixed.outcome is CorrectionOutcome.INACCURATE
    assert not fixed.answered
    assert not fixed.refined
    assert (fixed.drag_coefficient, fixed.lift_coefficient) == (answer.drag_coefficient, answer.lift_coefficient)
    assert fixed.drag_bound > 0.2
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


def test_a_correction_that_is_not_as_good_as_the_networks_bound_is_no_answer(surrogate):
    answer = surrogate.evaluate(Body.ellipse(0.7), FlowConditions(58.0))
    fixed = answer.correction
    assert fixed.outcome is CorrectionOutcome.NO_BETTER
    assert fixed.refined
    assert fixed.drag_bound > answer.drag_bound
    assert fixed.drag_coefficient == answer.drag_coefficient


def test_updates_that_do_not_arrive_give_no_answer(surrogate):
    answer = surrogate.evaluate(Body.ellipse(0.3), FlowConditions(53.0))
    fixed = answer.correction
    assert fixed.outcome is CorrectionOutcome.NOT_ARRIVED
    assert math.isinf(fixed.drag_bound)
    assert fixed.drag_coefficient == answer.drag_coefficient
    assert fixed.status.startswith("No correction: the state inverse did not arrive at a flow")


def test_a_misfit_of_the_body_counts_as_an_error(surrogate):
    body, conditions = Body.naca("2415").with_modes(8), FlowConditions(20.0, 3.0)
    near, far = (surrogate.evaluate(replace(body, fit_error=e), conditions).correction for e in (0.0, 0.01))
    assert far.drag_bound == pytest.approx(near.drag_bound + 0.003 * far.drag_coefficient)
    forces = math.hypot(far.drag_coefficient, far.lift_coefficient)
    assert far.lift_bound == pytest.approx(near.lift_bound + 0.02 * forces)
    unlike = surrogate.evaluate(replace(body, fit_error=0.09), conditions).correction
    assert unlike.outcome is CorrectionOutcome.INACCURATE


@pytest.mark.parametrize("size", [math.nan, math.inf])
def test_an_estimate_that_is_not_finite_is_no_answer(surrogate, monkeypatch, size):
    estimate = module.estimate_error

    def spoilt(flow):
        found = estimate(flow)
        return replace(found, angular=torch.full_like(found.angular, size))

    monkeypatch.setattr(module, "estimate_error", spoilt)
    assert surrogate.evaluate(Body.ellipse(2.0), FlowConditions(5.0)).correction.outcome is CorrectionOutcome.INACCURATE


def test_answers_of_bodies_of_the_training_space_are_kept_by_the_solver(surrogate):
    designs = sample(surrogate.space, 515151, range(6))
    for i in range(6):
        conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
        body = Body(designs.coefficients[i])
        fixed, truth = surrogate.evaluate(body, conditions).correction, solve(body, conditions)
        if fixed.answered:
            assert abs(fixed.drag_coefficient - truth.drag_coefficient) <= fixed.drag_bound + abs(truth.drag_error)

"""The state inverse: second order, chord steps, and refusal where no step lowers the residual."""

import math

import pytest
import torch

from fusiform.solvers.flow import State, level, residual, residual_norm, solve_batch, state_inverse, updated_state
from fusiform.solvers.flow.steady.newton import ROUNDING


@pytest.fixture(scope="module")
def solved():
    coefficients = torch.tensor([[0.45, 0.03 + 0.02j, -0.02 + 0.01j]], dtype=torch.complex128)
    return solve_batch(coefficients, torch.tensor([12.0], dtype=torch.float64), level(12.0, 0))


def _disturbed(flow, size):
    """The state plus a smooth disturbance that leaves the wall as it is."""
    xi, eta = flow.problem.mesh.xi, flow.problem.mesh.eta
    bump = (torch.sin(torch.pi * xi / xi[:, -1:]) ** 2)[:, :, None] * torch.cos(2.0 * eta + 1.0)[:, None]
    state = flow.state
    return State(state.phi + size * bump, state.omega + 3.0 * size * bump, state.scalars + size)


def test_one_update_squares_the_error(solved):
    errors = []
    for size in (2e-2, 1e-2):
        answer = state_inverse(solved.problem, _disturbed(solved, size))
        assert bool(answer.reduced.all())
        errors.append(float((answer.state.omega - solved.state.omega).abs().max()))
    order = math.log2(errors[0] / errors[1])
    assert order >= 1.9, (order, errors)


def test_chord_steps_bring_the_rest_and_report_how_far_it_was(solved):
    answer = state_inverse(solved.problem, _disturbed(solved, 1e-2), chord_steps=8)
    assert float((answer.state.omega - solved.state.omega).abs().max()) < 1e-7
    assert float(answer.last_step) < 1e-5


def test_an_update_reports_the_residuals_before_and_after_it(solved):
    state = _disturbed(solved, 1e-1)
    answer = state_inverse(solved.problem, state, chord_steps=1)
    for norm, at in ((answer.norm_before, state), (answer.norm_after, answer.state)):
        torch.testing.assert_close(norm, residual_norm(solved.problem, residual(solved.problem, at)))
    assert float(answer.norm_after) < 0.1 * float(answer.norm_before)


def test_the_inverse_refuses_where_the_residual_does_not_fall(solved):
    state = _disturbed(solved, 1e-1)
    not_a_number = State(state.phi * torch.nan, state.omega, state.scalars)
    refused = state_inverse(solved.problem, not_a_number, chord_steps=2)
    assert not bool(refused.reduced.any())
    torch.testing.assert_close(refused.state.omega, state.omega, rtol=0.0, atol=0.0)


def test_a_state_that_is_solved_to_rounding_counts_as_solved(solved):
    best = state_inverse(solved.problem, solved.state, chord_steps=20)
    again = state_inverse(solved.problem, best.state)
    assert float(again.norm_after) == float(again.norm_before), "its residual falls no further"
    assert bool(again.reduced.all())
    assert float(again.last_step) < ROUNDING
    update = updated_state(solved.problem, best.state, max_updates=3, chord_steps=1, tolerance=1e-6)
    assert update.arrived
    assert update.updates == 1


def test_updates_end_with_the_first_that_is_small_enough(solved):
    update = updated_state(solved.problem, _disturbed(solved, 1e-1), max_updates=6, chord_steps=1, tolerance=1e-6)
    assert update.arrived
    assert 2 <= update.updates <= 4
    assert float((update.state.omega - solved.state.omega).abs().max()) < 1e-7
    one = updated_state(solved.problem, _disturbed(solved, 1e-1), max_updates=1, chord_steps=0, tolerance=1e-6)
    assert not one.arrived
    assert one.updates == 1

"""The state inverse: second order, chord steps, and refusal where no step lowers the residual."""

import math

import pytest
import torch

from fusiform.solvers.flow import State, level, residual, residual_norm, solve_batch, state_inverse, updated_state


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


def test_the_inverse_refuses_where_the_residual_does_not_fall(solved):
    start = residual_norm(solved.problem, residual(solved.problem, solved.state))
    answer = state_inverse(solved.problem, solved.state)
    torch.testing.assert_close(answer.norm_before, start)
    far = _disturbed(solved, 1e6)
    answer = state_inverse(solved.problem, far)
    assert bool((answer.norm_after <= answer.norm_before).all())
    assert bool(answer.reduced.all()) == bool((answer.norm_after < answer.norm_before).all())
    not_a_number = State(far.phi * torch.nan, far.omega, far.scalars)
    refused = state_inverse(solved.problem, not_a_number, chord_steps=2)
    assert not bool(refused.reduced.any())
    torch.testing.assert_close(refused.state.omega, far.omega, rtol=0.0, atol=0.0)


def test_updates_end_with_the_first_that_is_small_enough(solved):
    update = updated_state(solved.problem, _disturbed(solved, 1e-1), max_updates=6, chord_steps=1, tolerance=1e-6)
    assert update.arrived
    assert 2 <= update.updates <= 4
    assert float((update.state.omega - solved.state.omega).abs().max()) < 1e-7
    one = updated_state(solved.problem, _disturbed(solved, 1e-1), max_updates=1, chord_steps=0, tolerance=1e-6)
    assert not one.arrived
    assert one.updates == 1

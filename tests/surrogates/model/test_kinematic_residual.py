"""The residual that the bound on the surrogate's error is made of."""

import pytest
import torch

from fusiform.solvers.flow import Domain, Resolution, State, solve_batch
from fusiform.surrogates.model.error_bound import kinematic_residual

RESOLUTION = Resolution(4, 12, 4, 5)


@pytest.fixture(scope="module")
def flow():
    """An ellipse of fineness 2 and a body at incidence, and their flows."""
    coefficients = torch.tensor([[1.0 / 3.0, 0.0], [0.3 + 0.1j, 0.05]], dtype=torch.complex128)
    solved = solve_batch(coefficients, torch.tensor([5.0, 10.0], dtype=torch.float64), RESOLUTION)
    return solved.problem, solved.state


def test_a_solved_flow_has_none(flow):
    assert float(kinematic_residual(*flow).max()) < 1e-6


def test_vorticity_that_does_not_belong_to_the_streamfunction_counts_by_the_size_of_its_cell(flow):
    """ρ = ((ψ_ξξ + ψ_ηη + h² (ω + δ))/h)_rms = δ h_rms where ψ and ω belong together."""
    problem, state = flow
    moved = State(state.phi, state.omega + 0.3, state.scalars)
    size = problem.metric[:, 1:-1].mean((1, 2)).sqrt()
    torch.testing.assert_close(kinematic_residual(problem, moved), 0.3 * size, rtol=1e-6, atol=0)


def test_around_an_axis_the_same_holds_of_the_vorticity_s_chi():
    coefficients = torch.tensor([[1.0 / 3.0, 0.0], [0.2, 0.05]], dtype=torch.complex128)
    reynolds = torch.tensor([5.0, 10.0], dtype=torch.float64)
    solved = solve_batch(coefficients, reynolds, RESOLUTION, domain=Domain.MERIDIAN)
    problem, state = solved.problem, solved.state
    assert float(kinematic_residual(problem, state).max()) < 1e-6
    moved = State(state.phi, state.omega + 0.3, state.scalars)
    size = (problem.metric * problem.stream.square())[:, 1:-1, 1:-1].mean((1, 2)).sqrt()
    torch.testing.assert_close(kinematic_residual(problem, moved), 0.3 * size, rtol=1e-6, atol=0)

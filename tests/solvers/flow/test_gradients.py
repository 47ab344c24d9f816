"""Adjoint gradients: Taylor order, finite differences, and the state inverse."""

import math
from dataclasses import replace

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, SolveOutcome, solve
from fusiform.solvers.flow.equations import State, residual, residual_norm
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.sensitivity import steady_forces
from fusiform.solvers.flow.state_inversion import state_inverse
from fusiform.solvers.flow.steady import solve_batch
from fusiform.solvers.geometry import laurent

RESOLUTION = Resolution(28, 32)
BASE = (
    torch.tensor([[0.45, 0.03 + 0.02j, -0.02 + 0.01j]], dtype=torch.complex128),
    torch.tensor([12.0], dtype=torch.float64),
    torch.tensor([0.1], dtype=torch.float64),
)
DIRECTIONS = {
    "first mode": ([1, 0, 0], 0, 0),
    "imaginary second mode": ([0, 1j, 0], 0, 0),
    "third mode": ([0, 0, 1 - 1j], 0, 0),
    "Reynolds number": ([0, 0, 0], 1, 0),
    "incidence": ([0, 0, 0], 0, 1),
    "all": ([0.3, 0.2j, 0.1], 0.5, -0.4),
}


def _moved(direction, step):
    da, dr, dalpha = DIRECTIONS[direction]
    move = torch.tensor([da], dtype=torch.complex128)
    return BASE[0] + step * move, BASE[1] + step * dr, BASE[2] + step * dalpha


def _forces(a, reynolds, alpha):
    return steady_forces(laurent.rotate(a, alpha), reynolds, RESOLUTION)[0][0]


def _derivative(direction, part):
    variables = [t.clone().requires_grad_() for t in BASE]
    value = part(_forces(*variables))
    gradient = torch.autograd.grad(value, variables)
    da, dr, dalpha = DIRECTIONS[direction]
    move = torch.tensor([da], dtype=torch.complex128)
    slope = (gradient[0].conj() * move).real.sum() + gradient[1] * dr + gradient[2] * dalpha
    return float(value.detach()), float(slope)


PARTS = {"drag": lambda f: f.real, "lift": lambda f: f.imag}


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("part", PARTS)
def test_taylor_remainder_is_of_second_order_and_adjoint_equals_finite_difference(direction, part):
    value, slope = _derivative(direction, PARTS[part])
    scale = 4.0 if direction == "Reynolds number" else 1.0
    steps = [scale * 1e-2, scale * 5e-3]
    remainders = [abs(float(PARTS[part](_forces(*_moved(direction, h)))) - value - h * slope) for h in steps]
    order = math.log2(remainders[0] / remainders[1])
    assert order >= 1.9, (order, remainders)
    h = scale * 3e-5
    ends = [float(PARTS[part](_forces(*_moved(direction, s)))) for s in (h, -h)]
    assert (ends[0] - ends[1]) / (2 * h) == pytest.approx(slope, rel=1e-5, abs=1e-6 * abs(value))


def test_solution_gradient_is_the_gradient_of_the_body():
    body, conditions = Body(BASE[0][0]), FlowConditions(12.0, math.degrees(0.1))
    gradient = solve(body, conditions, grid="coarse").gradient("lift")
    step = 1e-4
    up, down = (solve(body, FlowConditions(12.0, math.degrees(0.1 + s)), grid="coarse") for s in (step, -step))
    assert gradient.alpha == pytest.approx((up.lift_coefficient - down.lift_coefficient) / (2 * step), rel=1e-5)
    move = torch.zeros(3, dtype=torch.complex128)
    move[1] = step
    up, down = (solve(Body(BASE[0][0] + s * move), conditions, grid="coarse") for s in (1, -1))
    difference = (up.lift_coefficient - down.lift_coefficient) / (2 * step)
    assert float(gradient.coefficients[1].real) == pytest.approx(difference, rel=1e-5)


@pytest.fixture(scope="module")
def solved():
    return solve_batch(laurent.rotate(BASE[0], BASE[2]), BASE[1], RESOLUTION)


def _disturbed(state, size):
    """The state plus a smooth disturbance that respects the wall condition ψ = 0."""
    n = torch.linspace(0, 1, state.psi.shape[1], dtype=torch.float64)[:, None]
    s = torch.arange(state.psi.shape[2], dtype=torch.float64) * (2 * torch.pi / state.psi.shape[2])
    bump = torch.sin(torch.pi * n) ** 2 * torch.cos(2 * s + 1)
    return State(state.psi + size * bump, state.omega + 3 * size * bump, state.scalars + size)


def test_one_update_squares_the_error(solved):
    errors = {}
    for size in (2e-1, 1e-1):
        answer = state_inverse(solved.problem, _disturbed(solved.state, size))
        assert bool(answer.reduced.all())
        errors[size] = float((answer.state.omega - solved.state.omega).abs().max())
    order = math.log2(errors[2e-1] / errors[1e-1])
    assert order >= 1.9, (order, errors)


def test_chord_steps_bring_the_rest_and_report_how_far_it_was(solved):
    answer = state_inverse(solved.problem, _disturbed(solved.state, 1e-2), chord_steps=6)
    assert float((answer.state.omega - solved.state.omega).abs().max()) < 1e-7
    assert float(answer.last_step) < 1e-5


def test_the_inverse_refuses_where_the_residual_does_not_fall(solved):
    answer = state_inverse(solved.problem, solved.state)
    start = residual_norm(solved.problem, residual(solved.problem, solved.state))
    torch.testing.assert_close(answer.norm_before, start)
    far = _disturbed(solved.state, 1e6)
    answer = state_inverse(solved.problem, far)
    assert bool((answer.norm_after <= answer.norm_before).all())
    kept = ~answer.reduced
    torch.testing.assert_close(answer.state.omega[kept], far.omega[kept])


def test_a_gradient_is_of_the_drag_or_the_lift_of_a_solution():
    solution = solve(Body.circle(), FlowConditions(10.0), grid="coarse")
    with pytest.raises(InputError, match="drag or lift, got 'Drag'"):
        solution.gradient("Drag")
    with pytest.raises(InputError, match="converged solution"):
        replace(solution, outcome=SolveOutcome.NOT_CONVERGED).gradient()

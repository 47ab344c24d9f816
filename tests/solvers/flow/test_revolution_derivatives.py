"""Derivatives and state inverses around an axis: adjoint, tangents and differences agree, remainders are quadratic."""

import math

import numpy as np
import pytest
import torch

from fusiform.solvers.flow import (
    Domain,
    FlowField,
    flow_tangents,
    force_coefficients,
    force_vjp,
    level,
    solve_batch,
    state_inverse,
    steady_forces,
    total_head,
    updated_state,
    wall_samples,
)
from fusiform.solvers.flow.steady.levels import least_layers

# coefficients, Reynolds number, direction of the coefficients, rate of ln Re
CASES = {
    "nearly a sphere, slow": ([0.05, 0.02, -0.01], 0.1, [0.5, 0.3, -0.2], 0.0),
    "sphere in the Reynolds number": ([0.0, 0.0, 0.0], 20.0, [0.0, 0.0, 0.0], 1.0),
    "egg": ([0.3, 0.08, -0.05], 60.0, [0.5, 0.3, -0.2], 0.3),
    "oblate, Re 150": ([-0.2, 0.03, 0.02], 150.0, [0.3, -0.2, 0.1], 0.2),
    "ten to one, slow": ([9.0 / 11.0, 0.0, 0.0], 0.2, [0.1, 0.1, -0.05], 0.5),
    "six to one": ([5.0 / 7.0, -0.02, 0.01], 40.0, [0.2, 0.1, 0.1], -0.4),
}
WEIGHT = torch.ones(1, dtype=torch.complex128)


def design(name, step=0.0):
    coefficients, reynolds, direction, faster = CASES[name]
    a, move = (torch.tensor([each], dtype=torch.complex128) for each in (coefficients, direction))
    return a + step * move, torch.tensor([reynolds * math.exp(faster * step)], dtype=torch.float64)


def resolution_of(name):
    coefficients, reynolds = design(name)
    return level(float(reynolds), 0, least=least_layers(coefficients, reynolds, Domain.MERIDIAN))


def solved(name, step=0.0):
    return solve_batch(*design(name, step), resolution_of(name), domain=Domain.MERIDIAN)


@pytest.mark.parametrize("name", CASES)
def test_the_remainder_is_of_second_order_and_the_adjoint_equals_differences(name):
    _, reynolds, direction, faster = CASES[name]
    coefficients, own = (t.requires_grad_() for t in design(name))
    forces, _ = steady_forces(coefficients, own, resolution_of(name), domain=Domain.MERIDIAN)
    value = float(forces.real.detach())
    by_a, by_re = torch.autograd.grad(forces.real[0], (coefficients, own))
    assert float(by_a.imag.abs().max()) == 0.0
    slope = float((by_a.real @ torch.tensor(direction, dtype=torch.float64))[0] + by_re[0] * reynolds * faster)
    steps = (2e-3, 1e-3)
    ahead, behind = ([drag(name, sign * h) for h in steps] for sign in (1.0, -1.0))
    remainders = [abs(a - value - h * slope) for a, h in zip(ahead, steps, strict=True)]
    assert math.log2(remainders[0] / remainders[1]) >= 1.9, remainders
    differences = [(a - b) / (2.0 * h) for a, b, h in zip(ahead, behind, steps, strict=True)]
    assert (4.0 * differences[1] - differences[0]) / 3.0 == pytest.approx(slope, rel=1e-5, abs=1e-6 * value)


def drag(name, step):
    return float(sum(solved(name, step).force_coefficients).real)


@pytest.mark.parametrize("name", ["egg", "oblate, Re 150", "ten to one, slow"])
def test_tangents_and_adjoint_give_the_same_derivatives(name):
    flow, directions = solved(name), torch.eye(3, dtype=torch.complex128)
    tangents = flow_tangents(flow, directions)
    assert float(tangents.change.max()) < 1e-6
    found = tangents.derivative(sum(force_coefficients(tangents.sides, tangents.side_states))).real
    torch.testing.assert_close(found, force_vjp(flow, WEIGHT)[0].real[0], rtol=1e-5, atol=1e-5)


def test_the_wall_pressure_is_differentiated_along_the_design():
    """Between the nodes of the meridian's wall, which move with the body."""
    name, h = "egg", 1e-4
    tangents = flow_tangents(solved(name), torch.tensor([CASES[name][2]], dtype=torch.complex128))

    def pressure(problem, state):
        return wall_samples(problem, total_head(problem, state)[:, 0], 3)[1]

    found = tangents.derivative(pressure(tangents.sides, tangents.side_states))[0]
    flows = [
        solve_batch(design(name, s)[0], design(name)[1], resolution_of(name), domain=Domain.MERIDIAN) for s in (h, -h)
    ]
    up, down = (pressure(flow.solved, flow.unknowns)[0] for flow in flows)
    difference = (up - down) / (2.0 * h)
    assert float((found - difference).abs().max()) < 1e-5 * float(difference.abs().max())
    field = FlowField(tangents.sides, tangents.side_states, tangents.side_coefficients)
    assert np.isfinite(field.wall_pressure_coefficient).all()


def test_gradients_of_a_batch_are_those_of_its_cases():
    coefficients = torch.tensor([[0.3, 0.08, -0.05], [-0.2, 0.03, 0.02]], dtype=torch.complex128)
    reynolds = torch.tensor([20.0, 30.0], dtype=torch.float64)
    resolution = level(30.0, 0)
    together = force_vjp(solve_batch(coefficients, reynolds, resolution, domain=Domain.MERIDIAN), WEIGHT.expand(2))
    for case in range(2):
        here = slice(case, case + 1)
        alone = solve_batch(coefficients[here], reynolds[here], resolution, domain=Domain.MERIDIAN)
        for one, other in zip(together, force_vjp(alone, WEIGHT), strict=True):
            torch.testing.assert_close(one[case], other[0], rtol=1e-6, atol=1e-7)


def neighbours(count):
    """Bodies of revolution and Reynolds numbers, each with one whose flow is some 8 % off."""
    random = torch.Generator().manual_seed(3)
    modes = torch.arange(1, 5, dtype=torch.float64)
    coefficients = 0.12 * torch.randn(count, 4, dtype=torch.float64, generator=random) / modes
    coefficients[:, 0] += 0.6 * torch.rand(count, dtype=torch.float64, generator=random) - 0.1
    reynolds = 10.0 ** (2.0 * torch.rand(count, dtype=torch.float64, generator=random))
    change = 0.015 * torch.randn(count, 4, dtype=torch.float64, generator=random) / modes
    return coefficients + 0j, change + 0j, reynolds


def test_one_update_and_four_chord_steps_reach_the_flow_or_say_that_they_did_not():
    coefficients, change, reynolds = neighbours(20)
    resolution = level(100.0, 0)
    exact = solve_batch(coefficients, reynolds, resolution, domain=Domain.MERIDIAN)
    near = solve_batch(coefficients + change, 1.05 * reynolds, resolution, domain=Domain.MERIDIAN)
    both = exact.converged & near.converged
    assert int(both.sum()) == 20
    off = distance(near.unknowns, exact.unknowns)
    assert 0.04 < float(off.median()) < 0.15
    update = state_inverse(exact.solved, near.unknowns, chord_steps=4)
    accepted = update.reduced & (update.last_step < 1e-3)
    error = distance(update.state, exact.unknowns)
    assert int(accepted.sum()) >= 18
    assert float(error[accepted].max()) < 1e-3
    assert float(error[accepted].median()) < 1e-6


def distance(one, other):
    """Root mean square difference of χ over that of χ, (batch,)."""
    return (one.omega - other.omega).flatten(1).norm(dim=1) / other.omega.flatten(1).norm(dim=1)


def test_updates_end_at_the_solution():
    coefficients, change, reynolds = neighbours(1)
    resolution = level(100.0, 0)
    exact = solve_batch(coefficients, reynolds, resolution, domain=Domain.MERIDIAN)
    near = solve_batch(coefficients + change, reynolds, resolution, domain=Domain.MERIDIAN)
    update = updated_state(exact.solved, near.unknowns, max_updates=4, chord_steps=2, tolerance=1e-7)
    assert update.arrived
    assert float(distance(update.state, exact.unknowns)) < 1e-7

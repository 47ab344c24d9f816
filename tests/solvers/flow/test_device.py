"""Everything follows the device of its input: on a pretended accelerator nothing strays to the CPU, and the answers are
the same. (`pretended_device.py` says how.)"""

import numpy as np
import pytest
import torch
from flow_cases import BENT, REYNOLDS, bodies, flat, random_state
from pretended_device import ELSEWHERE, numbers, pretended_device

from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.derivatives.sensitivity import force_vjp
from fusiform.solvers.flow.derivatives.state_inversion import state_inverse
from fusiform.solvers.flow.derivatives.tangent import flow_tangents
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.mirror import fold_state, unfold_state
from fusiform.solvers.flow.equations.problem import discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.transfer import transfer
from fusiform.solvers.flow.equations.weak_form import residual, residual_and_forces, residual_norm
from fusiform.solvers.flow.fields.flow_field import FlowField
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.newton import newton
from fusiform.solvers.flow.steady.steady import solve_batch
from fusiform.solvers.inverse import SolverModel

RESOLUTION, HIGHER, FINER = Resolution(3, 6, 3, 5), Resolution(3, 6, 4, 6), Resolution(4, 6, 5, 6)


def same(there, here):
    torch.testing.assert_close(numbers(there), here, rtol=1e-7, atol=1e-7)


def test_tensors_of_the_pretended_device_do_not_mix_with_those_of_the_cpu():
    with pretended_device() as device:
        one = torch.ones(3).to(ELSEWHERE)
        with pytest.raises(RuntimeError, match="expected all tensors on one device"):
            one + torch.ones(3)
        with pytest.raises(RuntimeError, match="expected all tensors on one device"):
            one[torch.tensor([0, 1])]
        same(one + torch.arange(3, device=one.device) + 2.0, torch.tensor([3.0, 4.0, 5.0]))
        assert not device.to_host
        assert bool((one > 0.0).all())
        assert one.cpu().tolist() == [1.0, 1.0, 1.0]
        assert sum(device.to_host.values()) == 2


@pytest.mark.parametrize("domain", Domain)
def test_problem_residual_factors_and_solves_stay_on_the_device(domain):
    def computed(coefficients, reynolds):
        problem = discretise(coefficients, reynolds, RESOLUTION, domain)
        state = cold_start(problem)
        r, (pressure, friction) = residual_and_forces(problem, state)
        factors = linearise(problem, state)
        parts = Linearisation.concatenate([factors, factors])
        first = torch.arange(1, device=reynolds.device)
        alone = parts.select(first).solve(r.select(first))
        return [
            *(flat(r), residual_norm(problem, r), pressure, friction),
            *(flat(factors.solve(r)), flat(factors.solve_transposed(r)), flat(alone)),
            flat(factors.select(first).solve_columns(r)),
            problem.select(first).position,
        ]

    here = computed(bodies(domain), REYNOLDS)
    with pretended_device() as device:
        there = computed(bodies(domain).to(ELSEWHERE), REYNOLDS.to(ELSEWHERE))
        device.to_host.clear()
        computed(bodies(domain).to(ELSEWHERE), REYNOLDS.to(ELSEWHERE))
        assert not device.to_host, "once the layout is known, nothing waits for the host"
        for one, other in zip(there, here, strict=True):
            same(one, other)


def test_newton_transfer_and_whole_solves_stay_on_the_device():
    def computed(coefficients, reynolds):
        coarse, fine, higher = (
            discretise(coefficients, reynolds, r) for r in (RESOLUTION, FINER, Resolution(3, 6, 4, 6))
        )
        result = newton(coarse, cold_start(coarse), 1e-9)
        flow = solve_batch(coefficients, reynolds, RESOLUTION)
        return [
            *(flat(result.state), result.update, result.factorisations),
            *(flat(transfer(result.state, coarse, fine)), flat(transfer(result.state, coarse, higher))),
            *(
                flat(unfold_state(fold_state(result.state))),
                flat(flow.state),
                flow.converged,
                sum(flow.force_coefficients),
            ),
        ]

    here = computed(BENT, REYNOLDS)
    with pretended_device():
        for there, other in zip(computed(BENT.to(ELSEWHERE), REYNOLDS.to(ELSEWHERE)), here, strict=True):
            same(there, other)


@pytest.mark.parametrize("symmetric", [False, True])
def test_derivatives_and_the_state_inverse_stay_on_the_device(symmetric):
    def computed(coefficients, reynolds, noise):
        flow = solve_batch(coefficients, reynolds, RESOLUTION)
        gradient = force_vjp(flow, torch.ones_like(reynolds) + 0.5j * (not symmetric))
        update = state_inverse(flow.problem, flow.state + noise, 1)
        tangents = flow_tangents(solve_batch(coefficients[:1], reynolds[:1], RESOLUTION), 0.1 * coefficients)
        return [*gradient, flat(update.state), update.last_step, flat(tangents.states)]

    coefficients = bodies(Domain.HALF_PLANE if symmetric else Domain.PLANE)
    problem = discretise(coefficients, REYNOLDS, RESOLUTION)
    noise = random_state(problem).scaled(torch.full((2,), 1e-3, dtype=torch.float64))
    here = computed(coefficients, REYNOLDS, noise)
    with pretended_device():
        moved = State(*(t.to(ELSEWHERE) for t in (noise.phi, noise.omega, noise.scalars)))
        for there, other in zip(computed(coefficients.to(ELSEWHERE), REYNOLDS.to(ELSEWHERE), moved), here, strict=True):
            same(there, other)


def test_a_start_on_another_device_is_refused_by_solve_and_moved_by_the_solver_as_model():
    body, conditions = Body(BENT[0]), FlowConditions(float(REYNOLDS[0]))
    start = solve(body, conditions, grid="coarse")
    model, near = SolverModel(RESOLUTION, BENT.shape[1]), SolverModel(RESOLUTION, BENT.shape[1], ELSEWHERE)
    here, state = model.forces_near(BENT, REYNOLDS, None)
    assert state is not None
    with pretended_device():
        with pytest.raises(InputError, match="a start solved on meta, got one on cpu"):
            solve(body, conditions, grid="coarse", start=start, device=ELSEWHERE)
        there, _ = near.forces_near(BENT, REYNOLDS, state)
        torch.testing.assert_close(there, here, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("symmetric", [False, True])
def test_fields_are_computed_on_the_device_and_read_on_the_host(symmetric):
    points = [0.2 + 0.9j, 3.0 + 0.1j, -60.0 + 1.0j, 0.0j]
    coefficients = bodies(Domain.HALF_PLANE if symmetric else Domain.PLANE)

    def computed(coefficients, reynolds):
        flow = solve_batch(coefficients, reynolds, RESOLUTION)
        values = FlowField(flow.solved, flow.unknowns, flow.coefficients, 1).at(points)
        return values.u, values.v, values.pressure, values.vorticity, values.streamfunction

    here = computed(coefficients, REYNOLDS)
    with pretended_device():
        there = computed(coefficients.to(ELSEWHERE), REYNOLDS.to(ELSEWHERE))
    np.testing.assert_allclose(there, here, rtol=1e-7, atol=1e-9)
    assert np.isfinite(here).all(0).tolist() == [True, True, True, False]


@pytest.mark.parametrize("domain", Domain)
def test_constants_have_the_type_of_the_input_whatever_the_default_is(domain):
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float16)
        problem = discretise(bodies(domain).to(torch.complex64), REYNOLDS.float(), RESOLUTION, domain)
        state = cold_start(problem)
        solved = linearise(problem, state).solve(residual(problem, state))
    finally:
        torch.set_default_dtype(before)
    assert {t.dtype for t in vars(solved).values()} == {torch.float32}
    assert problem.position.dtype == torch.complex64

"""Steps in time: small disturbances grow as the modes of the linearised equations do, and steady flows stay."""

import cmath
from dataclasses import replace

import pytest
import torch

from fusiform.solvers import Body
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.stability.base_flow import base_flow
from fusiform.solvers.flow.stability.disturbances import Disturbances
from fusiform.solvers.flow.stability.modes import mode_near, rates_near
from fusiform.solvers.flow.unsteady.time_stepping import Moment, TimeStepping

ELEMENTS, REYNOLDS, NEAR = Resolution(6, 10, 5, 6), 60.0, 0.05 + 0.74j
STEP, SIZE = 0.1, 1e-5


@pytest.fixture(scope="module")
def swinging():
    """A steady flow that is unstable, its steps in time, and its leading mode."""
    coefficients = Body.circle().coefficients[None]
    with torch.no_grad():
        base = base_flow(coefficients, torch.tensor([REYNOLDS], dtype=torch.float64), ELEMENTS, Domain.PLANE)
        disturbances = Disturbances.of(base)
        rate, omega = next(rates_near(disturbances, NEAR))[0]
        mode = mode_near(disturbances, rate, omega)
    assert base.solved
    return base.state, TimeStepping(base.problem, STEP, disturbances.damping, float("inf")), mode


def part(right, factor):
    """Re(factor q')."""
    return State(*((factor * values).real for values in vars(right).values()))


def grown(swinging, step, time):
    """e^{σ time} as the steps have it, by least squares on the vorticity."""
    base, stepping, mode = swinging
    stepping = replace(stepping, step=step)
    states = tuple(base + part(mode.right, SIZE * cmath.exp(-mode.rate * step * back)) for back in range(3))
    with torch.no_grad():
        for moment, _ in stepping.march(Moment(0, states, base.omega)):
            if moment.steps == round(time / step):
                break
    swing = ((moment.states[0].omega - base.omega) / SIZE).flatten()
    columns = torch.stack([mode.right.omega.real.flatten(), -mode.right.omega.imag.flatten()], dim=1)
    return complex(*torch.linalg.lstsq(columns, swing[:, None]).solution[:, 0].tolist())


def test_a_small_disturbance_grows_and_swings_as_its_mode_does(swinging):
    time, rate = 4.0, swinging[2].rate
    assert rate.real > 0.01
    found = (cmath.log(grown(swinging, STEP, time) * cmath.exp(-1j * rate.imag * time)) / time) + 1j * rate.imag
    assert found.real == pytest.approx(rate.real, rel=0.01)
    assert found.imag == pytest.approx(rate.imag, rel=0.001)


def test_the_steps_are_of_third_order(swinging):
    exact = cmath.exp(4.8 * swinging[2].rate)
    errors = [abs(grown(swinging, step, 4.8) - exact) for step in (0.4, 0.2)]
    assert 5.5 < errors[0] / errors[1] < 11.0


def test_a_steady_flow_stays_as_it_is(swinging):
    base, stepping, _ = swinging
    with torch.no_grad():
        marched = stepping.march(stepping.at_rest(base))
        for _ in range(3):
            moment, force = next(marched)
    assert float((moment.states[0].omega - base.omega).abs().max()) < 1e-6
    assert force.real == pytest.approx(2.0 * float(base.scalars[0, 0]), abs=1e-6)

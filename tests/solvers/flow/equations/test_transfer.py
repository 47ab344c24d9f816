"""States carried between problems: polynomials arrive exactly."""

import pytest
import torch
from flow_cases import REYNOLDS, bodies

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.transfer import transfer
from fusiform.solvers.flow.resolution import Resolution

TARGETS = {
    "higher degrees": Resolution(3, 8, 6, 9),
    "lower degrees": Resolution(3, 8, 4, 4),
    "more radial elements": Resolution(5, 8, 5, 6),
    "fewer radial elements": Resolution(2, 8, 6, 5),
    "more of all": Resolution(6, 16, 7, 8),
}


def places(problem):
    """Radial ξ, and the angular place in units of elements of eight around the plane, of every node."""
    layout = problem.layout
    nodes = problem.mesh.eta[0] * 0.0
    step = layout.n2 - 1
    inner = (problem.mesh.eta[0, :step] - problem.mesh.eta[0, 0]) / problem.mesh.eta_step[0, 0]
    for number in range(layout.angular):
        here = nodes[number * step : (number + 1) * step]
        here += (number + inner)[: len(here)]
    if layout.domain is not Domain.PLANE:
        nodes[-1] = layout.angular
    return problem.mesh.xi, nodes * (8 / layout.resolution.angular_elements)


def smooth(problem, around):
    """Cubic in ξ; along the angle a function that is a polynomial of degree 3 on each of the eight elements."""
    xi, place = places(problem)
    part = place - place.floor()
    hat = (part - 0.5) ** 3 - 0.25 * (part - 0.5) + (1.0 if around else 0.3 * part * (1 - part))
    return (1.0 + xi - 0.2 * xi**3)[:, :, None] * hat


@pytest.mark.parametrize("domain", Domain)
@pytest.mark.parametrize("name", TARGETS)
def test_polynomials_are_transferred_exactly(domain, name):
    source = discretise(bodies(domain), REYNOLDS, Resolution(3, 8, 4, 4), domain)
    target = discretise(bodies(domain), REYNOLDS, TARGETS[name], domain)
    if source.layout.radial == target.layout.radial:
        torch.testing.assert_close(source.mesh.xi_step, target.mesh.xi_step)
    state = State(smooth(source, True), smooth(source, False), torch.tensor([[1.0, 2.0], [3.0, 4.0]]).double())
    moved = transfer(state, source, target)
    scale = float(state.phi.abs().max())
    torch.testing.assert_close(moved.omega, smooth(target, False), rtol=0, atol=1e-12 * scale)
    torch.testing.assert_close(moved.phi[:, 1:], smooth(target, True)[:, 1:], rtol=0, atol=1e-12 * scale)
    assert torch.equal(moved.phi[:, 0], target.wall_value)
    assert torch.equal(moved.scalars, state.scalars)


def test_to_higher_degrees_and_back_is_the_same_state():
    """φ in the first layer but nearly: the higher degree has the wall's φ exactly."""
    low, high = (discretise(bodies(Domain.PLANE), REYNOLDS, Resolution(3, 8, *d)) for d in ((5, 6), (8, 9)))
    state = cold_start(low)
    back = transfer(transfer(state, low, high), high, low)
    scale = float(state.phi.abs().max())
    torch.testing.assert_close(back.phi[:, 5:], state.phi[:, 5:], rtol=0, atol=1e-11 * scale)
    torch.testing.assert_close(back.phi, state.phi, rtol=0, atol=1e-5)
    torch.testing.assert_close(back.omega, state.omega, rtol=0, atol=1e-12 * float(state.omega.abs().max()))


def test_elements_correspond_to_each_other_whatever_the_body():
    """On another body and Reynolds number the nodal values stay."""
    source = discretise(bodies(Domain.PLANE)[:1], REYNOLDS[:1], Resolution(3, 8, 5, 6))
    target = discretise(bodies(Domain.PLANE)[1:], 10.0 * REYNOLDS[1:], Resolution(3, 8, 5, 6))
    state = cold_start(source)
    moved = transfer(state, source, target)
    torch.testing.assert_close(moved.omega, state.omega, rtol=0, atol=1e-13)

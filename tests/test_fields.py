"""Velocity and pressure at the wall, in the wake, far away and inside the body."""

import numpy as np
import pytest

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.geometry import laurent


@pytest.fixture(scope="module")
def lifting():
    return solve(Body.ellipse(3.0), FlowConditions(20.0, 10.0))


def test_no_slip_and_wall_pressure_gradient(lifting):
    field = lifting.field
    assert np.abs(field.velocity[0]).max() < 1e-3
    values = field.at(field.wall[::5] * (1 + 1e-9))
    np.testing.assert_allclose(2 * values.pressure, field.wall_pressure_coefficient[::5], atol=2e-3)


def test_pressure_integrates_to_the_pressure_drag_and_lift(lifting):
    """F_p = −∮ p n ds = i ∮ p dz over the outline."""
    field = lifting.field
    grid, flow = lifting.flow.problem.grid, lifting.flow
    zeta = grid.zeta[:, :1]
    dz = (1j * laurent.z_prime(flow.coefficients, zeta) * zeta)[0, 0].numpy()
    weights = grid.quadrature[0].numpy()
    total = 1j * (field.pressure[0] * dz * weights).sum() * 2
    lift_pressure = flow.force_coefficients[0][0].item()
    assert total.real == pytest.approx(lifting.drag_pressure, rel=2e-3)
    assert total.imag == pytest.approx(lift_pressure.imag, rel=2e-3)


def test_points_inside_the_body_are_nan_and_outside_are_not(lifting):
    values = lifting.field.at(np.array([[0.0 + 0j, 0.1 + 0j], [2.0 + 0j, -3.0 + 1j]]))
    assert values.u.shape == (2, 2)
    assert np.isnan(values.u[0]).all()
    assert np.isfinite(values.u[1]).all()


def test_velocity_is_divergence_free_and_vorticity_its_curl(lifting):
    h = 1e-3
    centre = np.array([1.2 + 0.5j, -1.0 + 0.3j, 0.2 + 0.8j, 3.0 - 0.4j])
    east, west, north, south = (lifting.field.at(centre + d) for d in (h, -h, 1j * h, -1j * h))
    divergence = (east.u - west.u + north.v - south.v) / (2 * h)
    curl = (east.v - west.v - north.u + south.u) / (2 * h)
    np.testing.assert_allclose(divergence, 0.0, atol=5e-3)
    np.testing.assert_allclose(curl, lifting.field.at(centre).vorticity, atol=1e-2)


def test_streamfunction_is_zero_at_the_wall_and_grows_like_the_stream(lifting):
    assert np.abs(lifting.field.psi[0]).max() < 1e-10
    far = lifting.field.at(np.array([-300 + 40j, -300 - 40j]))
    assert far.streamfunction[0] - far.streamfunction[1] == pytest.approx(80.0, rel=0.02)


def test_the_far_field_continues_the_grid(lifting):
    field = lifting.field
    radius = np.exp(field.xi_max) * float(laurent.conformal_radius(field.coefficients))
    direction = np.exp(1j * np.array([0.7, 2.0, 3.1, 4.2]))
    inner, outer = field.at(0.99 * radius * direction), field.at(1.01 * radius * direction)
    np.testing.assert_allclose(inner.u, outer.u, atol=1e-3)
    np.testing.assert_allclose(inner.pressure, outer.pressure, atol=1e-3)
    assert np.isfinite(inner.streamfunction).all()


def test_symmetric_flow_is_symmetric():
    field = solve(Body.ellipse(2.0), FlowConditions(10.0), grid="coarse").field
    points = np.array([1.0 + 0.3j, -0.9 + 0.2j, 4.0 + 1.0j])
    up, down = field.at(points), field.at(points.conj())
    np.testing.assert_allclose(up.u, down.u, atol=1e-8)
    np.testing.assert_allclose(up.v, -down.v, atol=1e-8)
    np.testing.assert_allclose(up.pressure, down.pressure, atol=1e-8)

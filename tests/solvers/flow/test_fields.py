"""Velocity and pressure at the wall, in the wake, far away and inside the body."""

import numpy as np
import pytest

from fusiform.solvers import Body, FlowConditions, InputError, load_body, solve
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


@pytest.mark.parametrize("name", ["naca0012", "kidney"])
def test_points_of_thin_and_hollow_bodies_find_their_way_back(name):
    """Regression: near a thin tail Newton's method started from the other side of the body."""
    field = solve(load_body(name), FlowConditions(5.0, 13.0), grid="coarse").field
    rng = np.random.default_rng(0)
    xi = np.concatenate([rng.uniform(0.0, 0.02, 500), rng.uniform(0.0, 6.0, 500)])
    zeta = np.exp(xi + 1j * rng.uniform(0.0, 2 * np.pi, 1000))
    np.testing.assert_allclose(field.inverse_map(field.z(zeta)), zeta, rtol=1e-9)
    deep = field.z(np.exp(1j * field.eta[::4])) - 1e-4 * field.z_xi[0, ::4]
    assert np.isnan(field.at(deep).u).all()
    assert np.isfinite(field.at(field.wall).u).all()


def test_velocity_next_to_the_wall_is_the_shear_times_the_distance(lifting):
    field = lifting.field
    tangent = 1j * field.z_xi[0] / np.abs(field.z_xi[0])
    distance = 1e-4
    values = field.at(field.wall - 1j * tangent * distance)
    expected = field.omega[0] * distance * tangent
    np.testing.assert_allclose(values.u + 1j * values.v, expected, atol=2e-3 * np.abs(expected).max())


def test_the_recirculation_is_resolved_between_the_nodes():
    coarse, standard = (solve(Body.circle(), FlowConditions(40.0), grid=g).field for g in ("coarse", "standard"))
    x, y = np.meshgrid(np.linspace(0.55, 2.4, 23), np.linspace(-0.3, 0.3, 9))
    one, two = (field.at(x + 1j * y) for field in (coarse, standard))
    assert two.u[4].max() < 0.0
    for name in ("u", "v", "pressure", "streamfunction"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), atol=5e-3)


@pytest.mark.parametrize("factor", [1.5, 10.0, 1e4])
def test_far_streamfunction_and_velocity_belong_together(lifting, factor):
    """dψ = u dy − v dx along an arc beyond the grid, outside the wake."""
    field = lifting.field
    radius = factor * np.abs(field.position[-1]).max()
    node, weight = np.polynomial.legendre.leggauss(24)
    angle = np.pi + (np.pi - 0.8) * node
    values = field.at(radius * np.exp(1j * angle))
    flux = ((values.u - 1j * values.v) * 1j * radius * np.exp(1j * angle)).imag @ weight * (np.pi - 0.8)
    first, last = field.at(radius * np.exp(1j * np.array([0.8, -0.8]))).streamfunction
    assert last - first == pytest.approx(flux, abs=2e-2)


def test_far_away_the_stream_is_undisturbed(lifting):
    values = lifting.field.at(1e6 * np.exp(1j * np.array([0.3, 1.0, 2.0, 3.0, 4.0])))
    np.testing.assert_allclose(values.u, 1.0, atol=1e-6)
    np.testing.assert_allclose(values.v, 0.0, atol=1e-6)
    np.testing.assert_allclose(values.pressure, 0.0, atol=1e-6)


def test_points_that_are_no_points_have_no_flow_and_far_ones_are_refused():
    field = solve(Body.circle(), FlowConditions(10.0), grid="coarse").field
    values = field.at(np.array([np.nan, np.inf, 1e8 + 1j]))
    assert np.isnan(values.u).tolist() == [True, True, False]
    assert values.u[2] == pytest.approx(1.0, abs=1e-2)
    with pytest.raises(InputError, match="within 1e\\+09 d"):
        field.at(np.array([1e155]))

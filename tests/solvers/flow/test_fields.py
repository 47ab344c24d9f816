"""Velocity and pressure at the wall, in the wake, far away and inside the body."""

import math

import numpy as np
import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, load_body, solve
from fusiform.solvers.flow import (
    DYNAMIC_PRESSURE,
    Domain,
    FlowField,
    level,
    slopes,
    solve_batch,
    total_head,
)
from fusiform.solvers.geometry import laurent


@pytest.fixture(scope="module")
def lifting():
    return solve(Body.ellipse(3.0), FlowConditions(20.0, 10.0))


def test_no_slip_and_wall_pressure_gradient(lifting):
    field = lifting.field
    assert np.abs(field.velocity[0]).max() < 1e-3
    values = field.at(field.wall[::5] * (1 + 1e-9))
    np.testing.assert_allclose(2 * values.pressure, field.wall_pressure_coefficient[::5], atol=2e-3)


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


def test_the_far_field_continues_the_elements(lifting):
    field = lifting.field
    radius = np.exp(field.xi_max) * float(laurent.conformal_radius(field.coefficients))
    direction = np.exp(1j * np.array([0.7, 2.0, 3.1, 4.2]))
    inner, outer = field.at(0.99 * radius * direction), field.at(1.01 * radius * direction)
    np.testing.assert_allclose(inner.u, outer.u, atol=1e-3)
    np.testing.assert_allclose(inner.pressure, outer.pressure, atol=1e-3)
    assert np.isfinite(inner.streamfunction).all()


def test_the_flow_past_a_symmetric_body_is_symmetric_on_the_whole_plane_too():
    coefficients, reynolds = Body.ellipse(2.0).coefficients[None], torch.tensor([10.0], dtype=torch.float64)
    flow = solve_batch(coefficients, reynolds, level(10.0, 1), domain=Domain.PLANE)
    field = FlowField(flow.problem, flow.state, flow.coefficients)
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
    deep = field.wall[::4] - 1e-4 * field.z_xi[0, ::4]
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
    """dψ = u dy − v dx along an arc beyond the elements, outside the wake."""
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


def flow_past(body, reynolds, alpha, degrees, domain=None):
    coefficients = laurent.rotate(
        load_body(body).coefficients[None], torch.tensor([math.radians(alpha)], dtype=torch.float64)
    )
    resolution = level(reynolds, 1).with_degrees(*degrees)
    return solve_batch(coefficients, torch.tensor([reynolds], dtype=torch.float64), resolution, domain=domain)


def field_of(*case, **options):
    flow = flow_past(*case, **options)
    return FlowField(flow.solved, flow.unknowns, flow.coefficients)


def around(field, count, farthest, seed=0):
    """Random points between the wall and ξ = `farthest`."""
    rng = np.random.default_rng(seed)
    return field.z(np.exp(rng.uniform(0.02, farthest, count) + 1j * rng.uniform(0.0, 2.0 * np.pi, count)))


@pytest.mark.parametrize("case", [("ellipse:3", 20.0, 10.0), ("naca0012", 20.0, 4.0)])
def test_at_the_nodes_the_values_are_those_of_the_nodes(case):
    field = field_of(*case, (5, 6))
    values = field.at(field.position)
    for name, nodal in (
        ("u", field.velocity.real),
        ("v", field.velocity.imag),
        ("pressure", field.pressure),
        ("vorticity", field.omega),
        ("streamfunction", field.psi),
    ):
        np.testing.assert_allclose(getattr(values, name), nodal, rtol=1e-7, atol=1e-9, err_msg=name)


def test_points_given_as_images_have_the_same_values(lifting):
    field = lifting.field
    points = np.linspace(-2, 4, 31)[None] + 1j * np.linspace(-1.5, 1.5, 21)[:, None]
    zeta = field.inverse_map(points.ravel()).reshape(points.shape)
    one, two = field.at(points), field.at_images(zeta)
    for name in ("u", "v", "pressure", "vorticity", "streamfunction"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_gradients_are_the_differences_of_the_values(lifting):
    field, h = lifting.field, 1e-6
    points = around(field, 400, 3.0)
    east, west, north, south = (field.at(points + d) for d in (h, -h, 1j * h, -1j * h))
    gradients = field.gradients(points)
    for name in ("u", "v", "pressure", "vorticity"):
        along_x = (getattr(east, name) - getattr(west, name)) / (2 * h)
        along_y = (getattr(north, name) - getattr(south, name)) / (2 * h)
        off = np.hypot(along_x - getattr(gradients, name + "_x"), along_y - getattr(gradients, name + "_y"))
        assert np.quantile(off, 0.99) < 1e-7, name  # a point within h of an element's boundary has two


def test_gradients_are_nan_in_the_body_and_beyond_the_elements(lifting):
    gradients = lifting.field.gradients(np.array([0.0, 2.0, 1e3]))
    assert np.isnan(gradients.u_x).tolist() == [True, False, True]


@pytest.mark.parametrize("case", [("circle", 40.0, 0.0), ("ellipse:4", 40.0, 10.0)])
def test_momentum_is_balanced_the_better_the_higher_the_degrees(case):
    """u·∇u + ∇p + ν (ω_y, −ω_x) = 0, ∇·u = 0 and ω = v_x − u_y at random points, by gradients of independent fields."""
    errors = []
    for degrees in ((5, 6), (7, 10)):
        field = field_of(*case, degrees)
        points = around(field, 500, 1.5)
        f, g = field.at(points), field.gradients(points)
        along_x = f.u * g.u_x + f.v * g.u_y + g.pressure_x + field.viscosity * g.vorticity_y
        along_y = f.u * g.v_x + f.v * g.v_y + g.pressure_y - field.viscosity * g.vorticity_x
        rows = (np.hypot(along_x, along_y), g.u_x + g.v_y, g.v_x - g.u_y - f.vorticity)
        errors.append([np.sqrt(np.mean(row**2)) for row in rows])
    coarse, fine = np.array(errors)
    assert np.all(fine < 0.2 * coarse), (coarse, fine)
    assert np.all(fine < (0.01, 0.005, 0.02)), fine


def test_velocities_and_pressures_are_continuous_between_elements(lifting):
    field = lifting.field
    rng = np.random.default_rng(1)
    angle = rng.uniform(0.0, 2.0 * np.pi, 40)
    edges = [xi + 1j * angle for xi in field.elements.xi[1:-1]] + [
        rng.uniform(0.0, 3.0, 20) + 1j * eta for eta in field.elements.eta[:-1]
    ]
    place, gap = np.concatenate(edges), 1e-9
    for step in (gap, 1j * gap):
        one, two = field.at_images(np.exp(place - step + gap)), field.at_images(np.exp(place + step + gap))
        for name in ("u", "v", "pressure", "vorticity", "streamfunction"):
            np.testing.assert_allclose(getattr(one, name), getattr(two, name), atol=1e-6, err_msg=name)


def test_a_flow_of_the_half_plane_is_that_of_the_plane():
    whole, half = (field_of("ellipse:2", 10.0, 0.0, (4, 5), domain=d) for d in (Domain.PLANE, Domain.HALF_PLANE))
    points = around(whole, 200, 3.0)
    one, two = whole.at(points), half.at(points)
    for name in ("u", "v", "pressure", "vorticity", "streamfunction"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), atol=1e-7, err_msg=name)


def test_a_case_of_a_batch_has_a_field_of_its_own():
    coefficients = torch.tensor([[0.2 + 0j, 0.0], [0.3 + 0.1j, 0.02]])
    coefficients = coefficients.to(torch.complex128)
    flow = solve_batch(coefficients, torch.tensor([5.0, 20.0], dtype=torch.float64), level(20.0, 0))
    alone = solve_batch(coefficients[1:], flow.reynolds[1:], flow.resolution)
    second = FlowField(flow.problem, flow.state, coefficients, index=1)
    other = FlowField(alone.problem, alone.state, coefficients[1:])
    np.testing.assert_allclose(second.pressure, other.pressure, atol=1e-7)
    np.testing.assert_allclose(second.velocity, other.velocity, atol=1e-7)


@pytest.mark.parametrize("domain", [Domain.PLANE, Domain.HALF_PLANE])
def test_the_head_solves_its_weak_equation(domain):
    """(∇H − g, ∇q) = 0 for all q."""
    flow = flow_past("ellipse:2", 20.0, 0.0, (4, 5), domain=domain)
    problem, state = flow.solved, flow.unknowns
    layout, d = problem.layout, slopes(problem, state)
    head = layout.local(total_head(problem, state))
    nu = problem.viscosity[:, None, None, None, None]
    g_xi = -d.omega * d.v_xi - nu * d.omega_eta
    g_eta = -d.omega * d.v_eta + nu * d.omega_xi
    along_xi = problem.mass * (layout.d_xi @ head * problem.scale_xi - g_xi)
    along_eta = problem.mass * (head @ layout.d_eta.mT * problem.scale_eta - g_eta)
    loads = layout.d_xi.mT @ along_xi * problem.scale_xi, along_eta @ layout.d_eta * problem.scale_eta
    scale = float(layout.assemble(layout.d_xi.mT @ (problem.mass * g_xi) * problem.scale_xi).abs().max())
    assert float(layout.assemble(sum(loads)).abs().max()) < 1e-9 * scale


def test_the_wall_pressure_rises_as_the_vorticity_leaves_the_wall(lifting):
    """dp/dη = ν ω_ξ at the wall, whose weak form are the sums R_i that make the pressure force."""
    field = lifting.field
    found = 1j * (field.pressure[0] * 1j * field.z_xi[0] * field.quadrature).sum() / DYNAMIC_PRESSURE
    assert found == pytest.approx(field.pressure_force, rel=1e-3)
    assert field.pressure_force + field.friction_force == pytest.approx(
        complex(lifting.drag_coefficient, lifting.lift_coefficient)
    )


def test_the_pressure_at_a_sharp_tail_converges_but_at_its_very_tip():
    """Farther than 0.03 d from the tail; the radius of the tail itself is 5e-5 d."""
    fields = [field_of("naca0012", 20.0, 0.0, degrees) for degrees in ((5, 6), (8, 12), (10, 16))]
    eta = np.linspace(0.0, 2.0 * np.pi, 4001)
    wall = fields[0].z(np.exp(1j * eta))
    far = np.abs(wall - wall[np.argmax(wall.real)]) > 0.03
    *coarse, best = (field.wall_pressure_at(eta)[far] for field in fields)
    errors = [np.abs(values - best).max() for values in coarse]
    assert errors[1] < 0.2 * errors[0], errors
    assert errors[1] < 0.01, errors


def test_next_to_a_sharp_tail_the_velocity_is_the_shear_times_the_distance():
    field = field_of("naca0012", 20.0, 0.0, (7, 10))
    eta = np.linspace(0.0, 2.0 * np.pi, 721)[1:-1]
    slope = field.map.slope(np.exp(1j * eta))
    distance = 1e-5 * np.abs(slope)
    values = field.at_images(np.exp(1e-5 + 1j * eta))
    expected = field.wall_vorticity_at(eta) * distance * 1j * slope / np.abs(slope)
    np.testing.assert_allclose(values.u + 1j * values.v, expected, atol=3e-3 * np.abs(expected).max())


def test_the_wall_at_the_nodes_is_that_of_the_nodes(lifting):
    field = lifting.field
    np.testing.assert_allclose(field.wall_pressure_at(field.eta), field.wall_pressure_coefficient, atol=1e-12)
    np.testing.assert_allclose(field.wall_shear_at(field.eta), field.wall_shear_coefficient, atol=1e-10)

"""Fields around bodies of revolution: identities of axisymmetric flow, closed forms, and the wake of the sphere.

The mirrored section is described: x and the radius s, v and ω of the other sign below the axis.
"""

import math

import numpy as np
import pytest
import torch

from fusiform.solvers.flow import (
    ACCURACIES,
    Domain,
    FlowField,
    analyse,
    level,
    solve_batch,
    solve_to_accuracy,
    streamlines,
    wall_samples,
)
from fusiform.solvers.flow.equations.far_field import axial_oseenlet
from fusiform.solvers.flow.fields.contour_forces import contour_force, contour_forces
from fusiform.solvers.flow.fields.far_continuation import axial_oseen
from fusiform.solvers.flow.fields.pressure import total_head

EGG = [0.3, 0.08, -0.05]
WINDOW = (-2.0, 4.0, -1.5, 1.5)
NAMES = ("u", "v", "pressure", "vorticity", "streamfunction")


def flow_past(coefficients, reynolds, degrees=(7, 10)):
    resolution = level(reynolds, 2).with_degrees(*degrees)
    batch = torch.tensor([coefficients], dtype=torch.complex128)
    return solve_batch(batch, torch.tensor([reynolds], dtype=torch.float64), resolution, domain=Domain.MERIDIAN)


def field_of(flow):
    return FlowField(flow.solved, flow.unknowns, flow.coefficients)


@pytest.fixture(scope="module")
def egg():
    return field_of(flow_past(EGG, 60.0))


@pytest.fixture(scope="module")
def sphere_100():
    coefficients, reynolds = torch.zeros((1, 1), dtype=torch.complex128), torch.tensor([100.0], dtype=torch.float64)
    flow, _, accurate = solve_to_accuracy(coefficients, reynolds, ACCURACIES["fine"], domain=Domain.MERIDIAN)
    assert accurate
    return field_of(flow)


def around(field, count, farthest, seed=0):
    rng = np.random.default_rng(seed)
    return field.z(np.exp(rng.uniform(0.02, farthest, count) + 1j * rng.uniform(0.0, 2.0 * np.pi, count)))


@pytest.mark.parametrize(("coefficients", "reynolds", "most"), [([0.0], 40.0, 2e-3), (EGG, 60.0, 2e-3)])
def test_momentum_is_balanced_the_better_the_higher_the_degrees(coefficients, reynolds, most):
    """u·∇u + ∇p + ν ∇×ω = 0, u_x + v_s + v/s = 0 and ω = v_x − u_s, by gradients of independent fields."""
    errors = []
    for degrees in ((5, 6), (7, 10)):
        field = field_of(flow_past(coefficients, reynolds, degrees))
        points = around(field, 500, 1.5)
        f, g, s = field.at(points), field.gradients(points), points.imag
        along_x = f.u * g.u_x + f.v * g.u_y + g.pressure_x + field.viscosity * (g.vorticity_y + f.vorticity / s)
        along_s = f.u * g.v_x + f.v * g.v_y + g.pressure_y - field.viscosity * g.vorticity_x
        rows = (np.hypot(along_x, along_s), g.u_x + g.v_y + f.v / s, g.v_x - g.u_y - f.vorticity)
        errors.append([np.sqrt(np.mean(row**2)) for row in rows])
    coarse, fine = np.array(errors)
    assert np.all(fine < 0.2 * coarse), (coarse, fine)
    assert np.all(fine < most), fine


def test_nothing_is_special_on_the_axis(egg):
    """Even quantities are level there, odd ones vanish like s, and v/s and ω/s are those of a small distance."""
    x = np.concatenate([np.linspace(-9.0, -1.0, 20), np.linspace(1.0, 9.0, 20)])
    on, near, close = (egg.at(x + 1j * s) for s in (0.0, 1e-6, 1e-3))
    for name in NAMES:
        np.testing.assert_allclose(getattr(on, name), getattr(near, name), atol=1e-5)
    np.testing.assert_allclose(on.pressure, close.pressure, atol=1e-5)
    np.testing.assert_allclose(on.u, close.u, atol=1e-4)
    for name in ("v", "vorticity"):
        np.testing.assert_allclose(getattr(near, name) / 1e-6, getattr(close, name) / 1e-3, atol=1e-3)


def test_below_the_axis_lies_the_mirror_image(egg):
    points = around(egg, 200, 8.0)
    up, down = egg.at(points), egg.at(points.conj())
    for name, sign in zip(NAMES, (1.0, -1.0, 1.0, -1.0, 1.0), strict=True):
        np.testing.assert_allclose(getattr(up, name), sign * getattr(down, name), rtol=1e-9, atol=1e-9, err_msg=name)


def test_at_the_nodes_the_values_are_those_of_the_nodes(egg):
    values = egg.at(egg.position)
    nodal = (egg.velocity.real, egg.velocity.imag, egg.pressure, egg.omega, egg.psi)
    for name, expected in zip(NAMES, nodal, strict=True):
        np.testing.assert_allclose(getattr(values, name), expected, rtol=1e-7, atol=1e-9, err_msg=name)
    np.testing.assert_allclose(egg.wall_pressure_at(egg.eta), egg.wall_pressure_coefficient, atol=1e-12)


def test_gradients_are_the_differences_of_the_values(egg):
    h, points = 1e-6, around(egg, 400, 3.0)
    east, west, north, south = (egg.at(points + d) for d in (h, -h, 1j * h, -1j * h))
    gradients = egg.gradients(points)
    for name in NAMES[:4]:
        along_x = (getattr(east, name) - getattr(west, name)) / (2 * h)
        along_y = (getattr(north, name) - getattr(south, name)) / (2 * h)
        off = np.hypot(along_x - getattr(gradients, name + "_x"), along_y - getattr(gradients, name + "_y"))
        assert np.quantile(off, 0.99) < 1e-7, name


def test_stokes_stream_function_gives_the_velocity(egg):
    """u = Ψ_s/s and v = −Ψ_x/s; at the wall and on the axis Ψ = 0."""
    h, points = 1e-5, around(egg, 200, 2.0)
    east, west, north, south = (egg.at(points + d).streamfunction for d in (h, -h, 1j * h, -1j * h))
    values = egg.at(points)
    off = np.hypot(values.u - (north - south) / (2 * h * points.imag), values.v + (east - west) / (2 * h * points.imag))
    assert np.quantile(off, 0.95) < 2e-3
    assert np.abs(egg.psi[0]).max() == 0.0
    np.testing.assert_allclose(egg.at(np.array([-3.0, 5.0, 40.0])).streamfunction, 0.0, atol=1e-12)


def test_the_wall_pressure_rises_as_the_vorticity_leaves_the_wall():
    """p_η = ν (s χ_ξ + 2 s_ξ χ) = ν (s ω_ξ + s_ξ ω)/s, integrated from the front by the shear's own polynomials."""
    flow = flow_past(EGG, 60.0, (8, 14))
    problem, state = flow.solved, flow.unknowns
    layout = problem.layout
    chi = layout.local(state.omega)
    chi_xi = (layout.d_xi @ chi * problem.scale_xi)[0, 0, :, 0]
    s, s_xi = problem.radius[0, 0, :, 0], problem.base_xi[0, 0, :, 0]
    rate = problem.viscosity * (s * chi_xi + 2.0 * s_xi * chi[0, 0, :, 0])
    head = layout.by_sector(total_head(problem, state)[:, 0])[0]
    slope = (head @ layout.d_eta.mT) * problem.scale_eta[0, 0, :, 0]
    assert float((slope - rate).abs().max()) < 0.02 * float(rate.abs().max())


def test_the_wall_of_a_meridian_is_sampled_between_its_nodes():
    flow = flow_past(EGG, 60.0)
    field, head = field_of(flow), total_head(flow.solved, flow.unknowns)
    eta, values = wall_samples(flow.solved, head[:, 0], 3)
    assert 0.0 <= float(eta.min()) < float(eta.max()) < math.pi
    np.testing.assert_allclose(field.wall_pressure_at(eta[0].numpy()), 2.0 * values[0].numpy(), atol=1e-9)


def test_creeping_flow_past_the_sphere_is_that_of_stokes():
    """C_p = (6/Re) cos θ and friction (6/Re) sin θ at the wall, θ from the front, times Oseen's 1 + 3/16 Re."""
    reynolds = 0.02
    coefficients = torch.zeros((1, 1), dtype=torch.complex128)
    flow, _, _ = solve_to_accuracy(
        coefficients, torch.tensor([reynolds], dtype=torch.float64), ACCURACIES["fine"], domain=Domain.MERIDIAN
    )
    field = field_of(flow)
    eta = np.linspace(0.0, 2.0 * np.pi, 33)
    size = 6.0 / reynolds * (1.0 + 3.0 / 16.0 * reynolds)
    np.testing.assert_allclose(field.wall_pressure_at(eta), -size * np.cos(eta), atol=4e-3 * size)
    np.testing.assert_allclose(field.wall_shear_at(eta), size * np.sin(eta), atol=4e-3 * size)
    points = 0.5 * np.array([1.3, 2.0, 3.0])[:, None] * np.exp(1j * np.array([0.4, 1.2, 2.0, 2.9]))
    a, r = 0.5, np.abs(points)
    exact = 0.5 * points.imag**2 * (1.0 - 1.5 * a / r + 0.5 * (a / r) ** 3)
    np.testing.assert_allclose(field.at(points).streamfunction, exact, rtol=0.02)


def test_oseens_flow_in_the_far_field_is_that_of_the_boundary_condition():
    """Its velocity is that of Ψ' = s² g', and its vorticity the curl."""
    h, viscosity = 1e-5, 0.3
    points = np.array([3.0 + 1.0j, -2.0 + 0.5j, 5.0 + 0.01j, 2.0 - 1.0j])

    def far(at):
        return axial_oseenlet(torch.from_numpy(at)[None], torch.tensor([viscosity], dtype=torch.float64))[0][0].numpy()

    def slopes(function):
        return tuple((function(points + d) - function(points - d)) / (2 * h) for d in (h, 1j * h))

    u, v, _, vorticity = axial_oseen(points, 1.0, viscosity)
    g_x, g_s = slopes(far)
    np.testing.assert_allclose(u - 1.0, 2.0 * far(points) + points.imag * g_s, atol=1e-8)
    np.testing.assert_allclose(v, -points.imag * g_x, atol=1e-8)
    along_x, along_s = slopes(lambda at: axial_oseen(at, 1.0, viscosity)[:2])
    np.testing.assert_allclose(vorticity, along_x[1] - along_s[0], atol=1e-8)


def test_the_far_field_continues_the_elements(egg):
    radius = np.abs(egg.position[-1]).min()
    direction = np.exp(1j * np.array([0.3, 0.7, 2.0, 3.1, -0.7]))
    inner, outer = egg.at(0.999 * radius * direction), egg.at(1.03 * radius * direction)
    np.testing.assert_allclose(inner.u, outer.u, atol=1e-4)
    np.testing.assert_allclose(inner.pressure, outer.pressure, atol=1e-4)
    far = egg.at(1e6 * np.exp(1j * np.array([0.3, 1.0, 2.0, 3.0, -2.0])))
    np.testing.assert_allclose(far.u, 1.0, atol=1e-6)
    np.testing.assert_allclose(far.v, 0.0, atol=1e-6)


@pytest.mark.parametrize("factor", [1.5, 10.0, 1e3])
def test_far_stream_function_and_velocity_belong_together(egg, factor):
    """dΨ = s (u ds − v dx) along an arc beyond the elements, from upstream on the axis to the edge of the wake."""
    radius = factor * np.abs(egg.position[-1]).max()
    node, weight = np.polynomial.legendre.leggauss(24)
    angle = 0.5 * (np.pi + 0.8) + 0.5 * (np.pi - 0.8) * node
    points = radius * np.exp(1j * angle)
    values = egg.at(points)
    flux = (points.imag * ((values.u - 1j * values.v) * 1j * points).imag) @ weight * 0.5 * (np.pi - 0.8)
    last, first = egg.at(radius * np.exp(1j * np.array([0.8, np.pi]))).streamfunction
    assert last - first == pytest.approx(-flux, rel=1e-4)


def test_the_momentum_balance_on_contours_gives_the_force_at_the_wall(egg, sphere_100):
    for field, most in ((egg, 1e-3), (sphere_100, 3e-3)):
        drag = (field.pressure_force + field.friction_force).real
        for radius in (1.0, 2.0, 5.0):
            assert contour_force(field, radius).real == pytest.approx(drag, rel=most)
            assert abs(contour_force(field, radius).imag) < 1e-9
        assert contour_forces(field)[1][0].real == drag


def test_the_sphere_separates_where_experiments_and_computations_say():
    """θ = 180° − 42.5° (ln Re/20)^0.483 from the front: Clift, Grace & Weber, Bubbles, Drops and Particles (1978)."""
    coefficients = torch.zeros((1, 1), dtype=torch.complex128)
    for reynolds in (19.0, 30.0, 40.0, 100.0, 200.0):
        flow = solve_batch(
            coefficients, torch.tensor([reynolds], dtype=torch.float64), level(reynolds, 2), domain=Domain.MERIDIAN
        )
        found = analyse(field_of(flow))
        assert found.topology_holds
        if reynolds < 20.0:
            assert found.separation_angles == ()
            assert found.recirculation_length == 0.0
        else:
            expected = 180.0 - 42.5 * math.log(reynolds / 20.0) ** 0.483
            assert found.separation_angles == pytest.approx((expected,), abs=0.5)


def test_the_wake_of_the_sphere_at_reynolds_100(sphere_100):
    """A bubble of 0.869 d with its ring at x = 0.75 d, s = 0.29 d; 126.8 degrees: on four times the nodes, too."""
    found = analyse(sphere_100)
    assert found.separation_angles == pytest.approx((126.8,), abs=0.2)
    assert found.recirculation_length == pytest.approx(0.869, abs=0.003)
    lower, upper = sorted((p.position for p in found.eddies), key=lambda z: z.imag)
    assert upper == pytest.approx(0.755 + 0.289j, abs=0.005)
    assert lower == pytest.approx(upper.conjugate(), abs=1e-6)
    assert [p.position.imag for p in found.saddles] == pytest.approx([0.0], abs=1e-6)
    assert found.front.position == pytest.approx(-0.5)
    assert found.front.pressure_coefficient == pytest.approx(1.104, abs=0.005)
    assert found.topology_holds
    values = sphere_100.at(np.array([p.position for p in found.free_stagnation]))
    np.testing.assert_allclose(np.hypot(values.u, values.v), 0.0, atol=5e-4)


def test_streamlines_are_level_lines_of_the_stream_function_at_equal_distances_upstream(sphere_100):
    lines = streamlines(sphere_100, WINDOW, spacing=0.2)
    for line in lines.all:
        psi = sphere_100.at(line[1:-1]).streamfunction
        np.testing.assert_allclose(psi, np.median(psi), atol=1e-7)
    middle = [line[len(line) // 2] for line in lines.stream]
    distance = np.sqrt(2.0 * sphere_100.at(np.array(middle)).streamfunction) * np.sign(np.imag(middle))
    steps = np.sort(distance) / 0.2 - 0.5
    np.testing.assert_allclose(steps, np.arange(np.round(steps[0]), np.round(steps[-1]) + 1.0), atol=1e-5)
    ends = np.array([z for line in lines.dividing for z in (line[0], line[-1])])
    found = analyse(sphere_100)
    for point in (*found.attachment, *found.separation):
        assert np.abs(ends - point.position).min() < 2e-3
    assert len(lines.eddies) == 6
    for line in lines.eddies:
        assert line[0] == line[-1]


def test_next_to_the_wall_the_velocity_is_the_shear_times_the_distance(egg):
    tangent = 1j * egg.z_xi[0] / np.abs(egg.z_xi[0])
    values = egg.at(egg.wall - 1j * tangent * 1e-4)
    expected = egg.omega[0] * 1e-4 * tangent
    np.testing.assert_allclose(values.u + 1j * values.v, expected, atol=5e-3 * np.abs(expected).max())

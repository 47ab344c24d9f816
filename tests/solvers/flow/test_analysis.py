"""Separation, stagnation, recirculation, streamlines and the momentum balance: published numbers and identities.

Circle at Re 40: separation 53.6 deg from the rear and bubble 2.236 d (Gautier, Biau & Lamballais 2013); vortex centres
0.71 d behind the circle and 0.59 d apart (Coutanceau & Bouard 1977); C_p 1.142 at the front and -0.476 at the rear
(independent high-resolution computation). The circle separates from Re of about 6.3.
"""

import numpy as np
import pytest

from fusiform.solvers import Body, FlowConditions, InputError, load_body, solve
from fusiform.solvers.flow import FlowField, analyse, streamlines
from fusiform.solvers.flow.fields.contour_forces import contour_force, contour_forces

WINDOW = (-2.0, 4.0, -1.5, 1.5)


def coarse(body, reynolds, alpha=0.0):
    return solve(body, FlowConditions(reynolds, alpha), grid="coarse")


@pytest.fixture(scope="module")
def circle_40():
    return solve(Body.circle(), FlowConditions(40.0))


@pytest.fixture(scope="module")
def lifting():
    return solve(Body.ellipse(4.0), FlowConditions(40.0, 10.0))


@pytest.fixture(scope="module")
def stalled():
    return coarse(Body.ellipse(2.0), 40.0, 20.0)


def test_wall_points_of_the_circle_at_reynolds_40(circle_40):
    found = analyse(circle_40.field)
    assert np.degrees([p.eta for p in found.separation]) == pytest.approx([53.6, 306.4], abs=0.3)
    assert np.degrees([p.eta for p in found.attachment]) == pytest.approx([0.0, 180.0], abs=1e-6)
    assert [p.arc_length for p in found.separation] == pytest.approx([0.468, -0.468], abs=0.003)
    assert found.attachment[1].arc_length == pytest.approx(np.pi / 2)
    assert found.attachment[1].position == pytest.approx(-0.5)


def test_pressures_of_the_circle_at_reynolds_40(circle_40):
    found = analyse(circle_40.field)
    assert found.front.position == pytest.approx(-0.5)
    assert found.front.pressure_coefficient == pytest.approx(1.142, rel=0.005)
    assert found.rear.position == pytest.approx(0.5)
    assert found.rear.pressure_coefficient == pytest.approx(-0.476, rel=0.01)
    assert found.suction_peak.pressure_coefficient <= circle_40.field.wall_pressure_coefficient.min()
    assert np.degrees(found.suction_peak.eta) == pytest.approx(90.0, abs=2.0)


def test_wake_of_the_circle_at_reynolds_40(circle_40):
    found = circle_40.analysis
    assert found.recirculation_length == pytest.approx(2.236, rel=0.005)
    assert len(found.saddles) == 1
    lower, upper = sorted((p.position for p in found.eddies), key=lambda z: z.imag)
    assert lower == pytest.approx(upper.conjugate(), abs=1e-8)
    assert upper.real - 0.5 == pytest.approx(0.71, abs=0.02)
    assert (upper - lower).imag == pytest.approx(0.59, abs=0.01)


def test_the_summary_of_a_solution_holds_its_wake(circle_40):
    numbers = circle_40.summary()
    assert numbers["front_pressure_coefficient"] == pytest.approx(1.142, rel=0.005)
    assert numbers["base_pressure_coefficient"] == pytest.approx(-0.476, rel=0.01)
    assert numbers["recirculation_length"] == pytest.approx(2.236, rel=0.005)
    angles = np.degrees([np.arctan2(y, x) for x, y in numbers["separation_points"]])
    assert angles == pytest.approx([53.6, -53.6], abs=0.3)
    assert np.array(numbers["attachment_points"]) == pytest.approx(np.array([[0.5, 0.0], [-0.5, 0.0]]), abs=1e-6)


@pytest.mark.parametrize(
    ("reynolds", "separated"), [(0.1, False), (1.0, False), (6.0, False), (7.0, True), (10.0, True)]
)
def test_the_circle_separates_above_reynolds_6(reynolds, separated):
    found = analyse(coarse(Body.circle(), reynolds).field)
    assert (len(found.separation), len(found.attachment)) == ((2, 2) if separated else (1, 1))
    assert (found.recirculation_length > 0.0) == separated
    assert bool(found.eddies) == separated


def test_weak_reversed_flow_can_be_ignored(circle_40):
    found = analyse(circle_40.field, weak_shear=0.2)
    assert [p.eta for p in found.separation] == pytest.approx([0.0], abs=1e-6)
    assert [p.eta for p in found.attachment] == pytest.approx([np.pi])


@pytest.mark.parametrize("name", ["naca0012", "teardrop"])
def test_swings_of_the_shear_at_a_sharp_tail_are_not_separations(name):
    found = analyse(coarse(load_body(name), 40.0, 20.0).field)
    assert len(found.separation) == 2
    assert found.topology_holds


def test_opposite_incidence_mirrors_every_answer(stalled):
    one, two = analyse(stalled.field), analyse(coarse(Body.ellipse(2.0), 40.0, -20.0).field)
    assert len(one.separation) == 2
    for name in ("attachment", "separation", "free_stagnation"):
        mirrored = sorted((p.position.conjugate() for p in getattr(two, name)), key=lambda z: (z.real, z.imag))
        own = sorted((p.position for p in getattr(one, name)), key=lambda z: (z.real, z.imag))
        np.testing.assert_allclose(own, mirrored, atol=1e-6)
    for name in ("front", "rear", "suction_peak"):
        a, b = getattr(one, name), getattr(two, name)
        assert a.position == pytest.approx(b.position.conjugate(), abs=1e-6)
        assert a.arc_length == pytest.approx(-b.arc_length, abs=1e-6)
        assert a.pressure_coefficient == pytest.approx(b.pressure_coefficient, abs=1e-6)
    assert one.recirculation_length == pytest.approx(two.recirculation_length, abs=1e-6)
    assert one.pressure_force == pytest.approx(two.pressure_force.conjugate(), abs=1e-7)


@pytest.mark.parametrize(
    ("body", "reynolds", "alpha"),
    [("circle", 30.0, 0.0), ("ellipse:0.5", 20.0, 20.0), ("ellipse:4", 40.0, 20.0), ("rounded-square", 40.0, 13.0)],
)
def test_centres_saddles_and_wall_points_obey_the_index_theorem(body, reynolds, alpha):
    flow = coarse(load_body(body), reynolds, alpha)
    found = analyse(flow.field)
    assert found.topology_holds
    assert found.eddies
    values = flow.field.at(np.array([p.position for p in found.free_stagnation]))
    np.testing.assert_allclose(np.hypot(values.u, values.v), 0.0, atol=5e-4)
    np.testing.assert_allclose(values.streamfunction, [p.streamfunction for p in found.free_stagnation])


def test_a_bubble_on_the_upper_side_is_not_a_wake_behind_the_body():
    found = analyse(coarse(Body.ellipse(4.0), 40.0, 18.0).field)
    assert len(found.separation) == 2
    assert len(found.eddies) == 1
    assert found.eddies[0].position.imag > 0.0
    assert not found.saddles


def test_wall_forces_are_those_of_the_solution(lifting):
    found = analyse(lifting.field)
    assert found.pressure_force.real == pytest.approx(lifting.drag_pressure, rel=1e-6)
    assert found.friction_force.real == pytest.approx(lifting.drag_friction, rel=1e-6)
    assert (found.pressure_force + found.friction_force).imag == pytest.approx(lifting.lift_coefficient, rel=1e-6)
    assert contour_force(lifting.field, 0.0) == pytest.approx(found.pressure_force + found.friction_force)


@pytest.mark.parametrize(("body", "alpha"), [("circle", 0.0), ("ellipse:4", 10.0)])
def test_the_momentum_balance_on_a_far_contour_gives_the_force_at_the_wall(body, alpha):
    flow = solve(load_body(body), FlowConditions(40.0, alpha), grid="auto", tolerance=2e-4)
    for radius in (1.0, 2.0, 5.0, 9.0):
        force = contour_force(flow.field, radius)
        assert force.real == pytest.approx(flow.drag_coefficient, rel=1e-3)
        assert force.imag == pytest.approx(flow.lift_coefficient, rel=1e-3, abs=1e-8)


def test_contours_reach_from_the_wall_to_the_outer_line(circle_40):
    radii, forces = contour_forces(circle_40.field)
    assert radii[0] == pytest.approx(0.5)
    assert radii[-1] == pytest.approx(np.abs(circle_40.field.position[-1]).max(), rel=1e-3)
    assert forces.shape == radii.shape


def test_the_stream_function_is_constant_along_streamlines(stalled):
    lines = streamlines(stalled.field, WINDOW)
    for line in lines.all:
        psi = stalled.field.at(line[1:-1]).streamfunction
        np.testing.assert_allclose(psi, np.median(psi), atol=1e-7)
        assert np.all((np.abs(line.real - 1.0) <= 3.0 + 1e-12) & (np.abs(line.imag) <= 1.5 + 1e-12))


@pytest.mark.parametrize("case", ["circle_40", "stalled"])
def test_streamlines_of_the_stream_are_equally_spaced_and_leave_the_window(case, request):
    field = request.getfixturevalue(case).field
    lines = streamlines(field, WINDOW, spacing=0.2).stream
    steps = np.sort([field.at(line[len(line) // 2]).streamfunction for line in lines]) / 0.2 - 0.5
    np.testing.assert_allclose(steps, np.arange(np.round(steps[0]), np.round(steps[-1]) + 1.0), atol=1e-5)
    border = np.array([z for line in lines for z in (line[0], line[-1])])
    on_border = np.minimum(np.abs(np.abs(border.real - 1.0) - 3.0), np.abs(np.abs(border.imag) - 1.5))
    np.testing.assert_allclose(on_border, 0.0, atol=1e-12)


@pytest.mark.parametrize("case", ["circle_40", "stalled"])
def test_dividing_streamlines_meet_the_wall_where_it_attaches_and_separates(case, request):
    field = request.getfixturevalue(case).field
    found, lines = analyse(field), streamlines(field, WINDOW)
    ends = np.array([z for line in lines.dividing for z in (line[0], line[-1])])
    for point in (*found.attachment, *found.separation):
        assert np.abs(ends - point.position).min() < 2e-3


@pytest.mark.parametrize("case", ["circle_40", "stalled"])
def test_eddies_are_drawn_as_closed_lines_around_their_centres(case, request):
    field = request.getfixturevalue(case).field
    found, lines = analyse(field), streamlines(field, WINDOW, eddy_lines=4)
    assert len(lines.eddies) == 8
    for line in lines.eddies:
        assert line[0] == line[-1]
        turns = [np.angle((line[1:] - p.position) / (line[:-1] - p.position)).sum() / (2 * np.pi) for p in found.eddies]
        assert sorted(np.abs(turns)) == pytest.approx([0.0, 1.0], abs=1e-9)


def test_eddies_longer_than_the_window_are_cut_at_its_border(circle_40):
    lines = streamlines(circle_40.field, (-1.0, 1.5, -1.0, 1.0))
    assert lines.eddies
    assert max(line.real.max() for line in lines.eddies) == pytest.approx(1.5)


def test_attached_flow_has_no_closed_streamlines():
    lines = streamlines(coarse(Body.circle(), 1.0).field, WINDOW)
    assert lines.eddies == ()
    assert len(lines.dividing) == 2


def test_a_window_with_swapped_limits_is_refused(circle_40):
    with pytest.raises(InputError, match="expected a window"):
        streamlines(circle_40.field, (1.0, -1.0, -1.0, 1.0))


def test_the_pressure_of_a_sharp_tail_is_called_unresolved_and_that_nearby_is_given():
    bodies = (load_body("naca0012"), load_body("naca0012").with_modes(8))
    tails = [coarse(body, 10.0).analysis.rear for body in bodies]
    assert all(tail.sharp for tail in tails)
    assert abs(tails[0].pressure_coefficient - tails[1].pressure_coefficient) > 1.0
    np.testing.assert_allclose(tails[0].nearby, tails[1].nearby, atol=0.02)
    numbers = coarse(bodies[0], 10.0).summary()
    assert numbers["base_pressure_nearby"] == list(tails[0].nearby)
    assert numbers["front_pressure_nearby"] is None


@pytest.mark.parametrize("fineness", [1.0, 4.0, 14.0])
def test_round_ends_have_the_curvature_of_an_ellipse_and_the_pressure_beside_them(fineness):
    solution = coarse(Body.ellipse(fineness), 10.0)
    rear, half = solution.analysis.rear, 0.5 * np.sqrt(fineness)
    assert not rear.sharp
    assert rear.radius == pytest.approx((0.25 / half) ** 2 / half, rel=1e-4)
    angle = np.linspace(0.0, 1.0, 20001)
    arc = np.append(0.0, np.abs(np.diff(solution.field.z(np.exp(1j * angle)))).cumsum())
    beside = float(np.interp(0.05, arc, angle))
    expected = solution.field.wall_pressure_at(np.array([2.0 * np.pi - beside, beside]))
    np.testing.assert_allclose(rear.nearby, expected, atol=2e-3)
    assert solution.summary()["base_pressure_nearby"] is None


def test_pressures_tell_how_far_the_level_below_is():
    """A flat nose with a small radius beside it, at which the pressure converges more slowly than the drag."""
    body = Body([0.36, -0.075, -0.012, -0.012, 0.012, -0.006])
    solution = solve(body, FlowConditions(40.0))
    front, rear = solution.analysis.front, solution.analysis.rear
    below = solution.flow.below
    level_below = FlowField(below.problem, below.state, below.coefficients)
    for point in (front, rear):
        other = float(level_below.wall_pressure_at(np.array([point.eta]))[0])
        assert point.pressure_change == pytest.approx(abs(point.pressure_coefficient - other))
    assert front.pressure_change > 20.0 * solution.drag_error / solution.drag_coefficient
    assert solution.summary()["front_pressure_change"] == front.pressure_change
    assert analyse(solution.field).summary()["front_pressure_change"] is None
    circle = solve(Body.circle(), FlowConditions(40.0)).analysis
    assert circle.front.pressure_change < 2e-3

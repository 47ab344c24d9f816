"""Inverse design by pressure: the tail, the derivatives, the way back to a body, and what is refused."""

import math
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.flow import ACCURACIES, Domain, FlowField, flow_tangents, level, solve_batch
from fusiform.solvers.geometry import laurent
from fusiform.solvers.inverse import PressureOutcome, match_pressure, pressure_distribution
from fusiform.solvers.inverse.pressure.least_squares import MISFIT, _gaussian_means
from fusiform.solvers.inverse.pressure.levenberg import FIRST_SEARCH, search
from fusiform.solvers.inverse.pressure.match_pressure import pressure_fit
from fusiform.solvers.inverse.pressure.target import checked_target
from fusiform.solvers.inverse.pressure.wall_pressure import wall_pressure

RESOLUTION = level(12.0, 0)
LOPSIDED = torch.tensor([[0.45, 0.03 + 0.02j, -0.02 + 0.01j]], dtype=torch.complex128)
SYMMETRIC = LOPSIDED.real + 0j
REYNOLDS = torch.tensor([12.0], dtype=torch.float64)
ALPHA = 0.1
ARC = np.linspace(0.0, 1.0, 40, endpoint=False)
DIRECTIONS = torch.tensor([[1, 0, 0], [0, 1j, 0], [0.3, -0.2j, 0.1 + 0.1j]], dtype=torch.complex128)
REAL_DIRECTIONS = torch.tensor([[1, 0, 0], [0, 1, 0], [0.3, -0.2, 0.1]], dtype=torch.complex128)


def _flow(coefficients, alpha):
    turned = laurent.rotate(coefficients, torch.tensor([alpha], dtype=torch.float64))
    return solve_batch(turned, REYNOLDS, RESOLUTION)


def _pressure(coefficients, alpha):
    flow = _flow(coefficients, alpha)
    return wall_pressure(flow.problem, flow.state, flow.coefficients, alpha, ARC)[0]


@pytest.mark.parametrize(
    ("base", "alpha", "directions"),
    [(LOPSIDED, ALPHA, DIRECTIONS), (SYMMETRIC, 0.0, DIRECTIONS), (SYMMETRIC, 0.0, REAL_DIRECTIONS)],
    ids=["lopsided", "symmetric body, any direction", "symmetric"],
)
def test_derivatives_of_the_wall_pressure_leave_remainders_of_second_order(base, alpha, directions):
    turned = laurent.rotate(directions, torch.full((3,), alpha, dtype=torch.float64))
    tangents = flow_tangents(_flow(base, alpha), turned)
    sides = tangents.sides, tangents.side_states, tangents.side_coefficients
    slopes = tangents.derivative(wall_pressure(*sides, alpha, ARC))
    value = _pressure(base, alpha)
    for direction, slope in zip(directions, slopes, strict=True):
        steps = (8e-3, 4e-3)
        remainders = [float((_pressure(base + h * direction, alpha) - value - h * slope).norm()) for h in steps]
        order = math.log2(remainders[0] / remainders[1])
        assert order >= 1.9, (order, remainders)
        h = 1e-4
        difference = (_pressure(base + h * direction, alpha) - _pressure(base - h * direction, alpha)) / (2.0 * h)
        assert float((difference - slope).abs().max()) < 1e-4 * float(slope.abs().max())


def test_tangents_of_the_state_are_differences_of_states():
    flow = _flow(LOPSIDED, 0.0)
    tangent, h = flow_tangents(flow, DIRECTIONS[2:]), 1e-4
    up, down = (_flow(LOPSIDED + s * DIRECTIONS[2:], 0.0).state for s in (h, -h))
    assert float(tangent.change.max()) < 1e-6
    for name in ("phi", "omega", "scalars"):
        difference = (getattr(up, name) - getattr(down, name)) / (2.0 * h)
        found = getattr(tangent.states, name)
        assert float((found - difference).abs().max()) < 1e-4 * float(difference.abs().max()), name


def test_a_distribution_holds_the_pressures_of_the_nodes():
    """At the arc fractions of the nodes, which the polygon's lengths give to second order."""
    solution = solve(Body.ellipse(2.0), FlowConditions(20.0), grid="coarse")
    field: FlowField = solution.field
    angles = 2.0 * np.pi * np.arange(20_001) / 20_000
    dense = field.z(np.exp(1j * angles))
    length = np.append(0.0, np.cumsum(np.abs(np.diff(dense))))
    arc = np.interp(field.eta, angles, length / length[-1])
    flow = solution.flow
    found = wall_pressure(flow.problem, flow.state, flow.coefficients, 0.0, arc)[0].numpy()
    np.testing.assert_allclose(found, field.wall_pressure_coefficient, atol=2e-5)


def test_a_distribution_starts_at_the_tail_and_turns_with_the_body():
    level = pressure_distribution(solve(Body.ellipse(3.0), FlowConditions(10.0), grid="coarse"), 64)
    np.testing.assert_allclose(level[1:, 1], level[:0:-1, 1], atol=1e-9)
    assert level[:, 1].argmax() == 32
    nose_up = pressure_distribution(solve(Body.ellipse(3.0), FlowConditions(10.0, 8.0), grid="coarse"), 640)
    upper, lower = nose_up[1:320, 1], nose_up[:320:-1, 1]
    assert upper.mean() < lower.mean() - 0.2
    assert 320 < nose_up[:, 1].argmax() < 400


def test_the_tail_moves_smoothly_between_the_corners_of_a_base():
    """As the rearmost point jumps from one corner to the other, the pressures at fixed arc fractions do not."""

    def rear(tilt):
        a = torch.tensor([[0.2, -0.2 + tilt * 1j, -0.06]], dtype=torch.complex128)
        z = laurent.outline(a, 2000)[0]
        return float(z[z.real.argmax()].imag), _pressure(a, 0.0)

    (below, one), (above, other) = rear(-1e-4), rear(1e-4)
    assert abs(above - below) > 0.1
    assert float((one - other).abs().max()) < 1e-2


EGG = Body([0.3, 0.08, -0.05], revolution=True)
MERIDIAN_ARC = np.linspace(0.0, 1.0, 41)


def _meridian_pressure(coefficients):
    flow = solve_batch(coefficients, REYNOLDS, RESOLUTION, domain=Domain.MERIDIAN)
    return wall_pressure(flow.problem, flow.state, flow.coefficients, 0.0, MERIDIAN_ARC)[0]


def test_derivatives_along_a_meridian_are_differences():
    base, direction, h = EGG.coefficients[None], REAL_DIRECTIONS[2:], 1e-4
    tangents = flow_tangents(solve_batch(base, REYNOLDS, RESOLUTION, domain=Domain.MERIDIAN), direction)
    sides = tangents.sides, tangents.side_states, tangents.side_coefficients
    slope = tangents.derivative(wall_pressure(*sides, 0.0, MERIDIAN_ARC))[0]
    difference = (_meridian_pressure(base + h * direction) - _meridian_pressure(base - h * direction)) / (2.0 * h)
    assert float((difference - slope).abs().max()) < 1e-4 * float(slope.abs().max())


def test_the_distribution_of_a_meridian_runs_from_the_nose_to_the_tail_by_arc_length():
    solution = solve(EGG, FlowConditions(20.0), grid="coarse")
    field, flow = solution.field, solution.flow
    length = np.append(0.0, np.cumsum(np.hypot(*np.diff(EGG.meridian(20_001), axis=0).T)))
    upper = field.eta <= np.pi + 1e-9
    arc = np.interp(np.pi - field.eta[upper], np.linspace(0.0, np.pi, 20_001), length / length[-1])
    found = wall_pressure(flow.problem, flow.state, flow.coefficients, 0.0, arc)[0].numpy()
    np.testing.assert_allclose(found, field.wall_pressure_coefficient[upper], atol=5e-5)
    table = pressure_distribution(solution, 5)
    assert table[:, 0].tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert table[0, 1] == table[:, 1].max() > 1.0


def test_means_over_a_meridian_are_those_over_the_mirrored_outline():
    around = np.arange(80) / 80.0
    values = np.cos(4.0 * np.pi * around)
    on_meridian = _gaussian_means(0.5 * MERIDIAN_ARC, mirrored=True) @ values[:41]
    np.testing.assert_allclose(on_meridian, (_gaussian_means(around) @ values)[:41], atol=0.03)


AROUND_AN_AXIS = {
    "egg": (EGG, 8.0, Body.sphere(2.0, modes=5)),
    "waisted": (Body([0.35, 0.03, -0.12], revolution=True), 40.0, Body.spheroid(2.0, modes=5)),
    "oblate": (Body([-0.2, 0.03, 0.02], revolution=True), 0.5, Body.sphere(modes=5)),
}


@pytest.mark.parametrize("name", AROUND_AN_AXIS)
def test_the_pressure_on_a_meridian_brings_back_the_body_of_revolution(name):
    body, reynolds, start = AROUND_AN_AXIS[name]
    target = pressure_distribution(solve(body, FlowConditions(reynolds), grid="coarse"), 40)
    match = match_pressure(start, FlowConditions(reynolds), target, modes=5, grid="coarse")
    assert match.attained, match.status
    assert match.outcome is PressureOutcome.CONVERGED
    assert match.misfit < 2e-3
    found = match.body.coefficients - body.with_modes(5).coefficients
    assert float(found.abs().max()) < 5e-3
    assert match.body.revolution
    assert match.body.volume == pytest.approx(start.volume)


def test_a_part_of_the_meridian_is_enough_and_incidence_is_refused():
    target = pressure_distribution(solve(EGG, FlowConditions(8.0), grid="coarse"), 40)
    match = match_pressure(Body.sphere(modes=3), FlowConditions(8.0), target[5:30], modes=3, grid="coarse")
    assert float((match.body.coefficients - EGG.coefficients).abs().max()) < 5e-3
    with pytest.raises(InputError, match="expected an angle of attack of 0 for a body of revolution, got 2 degrees"):
        match_pressure(Body.sphere(), FlowConditions(8.0, 2.0), target)
    with pytest.raises(InputError, match=r"expected arc fractions s from 0 to 1, got .* by the meridian's"):
        match_pressure(Body.sphere(), FlowConditions(8.0), target + np.array([0.1, 0.0]))


BODIES = {
    "lopsided": ([0.35, 0.06 + 0.05j, -0.03j, 0.02], FlowConditions(8.0, 4.0), Body.circle(modes=5)),
    "symmetric": ([0.5, -0.06, 0.03], FlowConditions(25.0), Body.circle(modes=5)),
    "broadside": ([-0.2, 0.05, 0.02j], FlowConditions(2.0), Body.ellipse(1.5, modes=5)),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_pressure_of_a_body_brings_back_the_body(name):
    coefficients, conditions, start = BODIES[name]
    body = Body(torch.tensor(coefficients, dtype=torch.complex128))
    target = pressure_distribution(solve(body, conditions, grid="coarse"), 60)
    match = match_pressure(start, conditions, target, modes=5, grid="coarse")
    assert match.attained, match.status
    assert match.converged, match.status
    assert match.outcome is PressureOutcome.CONVERGED
    assert match.misfit < 0.01
    assert match.largest_misfit < 0.02
    found = match.body.coefficients - body.with_modes(5).coefficients
    assert float(found.abs().max()) < 0.01
    assert match.body.is_symmetric() == (name == "symmetric")
    assert "attains the target" in match.status
    misfits = [iterate.misfit for iterate in match.history if iterate.search == match.history[-1].search]
    assert misfits[-1] == pytest.approx(match.misfit, abs=2e-3)


def test_a_target_that_no_body_has_ends_with_a_sentence():
    conditions = FlowConditions(10.0)
    target = pressure_distribution(solve(Body.circle(), conditions, grid="coarse"), 40)
    target[:, 1] += 1.0
    match = match_pressure(Body.circle(modes=4), conditions, target, modes=4, grid="coarse", starts=1)
    assert not match.attained
    assert match.misfit > 0.05
    assert "not attained" in match.status
    assert "reference of C_p" in match.status


def _fit(start, reynolds, starts=1):
    ellipse = solve(Body.ellipse(1.2), FlowConditions(10.0), grid="coarse")
    target = checked_target(pressure_distribution(ellipse, 20), start.modes, False)
    return pressure_fit(start, FlowConditions(reynolds), target, "coarse", starts)


def test_all_searches_have_the_resolution_of_the_tallest_start():
    flat, tall = Body.ellipse(2.0, modes=3), Body.ellipse(0.3, modes=3)
    number = ACCURACIES["coarse"].first + 1
    assert _fit(flat, 40.0).resolution == level(40.0, number)
    assert _fit(tall, 40.0).resolution == level(40.0, number, 1.0 / math.sqrt(0.3))
    assert _fit(flat, 40.0, starts=2).resolution == level(40.0, number, 1.0 / math.sqrt(min(MISFIT.finenesses)))


def test_a_search_ends_where_the_derivatives_of_the_flow_are_not_found():
    fit = _fit(Body.circle(modes=3), 10.0)
    point = fit.at(fit.start, fit.no_blur)
    lost = replace(point.flow, unknowns=point.flow.unknowns.scaled(torch.full((1,), torch.nan)))
    assert fit.linearised(point, fit.no_blur) is not None
    end = search(
        fit, replace(point, flow=lost), FIRST_SEARCH, max_iterations=9, tolerance=1e-4, on_point=lambda _: False
    )
    assert end.outcome is PressureOutcome.STUCK


def test_a_callback_sees_every_body_and_stops_the_search():
    conditions = FlowConditions(10.0)
    target = pressure_distribution(solve(Body.ellipse(2.0), conditions, grid="coarse"), 40)
    iterates = []
    match = match_pressure(
        Body.circle(modes=4),
        conditions,
        target,
        modes=4,
        grid="coarse",
        callback=lambda iterate: iterates.append(iterate) or len(iterates) == 2,
    )
    assert match.history == tuple(iterates)
    assert [iterate.iteration for iterate in iterates] == [1, 2]
    assert match.outcome is PressureOutcome.STOPPED
    assert "stopped on request" in match.status
    assert not match.converged


GOOD = np.column_stack([ARC, np.cos(2.0 * np.pi * ARC)])
BAD = {
    "too few rows": (GOOD[:10], "at least 20 rows"),
    "three columns": (np.hstack([GOOD, GOOD[:, :1]]), "rows of s and C_p"),
    "words": ([["a", "b"]] * 30, "table of numbers"),
    "nan": (np.vstack([GOOD, [[0.5, np.nan]]]), "finite numbers"),
    "s beyond 1": (GOOD + np.array([[0.5, 0.0]]), "arc fractions s from 0 to below 1"),
    "constant": (GOOD * np.array([[1.0, 0.0]]), "C_p that varies"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_target_that_is_none_is_refused(name):
    target, words = BAD[name]
    with pytest.raises(InputError, match=words):
        match_pressure(Body.circle(), FlowConditions(10.0), target)


def test_wrong_settings_are_refused():
    with pytest.raises(InputError, match="expected a grid of"):
        match_pressure(Body.circle(), FlowConditions(10.0), GOOD, grid="auto")
    with pytest.raises(InputError, match="at least one start"):
        match_pressure(Body.circle(), FlowConditions(10.0), GOOD, starts=0)
    with pytest.raises(InputError, match="at least 2 points"):
        pressure_distribution(solve(Body.circle(), FlowConditions(10.0), grid="coarse"), 1)


@pytest.mark.parametrize(
    "mode",
    [torch.no_grad, torch.inference_mode, lambda: double_by_default()],
    ids=["no_grad", "inference_mode", "float64"],
)
def test_the_match_does_not_depend_on_the_modes_of_torch(mode):
    conditions = FlowConditions(10.0)

    def misfit() -> float:
        target = pressure_distribution(solve(Body.ellipse(1.2), conditions, grid="coarse"), 20)
        return match_pressure(Body.circle(modes=2), conditions, target, modes=2, grid="coarse").misfit

    plain = misfit()
    with mode():
        assert misfit() == pytest.approx(plain, rel=1e-4)  # of a misfit of 1e-6, which rounding changes


@contextmanager
def double_by_default():
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)

"""Linear stability of solved flows: known growth rates and thresholds, what is said, and what is refused."""

import math

import numpy as np
import pytest
import torch
from command_line import numbers, run

from fusiform.solvers import Body, FlowConditions, InputError, StabilityOutcome, solve, stability
from fusiform.solvers.shedding import shedding_note

GROWTH = {50.0: (0.0122, 0.7335), 60.0: (0.0457, 0.7415), 100.0: (0.1215, 0.7228)}  # elements-converged
THRESHOLDS = [  # fineness, incidence, critical Re, relative error; StabFem has 46.78 for the circle, 1.25 % blocked
    (1.0, 0.0, 46.9, 0.008),
    (0.5, 0.0, 26.8, 0.015),
    (1.5, 0.0, 73.3, 0.015),
    (2.0, 0.0, 107.5, 0.015),
    (2.0, 20.0, 75.0, 0.015),
    (4.0, 0.0, 290.0, 0.03),
]


@pytest.fixture(scope="module")
def circle():
    return stability(solve(Body.circle(), FlowConditions(60.0)), critical=True)


@pytest.mark.parametrize("reynolds", GROWTH)
def test_the_wake_of_a_circle_grows_as_published(reynolds):
    found = stability(solve(Body.circle(), FlowConditions(reynolds)))
    growth, frequency = GROWTH[reynolds]
    assert found.growth_rate == pytest.approx(growth, abs=0.003)
    assert 2.0 * math.pi * found.strouhal == pytest.approx(frequency, abs=0.003)
    assert found.outcome is StabilityOutcome.UNSTABLE
    assert found.stable is False
    assert found.critical_reynolds is None


def test_a_circle_sheds_above_47(circle):
    assert circle.critical_reynolds == pytest.approx(46.9, abs=0.4)
    assert circle._threshold.mode.rate.real == pytest.approx(0.0, abs=1e-3)
    assert 0.116 < circle._threshold.mode.rate.imag / (2.0 * math.pi) < 0.118
    assert "sheds vortices at about f = 0.118 U/d" in circle.status


@pytest.mark.slow
@pytest.mark.parametrize(("fineness", "alpha_deg", "critical", "error"), THRESHOLDS)
def test_thresholds_of_ellipses(fineness, alpha_deg, critical, error):
    solution = solve(Body.ellipse(fineness), FlowConditions(40.0, alpha_deg))
    assert stability(solution, critical=True).critical_reynolds == pytest.approx(critical, rel=error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fineness", "reynolds", "stable"),
    [
        (0.25, 16.0, True),
        (0.25, 19.0, False),
        (4.0, 280.0, True),
        (4.0, 300.0, False),
        (6.0, 500.0, True),
        (6.0, 600.0, False),
        (10.0, 1000.0, True),
        (4.0, 1000.0, False),
    ],
)
def test_broadside_and_slender_bodies_on_both_sides_of_their_thresholds(fineness, reynolds, stable):
    assert stability(solve(Body.ellipse(fineness), FlowConditions(reynolds))).stable is stable


def test_far_above_the_threshold_the_fastest_of_several_modes_leads():
    """Of 4:1 broadside at 3.4 times the threshold; 0.0675 U/d at f H/U = 0.073 on 10 layers of degree 8."""
    found = stability(solve(Body.ellipse(0.25), FlowConditions(60.0)))
    assert found.growth_rate == pytest.approx(0.0675, abs=0.001)
    assert 2.0 * found.strouhal == pytest.approx(0.073, abs=0.001)


@pytest.mark.slow
def test_the_rule_of_thumb_is_silent_of_no_random_body_that_sheds_and_warns_of_some_that_do_not():
    rng, sheds, warned = np.random.default_rng(1), [], []
    while len(sheds) < 12:
        fineness = math.exp(rng.uniform(math.log(0.5), math.log(5.0)))
        modes = 0.08 * (rng.normal(size=6) + 1j * rng.normal(size=6)) / np.arange(1, 7) ** 1.5
        modes[0] = (fineness - 1.0) / (fineness + 1.0)
        body = Body(torch.tensor(modes))
        at = FlowConditions(rng.uniform(45.0, 100.0), rng.uniform(-25.0, 25.0))
        found = stability(solve(body, at))
        assert found.outcome is not StabilityOutcome.UNKNOWN
        sheds.append(not found.stable)
        warned.append(bool(shedding_note(body, [at])))
    assert 2 < sum(sheds) < 11
    assert all(note for shed, note in zip(sheds, warned, strict=True) if shed)


def test_a_streamlined_body_is_steady_where_a_circle_sheds():
    found = stability(solve(Body.ellipse(4.0), FlowConditions(60.0)))
    assert found.stable
    assert found.outcome is StabilityOutcome.STABLE
    assert found.growth_rate < 0.0
    assert found.status == "Steady in nature: all small disturbances decay."


def test_of_bodies_of_revolution_axisymmetric_disturbances_are_seen_and_it_says_so():
    found = stability(solve(Body.sphere(), FlowConditions(60.0)))
    assert found.stable
    assert "axisymmetric disturbances decay" in found.status
    assert "at Re 210" in found.status


def test_gradients_have_the_signs_of_a_wake(circle):
    growth, critical = circle.gradient(), circle.gradient("critical_reynolds")
    assert growth.reynolds > 0.0
    assert growth.coefficients[0].real < 0.0 < critical.coefficients[0].real  # longer along the stream: calmer
    assert growth.alpha == pytest.approx(0.0, abs=1e-12)
    assert critical.reynolds == 0.0
    nearby = stability(solve(Body.ellipse(1.02), FlowConditions(60.0)), critical=True)
    change = Body.ellipse(1.02).coefficients[0].real
    expected = (
        circle.critical_reynolds
        + 0.5 * change * (critical.coefficients[0] + nearby.gradient("critical_reynolds").coefficients[0]).real
    )
    assert nearby.critical_reynolds - circle.critical_reynolds == pytest.approx(
        float(expected) - circle.critical_reynolds, rel=2e-3
    )
    by_frequency = float(change) * circle.gradient("strouhal").coefficients[0].real
    assert nearby.strouhal - circle.strouhal == pytest.approx(float(by_frequency), rel=0.05)


def test_the_mode_is_a_velocity_field_without_divergence_whose_curl_is_its_vorticity(circle):
    """Up to what polynomials of degree six, differentiated twice, are off between their nodes."""
    h, points = 1e-3, np.array([1.0 + 0.4j, 3.0 + 0.2j, 2.5 - 1.0j, -1.2 + 0.3j])
    east, west, north, south = (circle.mode.at(points + step) for step in (h, -h, 1j * h, -1j * h))
    here = circle.mode.at(points)
    size = np.abs(here.vorticity).max()
    divergence = (east.u - west.u + north.v - south.v) / (2.0 * h)
    curl = (east.v - west.v - north.u + south.u) / (2.0 * h)
    assert np.abs(divergence).max() < 0.01 * size
    assert np.abs(curl - here.vorticity).max() < 0.05 * size


def test_the_mode_swings_the_wake_does_not_move_the_wall_and_ends_with_the_elements(circle):
    points = np.array([3.0 + 0.5j, 3.0 - 0.5j, 0.5 + 0j, 0.5j, 0.1 + 0j, 200.0 + 0j])
    values = circle.mode.at(points)
    assert values.v[0] == pytest.approx(values.v[1], abs=1e-9)
    assert values.u[0] == pytest.approx(-values.u[1], abs=1e-9)
    np.testing.assert_allclose(np.abs(values.v[2:4]), 0.0, atol=1e-6)
    assert np.isnan(values.u[4:]).all()
    assert circle.mode.at(points.reshape(2, 3)).u.shape == (2, 3)


def test_wrong_arguments_get_a_sentence(circle):
    solution = solve(Body.circle(), FlowConditions(60.0))
    with pytest.raises(InputError, match=r"give the result of solve"):
        stability(Body.circle())
    with pytest.raises(InputError, match=r"expected critical True or False, got 'yes'"):
        stability(solution, critical="yes")
    with pytest.raises(InputError, match=r"expected one of growth_rate, strouhal, critical_reynolds, got 'drag'"):
        circle.gradient("drag")
    with pytest.raises(InputError, match=r"ask for it by critical=True"):
        stability(solution).gradient("critical_reynolds")


def test_the_command_line_prints_it_and_leaves_out_the_rule_of_thumb():
    printed = numbers("solve", "circle", "--reynolds", "60", "--stability")
    assert printed["stable"] is False
    assert printed["critical_reynolds"] == pytest.approx(46.9, abs=0.4)
    assert printed["growth_rate"] == pytest.approx(0.0457, abs=0.003)
    assert printed["strouhal"] == pytest.approx(0.118, abs=0.001)
    assert "sheds vortices at about f = 0.118 U/d" in printed["status"]
    assert "rule of thumb" not in printed["status"]
    table = run("solve", "circle", "--reynolds", "60", "--stability").stdout
    assert "steady in nature" in table
    assert "critical Re" in table

"""Levels and the estimate of what they miss."""

import math
from itertools import pairwise

import pytest
import torch

from fusiform.solvers import Body
from fusiform.solvers.flow import ACCURACIES, Accuracy, ErrorEstimate, Resolution, level, solve_batch, solve_to_accuracy
from fusiform.solvers.flow.discretisation.extent import height, outer_radius, truncation_error
from fusiform.solvers.flow.steady.error_estimate import SAFETY, SHARE
from fusiform.solvers.flow.steady.levels import LEVELS
from fusiform.solvers.geometry import laurent

CIRCLE = Body.circle().coefficients[None]


def real(value: float) -> torch.Tensor:
    return torch.tensor([value], dtype=torch.float64)


def test_levels_become_finer_and_never_lose_elements():
    levels = [level(40.0, number) for number in range(len(LEVELS))]
    for coarse, fine in pairwise(levels):
        assert fine.n_xi > coarse.n_xi
        assert fine.n_eta > coarse.n_eta
        assert fine.radial_elements >= coarse.radial_elements
        assert fine.angular_elements >= coarse.angular_elements


def test_radial_elements_follow_the_boundary_layer_the_bubble_and_the_slow_flow():
    assert [level(re, 2).radial_elements for re in (0.1, 10.0, 100.0, 300.0, 1000.0, 2000.0)] == [5, 4, 5, 6, 7, 8]
    assert level(40.0, 2, height=2.0).radial_elements == level(160.0, 2).radial_elements
    assert level(1000.0, 2, height=0.3) == level(1000.0, 2)


def test_the_body_of_a_batch_that_needs_most_decides_its_resolution():
    flat, tall = (Body.ellipse(fineness).coefficients for fineness in (4.0, 0.25))
    reynolds = torch.tensor([40.0, 40.0], dtype=torch.float64)
    standard = ACCURACIES["standard"]
    assert standard.resolution(torch.stack([flat, flat]), reynolds) == level(40.0, standard.first + 1)
    assert standard.resolution(torch.stack([flat, tall]), reynolds) == level(40.0, standard.first + 1, height=2.0)
    slow = torch.tensor([0.1, 20.0], dtype=torch.float64)
    assert standard.resolution(torch.stack([flat, flat]), slow) == level(0.1, standard.first + 1)


def test_the_estimate_is_a_share_of_the_difference_and_a_bound_beyond_the_elements():
    coarse, fine = torch.tensor([[1.2 + 0.3j], [0.8 + 0.2j]]), torch.tensor([[1.15 + 0.4j], [0.75 + 0.12j]])
    estimate = ErrorEstimate.of(coarse, fine, CIRCLE, real(10.0))
    far = float(truncation_error(height(CIRCLE), real(10.0)))
    assert complex(estimate.elements[0]) == pytest.approx(complex(SHARE * 0.1, SHARE * 0.02), rel=1e-5)
    assert complex(estimate.far_field[0]) == pytest.approx(complex(far * 1.9, far * 0.52), rel=1e-5)
    torch.testing.assert_close(estimate.total, estimate.elements + estimate.far_field)
    safe = SAFETY * SHARE * complex(0.1, 0.09)  # pressure and friction change the lift by 0.1 and -0.08
    assert complex((estimate.bound - estimate.far_field)[0]) == pytest.approx(safe, rel=1e-5)
    assert bool(ErrorEstimate.unknown(coarse[0]).total.isnan().all())


def test_the_outer_radius_follows_the_height_and_bubbles_but_not_slender_bodies():
    tall, slender = (height(Body.ellipse(fineness).coefficients[None]) for fineness in (0.25, 10.0))
    assert float(outer_radius(tall, real(10.0))) == pytest.approx(2.0 * 40.0 + 3.0)
    assert float(outer_radius(tall, real(40.0))) > 115.0
    assert float(outer_radius(slender, real(1000.0))) == pytest.approx(40.03)
    assert float(truncation_error(tall, real(40.0))) < 3e-4
    assert float(truncation_error(slender, real(1000.0))) < 1e-4


@pytest.mark.parametrize("reynolds", [0.05, 0.1])
def test_slow_flows_are_not_wrong_in_silence(reynolds):
    """Four layers put two successive levels 0.1 % off alike here, with an estimate of a thousandth of that."""
    coefficients = torch.tensor([[0.2, 0.1]], dtype=torch.complex128)
    flow, _, accurate = solve_to_accuracy(coefficients, real(reynolds), ACCURACIES["fine"])
    exact = solve_batch(coefficients, real(reynolds), Resolution(8, 16, 7, 10))
    assert accurate
    drags = [float(sum(each.force_coefficients).real) for each in (flow, exact)]
    assert drags[0] == pytest.approx(drags[1], rel=1e-3)


def test_no_error_is_estimated_from_a_level_that_was_not_solved():
    """Degrees 4 and 5 have no solution here; those of the next level have one, and are within a tenth by themselves."""
    coefficients = laurent.rotate(Body.ellipse(0.25).coefficients[None], real(math.radians(10.0)))
    tenth = Accuracy(drag=0.1, lift=0.3, first=0)
    flow, _, accurate = solve_to_accuracy(coefficients, real(60.0), tenth)
    assert accurate
    assert float(flow.below.update) < 1e-3
    assert flow.below.below.update.isinf()

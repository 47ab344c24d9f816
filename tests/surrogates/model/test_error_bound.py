"""The bounds on the errors of drag and lift, the confidence made from them, and the range where they are given."""

import itertools
import json
import math
from dataclasses import replace

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.geometry import laurent
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.model.error_bound import BOUND, Clues, node_weights


def test_distance_is_that_to_the_nearest_training_design_over_the_radius(surrogate):
    designs = sample(surrogate.space, 9, range(20))
    inputs = surrogate.inputs(turned(designs), designs.reynolds)
    anchors, radius = surrogate.error.anchors.double(), surrogate.error.radius
    distance = torch.cdist(inputs, anchors, compute_mode="donot_use_mm_for_euclid_dist").amin(1) / radius
    torch.testing.assert_close(surrogate.error.distance(inputs).double(), distance, rtol=1e-3, atol=0)
    assert (surrogate.error.distance(anchors[:20]) <= 1.001 * BOUND.least_distance).all()


def test_the_bounds_are_kept_by_fresh_bodies_against_the_accurate_solver(surrogate):
    designs = sample(surrogate.space, 424242, range(12))
    kept = []
    for i in range(12):
        conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
        answer, truth = (
            surrogate.evaluate(Body(designs.coefficients[i]), conditions),
            solve(Body(designs.coefficients[i]), conditions),
        )
        if not answer.outside:
            kept.append(abs(answer.drag_coefficient - truth.drag_coefficient) <= answer.drag_bound)
            kept.append(abs(answer.lift_coefficient - truth.lift_coefficient) <= answer.lift_bound)
    assert len(kept) >= 20
    assert sum(kept) >= len(kept) - 2


@pytest.mark.parametrize(
    ("fineness", "reynolds", "alpha", "reason"),
    [
        (3.0, 90.0, 0.0, "Re 90, trained 0.5 to 60"),
        (3.0, 0.4, 0.0, "Re 0.4, trained 0.5 to 60"),
        (0.4, 53.0, 0.0, "length over height 0.4, trained 0.7 to 8"),
        (10.0, 20.0, 0.0, "length over height 10, trained 0.7 to 8"),
        (3.0, 20.0, 25.0, "incidence 25 degrees, trained up to 20"),
        (3.0, 20.0, -25.0, "incidence -25 degrees, trained up to 20"),
        (0.4, 90.0, 0.0, "Re 90, trained 0.5 to 60; length over height 0.4, trained 0.7 to 8"),
    ],
)
def test_outside_the_trained_range_there_is_no_bound_but_a_sentence(surrogate, fineness, reynolds, alpha, reason):
    answer = surrogate.evaluate(Body.ellipse(fineness), FlowConditions(reynolds, alpha))
    assert answer.outside == f"Outside the trained range: no bound on the errors ({reason})."
    assert (answer.drag_bound, answer.lift_bound, answer.confidence) == (None, None, 0.0)
    printed = json.loads(json.dumps(answer.summary()))
    assert (printed["drag_bound"], printed["lift_bound"], printed["outside"]) == (None, None, answer.outside)
    assert answer.outside in printed["status"]


def test_a_strange_shape_is_outside_the_trained_range(surrogate):
    strange = Body(torch.tensor([0, 0, 0, 0, 0, 0, 0, 0.11], dtype=torch.complex128))
    answer = surrogate.evaluate(strange, FlowConditions(59.0, 7.0))
    assert answer.outside == "Outside the trained range: no bound on the errors (a shape unlike all training designs)."
    turned_by_its_map = Body(laurent.rotate(Body.ellipse(4.0).coefficients[None], torch.tensor([-0.6]).double())[0])
    assert "leans by 34 degrees" in surrogate.evaluate(turned_by_its_map, FlowConditions(20.0)).outside


def test_most_designs_of_the_training_space_and_ellipses_at_its_edges_are_inside(surrogate):
    designs = sample(surrogate.space, 31, range(300))
    known = surrogate.error_bounds(
        turned(designs), designs.reynolds, surrogate.state(turned(designs), designs.reynolds)
    ).drag.isfinite()
    assert float(known.double().mean()) > 0.93
    for fineness, reynolds, alpha in itertools.product((0.7, 1.0, 8.0), (0.5, 60.0), (0.0, 20.0)):
        assert surrogate.evaluate(Body.ellipse(fineness), FlowConditions(reynolds, alpha)).outside == ""


def test_a_symmetric_body_has_no_lift_and_a_bound_of_zero_on_it(surrogate):
    answer = surrogate.evaluate(Body.naca("0015"), FlowConditions(20.0))
    assert (answer.lift_coefficient, answer.lift_bound) == (0.0, 0.0)
    assert surrogate.evaluate(Body.naca("0015"), FlowConditions(20.0, 0.1)).lift_bound > 0.0


def test_a_misfit_widens_both_bounds_and_changes_the_drag(surrogate):
    body, conditions = Body.naca("2415").with_modes(8), FlowConditions(20.0, 3.0)
    near, far = (surrogate.evaluate(replace(body, fit_error=misfit), conditions) for misfit in (0.0, 0.02))
    assert far.drag_bound == pytest.approx(2.0 * near.drag_bound + 0.6 * 0.02 * near.drag_coefficient)
    assert far.lift_bound == pytest.approx(2.0 * near.lift_bound)


def test_the_levels_are_interpolated_between_their_nodes(surrogate):
    space, levels = surrogate.space, torch.arange(18, dtype=torch.float64)
    ends = [(space.fineness_min, 2.366432, 8.0), (space.reynolds_min, 5.477226, 60.0), (0.0, 0.5)]
    corners = torch.tensor(list(itertools.product(*ends)), dtype=torch.float64)
    one = torch.ones(18, dtype=torch.float64)
    weights = node_weights(space, Clues(one, one, *corners.mT))
    torch.testing.assert_close(weights @ levels, levels, rtol=0, atol=1e-5)
    beyond = Clues(one[:1], one[:1], one[:1] * 50.0, one[:1] * 100.0, one[:1])
    assert float(node_weights(space, beyond) @ levels) == pytest.approx(17.0)


def test_confidence_is_one_percent_over_the_bound_and_the_same_for_a_batch(surrogate):
    designs = sample(surrogate.space, 10, range(6))
    batch = surrogate.confidence(turned(designs), designs.reynolds)
    for i, found in enumerate(batch.tolist()):
        conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
        answer = surrogate.evaluate(Body(designs.coefficients[i]), conditions)
        assert answer.confidence == pytest.approx(found, rel=1e-4)
        assert answer.confidence == pytest.approx(min(1.0, 0.01 * answer.drag_coefficient / answer.drag_bound))


def test_the_gradient_of_the_confidence_has_a_second_order_taylor_remainder(surrogate):
    body = Body(torch.tensor([0, 0.05, 0, 0.2, 0, 0, 0, 0], dtype=torch.complex128))
    reynolds = torch.tensor([10.0], dtype=torch.float64)
    a = body.coefficients[None].clone().requires_grad_()
    there = surrogate.confidence(a, reynolds).sum()
    gradient = torch.autograd.grad(there, a)[0]
    move = torch.randn(1, 8, dtype=torch.complex128, generator=torch.Generator().manual_seed(1)) / 8
    value, slope = there.item(), float((gradient.conj() * move).real.sum())
    assert value < 1.0
    with torch.no_grad():
        steps = [1e-2 * 2.0**-i for i in range(4)]
        rest = [abs(float(surrogate.confidence(a + t * move, reynolds)) - value - t * slope) for t in steps]
    assert math.log2(rest[0] / rest[-1]) / 3 > 1.9


def test_confidence_falls_with_the_distance_to_the_training_designs(surrogate):
    inside = surrogate.evaluate(Body.ellipse(3.0), FlowConditions(10.0)).confidence
    strange = Body(torch.tensor([0, 0, 0, 0.23, 0, 0, 0, 0], dtype=torch.complex128))
    assert inside > 0.9
    assert surrogate.evaluate(strange, FlowConditions(10.0, 15.0)).confidence < inside


def test_the_confidence_of_a_batch_is_zero_outside_the_trained_range(surrogate):
    bodies = [Body.ellipse(fineness).with_modes(8).coefficients for fineness in (3.0, 3.0, 10.0, 0.4)]
    reynolds = torch.tensor([10.0, 90.0, 10.0, 10.0], dtype=torch.float64)
    coefficients = torch.stack(bodies).requires_grad_()
    found = surrogate.confidence(coefficients, reynolds)
    assert found[0] > 0.9
    assert found[1:].tolist() == [0.0, 0.0, 0.0]
    found.sum().backward()
    assert bool(coefficients.grad.abs().isfinite().all())

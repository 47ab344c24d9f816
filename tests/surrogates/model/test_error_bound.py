"""The bound on the drag error, and the confidence made from it."""

import math

import pytest
import torch

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.flow.steady import solve_batch
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.model.error_bound import BOUND


def test_distance_is_that_to_the_nearest_training_design_over_the_radius(surrogate):
    designs = sample(surrogate.space, 9, range(20))
    inputs = surrogate.inputs(turned(designs), designs.reynolds)
    anchors, radius = surrogate.error.anchors.double(), surrogate.error.radius
    distance = torch.cdist(inputs, anchors, compute_mode="donot_use_mm_for_euclid_dist").amin(1) / radius
    torch.testing.assert_close(surrogate.error.distance(inputs).double(), distance, rtol=1e-3, atol=0)
    assert (surrogate.error.distance(anchors[:20]) <= 1.001 * BOUND.least_distance).all()


def test_the_bound_on_the_drag_error_is_kept_by_most_bodies_inside_and_outside(surrogate):
    for space, least in ((surrogate.space, 11), (surrogate.space.widened(), 10)):
        designs = sample(space, 424242, range(12))
        flows = solve_batch(turned(designs), designs.reynolds, surrogate.basis.resolution)
        exact = sum(flows.force_coefficients).real
        kept = 0
        for i in range(12):
            conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
            answer = surrogate.evaluate(Body(designs.coefficients[i]), conditions)
            kept += abs(answer.drag_coefficient - float(exact[i])) <= answer.drag_bound
        assert kept >= least


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


def test_confidence_falls_outside_the_design_space(surrogate):
    inside = surrogate.evaluate(Body.ellipse(3.0), FlowConditions(10.0)).confidence
    strange = Body(torch.tensor([0, 0, 0, 0.23, 0, 0, 0, 0], dtype=torch.complex128))
    assert inside > 0.9
    assert surrogate.evaluate(strange, FlowConditions(10.0, 25.0)).confidence < inside
    assert surrogate.evaluate(Body.ellipse(3.0), FlowConditions(90.0)).confidence == 0.0

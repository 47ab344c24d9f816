"""Tangent targets of the flow: the derivatives that the inverse answers, and for which bodies they are made."""

from types import SimpleNamespace

import torch

from fusiform.solvers.flow import discretise, newton
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.flow_training.targets.flow_physics import FlowPhysics, flow_batch
from fusiform.surrogates.flow_training.targets.flow_tangents import feature_slopes, perturbed, tangent_target
from fusiform.surrogates.flow_training.targets.tangent_targets import most_changed
from fusiform.surrogates.model.features import features


@torch.no_grad()
def test_tangents_are_the_finite_differences_of_full_solves(surrogate):
    """Along all 17 directions, from one factorisation at the predicted flow."""
    physics = FlowPhysics(surrogate.basis, surrogate.drag_scale, chord_steps=5, accept=0.02)
    designs = sample(surrogate.space, 7, range(1))
    body = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    answer = tangent_target(physics, surrogate.network.from_pair(body.inputs.movedim(1, 0)), body, max_updates=1)
    assert answer.accepted
    assert answer.usable.all()
    assert answer.updates == 1

    step = 1e-4
    sides = discretise(*perturbed(*(data[0] for data in body.data), step), surrogate.basis.resolution)
    problem = physics.problem(body)
    start = newton(problem, physics.state(problem, answer.outputs[None]), 1e-9).state
    solved = newton(sides, start.select(torch.zeros(34, dtype=torch.long)), 1e-9).state
    plus, minus = physics.outputs(sides, solved).split(17)
    found = (plus - minus) / (2 * step)
    errors = (answer.slopes - found).norm(dim=1) / found.norm(dim=1)
    assert errors.max() < 1e-3, errors
    torch.testing.assert_close(answer.outputs, physics.outputs(problem, start)[0], rtol=0, atol=1e-4)


def test_a_refused_body_has_no_tangents(surrogate):
    physics = FlowPhysics(surrogate.basis, surrogate.drag_scale, chord_steps=0, accept=1e-12)
    designs = sample(surrogate.space, 7, range(1))
    body = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    answer = tangent_target(physics, surrogate.network.from_pair(body.inputs.movedim(1, 0)), body, max_updates=1)
    assert not answer.accepted
    assert not answer.usable.any()
    assert not answer.slopes.any()


def test_slopes_of_the_features_are_their_finite_differences():
    generator = torch.Generator().manual_seed(0)
    coefficients = 0.05 * torch.randn(4, 3, dtype=torch.complex128, generator=generator)
    reynolds = torch.tensor([1.0, 3.0, 10.0, 40.0], dtype=torch.float64)
    slopes = feature_slopes(coefficients, reynolds)
    for i in range(4):
        plus, minus = features(*perturbed(coefficients[i], reynolds[i], 1e-6)).split(7, dim=1)
        torch.testing.assert_close(slopes[:, i], (plus - minus) / 2e-6, rtol=0, atol=1e-8)


def test_the_candidates_whose_answer_changed_most_are_chosen():
    designs = sample(DesignSpace(modes=3), 3, range(6))
    now = SimpleNamespace(outputs=lambda coefficients, reynolds: (reynolds[:, None].log(), None))
    before = SimpleNamespace(outputs=lambda coefficients, reynolds: (0.0 * reynolds[:, None], None))
    chosen = most_changed(now, before, designs, candidates=3)
    change = designs.reynolds.log().abs().reshape(2, 3)
    torch.testing.assert_close(chosen.reynolds.log().abs(), change.amax(1))

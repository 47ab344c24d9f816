"""The flow as a physics: its Jacobian, and the targets of its inverse."""

from dataclasses import replace

import torch

from fusiform.solvers.flow import solve_batch
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.flow_training.settings import InverseConfig
from fusiform.surrogates.flow_training.targets.flow_physics import FlowPhysics, flow_batch
from fusiform.surrogates.flow_training.targets.flow_targets import invert_flows
from fusiform.surrogates.model.force_scaling import drag_scale


def test_the_jacobian_of_the_flow_is_that_of_automatic_differentiation(surrogate):
    designs = sample(surrogate.space, 77, range(1))
    physics = FlowPhysics(surrogate.basis, surrogate.drag_scale)
    batch = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    outputs = surrogate.network(turned(designs), designs.reynolds).requires_grad_()
    rows, found = physics.residual(outputs, batch)[0], physics.jacobian(outputs.detach(), batch)[0]
    assert found.shape == (len(rows), outputs.shape[1])
    for seed in range(3):
        weights = torch.randn(len(rows), dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        (slope,) = torch.autograd.grad(rows @ weights, outputs, retain_graph=True)
        assert (weights @ found - slope[0]).norm() < 1e-9 * slope.norm()


def test_accepted_targets_are_solutions(surrogate):
    """With the shipped model: what the state inverse accepts equals the full solution."""
    designs = sample(surrogate.space, 4242, range(4))
    targets = invert_flows(surrogate, designs, InverseConfig())
    assert bool(targets.accepted.any())
    assert 4 <= targets.inversions <= 8
    flows = solve_batch(turned(designs), designs.reynolds, surrogate.basis.resolution)
    pressure, friction = flows.force_coefficients
    drag = (pressure + friction).real / drag_scale(surrogate.drag_scale, designs.reynolds)
    error = ((targets.values[:, -4] + targets.values[:, -3]) / drag - 1.0).abs()[targets.accepted]
    assert float(error.max()) < 1e-3, error


@torch.no_grad()
def test_the_inverse_of_a_batch_in_parts_is_that_of_the_whole(surrogate):
    designs = sample(surrogate.space, 78, range(3))
    physics = FlowPhysics(surrogate.basis, surrogate.drag_scale, chord_steps=1)
    batch = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    outputs = surrogate.network(turned(designs), designs.reynolds)
    whole, parts = physics.inverse(outputs, batch), replace(physics, at_once=2).inverse(outputs, batch)
    torch.testing.assert_close(parts.target, whole.target, rtol=0, atol=1e-10)
    assert torch.equal(parts.accepted, whole.accepted)
    assert torch.equal(parts.again, whole.again)

"""The effect of the scales of the physics on a step: SIP does not see them, others do."""

import pytest
import torch
from training_problems import Cubic, Linear, data, made, network, weights

from fusiform.surrogates.training import (
    HalfInverseConfig,
    HalfInverseGradients,
    Inverse,
    Regression,
    SpectralPower,
)


class Mixed(Linear):
    """The same equations after a change of units: M R = 0, M of condition 1e6."""

    units = torch.tensor([[1e3, 0.0], [2.0, 1e-3]]).double()

    def residual(self, outputs, batch):
        return super().residual(outputs, batch) @ self.units.T

    def inverse(self, outputs, batch):
        step = torch.linalg.solve(self.units @ self.matrix, self.residual(outputs, batch).T).T
        return Inverse(outputs - step, torch.ones(len(batch), dtype=torch.bool))


class Stretched(Cubic):
    """The same solutions, each residual passed through sinh(3 R): a nonlinear change of scale."""

    def residual(self, outputs, batch):
        return torch.sinh(3.0 * super().residual(outputs, batch))

    def inverse(self, outputs, batch):
        return Inverse(batch.data[0], torch.ones(len(batch), dtype=torch.bool))


class Rooted(Cubic):
    def inverse(self, outputs, batch):
        return Inverse(batch.data[0], torch.ones(len(batch), dtype=torch.bool))


@pytest.mark.parametrize(("one", "other"), [(Linear(), Mixed()), (Rooted(), Stretched())], ids=["units", "nonlinear"])
@pytest.mark.parametrize("name", ["SIP", "SIP, robust", "SIP+HIG"])
def test_sip_does_not_see_the_scales_of_the_physics(name, one, other):
    steps = [step_of(name, physics) for physics in (one, other)]
    assert torch.allclose(*steps, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("name", ["Adam", "HIG"])
def test_differentiable_physics_and_half_inverse_see_them(name):
    steps = [step_of(name, physics) for physics in (Regression(), Mixed())]
    assert float((steps[0] - steps[1]).norm()) > 0.1 * float(steps[0].norm())


def test_gauss_newton_does_not_see_a_change_of_units_but_sees_a_nonlinear_one():
    """J⁺R is affine covariant where the rows are independent (fewer than parameters)."""

    def step(physics):
        net = network()
        before = weights(net)
        rule = HalfInverseGradients(HalfInverseConfig(power=SpectralPower(-1.0, 1e-9), summed=True, halvings=0))
        rule.step(net, data(4), physics)
        return weights(net) - before

    class OtherUnits(Mixed):
        units = torch.tensor([[0.1, 0.0], [2.0, 20.0]]).double()

    linear, other, cubic, stretched = map(step, (Linear(), OtherUnits(), Cubic(), Stretched()))
    assert torch.allclose(linear, other, rtol=1e-4, atol=1e-6)
    assert float((cubic - stretched).norm()) > 0.1 * float(cubic.norm())


def step_of(name, physics):
    net = network()
    before = weights(net)
    rule = made(name, net)
    for _ in range(3):
        rule.step(net, data(8), physics)
    return weights(net) - before

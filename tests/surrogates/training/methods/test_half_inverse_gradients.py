"""The update rule HIG: conventions, invariances, momentum, and the safeguard of the loss."""

import copy
from itertools import pairwise

import pytest
import torch
from half_inverse_oracle import OUTPUTS, PHYSICS, Curved, dense, loss, moved, plain, problem, relative
from torch import nn

from fusiform.solvers import InputError
from fusiform.surrogates.training.half_inverse.spectral_power import (
    SpectralPower,
)
from fusiform.surrogates.training.methods.half_inverse_gradients import HalfInverseConfig, HalfInverseGradients
from fusiform.surrogates.training.physics import Batch, Regression, loss_of


@pytest.mark.parametrize("kappa", [-1.0, -0.5, 1.0])
def test_sum_convention_is_the_mean_convention_times_the_batch(kappa):
    network, batch = problem()
    mean, _ = moved(network, plain(kappa=kappa, eta=0.5 * len(batch)), batch)
    total, _ = moved(network, plain(kappa=kappa, eta=0.5, summed=True), batch)
    assert torch.allclose(mean, total, rtol=1e-12)


def test_exponent_one_is_gradient_descent():
    network, batch = problem()
    step, _ = moved(network, plain(kappa=1.0, truncation=0.0, eta=0.1), batch)
    value = loss_of(PHYSICS.residual(network(batch.inputs), batch))
    gradient = torch.autograd.grad(value, list(network.parameters()))
    assert relative(step, -0.1 * torch.cat([g.flatten() for g in gradient])) < 1e-10


def test_exponent_minus_one_solves_a_linear_problem_in_one_step():
    torch.manual_seed(0)
    x = torch.randn(50, 4).double()
    batch = Batch.of(x, x @ torch.randn(4, 3).double() + 1.0)
    network = nn.Linear(4, 3).double()
    plain(kappa=-1.0, summed=True).step(network, batch, Regression())
    assert loss(network, batch, Regression()) < 1e-20


@pytest.mark.parametrize("kappa", [-1.0, -0.5, 1.0])
def test_scaling_the_residual_by_c_scales_the_step_by_c_to_the_one_plus_kappa(kappa):
    """κ = −1 does not see the scale of the physics, the half-inverse sees its root, the gradient its square."""
    network, batch = problem()

    class Scaled(Curved):
        def residual(self, outputs, batch):
            return 16.0 * super().residual(outputs, batch)

    step, _ = moved(network, plain(kappa=kappa), batch)
    scaled, _ = moved(network, plain(kappa=kappa), batch, Scaled())
    assert torch.allclose(scaled, 16.0 ** (1.0 + kappa) * step, rtol=1e-9)


@pytest.mark.parametrize("size", [6, 100])
def test_momentum_with_gauss_newton_is_spring(size):
    """μ Δ + J⁺ (−R − μ J Δ): the published formula."""
    network, batch = problem(size=size)
    rule = plain(kappa=-1.0, truncation=1e-3, summed=True, momentum=0.9, eta=0.1)
    rule.step(network, batch.select(slice(0, 4)), PHYSICS)
    last = rule.state_dict()["last"]
    residual, reference = dense(network, batch)
    step, _ = moved(network, rule, batch)
    u, s, vh = torch.linalg.svd(reference, full_matrices=False)
    kept = s > 1e-3 * s[0]
    inverse = (vh[kept].T / s[kept]) @ u[:, kept].T
    assert relative(step, 0.9 * last + inverse @ (-0.1 * residual - 0.9 * reference @ last)) < 1e-6


def test_a_loss_that_is_not_finite_changes_nothing():
    network, batch = problem()
    batch.data[0][0] = torch.nan
    step, report = moved(network, HalfInverseGradients(), batch)
    assert torch.count_nonzero(step) == 0
    assert report.step_size == 0.0


@pytest.mark.parametrize("kappa", [-1.0, -0.5])
def test_the_safeguard_never_lets_the_loss_of_a_mini_batch_rise(kappa):
    network, batch = problem("residual", size=8)
    batch = Batch.of(batch.inputs, torch.randn(8, OUTPUTS).double())
    physics = Regression()
    rule = HalfInverseGradients(HalfInverseConfig(eta=60.0, power=SpectralPower(kappa), summed=True))
    unguarded = copy.deepcopy(network)
    plain(kappa=kappa, eta=60.0, summed=True).step(unguarded, batch, physics)
    start = loss(network, batch, physics)
    assert loss(unguarded, batch, physics) > start
    losses, reports = [], []
    for _ in range(30):
        reports.append(rule.step(network, batch, physics))
        losses.append(reports[-1].loss)
    assert reports[0].halvings > 0
    assert reports[0].step_size < 60.0
    assert all(after <= before for before, after in pairwise(losses))
    assert losses[-1] < 0.2 * start


def test_a_schedule_that_rises_is_followed_where_nothing_is_halved():
    network, batch = problem()
    rule = HalfInverseGradients(HalfInverseConfig(eta=0.1))
    scales = [0.0, 0.02, 0.5, 1.0, 0.3]
    reports = [rule.step(network, batch, PHYSICS, rate_scale=scale) for scale in scales]
    assert [r.halvings for r in reports] == [0] * len(scales)
    assert [r.step_size for r in reports] == pytest.approx([0.1 * scale for scale in scales])


def test_a_refused_step_leaves_the_network_as_it_was():
    network, batch = problem()

    class Cliff:
        """At a minimum already, and worse at once in every direction."""

        def residual(self, outputs, batch):
            away = (outputs.detach() - start).abs().sum(1, keepdim=True) > 0
            return 1.0 + outputs - outputs.detach() + 100.0 * away

    start = network(batch.inputs).detach()
    step, report = moved(network, HalfInverseGradients(HalfInverseConfig(halvings=3)), batch, Cliff())
    assert (report.step_size, report.halvings) == (0.0, 3)
    assert torch.count_nonzero(step) == 0


@pytest.mark.parametrize(
    ("knobs", "match"),
    [
        ({"eta": 0.0}, "step size above 0"),
        ({"power": SpectralPower(truncation=2.0)}, "truncation from 0 to 1"),
        ({"momentum": 0.9, "krylov_steps": 5}, "no momentum with Krylov"),
    ],
)
def test_settings_that_cannot_be_are_refused(knobs, match):
    with pytest.raises(InputError, match=match):
        HalfInverseConfig(**knobs)

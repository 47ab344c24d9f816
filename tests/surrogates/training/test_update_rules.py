"""Every update rule on every problem; what scale invariance is and is not; remembered targets."""

import copy
import math
from functools import partial

import pytest
import torch
from torch import nn

from fusiform.solvers import InputError
from fusiform.surrogates.training import (
    Batch,
    FirstOrder,
    HalfInverseConfig,
    HalfInverseGradients,
    Inverse,
    RefreshConfig,
    Regression,
    RobustRegression,
    ScaleInvariantPhysics,
    SpectralPower,
    TargetCache,
    constant,
    loss_of,
    muon,
    one_cycle,
    soap,
)
from fusiform.surrogates.training.physics import residual_and_jacobian

SAMPLES = 32


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2)).double()


def solution(x):
    """What the network should learn, (batch, 2)."""
    return torch.stack([torch.sin(2.0 * x[:, 0]), x[:, 0] * x[:, 1]], dim=1)


class Linear:
    """R = A y − b with A of condition 30; its inverse is a linear solve."""

    matrix = torch.tensor([[3.0, 1.0], [-0.2, 0.03]]).double()

    def residual(self, outputs, batch):
        return outputs @ self.matrix.T - batch.data[0] @ self.matrix.T

    def inverse(self, outputs, batch):
        step = torch.linalg.solve(self.matrix, self.residual(outputs, batch).T).T
        return Inverse(outputs - step, torch.ones(len(batch), dtype=torch.bool))


class Cubic:
    """R = (y³ + y − c) row by row; its inverse is one Newton step with the step accepted where the residual fell."""

    def residual(self, outputs, batch):
        (y,) = batch.data
        return outputs**3 + outputs - y**3 - y

    def inverse(self, outputs, batch):
        before = self.residual(outputs, batch)
        target = outputs - before / (3.0 * outputs**2 + 1.0)
        return Inverse(target, self.residual(target, batch).norm(dim=1) < 0.5 * before.norm(dim=1))


PROBLEMS = {"regression": Regression(), "linear": Linear(), "cubic": Cubic()}


def newton(eta=1.0, kappa=-0.5, truncation=1e-6):
    return HalfInverseGradients(HalfInverseConfig(eta, SpectralPower(kappa, truncation), summed=True))


def sip(inner, **knobs):
    return ScaleInvariantPhysics(inner, TargetCache(RefreshConfig(**knobs)))


RULES = {
    "Adam": lambda net: FirstOrder(torch.optim.Adam(net.parameters(), lr=0.02)),
    "AdamW, clipped": lambda net: FirstOrder(torch.optim.AdamW(net.parameters(), lr=0.02), clip_norm=1.0),
    "L-BFGS": lambda net: FirstOrder(torch.optim.LBFGS(net.parameters(), line_search_fn="strong_wolfe", max_iter=4)),
    "Muon": partial(muon, rate=0.1, adamw_rate=0.02),
    "SOAP": partial(soap, rate=0.02),
    "Gauss-Newton": lambda net: newton(kappa=-1.0, truncation=1e-3),
    "HIG": lambda net: newton(0.1),
    "HIG, momentum": lambda net: HalfInverseGradients(HalfInverseConfig(3.0, momentum=0.5)),
    "HIG, Lanczos": lambda net: HalfInverseGradients(HalfInverseConfig(3.0, krylov_steps=12)),
    "SIP": lambda net: sip(FirstOrder(torch.optim.Adam(net.parameters(), lr=0.02))),
    "SIP, robust": lambda net: ScaleInvariantPhysics(
        FirstOrder(torch.optim.Adam(net.parameters(), lr=0.02)), proxy=RobustRegression(0.3, torch.tensor([1.0, 2.0]))
    ),
    "SIP+HIG": lambda net: sip(newton(0.1)),
}


def made(name, net):
    if name == "SOAP":
        pytest.importorskip("pytorch_optimizer")
    return RULES[name](net)


def data(size=SAMPLES, seed=1):
    x = 2.0 * torch.rand(size, 2, generator=torch.Generator().manual_seed(seed)).double() - 1.0
    return Batch.of(x, solution(x))


def loss(net, batch, physics):
    with torch.no_grad():
        return float(loss_of(physics.residual(net(batch.inputs), batch)))


def weights(net):
    return nn.utils.parameters_to_vector(net.parameters()).detach().clone()


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", RULES)
def test_every_rule_approaches_the_solution_of_every_problem(name, problem):
    net, batch, physics = network(), data(), PROBLEMS[problem]
    rule = made(name, net)
    start = loss(net, batch, Regression())
    for _ in range(50):
        report = rule.step(net, batch, physics)
        assert math.isfinite(report.loss)
    assert loss(net, batch, Regression()) < 0.3 * start


@pytest.mark.parametrize("name", RULES)
def test_a_rule_goes_on_from_its_state_bit_for_bit(name, tmp_path):
    net, batch, physics = network(), data(), Cubic()
    rule = made(name, net)
    for i in range(4):
        if i == 2:
            other = copy.deepcopy(net)
            torch.save(rule.state_dict(), tmp_path / "state.pt")
        rule.step(net, batch.select(slice(8 * i, 8 * i + 16)), physics, rate_scale=1.0 / (1 + i))
    resumed = made(name, other)
    resumed.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    for i in (2, 3):
        resumed.step(other, batch.select(slice(8 * i, 8 * i + 16)), physics, rate_scale=1.0 / (1 + i))
    assert torch.equal(weights(net), weights(other))


@pytest.mark.parametrize("name", ["Adam", "HIG", "SIP", "SIP+HIG"])
def test_a_step_with_rate_zero_changes_nothing(name):
    net = network()
    before = weights(net)
    made(name, net).step(net, data(), Cubic(), rate_scale=0.0)
    assert torch.equal(weights(net), before)


def test_automatic_jacobian_is_the_analytic_one():
    batch, physics = data(5), Cubic()
    y = torch.randn(5, 2).double()
    residual, jacobian = residual_and_jacobian(physics, y, batch)
    assert torch.equal(residual, physics.residual(y, batch))
    assert torch.allclose(jacobian, torch.diag_embed(3.0 * y**2 + 1.0), rtol=1e-14)
    scaled = Regression(torch.tensor([2.0, 3.0]).double())
    _, jacobian = residual_and_jacobian(scaled, y, batch)
    assert torch.equal(jacobian, torch.diag(torch.tensor([2.0, 3.0]).double()).expand(5, 2, 2))


def test_adam_on_regression_is_ordinary_supervised_training():
    net, batch = network(), data()
    other = copy.deepcopy(net)
    rule = made("Adam", net)
    optimizer = torch.optim.Adam(other.parameters(), lr=0.02)
    for _ in range(5):
        rule.step(net, batch, Regression())
        optimizer.zero_grad()
        (0.5 * (other(batch.inputs) - batch.data[0]).square().sum(1).mean()).backward()
        optimizer.step()
    assert torch.allclose(weights(net), weights(other), rtol=1e-12)


# What the scales of the physics do to a step.


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


# Targets of scale-invariant training.


def test_sip_refuses_a_physics_without_an_inverse():
    class Forward:
        def residual(self, outputs, batch):
            return outputs

    net = network()
    with pytest.raises(InputError, match="a gradient step is not an inverse"):
        made("SIP", net).step(net, data(), Forward())


class Poisoned(Linear):
    """Refuses samples with odd numbers, with targets that would do harm."""

    poison = math.nan

    def inverse(self, outputs, batch):
        good = super().inverse(outputs, batch)
        odd = batch.index % 2 == 1
        return Inverse(torch.where(odd[:, None], self.poison, good.target), ~odd)


@pytest.mark.parametrize("poison", [math.nan, math.inf, 1e30])
@pytest.mark.parametrize("name", ["SIP", "SIP+HIG"])
def test_rejected_samples_leave_no_trace(name, poison):
    class Physics(Poisoned):
        pass

    Physics.poison = poison
    batch, net, clean = data(), network(), network()
    rule, reference = made(name, net), made(name, clean)
    for _ in range(6):
        report = rule.step(net, batch, Physics())
        reference.step(clean, batch.select(batch.index % 2 == 0), Linear())
    assert report.accepted == 0.5
    assert torch.equal(weights(net), weights(clean))


def test_a_target_that_is_not_finite_is_rejected_even_where_the_physics_accepts_it():
    class Careless(Poisoned):
        def inverse(self, outputs, batch):
            return Inverse(super().inverse(outputs, batch).target, torch.ones(len(batch), dtype=torch.bool))

    net = network()
    assert made("SIP", net).step(net, data(), Careless()).accepted == 0.5
    assert torch.isfinite(weights(net)).all()


def test_where_every_sample_is_rejected_nothing_happens():
    class Hopeless(Linear):
        def inverse(self, outputs, batch):
            return Inverse(outputs, torch.zeros(len(batch), dtype=torch.bool))

    net = network()
    before = weights(net)
    report = made("SIP", net).step(net, data(), Hopeless())
    assert torch.equal(weights(net), before)
    assert report.accepted == 0.0
    assert math.isnan(report.loss)


def at(outputs):
    """A network whose present outputs are these."""
    return lambda inputs: outputs


class Counting(Linear):
    """Notes the sample numbers of every call."""

    def __init__(self):
        self.calls = []

    def inverse(self, outputs, batch):
        self.calls.append(batch.index.tolist())
        return super().inverse(outputs, batch)


def test_a_target_is_asked_for_again_only_where_the_network_has_moved():
    physics, batch = Counting(), data(4)
    cache = TargetCache(RefreshConfig(moved=0.5))
    y = torch.zeros(4, 2).double()
    first = cache.targets(at(y), batch, physics)
    assert first.inversions == 4
    assert torch.allclose(first.values, batch.data[0])
    y[2] = 0.4 * first.values[2]
    y[3] = 0.6 * first.values[3]
    assert cache.targets(at(y), batch, physics).inversions == 1
    assert cache.targets(at(y[[3, 0]]), batch.select(torch.tensor([3, 0])), physics).inversions == 0
    y[0] = -10.0
    assert cache.targets(at(y[[3, 0]]), batch.select(torch.tensor([3, 0])), physics).inversions == 1
    assert physics.calls == [[0, 1, 2, 3], [3], [0]]


def test_targets_age_and_a_tolerance_keeps_them():
    batch, still = data(3), torch.zeros(3, 2).double()
    cache = TargetCache(RefreshConfig(age=3))
    assert [cache.targets(at(still), batch, Linear()).inversions for _ in range(7)] == [3, 0, 0, 3, 0, 0, 3]
    cache = TargetCache(RefreshConfig(tolerance=10.0))
    assert [cache.targets(at(still + k), batch, Linear()).inversions for k in range(3)] == [3, 0, 0]
    cache = TargetCache(RefreshConfig(moved=0.0))
    assert [cache.targets(at(still), batch, Linear()).inversions for _ in range(2)] == [3, 3]


def test_rejected_samples_are_tried_again_after_some_uses():
    class Hopeless(Linear):
        def inverse(self, outputs, batch):
            return Inverse(outputs, torch.zeros(len(batch), dtype=torch.bool), torch.zeros(len(batch)).bool())

    cache, batch, y = TargetCache(RefreshConfig(retry=2)), data(3), torch.zeros(3, 2).double()
    assert [cache.targets(at(y), batch, Hopeless()).inversions for _ in range(5)] == [3, 0, 3, 0, 3]


def test_a_second_update_goes_to_those_that_need_it_and_starts_from_the_first():
    class TwoSteps(Counting):
        """Halfway for sample 1 in its first update, given up for sample 2."""

        def inverse(self, outputs, batch):
            answer = super().inverse(outputs, batch)
            first = len(self.calls) == 1
            slow, lost = batch.index == 1, batch.index == 2
            target = torch.where((slow & first)[:, None], 0.5 * (outputs + answer.target), answer.target)
            return Inverse(target, ~(slow & first) & ~lost, ~lost)

    physics, batch = TwoSteps(), data(4)
    targets = TargetCache(RefreshConfig()).targets(at(torch.zeros(4, 2).double()), batch, physics)
    assert physics.calls == [[0, 1, 2, 3], [1]]
    assert targets.inversions == 5
    assert targets.accepted.tolist() == [True, True, False, True]
    assert torch.allclose(targets.values[1], batch.data[0][1])


def test_the_robust_proxy_is_the_pseudo_huber_function():
    delta, scale = 0.3, torch.tensor([1.0, 2.0]).double()
    y = torch.cat([torch.randn(20, 2), torch.zeros(1, 2), 1e4 * torch.ones(1, 2)]).double()
    batch = Batch.of(y, torch.zeros_like(y))
    squares = (scale * y).square().sum(1)
    rho = delta**2 * (torch.sqrt(1.0 + 2.0 * squares / delta**2) - 1.0)
    residual = RobustRegression(delta, scale).residual(y, batch)
    assert torch.allclose(residual.square().sum(1), rho, rtol=1e-12)
    small = RobustRegression(1e6, scale).residual(y[:21], batch.select(slice(0, 21)))
    assert torch.allclose(small, Regression(scale).residual(y[:21], batch.select(slice(0, 21))), rtol=1e-6)


def test_one_outlier_does_not_rule_the_robust_proxy():
    """The pull of a target 1,000 times too far is that of one at about δ, not 1,000 times that."""
    delta = 0.3

    def pull(error):
        y = torch.tensor([[error, 0.0]]).double().requires_grad_()
        value = loss_of(RobustRegression(delta).residual(y, Batch.of(y.detach(), torch.zeros_like(y))))
        return float(torch.autograd.grad(value, y)[0].norm())

    assert pull(1000.0) < 1.1 * delta / math.sqrt(2.0)
    assert pull(1e-3) == pytest.approx(1e-3, rel=1e-4)


def test_schedules():
    cycle = one_cycle(0.1)
    assert constant(0.3) == 1.0
    assert cycle(0.1) == pytest.approx(1.0)
    assert cycle(0.55) == pytest.approx(0.5)
    assert 0.0 < cycle(0.0) < 0.02
    assert cycle(1.0) == pytest.approx(0.0)


def test_data_of_unequal_length_is_refused():
    with pytest.raises(InputError, match="expected data for 3 samples"):
        Batch.of(torch.zeros(3, 1), torch.zeros(2))


def test_no_optimizer_is_refused():
    with pytest.raises(InputError, match="expected an optimizer"):
        FirstOrder()


def test_soap_says_which_library_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pytorch_optimizer", None)
    with pytest.raises(InputError, match="pytorch-optimizer"):
        soap(network(), 1e-3)

"""Targets of scale-invariant training: which are asked for again, and which leave no trace."""

import math

import pytest
import torch
from training_problems import Linear, data, made, network, weights

from fusiform.solvers import InputError
from fusiform.surrogates.training import (
    Inverse,
    RefreshConfig,
    TargetCache,
)


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

"""Every update rule on every problem: it approaches the solution, and goes on bit for bit from its state."""

import copy
import math

import pytest
import torch
from training_problems import PROBLEMS, RULES, Cubic, data, loss, made, network, weights

from fusiform.surrogates.training import (
    Regression,
)


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

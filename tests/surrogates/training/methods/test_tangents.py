"""Training on values and derivatives along random directions."""

import pytest
import torch
from torch import nn

from fusiform.surrogates.training import (
    Batch,
    FirstOrder,
    Labelled,
    Regression,
    RobustRegression,
    ScaleInvariantPhysics,
    TangentData,
    TangentNetwork,
    TangentRegression,
    TangentTargets,
    TargetCache,
    TrainConfig,
    loss_of,
    one_cycle,
    train,
)


def exact_target(x):
    """A function of two variables and its Jacobian, (batch, 1) and (batch, 2, 1)."""
    value = torch.sin(3.0 * x[:, :1]) * x[:, 1:]
    slopes = torch.stack([3.0 * torch.cos(3.0 * x[:, :1]) * x[:, 1:], torch.sin(3.0 * x[:, :1])], dim=1)
    return value, slopes


def tangent_data(size=24, known=12):
    """Samples of which the last `known` have slopes, along the axes of x; the store of their targets."""
    x = torch.rand(size, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    values, slopes = exact_target(x)
    axes = torch.eye(2, dtype=torch.float64).expand(known, 2, 2)
    first = size - known
    return TangentData(Batch.of(x), axes), TangentTargets(Labelled(values, TargetCache()), slopes[first:], first)


def tangent_network(seed=0):
    torch.manual_seed(seed)
    layers = nn.Sequential(nn.Linear(2, 32), nn.SiLU(), nn.Linear(32, 32), nn.SiLU(), nn.Linear(32, 1))
    return TangentNetwork(layers.double())


def proxy(weight=0.3):
    return TangentRegression(RobustRegression(0.3), RobustRegression(1.0), weight)


def rule_for(network, store, rate, weight=0.3):
    return ScaleInvariantPhysics(FirstOrder(torch.optim.Adam(network.parameters(), lr=rate)), store, proxy(weight))


def test_a_tangent_is_the_derivative_of_the_network_along_the_direction():
    network, h = tangent_network(), 1e-6
    point, direction = torch.rand(2, 5, 2, dtype=torch.float64)
    direction[[1, 3]] = 0.0
    with torch.no_grad():
        value, tangent = network(torch.stack([point, direction], dim=1)).chunk(2, dim=1)
        difference = (network.network(point + h * direction) - network.network(point - h * direction)) / (2 * h)
        torch.testing.assert_close(value, network.network(point))
    torch.testing.assert_close(tangent, difference, rtol=0, atol=1e-8)


def test_directions_are_random_and_targets_follow_them():
    data, store = tangent_data()
    torch.manual_seed(0)
    first, second = data.select(torch.arange(24)), data.select(torch.arange(24))
    for batch in (first, second):
        direction = batch.inputs[:, 1]
        target, tangent = store.targets(tangent_network(), batch, Regression()).values.chunk(2, dim=1)
        values, slopes = exact_target(batch.inputs[:, 0])
        torch.testing.assert_close(target, values)
        torch.testing.assert_close(tangent, torch.einsum("bd,bdm->bm", direction, slopes))
        assert not direction[:12].any()
    assert (first.inputs[12:, 1] != second.inputs[12:, 1]).all()


def test_the_gradient_of_the_tangent_loss_is_its_finite_difference():
    network, (data, store), h = tangent_network(), tangent_data(), 1e-6
    batch = data.select(torch.arange(24))
    known = Batch(batch.inputs, (store.targets(network, batch, Regression()).values,), batch.index)
    weight = network.network[2].weight

    def loss():
        return loss_of(proxy().residual(network(batch.inputs), known))

    loss().backward()
    with torch.no_grad():
        weight[3, 5] += h
        above = loss()
        weight[3, 5] -= 2 * h
        below = loss()
    assert float(weight.grad[3, 5]) == pytest.approx(float(above - below) / (2 * h), rel=1e-5)


def test_tangents_let_few_samples_say_more(tmp_path):
    """The same twelve samples, steps and start; error of the values on points that were not seen."""
    x = torch.rand(500, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    errors = []
    for weight in (0.0, 1.0):
        network, (data, store) = tangent_network(), tangent_data(12, 12)
        config = TrainConfig(batch=12, steps=500, every=500, schedule=one_cycle())
        train(network, rule_for(network, store, 0.01, weight), Regression(), data, config, tmp_path / str(weight))
        with torch.no_grad():
            errors.append(float((network.network(x) - exact_target(x)[0]).square().mean().sqrt()))
    assert errors[1] < 0.6 * errors[0], errors


def test_a_stopped_run_goes_on_with_the_same_directions(tmp_path):
    def run(folder, *stops):
        torch.manual_seed(5)
        for steps in stops:
            network, (data, store) = tangent_network(), tangent_data()
            rule, config = rule_for(network, store, 3e-3), TrainConfig(batch=8, steps=steps, every=5)
            train(network, rule, Regression(), data, config, folder)
        return nn.utils.parameters_to_vector(network.parameters()).detach()

    assert torch.equal(run(tmp_path / "whole", 20), run(tmp_path / "parts", 10, 20))

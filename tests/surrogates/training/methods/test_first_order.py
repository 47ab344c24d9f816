"""First-order rules are those of their optimizers, which must be there."""

import copy

import pytest
import torch
from training_problems import data, made, network, weights

from fusiform.solvers import InputError
from fusiform.surrogates.training import OPTIMIZERS, FirstOrder, Regression, soap
from fusiform.surrogates.training.methods.optimizer_names import OPTIMIZER_NAMES


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


def test_no_optimizer_is_refused():
    with pytest.raises(InputError, match="expected an optimizer"):
        FirstOrder()


def test_soap_says_which_library_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pytorch_optimizer", None)
    with pytest.raises(InputError, match="pytorch-optimizer"):
        soap(network(), 1e-3)


def test_every_optimizer_has_its_name():
    assert tuple(OPTIMIZERS) == OPTIMIZER_NAMES

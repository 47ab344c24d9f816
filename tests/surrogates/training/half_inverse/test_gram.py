"""Products with the Jacobian and its Gram matrices against the dense Jacobian, and networks that they do not fit."""

import pytest
import torch
from half_inverse_oracle import NETWORKS, OUTPUTS, PHYSICS, Pair, Residual, dense, operator, problem, relative

from fusiform.solvers import InputError
from fusiform.surrogates.training.half_inverse.gram import chunked_gram, layerwise_gram, probe
from fusiform.surrogates.training.half_inverse.jacobian import all_in_linear_layers
from fusiform.surrogates.training.methods.half_inverse_gradients import HalfInverseGradients


@pytest.mark.parametrize("name", NETWORKS)
def test_products_and_gram_matrices_are_those_of_the_dense_jacobian(name):
    network, batch = problem(name)
    _, reference = dense(network, batch)
    jacobian, _ = operator(network, batch)
    v, c = torch.randn(reference.shape[1]).double(), torch.randn(reference.shape[0]).double()
    gram = reference @ reference.T
    assert jacobian.shape == reference.shape
    assert relative(jacobian.forward(v), reference @ v) < 1e-12
    assert relative(jacobian.transposed(c), reference.T @ c) < 1e-12
    assert relative(chunked_gram(jacobian, 4096), gram) < 1e-12
    assert all_in_linear_layers(network) == (name != "convolution")
    if name != "convolution":
        assert relative(layerwise_gram(jacobian), gram) < 1e-12
        probe(jacobian, layerwise_gram(jacobian), jacobian.transposed)


def test_networks_that_use_weights_outside_their_layer_are_found_out():
    class Tied(Residual):
        def forward(self, x):
            return super().forward(x) + x @ self.first.weight[:OUTPUTS].T

    torch.manual_seed(0)
    for size in (6, 200):  # fewer rows than parameters, and more
        batch = problem(size=size)[1]
        with pytest.raises(InputError, match="uses a layer's weights outside"):
            HalfInverseGradients().step(Tied().double(), batch, PHYSICS)


def test_samples_on_the_wrong_axis_are_refused():
    class Wrong(Pair):
        def forward(self, x):
            return self.inner(torch.stack([x, x], dim=1))[:, 0]

    torch.manual_seed(0)
    with pytest.raises(InputError, match="second axis from the end"):
        HalfInverseGradients().step(Wrong().double(), problem()[1], PHYSICS)

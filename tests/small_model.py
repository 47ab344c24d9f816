"""A model of a few kilobytes with random weights, for tests of its folder."""

import math

import torch

from fusiform.solvers.flow import Resolution
from fusiform.surrogates import DesignSpace, Surrogate
from fusiform.surrogates.model.error_bound import ErrorModel, LocalBound
from fusiform.surrogates.model.flow_basis import LinearBasis
from fusiform.surrogates.model.layout import BOUND_NODES, FORCE_PARITY, inputs_of
from fusiform.surrogates.model.network import EquivariantNetwork

RESOLUTION, BASIS, ANCHORS = Resolution(2, 4, 2, 3), 3, 5
NODES = 2 * RESOLUTION.n_xi * RESOLUTION.n_eta


def small_model() -> Surrogate:
    """Two modes, three vectors on 5 x 12 nodes, a hidden layer of width 4."""
    draw = torch.Generator().manual_seed(0)
    vectors = torch.linalg.qr(torch.randn(NODES, BASIS, generator=draw)).Q.mT
    parity = torch.tensor([1.0, -1.0, 1.0])
    spread = torch.full((BASIS,), 1.0 / math.sqrt(BASIS))
    basis = LinearBasis(vectors, torch.zeros(NODES), parity, spread, torch.ones(2), torch.tensor(1.0), RESOLUTION)
    space = DesignSpace(modes=2)
    network = EquivariantNetwork(inputs_of(2), torch.cat([parity, torch.tensor(FORCE_PARITY)]), width=4, depth=1)
    network.output_mean[BASIS : BASIS + 2] = 0.5
    for parameter in network.parameters():
        parameter.data = 0.1 * torch.randn(parameter.shape, generator=draw)
    bound = LocalBound(torch.full(BOUND_NODES, -4.0, dtype=torch.float64), 0.7, 0.5)
    error = ErrorModel(torch.randn(ANCHORS, inputs_of(2), generator=draw), 5.0, bound, bound)
    card = {"full_solves": 3, "versions": {"fusiform": "0"}}
    return Surrogate("small", space, network, basis, torch.tensor([2.0, -0.7, 0.0]).double(), error, card)

"""The numbering of nodes: every element's nodes, each once, and sums over the elements that meet there."""

import pytest
import torch
from flow_cases import SMALL

from fusiform.solvers.flow.discretisation.layout import Domain, make_layout

LAYOUTS = {domain: make_layout(SMALL, domain, torch.float64, torch.device("cpu")) for domain in Domain}


@pytest.fixture(params=Domain)
def layout(request):
    return LAYOUTS[request.param]


def field(layout):
    """A field of two cases whose value tells the node."""
    return torch.arange(2.0 * layout.n_xi * layout.n_eta, dtype=torch.float64).reshape(2, layout.n_xi, layout.n_eta)


def test_nodes_belong_to_as_many_elements_as_meet_there(layout):
    """4 at corners, 2 on edges, 1 inside; at the wall, the outer line and the rays of a half domain half as many."""
    ones = torch.ones(layout.radial, layout.angular, layout.n1, layout.n2, dtype=torch.float64)
    radial = torch.ones(layout.n_xi, dtype=torch.float64)
    radial[layout.n1 - 1 : -1 : layout.n1 - 1] = 2.0
    angular = torch.ones(layout.n_eta, dtype=torch.float64)
    angular[:: layout.n2 - 1] = 2.0
    if layout.domain is not Domain.PLANE:
        angular[0] = angular[-1] = 1.0
    torch.testing.assert_close(layout.assemble(ones), radial[:, None] * angular)


def test_assembly_is_the_transpose_of_taking_apart(layout):
    whole = field(layout)
    parts = torch.randn(2, layout.radial, layout.angular, layout.n1, layout.n2, dtype=torch.float64)
    torch.testing.assert_close((layout.local(whole) * parts).sum(), (whole * layout.assemble(parts)).sum())
    arcs = torch.randn(2, layout.angular, layout.n2, dtype=torch.float64)
    torch.testing.assert_close((layout.by_sector(whole[:, 0]) * arcs).sum(), (whole[:, 0] * layout.by_arc(arcs)).sum())


def test_neighbours_share_their_edges_and_the_plane_is_closed(layout):
    parts = layout.local(field(layout))
    assert torch.equal(parts[:, :-1, :, -1], parts[:, 1:, :, 0])
    assert torch.equal(parts[:, :, :-1, :, -1], parts[:, :, 1:, :, 0])
    assert torch.equal(parts[:, :, -1, :, -1], parts[:, :, 0, :, 0]) == (layout.domain is Domain.PLANE)


def test_the_order_of_the_dense_matrices_is_a_permutation_interior_first(layout):
    assert torch.equal(layout.order.sort().values, torch.arange(layout.n1 * layout.n2))
    inside = layout.order[: layout.interior]
    i, j = inside // layout.n2, inside % layout.n2
    assert bool(((i > 0) & (i < layout.n1 - 1) & (j > 0) & (j < layout.n2 - 1)).all())
    assert torch.equal(
        layout.order[layout.outer_nodes], torch.arange((layout.n1 - 1) * layout.n2, layout.n1 * layout.n2)
    )


def test_the_dense_matrices_are_derivatives_and_integrals_of_products(layout):
    x = torch.randn(layout.n1, layout.n2, dtype=torch.float64)
    y = torch.randn(layout.n1, layout.n2, dtype=torch.float64)
    weights = torch.rand(layout.n1, layout.n2, dtype=torch.float64)
    along_xi, along_eta = layout.d_xi @ x, x @ layout.d_eta.mT
    quadrature = layout.w_xi[:, None] * layout.w_eta
    torch.testing.assert_close(layout.slope_xi @ layout.ordered(x), layout.ordered(along_xi))
    torch.testing.assert_close(layout.slope_eta @ layout.ordered(x), layout.ordered(along_eta))
    for stiffness, slope, other in (
        (layout.stiffness_xi, along_xi, layout.d_xi @ y),
        (layout.stiffness_eta, along_eta, y @ layout.d_eta.mT),
    ):
        torch.testing.assert_close(
            layout.ordered(y) @ stiffness @ layout.ordered(x), (quadrature * slope * other).sum()
        )
    mixed = layout.mixed_product(layout.ordered(weights))
    torch.testing.assert_close(
        layout.ordered(y) @ mixed @ layout.ordered(x), (weights * (layout.d_xi @ y) * along_eta).sum()
    )

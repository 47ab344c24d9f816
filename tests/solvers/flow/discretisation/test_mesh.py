"""The place of the elements around a body."""

import math

import pytest
import torch
from flow_cases import BENT, REYNOLDS

from fusiform.solvers import Body
from fusiform.solvers.flow.discretisation.angular import angular_breaks
from fusiform.solvers.flow.discretisation.extent import height
from fusiform.solvers.flow.discretisation.layout import Domain, make_layout
from fusiform.solvers.flow.discretisation.mesh import make_mesh
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.levels import level
from fusiform.solvers.geometry import laurent

LAYERS = Resolution(5, 12, 6, 8)
SLENDER = Body.ellipse(4.0).coefficients[None]


def mesh_of(coefficients, reynolds, resolution=LAYERS, domain=Domain.PLANE):
    return make_mesh(coefficients, reynolds, make_layout(resolution, domain, torch.float64, torch.device("cpu")))


def breaks(steps):
    return torch.cat([torch.zeros_like(steps[:, :1]), steps.cumsum(1)], dim=1)


@pytest.mark.parametrize("reynolds", [100.0, 300.0, 1000.0])
def test_the_first_layer_is_no_thicker_than_a_boundary_layer(reynolds):
    mesh = mesh_of(SLENDER, torch.tensor([reynolds]).double(), level(reynolds, 2))
    assert float(mesh.xi_step[0, 0]) == pytest.approx(2.0 / math.sqrt(reynolds), rel=1e-9)


@pytest.mark.parametrize("domain", Domain)
def test_elements_fill_the_domain_in_order(domain):
    coefficients = BENT if domain is Domain.PLANE else BENT.real + 0j
    mesh = mesh_of(coefficients, REYNOLDS, domain=domain)
    span = 2.0 * math.pi if domain is Domain.PLANE else math.pi
    torch.testing.assert_close(mesh.eta_step.sum(1), torch.full((2,), span, dtype=torch.float64))
    torch.testing.assert_close(mesh.xi_step.sum(1), mesh.xi[:, -1])
    for nodes, steps in ((mesh.xi, mesh.xi_step), (mesh.eta, mesh.eta_step)):
        assert bool((steps > 0.0).all())
        assert bool((nodes.diff(dim=1) > 0.0).all())
        assert bool((nodes[:, 0] == 0.0).all())
    torch.testing.assert_close(mesh.xi[:, :: LAYERS.radial_degree], breaks(mesh.xi_step))
    ends = mesh.eta[:, :: LAYERS.angular_degree]
    torch.testing.assert_close(ends, breaks(mesh.eta_step)[:, : ends.shape[1]])


def test_layers_grow_outward_to_forty_heights_and_farther_where_the_flow_is_slow_or_the_bubble_long():
    mesh = mesh_of(SLENDER.expand(2, -1), torch.tensor([1000.0, 0.5]).double())
    assert bool((mesh.xi_step.diff(dim=1) > 0.0).all())
    torch.testing.assert_close(mesh.xi[:, -1].exp() / 2.0, torch.tensor([40.03, 100.0], dtype=torch.float64))
    blunt = mesh_of(Body.ellipse(0.5).coefficients[None].expand(2, -1), torch.tensor([10.0, 100.0]).double())
    height = math.sqrt(2.0)
    expected = torch.tensor([40.0 * height + 3.0, 80.0 * height + 0.3], dtype=torch.float64)
    torch.testing.assert_close(blunt.xi[:, -1].exp() / 2.0, expected)


def test_a_mirrored_body_has_mirrored_elements_and_a_symmetric_one_the_same_on_the_half_plane():
    eta, image = mesh_of(BENT, REYNOLDS).eta, mesh_of(BENT.conj().resolve_conj(), REYNOLDS).eta
    torch.testing.assert_close(image[:, 1:], 2 * math.pi - eta[:, 1:].flip(1))
    whole = mesh_of(BENT.real + 0j, REYNOLDS).eta
    half = mesh_of(BENT.real + 0j, REYNOLDS, domain=Domain.HALF_PLANE).eta
    torch.testing.assert_close(half, whole[:, : half.shape[1]])
    torch.testing.assert_close(whole[:, 1:], 2 * math.pi - whole[:, 1:].flip(1))


def test_elements_are_smallest_in_the_wake_and_at_tips():
    """Of the circle only in the wake, η = 0; of a slender ellipse at the nose too, and more where it is sharper."""
    alone = torch.ones(1, dtype=torch.float64)
    circle, blunt, sharp = (
        breaks.diff(dim=1)[0]
        for breaks in (angular_breaks(Body.ellipse(f).coefficients[None], alone, 24) for f in (1.0, 2.0, 8.0))
    )
    assert int(circle.argmin()) == 0
    assert int(circle.argmax()) in (11, 12)
    assert float(sharp[11]) < float(blunt[11]) < float(circle[11])
    assert float(sharp[11]) < 0.5 * float(sharp.max())


def test_the_height_is_that_of_an_ellipse_across_the_stream():
    turned = laurent.rotate(SLENDER, torch.tensor([math.pi / 2], dtype=torch.float64))
    torch.testing.assert_close(height(torch.cat([SLENDER, turned])), torch.tensor([0.5, 2.0], dtype=torch.float64))


def test_nodes_follow_body_and_reynolds_number_smoothly():
    """Derivatives by automatic differentiation are those of differences; at Re 100 the first layer depends on Re."""
    direction = torch.tensor([[0.3 + 0.2j, 0.1j, -0.2 + 0j]], dtype=torch.complex128)

    def nodes(step):
        mesh = mesh_of(BENT[:1] + step * direction, 100.0 + 10.0 * step.expand(1))
        return torch.cat([mesh.xi, mesh.eta, mesh.xi_step, mesh.eta_step], dim=1)

    zero, h = torch.zeros((), dtype=torch.float64), 1e-5
    slope = torch.autograd.functional.jacobian(nodes, zero)
    torch.testing.assert_close(slope, (nodes(zero + h) - nodes(zero - h)) / (2 * h), rtol=1e-6, atol=1e-8)
    assert float(slope[0, 1].abs()) > 1e-4

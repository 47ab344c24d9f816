"""The map of a body: turning, and the nodes of a polar grid."""

import torch

from fusiform.solvers.geometry import laurent

BENT = torch.tensor([[0.4 + 0.1j, 0.05 - 0.03j, -0.02j], [-0.2 + 0j, 0.0, 0.03 + 0j]], dtype=torch.complex128)


def test_turning_the_body_turns_its_outline_clockwise():
    alpha = torch.tensor([0.3, -0.1], dtype=torch.float64)
    turned = laurent.rotate(BENT, alpha)
    eta = torch.linspace(0, 6, 40, dtype=torch.float64)
    circle = torch.polar(torch.ones(2, 40, dtype=torch.float64), eta.expand(2, -1))
    turn = torch.polar(torch.ones_like(alpha), alpha)[:, None]
    torch.testing.assert_close(laurent.z(turned, circle), laurent.z(BENT, circle * turn) / turn)


def test_a_polar_grid_has_the_map_and_its_slope_whose_slope_is_z_xi_xi():
    xi, eta = torch.tensor([[0.0, 0.5, 3.0]] * 2).double(), torch.tensor([[0.1, 2.0, 4.0, 6.0]] * 2).double()
    zeta = torch.polar(xi.exp()[:, :, None].expand(-1, -1, 4), eta[:, None].expand(-1, 3, -1))
    z, slope = laurent.on_polar_grid(BENT, xi, eta)
    torch.testing.assert_close(z, laurent.z(BENT, zeta))
    torch.testing.assert_close(slope, zeta * laurent.z_prime(BENT, zeta))
    beyond, before = (laurent.on_polar_grid(BENT, xi + step, eta)[1] for step in (1e-5, -1e-5))
    torch.testing.assert_close(laurent.z_xi_xi(BENT, zeta), (beyond - before) / 2e-5, rtol=1e-8, atol=1e-8)

"""The far fields obey the equations that they are solutions of, and the outer line holds them exactly."""

import math

import pytest
import torch

from fusiform.solvers import Body
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.far_field import axial_oseenlet, displacement, oseenlet
from fusiform.solvers.flow.equations.problem import discretise
from fusiform.solvers.flow.equations.weak_form import far_projection
from fusiform.solvers.flow.resolution import Resolution

SPHERE = Resolution(3, 8, 3, 4)
NU = torch.tensor([0.2], dtype=torch.float64)


@pytest.mark.parametrize("kind", [0, 1], ids=["drag", "lift"])
def test_oseenlet_obeys_the_oseen_equations(kind):
    """Divergence-free, ω is the curl, and ∂ω/∂x = ν Δω away from the origin."""
    step = 1e-3
    offsets = torch.tensor([0, 1, -1, 1j, -1j], dtype=torch.complex128) * step
    points = (torch.tensor([1.3 + 0.4j, -0.8 + 0.9j, 2.0 - 1.5j])[:, None] + offsets).to(torch.complex128)
    w, omega = (q[0, kind] for q in oseenlet(points[None], NU))

    def d_dx(q):
        return (q[:, 1] - q[:, 2]) / (2 * step)

    def d_dy(q):
        return (q[:, 3] - q[:, 4]) / (2 * step)

    laplacian = (omega[:, 1:].sum(1) - 4 * omega[:, 0]) / step**2
    torch.testing.assert_close(d_dx(w.real), -d_dy(w.imag), atol=1e-6, rtol=0)
    torch.testing.assert_close(d_dx(w.imag) - d_dy(w.real), omega[:, 0], atol=1e-5, rtol=0)
    torch.testing.assert_close(d_dx(omega), 0.2 * laplacian, atol=1e-4, rtol=0)


def test_second_order_far_field_is_a_wake_inside_and_a_potential_flow_outside():
    """Outside the wake Δψ'' = 0; within it ψ''_y obeys Goldstein's equation u_x − ν u_yy = −(u u_x + v u_y)."""
    nu, step = torch.tensor([0.05], dtype=torch.float64), 1e-2
    k = 0.5 / float(nu)

    def psi(points):
        return displacement(points[None], nu)[0][0]

    outside = torch.tensor([30 + 40j, -20 + 5j, -10 - 50j], dtype=torch.complex128)
    shifts = torch.tensor([step, -step, 1j * step, -1j * step], dtype=torch.complex128)
    laplacian = sum(psi(outside + s) for s in shifts) - 4 * psi(outside)
    assert float(laplacian.abs().max()) < 1e-3 * step**2 * float(psi(outside).abs().max())
    radial = (psi(outside * (1 + 1e-5)) - psi(outside * (1 - 1e-5))) / 2e-5
    torch.testing.assert_close(displacement(outside[None], nu)[1][0], radial, rtol=1e-6, atol=0)

    def u(x, y):
        return (psi(torch.complex(x, y + 1e-3)) - psi(torch.complex(x, y - 1e-3))) / 2e-3

    x, y = torch.full((5,), 4e3, dtype=torch.float64), torch.linspace(0.0, 40.0, 5, dtype=torch.float64)
    second = (u(x + 40, y) - u(x - 40, y)) / 80 - nu * (u(x, y + 0.4) - 2 * u(x, y) + u(x, y - 0.4)) / 0.16
    g = torch.sqrt(k / (2 * torch.pi * x)) * torch.exp(-k * y**2 / (2 * x))
    advection = nu * (g * g * k / x)
    torch.testing.assert_close(second, advection, rtol=0.02, atol=0.02 * float(advection.max()))


def test_the_axial_oseenlet_obeys_the_oseen_equations():
    """χ = −L g, and ∂χ/∂x = ν L χ, with L = ∂xx + ∂ss + (3/s) ∂s."""

    def slopes(values, *at):
        return torch.autograd.grad(values.sum(), at, create_graph=True)

    def operator(values, x, s):
        along, across = slopes(values, x, s)
        return slopes(along, x)[0] + slopes(across, s)[0] + 3.0 * across / s

    x = torch.tensor([1.3, -0.8, 2.0], dtype=torch.float64, requires_grad=True)
    s = torch.tensor([0.4, 0.9, 1.5], dtype=torch.float64, requires_grad=True)
    g, steepness = axial_oseenlet(torch.complex(x, s)[None], NU)
    chi = -operator(g, x, s)
    torch.testing.assert_close(slopes(chi, x)[0], 0.2 * operator(chi, x, s), rtol=1e-9, atol=1e-9)
    assert float(chi.detach().abs().min()) > 1e-3
    along, across = slopes(g, x, s)
    torch.testing.assert_close(steepness[0], x * along + s * across, rtol=1e-10, atol=1e-12)


def test_the_axial_oseenlet_is_smooth_on_the_axis_behind_the_body():
    """And near the origin it is Stokes' flow of a unit force in the direction of the stream, g' = −k/4πr."""
    beside = torch.complex(
        torch.full((5,), 30.0, dtype=torch.float64), torch.tensor([0.0, 1e-6, 1e-4, 1e-3, 1e-2]).double()
    )
    near, steepness = axial_oseenlet(beside[None], NU)
    torch.testing.assert_close(near[0], near[0, :1].expand(5), rtol=1e-4, atol=0)
    torch.testing.assert_close(steepness[0], steepness[0, :1].expand(5), rtol=1e-4, atol=0)
    close = torch.polar(torch.full((3,), 1e-6, dtype=torch.float64), torch.tensor([0.3, 1.5, 3.0]).double())
    exact = torch.full((3,), -2.5 / (4 * math.pi * 1e-6), dtype=torch.float64)
    torch.testing.assert_close(axial_oseenlet(close[None], NU)[0][0], exact, rtol=1e-4, atol=0)


def test_the_outer_line_lets_the_lift_the_displacement_and_any_dipole_pass():
    """φ_ξ + Pφ on it is a column for the lift's own ψ' and for ψ'', and zero for e^{−ξ} cos η and e^{−ξ} sin η."""
    problem = discretise(
        Body.circle().coefficients[None], torch.tensor([5.0]).double(), Resolution(4, 16, 4, 12), Domain.PLANE
    )
    z, nu = problem.position[:, -1], problem.viscosity
    k, r = 0.5 / float(nu), z.abs()
    bessel = torch.exp(k * (z.real - r)) * torch.special.scaled_modified_bessel_k0(k * r)
    eta, arc = problem.mesh.eta, problem.arc

    def first_harmonic(values):
        return sum((arc * values * wave).sum() / math.pi * wave for wave in (eta.cos(), eta.sin()))

    lift = (torch.log(r) + bessel) / (2 * math.pi)
    velocity = oseenlet(z, nu)[0][:, 1]
    normal = (velocity.conj() * problem.slope[:, -1]).imag  # ψ_ξ of u = ψ_y, v = −ψ_x
    torch.testing.assert_close(problem.far_columns[:, 1], normal + first_harmonic(lift), rtol=1e-6, atol=1e-8)
    second, slope = displacement(z, nu)
    torch.testing.assert_close(problem.far_columns[:, 2], slope + first_harmonic(second), rtol=1e-9, atol=1e-12)
    for wave in (eta.cos(), eta.sin()):
        torch.testing.assert_close(first_harmonic(wave), wave, rtol=1e-9, atol=1e-9)


def test_the_flux_of_the_drag_through_the_outer_line_is_its_wake():
    """The Oseenlet of unit drag draws a source of unit strength out of the wake: ∮ ψ'_η dη off the wake is −1."""
    nu = torch.tensor([0.02], dtype=torch.float64)
    eta = torch.linspace(0.0, 2 * math.pi, 40001, dtype=torch.float64)[:-1]
    z = torch.polar(torch.full_like(eta, 50.0), eta)
    outward = (oseenlet(z[None], nu)[0][0, 0].conj() * z).real
    inside = z.imag.abs() < 10.0
    inside &= z.real > 0.0
    step = float(eta[1] - eta[0])
    assert float(outward.sum()) * step == pytest.approx(0.0, abs=1e-3)
    assert float(outward[~inside].sum()) * step == pytest.approx(1.0, abs=0.08)


def test_around_an_axis_the_outer_line_lets_the_oseenlet_and_any_dipole_pass():
    """Without a force the slowest solution of L g = 0 that vanishes far away is the dipole, g ∝ r⁻³."""
    problem = discretise(torch.zeros(1, 1).cdouble(), torch.tensor([5.0]).double(), SPHERE, Domain.MERIDIAN)
    z = problem.position[:, -1]
    dipole = z.abs() ** -3
    step = 1e-5
    slope = ((z.abs() * (1 + step)) ** -3 - (z.abs() * (1 - step)) ** -3) / (2 * step)
    torch.testing.assert_close(slope + far_projection(problem, dipole), torch.zeros_like(dipole), rtol=0, atol=1e-12)
    near, steepness = axial_oseenlet(z, problem.viscosity)
    torch.testing.assert_close(problem.far_columns[:, 0], steepness + far_projection(problem, near))

"""Modes of the flow past a circle and a turned ellipse, against the equations that they solve, and their gradient."""

import math

import pytest
import torch

from fusiform.solvers import Body
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import residual
from fusiform.solvers.flow.stability.base_flow import base_flow
from fusiform.solvers.flow.stability.disturbances import Disturbances
from fusiform.solvers.flow.stability.leading_mode import leading_mode, wake_flow
from fusiform.solvers.flow.stability.modes import mode_near, rates_near
from fusiform.solvers.flow.stability.rate_gradient import rate_gradient
from fusiform.solvers.flow.steady.steady import domain_of
from fusiform.solvers.geometry import laurent

CIRCLE = Body.circle().coefficients[None]
TURNED = laurent.rotate(
    torch.tensor([[0.3, 0.02, 0.01]], dtype=torch.complex128), torch.tensor([0.2], dtype=torch.float64)
)


def reynolds(value):
    return torch.tensor([value], dtype=torch.float64)


def found(coefficients, value, near=None):
    return leading_mode(wake_flow(coefficients, reynolds(value), domain_of(coefficients), near))


@pytest.fixture(scope="module")
def circle():
    return found(CIRCLE, 62.0)  # at 60 the rule for elements behind long bubbles has a kink


@pytest.fixture(scope="module")
def turned():
    return found(TURNED, 60.0)


def parts(state):
    return [State(*(part(t).clone() for t in vars(state).values())) for part in (torch.real, torch.imag)]


@pytest.mark.parametrize("name", ["circle", "turned"])
def test_a_mode_solves_the_linearised_equations_of_motion(name, request):
    """J q' by differences of the residual, which are exact because it is quadratic, and M q' by the quadrature."""
    leading = request.getfixturevalue(name)
    disturbances, mode = leading.disturbances, leading.mode
    problem, base = disturbances.problem, disturbances.base
    products = []
    for part in parts(mode.right):
        half = part.scaled(torch.full_like(problem.viscosity, 0.5))
        products.append(residual(problem, base + half) - residual(problem, base - half))
    mass = disturbances.mass_product(mode.rate * mode.right.omega)
    damped = disturbances.damped_mass * mode.right.omega
    motion = torch.complex(products[0].omega, products[1].omega) + mass.omega
    inside = (slice(None), slice(1, -1))
    assert float((motion[inside] + damped[inside]).abs().max()) < 1e-9 * float(mass.omega.abs().max())
    poisson = torch.complex(products[0].phi, products[1].phi)
    assert float(poisson.abs().max()) < 1e-9 * float(mass.omega.abs().max())
    closures = torch.complex(products[0].scalars, products[1].scalars) + mass.scalars
    assert float(closures.abs().max()) < 1e-9


def test_even_disturbances_of_the_half_plane_are_disturbances_of_the_plane(circle):
    resolution = circle.base.problem.layout.resolution
    whole = base_flow(CIRCLE, reynolds(62.0), resolution, Domain.PLANE)
    (rate, omega), *_ = next(rates_near(Disturbances.of(whole), circle.mode.rate + 0.05))
    exact = mode_near(Disturbances.of(whole), rate, omega)
    assert exact.rate == pytest.approx(circle.mode.rate, abs=1e-8)
    assert abs(exact.damping - circle.mode.damping) < 1e-7
    torch.testing.assert_close(exact.right.omega, exact.right.omega.roll(-1, 2).flip(2), rtol=0.0, atol=1e-6)


def test_left_and_right_vectors_of_different_modes_are_orthogonal(circle):
    disturbances = circle.disturbances
    *_, rates = rates_near(disturbances, circle.mode.rate + 0.05)
    other = mode_near(disturbances, *rates[1])
    assert abs(other.rate - circle.mode.rate) > 0.05
    for left, right, product in ((circle.mode, other, 0.0), (other, circle.mode, 0.0), (other, other, 1.0)):
        tests = disturbances.test_functions(left.left)
        paired = complex((disturbances.mass * tests * right.right.omega).sum())
        assert paired == pytest.approx(product, abs=1e-6)


def test_only_modes_that_the_sponge_leaves_alone_are_the_bodys_own(circle):
    *_, rates = rates_near(circle.disturbances, circle.mode.rate + 0.05)
    others = [mode_near(circle.disturbances, *pair) for pair in rates[1:4]]
    assert circle.mode.discrete
    assert not any(mode.discrete for mode in others)


def test_the_growth_rate_falls_with_the_sponge_as_foretold(circle):
    """The first-order effect of the sponge, against an eigenvalue with a hundredth of it less."""
    less = 0.99
    weaker = Disturbances(circle.disturbances.problem, circle.disturbances.base, less * circle.disturbances.damping)
    rate = mode_near(weaker, circle.mode.rate, circle.mode.right.omega[0]).rate
    assert rate - circle.mode.rate == pytest.approx((1.0 - less) * circle.mode.damping, rel=0.02)


@pytest.mark.parametrize(
    ("name", "direction"), [("circle", [1.0, 0.0, 0.3]), ("turned", [0.3 + 0.5j, -0.2j, 0.4 + 0.1j]), ("turned", None)]
)
def test_the_adjoint_gradient_is_that_of_differences(name, direction, request):
    leading = request.getfixturevalue(name)
    base, mode, step = leading.base, leading.mode, 1e-3
    gradient = rate_gradient(base, leading.disturbances, mode)
    near = (base.problem, base.state)

    def rate(sign):
        at, value = base.coefficients.clone(), base.reynolds.clone()
        if direction is None:
            value = value + sign * step * 60.0
        else:
            at[0, :3] += sign * step * torch.tensor(direction, dtype=torch.complex128)
        flow = wake_flow(at, value, base.problem.domain, near)
        return mode_near(Disturbances.of(flow), mode.rate, mode.right.omega[0]).rate

    difference = (rate(1) - rate(-1)) / (2.0 * step)
    if direction is None:
        exact = complex(gradient.growth_by_reynolds, gradient.frequency_by_reynolds) * 60.0
    else:
        along = torch.tensor(direction, dtype=torch.complex128)
        exact = complex(*(float((g[:3].conj() * along).real.sum()) for g in (gradient.growth, gradient.frequency)))
    assert abs(exact - difference) < 2e-4 * abs(difference)


def test_where_the_shift_is_does_not_matter(circle):
    for away in (0.1, -0.1j, 0.05 + 0.1j):
        *_, rates = rates_near(circle.disturbances, circle.mode.rate + away)
        assert min(abs(rate - circle.mode.rate) for rate, _ in rates) < 1e-5
    assert circle.mode.rate.imag / (2.0 * math.pi) == pytest.approx(0.118, abs=0.001)

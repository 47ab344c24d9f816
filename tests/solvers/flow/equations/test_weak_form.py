"""The weak form against the strong equations, and its conservation."""

from dataclasses import replace

import pytest
import torch
from flow_cases import REYNOLDS, STEADY, bodies, flat, problem_on, random_state

from fusiform.solvers import Body
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.mirror import fold_state, unfold_state
from fusiform.solvers.flow.equations.problem import discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import (
    essential,
    far_projection,
    residual,
    residual_and_forces,
    residual_norm,
    slopes,
    weak_sums,
)
from fusiform.solvers.flow.resolution import Resolution

DEGREES = ((4, 5), (8, 10), (12, 14))


class Wave:
    """Σ a e^{mξ} sin(nη), or cos, at the nodes of a problem, with its derivatives."""

    def __init__(self, problem, terms, even):
        xi, eta = problem.mesh.xi[:, :, None], problem.mesh.eta[:, None]
        one, other = (torch.cos, torch.sin) if even else (torch.sin, torch.cos)
        self.value = sum(a * torch.exp(m * xi) * one(n * eta) for a, m, n in terms)
        self.xi = sum(a * m * torch.exp(m * xi) * one(n * eta) for a, m, n in terms)
        self.eta = sum((-n if even else n) * a * torch.exp(m * xi) * other(n * eta) for a, m, n in terms)
        self.laplacian = sum((m**2 - n**2) * a * torch.exp(m * xi) * one(n * eta) for a, m, n in terms)


def manufactured(domain, degrees):
    """A problem, smooth fields φ, ω that have the wall's φ, and a test function that vanishes nowhere in particular."""
    problem = discretise(Body.ellipse(2.0).coefficients[None], REYNOLDS[:1], Resolution(4, 12, *degrees), domain)
    even = domain is Domain.MERIDIAN
    wall = -0.5 if even else -0.5 * 2.0**-0.5  # half the height of the ellipse
    phi = Wave(problem, [(wall, -0.5, 0 if even else 1), (0.3, -1.0, 2), (-0.3, -2.0, 2)], even)
    omega = Wave(problem, [(0.7, -1.0, 1), (0.4, -2.0, 3)], even)
    test = Wave(problem, [(1.0, -0.3, 0 if even else 1), (0.5, -1.0, 2)], even)
    return problem, phi, omega, test


def weak_and_strong(domain, degrees):
    """Σ R_i v_i, and the integrals of the strong equations and boundary terms that they stand for, of E1 and E2."""
    problem, phi, omega, test = manufactured(domain, degrees)
    state = State(phi.value, omega.value, torch.tensor([[0.8, 0.3 if domain is Domain.PLANE else 0.0]]).double())
    y, nu, v = problem.stream, problem.viscosity[:, None, None], test.value
    y_xi, y_eta = problem.slope.imag, problem.slope.real
    around = domain is Domain.MERIDIAN
    weight = y**3 if around else torch.ones_like(y)
    if around:  # ρ L f = s³ Δf + 3 s² ∇s·∇f, Ψ = s² (½ + φ)
        divergence = [y**3 * f.laplacian + 3 * y**2 * (y_xi * f.xi + y_eta * f.eta) for f in (phi, omega)]
        v_xi, v_eta = (y * a + 2 * (0.5 + phi.value) * b for a, b in ((phi.xi, y_xi), (phi.eta, y_eta)))
        slip = phi.xi
    else:
        divergence = [phi.laplacian, omega.laplacian]
        v_xi, v_eta, slip = phi.xi + y_xi, phi.eta + y_eta, phi.xi + y_xi

    def along(line, values):
        return (problem.arc * weight[:, line] * values[:, line] * v[:, line]).sum()

    poisson = -divergence[0] - weight * problem.metric * omega.value
    transport = weight * (v_eta * omega.xi - v_xi * omega.eta) - nu * divergence[1]
    drag, lift = state.scalars[0]
    far = drag * problem.far_columns[:, 0] + lift * problem.far_columns[:, 1] + drag**2 * problem.far_columns[:, 2]
    outer = phi.xi[:, -1] + far_projection(problem, phi.value[:, -1]) - far
    first = (problem.area * poisson * v).sum() - along(0, slip)
    first = first + (problem.arc * weight[:, -1] * outer * v[:, -1]).sum()
    second = (problem.area * transport * v).sum() - along(0, nu * omega.xi) + along(-1, nu * omega.xi)
    weak = (residual(problem, state).phi * v).sum(), (weak_sums(problem, state)[1][:, 1] * v).sum()
    return torch.stack(weak), torch.stack([first, second])


@pytest.mark.parametrize("domain", Domain)
def test_the_weak_form_is_the_strong_equations_with_the_conditions_at_wall_and_outer_line(domain):
    """−∇²φ = h² ω, no slip, the far field; V·∇ω = ν ∇²ω; the difference falls spectrally with the degree."""
    errors = []
    for degrees in DEGREES:
        weak, strong = weak_and_strong(domain, degrees)
        errors.append(((weak - strong) / strong).abs())
    assert bool((errors[1] < 0.05 * errors[0]).all()), errors
    assert float(errors[2].max()) < 1e-7, errors


@pytest.mark.parametrize("domain", Domain)
def test_convection_makes_no_enstrophy_but_for_what_leaves(domain):
    """Tested with ω it is ½ ∮_outer V_η ω² ρ dη, and around an axis −(ω q, ω), for any fields and to rounding."""
    problem = problem_on(domain)
    problem = replace(problem, viscosity=torch.zeros_like(problem.viscosity))
    state = random_state(problem, decay=0.0)
    d, omega = slopes(problem, state), essential(problem, state)[1]
    made = (weak_sums(problem, state)[1][:, 1] * omega).sum((1, 2))
    length = 0.5 * problem.mesh.eta_step[:, :, None] * problem.layout.w_eta
    weight = 1.0 if problem.radius is None else problem.radius[:, -1, :, -1] ** 3
    left = 0.5 * (weight * length * (d.v_eta * d.omega.square())[:, -1, :, -1]).sum((1, 2))
    if problem.radius is not None:
        q = problem.base_xi * d.phi_eta - problem.base_eta * d.phi_xi
        left = left - (problem.mass * d.omega.square() * q).sum((1, 2, 3, 4))
    size = (problem.mass * (d.v_eta * d.omega_xi).abs() * d.omega.abs()).sum((1, 2, 3, 4))
    assert float(((made - left).abs() / size).max()) < 1e-12
    assert float((left.abs() / size).min()) > 1e-9


def test_the_half_plane_has_the_residuals_and_forces_of_the_whole():
    whole, half = (
        discretise(bodies(Domain.HALF_PLANE), REYNOLDS, Resolution(3, 8, 4, 5), d)
        for d in (Domain.PLANE, Domain.HALF_PLANE)
    )
    state = fold_state(random_state(whole))
    (one, forces), (two, same) = residual_and_forces(half, state), residual_and_forces(whole, unfold_state(state))
    inside = slice(1, half.layout.n_eta - 1)
    torch.testing.assert_close(one.phi[..., inside], two.phi[..., inside])
    torch.testing.assert_close(one.omega[..., inside], two.omega[..., inside])
    torch.testing.assert_close(one.scalars[:, 0], two.scalars[:, 0])
    for part, whole_part in zip(forces, same, strict=True):
        torch.testing.assert_close(part, whole_part, atol=1e-10, rtol=1e-10)
    assert float(two.scalars[:, 1].abs().max()) < 1e-12


def test_folding_takes_the_odd_part_and_unfolding_brings_it_back():
    state = random_state(problem_on(Domain.PLANE))
    odd = unfold_state(fold_state(state))
    half = state.phi.shape[-1] // 2
    assert bool((odd.omega[..., [0, half]] == 0.0).all())
    torch.testing.assert_close(odd.omega[..., 1:], -odd.omega[..., 1:].flip(-1))
    torch.testing.assert_close(odd.phi[..., 1], 0.5 * (state.phi[..., 1] - state.phi[..., -1]))
    torch.testing.assert_close(flat(unfold_state(fold_state(odd))), flat(odd))


def test_a_mirrored_body_has_the_mirrored_residual_the_same_drag_and_the_opposite_lift():
    problem = problem_on(Domain.PLANE)
    image = discretise(bodies(Domain.PLANE).conj().resolve_conj(), REYNOLDS, problem.layout.resolution)
    state = random_state(problem)

    def mirrored(field):
        return -torch.cat([field[..., :1], field[..., 1:].flip(-1)], dim=-1)

    turn = torch.tensor([1.0, -1.0], dtype=torch.float64)
    (one, forces), (two, same) = (
        residual_and_forces(problem, state),
        residual_and_forces(image, State(mirrored(state.phi), mirrored(state.omega), state.scalars * turn)),
    )
    torch.testing.assert_close(mirrored(one.phi), two.phi, atol=1e-10, rtol=1e-10)
    torch.testing.assert_close(mirrored(one.omega), two.omega, atol=1e-10, rtol=1e-10)
    torch.testing.assert_close(one.scalars * turn, two.scalars, atol=1e-10, rtol=1e-10)
    for part, other in zip(forces, same, strict=True):
        torch.testing.assert_close(part, other.conj().resolve_conj(), atol=1e-10, rtol=1e-10)
        assert float(part.imag.abs().min()) > 1e-3


@pytest.mark.parametrize("domain", Domain)
def test_a_batch_is_a_loop(domain):
    problem = problem_on(domain)
    state = random_state(problem)
    together, norms = flat(residual(problem, state)), residual_norm(problem, residual(problem, state))
    for case in (0, 1):
        here = slice(case, case + 1)
        r = residual(problem.select(here), state.select(here))
        torch.testing.assert_close(flat(r)[0], together[case])
        torch.testing.assert_close(residual_norm(problem.select(here), r)[0], norms[case])


@pytest.mark.parametrize("domain", STEADY)
def test_the_cold_start_obeys_the_wall_and_in_the_plane_has_the_vorticity_of_its_stream(domain):
    problem = discretise(bodies(domain), REYNOLDS, Resolution(4, 12, 10, 12), domain)
    state = cold_start(problem)
    torch.testing.assert_close(state.phi[:, 0], problem.wall_value)
    d = slopes(problem, state)
    assert float(d.v_xi[:, 0, :, 0].abs().max()) < 1e-5
    assert float(d.v_eta[:, 0, :, 0].abs().max()) < 1e-5
    if domain is not Domain.MERIDIAN:
        strong = (residual(problem, state).phi / problem.area)[:, 1:-1]
        assert float((strong / (problem.metric * state.omega)[:, 1:-1].abs().amax()).abs().max()) < 1e-4

"""The building blocks of the flow solver against closed forms and dense oracles."""

import math

import numpy as np
import pytest
import torch

from fusiform.solvers.flow.adaptive import FINEST
from fusiform.solvers.flow.block_tridiagonal import factorise
from fusiform.solvers.flow.equations import State, discretise, residual
from fusiform.solvers.flow.error_estimate import LOOK_REFINEMENT
from fusiform.solvers.flow.far_field import displacement, oseenlet
from fusiform.solvers.flow.grid import angular_nodes, make_grid
from fusiform.solvers.flow.half_plane import fold_state, halve, unfold_state
from fusiform.solvers.flow.jacobian import jacobian
from fusiform.solvers.flow.linear import linearise
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady import cold_start
from fusiform.solvers.flow.stencils import fourier_matrices, hermite_weights
from fusiform.solvers.flow.transfer import resample
from fusiform.solvers.geometry import laurent

BENT = torch.tensor([[0.4 + 0.1j, 0.05 - 0.03j, -0.02j], [-0.2 + 0j, 0.0, 0.03 + 0j]], dtype=torch.complex128)
REYNOLDS = torch.tensor([12.0, 3.0], dtype=torch.float64)
SMALL = Resolution(16, 16)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_stencils_are_exact_for_polynomials(order):
    nodes = np.array([0.0, 0.3, 0.7, 1.2, 2.0])
    for degree in range(5):
        exact = math.perm(degree, order) * 0.7 ** max(degree - order, 0) if degree >= order else 0.0
        assert hermite_weights(nodes, 0.7, order) @ nodes**degree == pytest.approx(exact, abs=1e-11)


def test_a_known_zero_slope_adds_one_degree():
    nodes = np.array([0.0, 0.3, 0.7, 1.2])
    for degree in (0, 2, 3, 4):
        value = hermite_weights(nodes, 0.0, 2, slope_at=0.0) @ nodes**degree
        assert value == pytest.approx(2.0 if degree == 2 else 0.0, abs=1e-11)


def test_fourier_matrices_differentiate_a_band_limited_function():
    s = np.arange(16) * 2 * np.pi / 16
    first, second = fourier_matrices(16)
    f = np.exp(1j * 3 * s)
    np.testing.assert_allclose(first @ f, 3j * f, atol=1e-12)
    np.testing.assert_allclose(second @ f, -9 * f, atol=1e-11)
    sawtooth = (-1.0) ** np.arange(16)
    np.testing.assert_allclose(second @ sawtooth, -64 * sawtooth, atol=1e-10)


@pytest.mark.parametrize("kind", [0, 1], ids=["drag", "lift"])
def test_oseenlet_obeys_the_oseen_equations(kind):
    """Divergence-free, ω is the curl, and ∂ω/∂x = ν Δω away from the origin."""
    nu, step = 0.2, 1e-3
    offsets = torch.tensor([0, 1, -1, 1j, -1j], dtype=torch.complex128) * step
    points = (torch.tensor([1.3 + 0.4j, -0.8 + 0.9j, 2.0 - 1.5j])[:, None] + offsets).to(torch.complex128)
    w, omega = (q[0, kind] for q in oseenlet(points[None], torch.tensor([nu], dtype=torch.float64)))

    def d_dx(q):
        return (q[:, 1] - q[:, 2]) / (2 * step)

    def d_dy(q):
        return (q[:, 3] - q[:, 4]) / (2 * step)

    laplacian = (omega[:, 1:].sum(1) - 4 * omega[:, 0]) / step**2
    torch.testing.assert_close(d_dx(w.real), -d_dy(w.imag), atol=1e-6, rtol=0)
    torch.testing.assert_close(d_dx(w.imag) - d_dy(w.real), omega[:, 0], atol=1e-5, rtol=0)
    torch.testing.assert_close(d_dx(omega), nu * laplacian, atol=1e-4, rtol=0)


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


def test_the_half_plane_has_the_residuals_and_forces_of_the_whole():
    symmetric = BENT.real + 0j
    whole = discretise(symmetric, REYNOLDS, SMALL)
    half = halve(whole)
    state = fold_state(_random_state()[1])
    state = State(state.psi, state.omega, state.scalars)
    one, two = residual(half, state), residual(whole, unfold_state(state))
    torch.testing.assert_close(one.psi, two.psi[..., 1:8])
    torch.testing.assert_close(one.omega, two.omega[..., 1:8])
    torch.testing.assert_close(one.scalars[:, 0], two.scalars[:, 0])
    torch.testing.assert_close(fold_state(unfold_state(state)).omega, state.omega)


def test_half_plane_solves_match_the_dense_jacobian():
    problem = halve(discretise(BENT.real + 0j, REYNOLDS, SMALL))
    state = fold_state(_random_state()[1])
    dense, factors = _dense_jacobian(problem, state), linearise(problem, state)
    rhs = _flat(state)
    back = (dense @ _flat(factors.solve(_unflat(rhs, state)))[..., None])[..., 0]
    torch.testing.assert_close(back, rhs, rtol=1e-8, atol=1e-8)


def test_resampling_is_exact_for_polynomials_and_harmonics():
    def field(n_xi, n_eta):
        i = torch.linspace(0, 1, n_xi, dtype=torch.float64)[:, None]
        s = torch.arange(n_eta, dtype=torch.float64) * (2 * torch.pi / n_eta)
        return ((1 + i - 2 * i**5) * (1 + torch.sin(3 * s) + torch.cos(5 * s)))[None]

    for size in ((30, 24), (16, 40), (44, 16)):
        torch.testing.assert_close(resample(field(20, 32), *size), field(*size), rtol=1e-10, atol=1e-10)


def test_angular_nodes_of_a_mirrored_body_are_mirrored():
    eta, eta_s, _ = angular_nodes(BENT, REYNOLDS, 24)
    image, image_s, _ = angular_nodes(BENT.conj().resolve_conj(), REYNOLDS, 24)
    torch.testing.assert_close(image[:, 1:], 2 * torch.pi - eta[:, 1:].flip(1))
    torch.testing.assert_close(image_s[:, 1:], eta_s[:, 1:].flip(1))
    assert bool((eta_s > 0).all())


def test_grid_derivatives_converge_spectrally_along_the_angle():
    errors = []
    for n in (24, 48):
        grid = make_grid(BENT, REYNOLDS, Resolution(16, n))
        f = torch.exp(torch.cos(grid.eta))
        exact = f * (torch.sin(grid.eta) ** 2 - torch.cos(grid.eta))
        errors.append(float(((grid.d_eta2 @ f[..., None])[..., 0] - exact).abs().max()))
    assert errors[1] < 1e-2 * errors[0], errors


def _random_state(seed=0):
    problem = discretise(BENT, REYNOLDS, SMALL)
    generator = torch.Generator().manual_seed(seed)
    start = cold_start(problem)
    noise = 0.1 * torch.randn(2, *start.psi.shape, dtype=torch.float64, generator=generator)
    return problem, State(start.psi + noise[0], start.omega + noise[1], start.scalars + 0.3)


def _flat(state):
    return torch.cat([state.psi.flatten(1), state.omega.flatten(1), state.scalars], dim=1)


def _unflat(vector, like):
    psi, omega, scalars = torch.split(vector, [like.psi[0].numel(), like.psi[0].numel(), 2], dim=1)
    return State(psi.reshape(like.psi.shape), omega.reshape(like.psi.shape), scalars)


def _dense_jacobian(problem, state):
    def of(vector):
        return _flat(residual(problem, _unflat(vector, state))).sum(0)

    return torch.autograd.functional.jacobian(of, _flat(state)).permute(1, 0, 2)


def test_bordered_block_solves_match_the_dense_jacobian_and_its_transpose():
    problem, state = _random_state()
    dense = _dense_jacobian(problem, state)
    rhs = _flat(_random_state(1)[1])
    factors = linearise(problem, state)
    for matrix, solve in ((dense, factors.solve), (dense.mT, factors.solve_transposed)):
        solved = _flat(solve(_unflat(rhs, state)))
        back = (matrix @ solved[..., None])[..., 0]
        scale = (matrix.abs() @ solved.abs()[..., None])[..., 0].amax(1, keepdim=True)
        assert float(((back - rhs).abs() / scale).max()) < 1e-11


def test_block_factors_leave_the_matrix_untouched():
    problem, state = _random_state()
    matrix = jacobian(problem, state)
    before = [d.clone() for d in matrix.diagonal]
    factorise(matrix)
    assert all(bool((a == b).all()) for a, b in zip(before, matrix.diagonal, strict=True))


def test_turning_the_body_turns_its_outline_clockwise():
    alpha = torch.tensor([0.3, -0.1], dtype=torch.float64)
    turned = laurent.rotate(BENT, alpha)
    eta = torch.linspace(0, 6, 40, dtype=torch.float64)
    circle = torch.polar(torch.ones(2, 40, dtype=torch.float64), eta.expand(2, -1))
    turn = torch.polar(torch.ones_like(alpha), alpha)[:, None]
    torch.testing.assert_close(laurent.z(turned, circle), laurent.z(BENT, circle * turn) / turn)


def test_the_finest_grid_of_the_solver_and_that_of_its_error_estimate_are_grids():
    even = int(LOOK_REFINEMENT * FINEST.n_eta) // 2 * 2
    assert Resolution(FINEST.n_xi, even).n_eta > FINEST.n_eta

"""F − λᵀR as one integral is F minus the product of λ and the residual; its variation is the adjoint equations."""

import pytest
import torch

from fusiform.solvers.flow import Domain, State, level
from fusiform.solvers.flow.derivatives.adjoint_equations import AdjointEquations
from fusiform.solvers.flow.derivatives.krylov import minimal_residual
from fusiform.solvers.flow.derivatives.lagrangian import lagrangian
from fusiform.solvers.flow.equations.problem import discretise
from fusiform.solvers.flow.equations.weak_form import coefficient_scale, residual_and_forces


@pytest.fixture(params=list(Domain))
def setting(request):
    """A problem of two bodies, any state, any λ (zero on the rays of a half plane), and weights of drag and lift."""
    bodies = torch.tensor([[0.4, 0.05 + 0.02j, 0.02j], [-0.2, 0.1j, 0.03]], dtype=torch.complex128)
    random = torch.Generator().manual_seed(0)
    weight = torch.randn(2, dtype=torch.complex128, generator=random)
    if request.param is not Domain.PLANE:
        bodies, weight = bodies.real + 0j, weight.real + 0j
    problem = discretise(bodies, torch.tensor([20.0, 300.0], dtype=torch.float64), level(20.0, 0), request.param)

    def any_state():
        shape = problem.metric.shape
        sizes = (shape, shape, (2, 2))
        return State(*(torch.randn(s, dtype=torch.float64, generator=random) for s in sizes))

    state, adjoint = any_state(), any_state()
    if request.param is Domain.HALF_PLANE:
        for field in (adjoint.phi, adjoint.omega):
            field[..., 0] = field[..., -1] = 0.0
    return problem, state, adjoint, weight


def test_the_integral_is_the_force_minus_the_product_of_multipliers_and_residual(setting):
    problem, state, adjoint, weight = setting
    r, (pressure, friction) = residual_and_forces(problem, state)
    force = weight.imag * (pressure + friction).imag + weight.real * coefficient_scale(problem) * state.scalars[:, 0]
    pairs = zip(vars(adjoint).values(), vars(r).values(), strict=True)
    expected = force - sum((a * b).flatten(1).sum(1) for a, b in pairs)
    torch.testing.assert_close(lagrangian(problem, state, adjoint, weight), expected, rtol=1e-11, atol=0.0)


def test_the_adjoint_equations_are_its_derivative_by_the_state(setting):
    problem, state, adjoint, weight = setting
    q = [t.clone().requires_grad_() for t in vars(state).values()]
    expected = torch.autograd.grad(lagrangian(problem, State(*q), adjoint, weight).sum(), q)
    equations = AdjointEquations(problem, state)
    found = equations.force_gradient(weight) - equations.transposed_product(adjoint)
    for one, other in zip(vars(found).values(), expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-11 * float(other.abs().max()))


def test_a_few_products_solve_what_is_close_to_the_identity():
    random = torch.Generator().manual_seed(1)
    matrix = torch.eye(40, dtype=torch.float64) + 0.05 * torch.randn(2, 40, 40, dtype=torch.float64, generator=random)
    rhs = torch.randn(2, 40, dtype=torch.float64, generator=random)
    solution, left = minimal_residual(lambda v: (matrix @ v[..., None])[..., 0], rhs, 1e-10, 40)
    torch.testing.assert_close(solution, torch.linalg.solve(matrix, rhs), rtol=1e-8, atol=1e-8)
    assert float(left.max()) <= 1e-10
    shorter, more = minimal_residual(lambda v: (matrix @ v[..., None])[..., 0], rhs, 1e-10, 3)
    assert float(more.min()) > 1e-10
    assert float(shorter.norm()) > 0.0

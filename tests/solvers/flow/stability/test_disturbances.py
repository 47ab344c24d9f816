"""The shifted Jacobian, complex and condensed, against the dense one with the mass matrix."""

import pytest
import torch
from flow_cases import dense_jacobian, flat, free_part, problem_on, random_state

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.stability.disturbances import Disturbances

RATE = 0.3 + 0.7j


def some_vorticity(problem, seed):
    return torch.complex(*(random_state(problem, seed + part).omega for part in (0, 1)))


@pytest.mark.parametrize("domain", Domain)
def test_condensed_solves_invert_the_jacobian_with_the_mass_matrix_and_its_transpose(domain):
    problem = problem_on(domain).select(slice(0, 1))
    base = random_state(problem)
    disturbances = Disturbances(problem, base, torch.zeros_like(problem.mass))
    factors = disturbances.factorised(RATE)
    rhs = disturbances.mass_product(some_vorticity(problem, 2))
    found = factors.solve(rhs)
    matrix = dense_jacobian(problem, base)[0]
    _, rows, columns = free_part(matrix)
    product = matrix[rows][:, columns].cdouble() @ flat(found)[0, columns]
    product = product + flat(disturbances.mass_product(RATE * found.omega))[0, rows]
    expected = flat(rhs)[0, rows]
    few = 1e-4 if domain is Domain.MERIDIAN else 1e-9  # weights of twelve orders of magnitude around an axis
    torch.testing.assert_close(product, expected, rtol=0.0, atol=few * float(expected.abs().max()))
    tests = some_vorticity(problem, 4)
    left = factors.solve_transposed(State(torch.zeros_like(tests), disturbances.mass * tests, 0j * rhs.scalars))
    one = (disturbances.test_functions(left) * disturbances.mass * some_vorticity(problem, 2)).sum()
    other = (tests * disturbances.mass * found.omega).sum()
    torch.testing.assert_close(one, other, rtol=few, atol=0.0)

"""The condensed Jacobian against the dense one, which automatic differentiation makes of the residual."""

import pytest
import torch
from flow_cases import REYNOLDS, dense_jacobian, flat, free_part, problem_on, random_state, unflat

from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import discretise
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.resolution import Resolution

RESOLUTIONS = {
    "degrees apart": Resolution(2, 6, 4, 5),
    "sectors left over in two rounds": Resolution(3, 10, 3, 3),
    "degree two": Resolution(4, 4, 2, 2),
}
DIGITS = {domain: 1e-2 if domain is Domain.MERIDIAN else 1e-7 for domain in Domain}
CASES = [(domain, name) for domain in Domain for name in RESOLUTIONS]


@pytest.mark.parametrize(("domain", "name"), CASES)
def test_condensed_solves_invert_the_dense_jacobian_and_its_transpose(domain, name):
    """Around an axis, where the weight s³ spans twelve orders of magnitude, with a condition of 1e18, to few digits:

    LAPACK's dense solve has errors of 1e-8 to 1e-4 there, the condensed one of 1e-5 to 1e-3.
    """
    problem = problem_on(domain, RESOLUTIONS[name])
    factors = linearise(problem, random_state(problem))
    expected = flat(random_state(problem, 1))
    for case, matrix in enumerate(dense_jacobian(problem, random_state(problem))):
        dense, rows, columns = free_part(matrix)
        assert len(rows) == len(columns)
        for transposed in (False, True):
            solve = factors.solve_transposed if transposed else factors.solve
            given, found = (columns, rows) if transposed else (rows, columns)
            part, exact = dense.mT if transposed else dense, expected[case, found]
            rhs = flat(random_state(problem, 2))
            rhs[case, given] = part @ exact
            answer = flat(solve(unflat(rhs, problem)))[case]
            torch.testing.assert_close(answer[found], exact, rtol=0.0, atol=DIGITS[domain])
            prescribed = torch.ones(len(answer), dtype=torch.bool)
            prescribed[found] = False
            assert float(answer[prescribed].abs().sum()) == 0.0


@pytest.mark.parametrize("transposed", [False, True])
def test_the_sphere_loses_few_digits(transposed):
    """The dense matrix of a layout that a flow is solved on, its rows scaled to one."""
    problem = discretise(torch.zeros(1, 1).cdouble(), REYNOLDS[:1], Resolution(3, 8, 4, 5), Domain.MERIDIAN)
    state = random_state(problem)
    dense, rows, columns = free_part(dense_jacobian(problem, state)[0])
    given, found = (columns, rows) if transposed else (rows, columns)
    rhs, expected = flat(state), flat(random_state(problem, 1))[0, found]
    rhs[0, given] = (dense.mT if transposed else dense) @ expected
    factors = linearise(problem, state)
    answer = flat((factors.solve_transposed if transposed else factors.solve)(unflat(rhs, problem)))[0, found]
    torch.testing.assert_close(answer, expected, rtol=0.0, atol=1e-4)


@pytest.mark.parametrize("domain", Domain)
def test_the_stream_enters_on_a_part_of_the_outer_line_where_the_vorticity_is_a_row_of_its_own(domain):
    problem = problem_on(domain).select(slice(0, 1))
    state = random_state(problem)
    inside = slice(1, -1) if domain is Domain.HALF_PLANE else slice(None)
    matrix = dense_jacobian(problem, state)[0]
    count = problem.area[0].numel()
    outer = torch.arange(count, 2 * count).unflatten(0, problem.area.shape[1:])[-1][inside]
    entering = problem.inflow[0][inside]
    assert 0 < int(entering.sum()) < len(entering)
    torch.testing.assert_close(matrix[outer[entering]], torch.eye(2 * count + 2, dtype=torch.float64)[outer[entering]])
    assert bool((matrix[outer[~entering]].ne(0.0).sum(1) > 3).all())


def test_the_wall_rows_on_the_axis_say_that_the_vorticity_is_level_there():
    problem = problem_on(Domain.MERIDIAN)
    matrix = dense_jacobian(problem, random_state(problem))[0]
    n2, count = problem.layout.n2, problem.area[0].numel()
    eta = problem.mesh.eta[0]
    for row, near, power in ((0, slice(0, n2), 1), (problem.layout.n_eta - 1, slice(-n2, None), 3)):
        field = torch.zeros(problem.area.shape[1:], dtype=torch.float64)
        field[0, near] = eta[near] ** power
        assert float(matrix[row, count : 2 * count] @ field.flatten()) == pytest.approx(
            power * eta[near][-(row > 0)] ** (power - 1)
        )


@pytest.mark.parametrize("domain", Domain)
def test_many_columns_at_once_are_a_loop_of_solves(domain):
    problem = problem_on(domain).select(slice(0, 1))
    factors = linearise(problem, random_state(problem))
    columns = [random_state(problem, seed) for seed in range(3)]
    together = factors.solve_columns(
        State(*(torch.cat([getattr(c, n) for c in columns]) for n in ("phi", "omega", "scalars")))
    )
    for number, column in enumerate(columns):
        torch.testing.assert_close(flat(together)[number], flat(factors.solve(column))[0], rtol=1e-8, atol=1e-6)


@pytest.mark.parametrize("domain", Domain)
def test_a_batch_is_its_cases_and_can_be_taken_apart_and_joined(domain):
    problem = problem_on(domain)
    state, rhs = random_state(problem), random_state(problem, 1)
    both = linearise(problem, state)
    alone = [linearise(problem.select(slice(i, i + 1)), state.select(slice(i, i + 1))) for i in (0, 1)]
    swap = torch.tensor([1, 0])
    joined = Linearisation.concatenate(alone)
    for solve in ("solve", "solve_transposed"):
        expected = flat(getattr(both, solve)(rhs))
        torch.testing.assert_close(flat(getattr(joined, solve)(rhs)), expected, rtol=1e-9, atol=1e-9)
        swapped = getattr(both.select(swap), solve)(rhs.select(swap))
        torch.testing.assert_close(flat(swapped)[swap], expected, rtol=1e-9, atol=1e-9)
        single = getattr(both.select(torch.tensor([False, True])), solve)(rhs.select(slice(1, 2)))
        torch.testing.assert_close(flat(single)[0], expected[1], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("domain", Domain)
def test_solves_lose_no_digits_at_a_sharp_tail(domain):
    tail = [0.6, -0.0118, 0.0351, -0.0035, 0.0207, 0.0022, 0.0087, -0.0131]
    coefficients = torch.tensor([tail], dtype=torch.complex128)
    problem = discretise(coefficients, torch.tensor([10.0], dtype=torch.float64), Resolution(4, 12, 6, 8), domain)
    factors, rhs = linearise(problem, random_state(problem)), random_state(problem, 1)
    once = factors.solve(rhs)
    # <A x, y> = <x, Aᵀ y> without the matrix: x = A⁻¹ r, y = A⁻ᵀ s give <r, y> = <x, s>
    other = random_state(problem, 2)
    back = factors.solve_transposed(other)
    one, two = (flat(once) * flat(other)).sum(), (flat(rhs) * flat(back)).sum()
    assert float((one - two).abs() / (flat(once).abs() * flat(other).abs()).sum()) < 1e-9

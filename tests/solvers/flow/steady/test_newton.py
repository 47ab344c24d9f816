"""Newton's method: its order, its line search, its ends without a solution."""

import itertools
import math

import pytest
import torch
from flow_cases import BENT, REYNOLDS, flat, problem_on, random_state

from fusiform.solvers.flow.condensation.linearisation import linearise
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.weak_form import residual, residual_norm
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.newton import CAREFUL, QUICK, NewtonSettings, line_search, newton, relative_update

MODEST = Resolution(3, 8, 4, 5)
ALONE = NewtonSettings(chord_steps=0)


def lifting(resolution=MODEST):
    return discretise(BENT, REYNOLDS, resolution)


@pytest.mark.parametrize("domain", Domain)
def test_newton_converges_quadratically(domain):
    """The error after a step is a constant times the square of the one before it, until rounding."""
    problem = problem_on(domain, MODEST).select(slice(0, 1))
    exact = newton(problem, cold_start(problem), 1e-13, ALONE).state
    state, sizes = cold_start(problem), []
    for _ in range(8):
        sizes.append(float((flat(state) - flat(exact)).abs().max()))
        state = state - linearise(problem, state).solve(residual(problem, state))
    late = [(before, after) for before, after in itertools.pairwise(sizes) if before < 1.0 and after > 1e-11]
    assert len(late) >= 2, sizes
    assert all(after < 3.0 * before**2 for before, after in late), sizes
    assert sizes[-1] < 1e-8


def test_the_same_flow_is_found_with_fewer_factorisations_by_chord_steps():
    problem = lifting()
    alone, quick, careful = (newton(problem, cold_start(problem), 1e-9, s) for s in (ALONE, QUICK, CAREFUL))
    for result in (alone, quick, careful):
        assert bool((result.update < 1e-9).all())
        torch.testing.assert_close(flat(result.state), flat(alone.state), rtol=1e-7, atol=1e-7)
        assert float(residual_norm(problem, residual(problem, result.state)).max()) < 1e-6
    assert bool((quick.factorisations < alone.factorisations).all())


@pytest.mark.parametrize(("factor", "fresh"), [(0.98, 0.0), (0.2, 1.0)])
def test_factors_of_a_similar_flow_serve_while_they_contract(factor, fresh):
    """Two per cent away in the Reynolds number they lead to the solution, five times away they do not."""
    problem, other = lifting(), discretise(BENT, factor * REYNOLDS, MODEST)
    near = newton(other, cold_start(other), 1e-9)
    exact = newton(problem, cold_start(problem), 1e-9).state
    result = newton(problem, near.state, 1e-9, factors=near.linearisation)
    assert bool((result.update < 1e-9).all())
    assert bool((result.factorisations.clamp_max(1.0) == fresh).all())
    torch.testing.assert_close(flat(result.state), flat(exact), rtol=1e-7, atol=1e-7)


def test_a_batch_is_a_loop_also_where_its_cases_end_at_different_times():
    coefficients, reynolds = torch.cat([BENT, BENT[:1]]), torch.tensor([12.0, 0.5, 40.0], dtype=torch.float64)
    problem = discretise(coefficients, reynolds, MODEST)
    together = newton(problem, cold_start(problem), 1e-8)
    assert len(together.factorisations.unique()) > 1
    rhs = random_state(problem)
    solved = flat(together.linearisation.solve(rhs))
    for case in range(3):
        here = slice(case, case + 1)
        part = problem.select(here)
        one = newton(part, cold_start(part), 1e-8)
        assert float(one.factorisations) == float(together.factorisations[case])
        torch.testing.assert_close(flat(one.state)[0], flat(together.state)[case], rtol=1e-7, atol=1e-7)
        torch.testing.assert_close(
            flat(one.linearisation.solve(rhs.select(here)))[0], solved[case], rtol=1e-5, atol=1e-5
        )


def test_the_line_search_takes_the_longest_fraction_that_lowers_the_residual_and_refuses_an_ascent():
    problem = lifting()
    state = newton(problem, cold_start(problem), 1e-2).state
    r = residual(problem, state)
    norm = residual_norm(problem, r)
    step = linearise(problem, state).solve(r)
    new, new_residual, new_norm, lowered = line_search(problem, state, step, norm)
    assert bool(lowered.all())
    torch.testing.assert_close(flat(new), flat(state - step))
    torch.testing.assert_close(flat(new_residual), flat(residual(problem, new)))
    torch.testing.assert_close(new_norm, residual_norm(problem, new_residual))

    mixed = step.scaled(torch.tensor([6.0, -1.0], dtype=torch.float64))
    kept, kept_residual, kept_norm, lowered = line_search(problem, state, mixed, norm)
    assert lowered.tolist() == [True, False]
    torch.testing.assert_close(flat(kept)[1], flat(state)[1])
    torch.testing.assert_close(kept_norm[1], norm[1])
    torch.testing.assert_close(flat(kept_residual)[0], flat(residual(problem, kept))[0])
    taken = (flat(state) - flat(kept))[0].abs().max() / flat(mixed)[0].abs().max()
    assert float(taken) == pytest.approx(0.25)


def test_a_flow_that_is_solved_to_rounding_stays_solved():
    problem = lifting()
    state = newton(problem, cold_start(problem), 1e-9).state
    for _ in range(8):
        result = newton(problem, state, 1e-8)
        assert bool((result.update < 1e-8).all())
        state = result.state


def test_a_case_that_runs_out_of_factorisations_reports_how_far_it_was():
    problem = lifting()
    result = newton(problem, cold_start(problem), 1e-12, NewtonSettings(factorisations=2, chord_steps=0))
    assert result.factorisations.tolist() == [2.0, 2.0]
    assert bool((result.update > 1e-12).all())
    assert bool(result.update.isfinite().all())


def test_a_singular_start_ends_at_once_with_an_infinite_update_and_leaves_the_others_alone():
    """Vorticity of 1e200 overflows: no step lowers an infinite residual."""
    problem = lifting()
    start = cold_start(problem)
    start.omega[0, 5] = 1e200
    result = newton(problem, start, 1e-9)
    assert float(result.update[0]) == math.inf
    assert float(result.factorisations[0]) == 1.0
    assert float(result.update[1]) < 1e-9


def test_the_update_is_relative_to_the_largest_vorticity_or_the_change_of_drag_and_lift():
    problem = lifting()
    state = random_state(problem)
    step = state.scaled(torch.tensor([1e-3, 1e-3], dtype=torch.float64))
    step.scalars[:] = torch.tensor([[0.0, 1e-5], [0.2, -0.5]])
    torch.testing.assert_close(relative_update(step, state), torch.tensor([1e-3, 0.5], dtype=torch.float64))

"""The optimiser: optima of equal area, the guard, stopping, and what happens when things go wrong."""

from dataclasses import replace

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.flow.grid import Resolution
from fusiform.solvers.geometry import is_valid, univalence_margin
from fusiform.solvers.inverse import MaxLength, Outcome, SolverModel, minimize_drag
from fusiform.solvers.inverse.search.variables import LIMITS
from fusiform.surrogates import load_surrogate

LIMIT = {1.0: 9.89, 10.0: 2.395, 40.0: 1.118}
OPTIMUM = {1.0: 9.877, 10.0: 2.389, 40.0: 1.113}


@pytest.fixture(scope="module")
def surrogate():
    return load_surrogate()


def test_solver_optimum_from_a_circle_is_verified_on_the_fine_grid():
    result = minimize_drag(Body.circle(), FlowConditions(40.0))
    assert result.success, result.status
    assert result.verified is not None
    assert result.verified.converged
    assert result.verified.drag_coefficient <= LIMIT[40.0]
    assert result.reduction_percent == pytest.approx(25.5, abs=0.5)
    assert result.body.area == pytest.approx(Body.circle().area)
    assert result.summary()["drag_coefficient"] == result.verified.drag_coefficient


@pytest.mark.slow
@pytest.mark.parametrize("reynolds", LIMIT)
def test_solver_optima_at_three_reynolds_numbers(reynolds):
    result = minimize_drag(Body.circle(), FlowConditions(reynolds))
    assert result.verified is not None
    assert result.verified.drag_coefficient <= LIMIT[reynolds]


@pytest.mark.parametrize("reynolds", OPTIMUM)
def test_surrogate_optimum_is_within_one_percent_of_the_solvers_own(surrogate, reynolds):
    result = minimize_drag(Body.circle(), FlowConditions(reynolds), model=surrogate, verify=None)
    verified = solve(result.body, FlowConditions(reynolds), grid="standard")
    assert result.success, result.status
    assert verified.drag_coefficient <= 1.01 * OPTIMUM[reynolds]
    assert float(univalence_margin(result.body.coefficients[None])) >= LIMITS.margin - 1e-3


def test_an_imported_section_is_improved_and_the_unit_is_kept(surrogate):
    start = Body.naca("0015", chord=2.0)
    result = minimize_drag(start, FlowConditions(5.0), model=surrogate, verify="coarse")
    assert result.body.reference_length == start.reference_length
    assert result.body.is_symmetric()
    assert result.verified is not None
    assert result.initial is not None
    assert result.verified.drag_coefficient < result.initial.drag_coefficient
    verified = 100 * (1 - result.verified.drag_coefficient / result.initial.drag_coefficient)
    assert result.reduction_percent == pytest.approx(verified)
    predicted = 100 * (1 - result.predicted_drag_coefficient / result.predicted_initial_drag_coefficient)
    unsolved = replace(result, verification={})
    assert unsolved.reduction_percent == pytest.approx(predicted)
    assert unsolved.summary()["initial_drag_coefficient"] is None


def test_stopping_keeps_the_best_body_so_far(surrogate):
    best = []

    def stop_at_four(iterate):
        best.append(iterate.best_drag_coefficient)
        return iterate.evaluation == 4

    result = minimize_drag(Body.circle(), FlowConditions(10.0), model=surrogate, verify=None, callback=stop_at_four)
    assert result.evaluations == 4
    assert not result.success
    assert result.outcome is Outcome.STOPPED
    assert "Stopped on request" in result.status
    assert result.predicted_drag_coefficient == min(best)


def test_the_iteration_limit_is_reported(surrogate):
    result = minimize_drag(Body.circle(), FlowConditions(10.0), model=surrogate, verify=None, max_iterations=2)
    assert not result.success
    assert result.outcome is Outcome.NOT_CONVERGED
    assert "Ended before convergence" in result.status


class Treacherous:
    """A model that cannot evaluate slender bodies: NaN beyond a_1 = 0.3, rewarding slenderness before."""

    name, modes = "treacherous", 3

    def force_coefficients(self, coefficients, reynolds):
        drag = 2.0 - coefficients[:, 0].real + coefficients.abs().square().sum(1)
        return torch.where(coefficients[:, 0].real > 0.3, torch.nan, drag).to(torch.complex128)


def test_the_line_search_steps_back_where_the_model_fails():
    result = minimize_drag(Body.circle(), FlowConditions(1.0), model=Treacherous(), verify=None)
    assert 0.25 < float(result.body.coefficients[0].real) <= 0.3
    assert bool(is_valid(result.body.coefficients[None]))


def test_a_start_that_the_model_cannot_evaluate_is_refused():
    with pytest.raises(InputError, match="start that treacherous can evaluate"):
        minimize_drag(Body.ellipse(4.0), FlowConditions(1.0), model=Treacherous(), verify=None)


def test_an_asymmetric_start_at_incidence_finds_its_way_back_to_symmetry(surrogate):
    body = Body(torch.tensor([0.4 + 0.05j, 0.02 + 0.03j], dtype=torch.complex128))
    result = minimize_drag(body, FlowConditions(10.0, 4.0), model=surrogate, verify=None)
    assert result.predicted_drag_coefficient < 1.01 * OPTIMUM[10.0]


def test_solver_model_recovers_from_a_useless_warm_start():
    model = SolverModel(Resolution(40, 48), 3)
    reynolds = torch.tensor([20.0], dtype=torch.float64)
    slender, other = (torch.tensor([[a, b, 0]], dtype=torch.complex128) for a, b in ((0.6, 0.0), (-0.5, 0.1)))
    cold = model.force_coefficients(slender, reynolds)
    useless = model.forces_near(other, reynolds, None)[1]
    assert useless is not None
    warm, state = model.forces_near(slender, reynolds, useless)
    assert state is not None
    torch.testing.assert_close(cold, warm, rtol=1e-7, atol=1e-7)


def test_solver_model_gives_the_same_answer_the_second_time():
    model = SolverModel(Resolution(40, 48), 3)
    reynolds = torch.tensor([20.0], dtype=torch.float64)
    slender, other = (torch.tensor([[a, b, 0]], dtype=torch.complex128) for a, b in ((0.6, 0.0), (0.5, 0.1)))
    first = model.force_coefficients(slender, reynolds)
    model.force_coefficients(other, reynolds)
    assert torch.equal(model.force_coefficients(slender, reynolds), first)
    results = [minimize_drag(Body.circle(), FlowConditions(20.0), model=model, verify=None) for _ in range(2)]
    assert results[0].fun == results[1].fun


def test_results_do_not_depend_on_the_default_dtype(surrogate):
    body = replace(Body.naca("2412"), origin=0.1 + 0.2j)
    results = []
    for dtype in (torch.float32, torch.float64):
        torch.set_default_dtype(dtype)
        try:
            results.append(_certified(body, surrogate))
        finally:
            torch.set_default_dtype(torch.float32)
    assert results[0].fun == results[1].fun
    assert results[0].kkt_residual == results[1].kkt_residual
    assert results[0].constraints == results[1].constraints


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_results_do_not_depend_on_the_autograd_mode_around_them(surrogate, mode):
    plain = _certified(Body.naca("2412"), surrogate)
    with mode():
        within = _certified(Body.naca("2412"), surrogate)
    assert within.certified, within.status
    assert within.fun == plain.fun


def _certified(body, model):
    limit = MaxLength(body.length)
    return minimize_drag(body, FlowConditions(10.0), model=model, constraints=limit, certify=True, verify="coarse")


def test_bad_options_are_refused():
    with pytest.raises(InputError, match="at least one iteration"):
        minimize_drag(Body.circle(), FlowConditions(1.0), max_iterations=0)


def test_at_the_highest_reynolds_number_the_search_grid_resolves_the_wake():
    """On the grid of lower Reynolds numbers the search ended at a broadside body with half the true drag."""
    result = minimize_drag(Body.circle(), FlowConditions(100.0), verify="coarse")
    assert result.verified is not None
    assert result.verified.converged
    assert result.predicted_drag_coefficient == pytest.approx(result.verified.drag_coefficient, rel=0.01)
    assert result.verified.drag_coefficient < 0.69

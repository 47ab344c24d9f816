"""Whole runs against known optima: equal area, vanishing and high Reynolds numbers, imported sections."""

import math
from dataclasses import replace

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.geometry import univalence_margin
from fusiform.solvers.inverse import (
    SolverModel,
    minimize_drag,
    optimize,
)
from fusiform.solvers.inverse.search.variables import LIMITS

LIMIT = {1.0: 9.89, 10.0: 2.395, 40.0: 1.118}
OPTIMUM = {1.0: 9.877, 10.0: 2.389, 40.0: 1.113}


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


def test_bad_options_are_refused():
    with pytest.raises(InputError, match="at least one iteration"):
        minimize_drag(Body.circle(), FlowConditions(1.0), max_iterations=0)


def test_at_the_highest_reynolds_number_the_drag_of_the_search_is_that_of_the_verification():
    body = Body.ellipse(2.0)
    reynolds = torch.tensor([100.0], dtype=torch.float64)
    predicted = SolverModel().force_coefficients(body.coefficients[None], reynolds)
    verified = solve(body, FlowConditions(100.0), grid="coarse")
    assert float(predicted.real) == pytest.approx(verified.drag_coefficient, rel=0.01)


@pytest.mark.slow
def test_at_the_highest_reynolds_number_the_search_grid_resolves_the_wake():
    """On the grid of lower Reynolds numbers the search ended at a broadside body with half the true drag."""
    result = minimize_drag(Body.circle(), FlowConditions(100.0), verify="coarse")
    assert result.verified is not None
    assert result.verified.converged
    assert result.predicted_drag_coefficient == pytest.approx(result.verified.drag_coefficient, rel=0.01)
    assert result.verified.drag_coefficient < 0.69


def test_at_vanishing_reynolds_number_the_optimum_is_symmetric_front_to_back():
    result = minimize_drag(Body.circle(), FlowConditions(0.1), certify=True, verify=None)
    outline = result.body.outline(400)
    nose, tail = -outline[:, 0].min(), outline[:, 0].max()
    even = result.body.coefficients[1::2].abs().max()
    assert float(even) < 0.02
    assert nose == pytest.approx(tail, rel=0.02)


@pytest.mark.parametrize(("reynolds", "within"), [(0.3, 0.025), (0.1, 0.012)])
def test_the_best_ellipse_approaches_oseens_as_reynolds_vanishes(reynolds, within):
    """Oseen's drag of an ellipse (Lamb, Hydrodynamics, art. 343) is least, at given area, at fineness 1 + sqrt 2."""
    result = minimize_drag(Body.circle(), FlowConditions(reynolds), model=SolverModel(modes=1), verify=None)
    assert result.body.fineness == pytest.approx(1.0 + math.sqrt(2.0), rel=within)


POINT = FlowConditions(10.0)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: minimize_drag("circle", POINT), "expected a Body, got 'circle'"),
        (lambda: minimize_drag(Body.circle(), 10.0), r"expected the conditions of a design point, got 10\.0"),
        (lambda: minimize_drag(Body.circle(), POINT, model="default"), "expected a drag model"),
        (lambda: minimize_drag(Body.circle(), POINT, certify="yes"), "expected True or False for certify"),
        (lambda: minimize_drag(Body.circle(), POINT, starts=2.5), "expected a whole number for starts"),
        (lambda: minimize_drag(Body.circle(), POINT, tolerance="low"), "expected a number for tolerance"),
        (lambda: optimize(Body.circle()), "expected a Problem, got Body"),
    ],
)
def test_arguments_of_a_wrong_type_are_refused(asked, sentence):
    with pytest.raises(InputError, match=sentence):
        asked()

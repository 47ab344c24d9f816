"""Local searches: objectives, constraints on the forces, the guard, several starts, and ends that are no optimum."""

from dataclasses import replace

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.geometry import is_valid
from fusiform.solvers.inverse import (
    DesignPoint,
    DragEquals,
    LiftToDrag,
    MaxLength,
    MinRadius,
    MinThickness,
    Nearest,
    OptimizationOutcome,
    Problem,
    SolverModel,
    Symmetry,
    UserObjective,
    minimize_drag,
    optimize,
)
from fusiform.solvers.inverse.search.evaluations import ForceModel
from fusiform.solvers.inverse.search.variables import Variables

AT = FlowConditions(10.0)
OPTIMUM = {1.0: 9.877, 10.0: 2.389, 40.0: 1.113}


class Treacherous:
    """A model that cannot evaluate slender bodies: NaN beyond a_1 = 0.3, rewarding slenderness before."""

    name, modes = "treacherous", 3

    def force_coefficients(self, coefficients, reynolds):
        drag = 2.0 - coefficients[:, 0].real + coefficients.abs().square().sum(1)
        return torch.where(coefficients[:, 0].real > 0.3, torch.nan, drag).to(torch.complex128)


class Doubtful:
    """A model whose confidence falls as bodies become slender."""

    def __init__(self, model):
        self.name, self.modes, self._model = "doubtful", model.modes, model

    def force_coefficients(self, coefficients, reynolds):
        return self._model.force_coefficients(coefficients, reynolds)

    def confidence(self, coefficients, reynolds):
        return 1.0 - 0.5 * coefficients[:, 0].real


def test_the_line_search_steps_back_where_the_model_fails():
    result = minimize_drag(Body.circle(), FlowConditions(1.0), model=Treacherous(), verify=None)
    assert 0.25 < float(result.body.coefficients[0].real) <= 0.3
    assert bool(is_valid(result.body.coefficients[None]))


def test_a_start_that_the_model_cannot_evaluate_is_refused():
    with pytest.raises(InputError, match="start that treacherous can evaluate"):
        minimize_drag(Body.ellipse(4.0), FlowConditions(1.0), model=Treacherous(), verify=None)


def test_a_body_at_which_the_model_has_no_derivatives_counts_as_one_that_it_cannot_evaluate():
    class Pointed:
        name, modes = "pointed", 2

        def force_coefficients(self, coefficients, reynolds):
            return (2.0 + coefficients.abs().square().sum(1).sqrt()).to(torch.complex128)

    circle, ellipse = Body.circle(modes=2), Body.ellipse(1.5, modes=2)
    variables = Variables(circle, 2, False, ())
    forces = ForceModel(Pointed(), variables, (DesignPoint(AT),))
    assert forces(variables.pack(ellipse.coefficients, 0.0)) is not None
    assert forces(variables.pack(circle.coefficients, 0.0)) is None


def test_an_asymmetric_start_at_incidence_finds_its_way_back_to_symmetry(surrogate):
    body = Body(torch.tensor([0.4 + 0.05j, 0.02 + 0.03j], dtype=torch.complex128))
    result = minimize_drag(body, FlowConditions(10.0, 4.0), model=surrogate, verify=None)
    assert result.predicted_drag_coefficient < 1.01 * OPTIMUM[10.0]


def test_several_design_points_share_one_body(surrogate):
    points = (DesignPoint(FlowConditions(5.0), 1.0), DesignPoint(FlowConditions(30.0, 4.0), 3.0))
    both = optimize(Problem(Body.circle(), points, verify=None), model=surrogate)
    at = [surrogate.evaluate(both.body, p.conditions).drag_coefficient for p in points]
    assert both.success, both.status
    assert both.fun == pytest.approx(0.25 * at[0] + 0.75 * at[1], rel=1e-6)
    alone = minimize_drag(Body.circle(), points[0].conditions, model=surrogate, verify=None)
    elsewhere = surrogate.evaluate(alone.body, points[1].conditions).drag_coefficient
    assert 0.25 * alone.fun + 0.75 * elsewhere > both.fun


def test_the_nearest_body_with_a_prescribed_drag(surrogate):
    problem = Problem(Body.circle(), (DesignPoint(AT),), Nearest(), force_constraints=(DragEquals(2.5),), verify=None)
    result = optimize(problem, model=surrogate)
    assert result.success, result.status
    assert surrogate.evaluate(result.body, AT).drag_coefficient == pytest.approx(2.5, abs=1e-7)


def test_lift_over_drag_and_an_objective_of_the_users(surrogate):
    at = (DesignPoint(FlowConditions(10.0, 8.0)),)
    start, held = Body.ellipse(3.0), (MaxLength(2.0), MinThickness(0.4, at=0.4), MinRadius(0.12))
    ratio = optimize(Problem(start, at, LiftToDrag(), constraints=held, verify=None), model=surrogate)
    before = surrogate.evaluate(start, at[0].conditions)
    assert -ratio.fun > before.lift_coefficient / before.drag_coefficient
    own = UserObjective("twice the drag", lambda drag, lift: 2.0 * drag[0])
    twice = optimize(Problem(start, at, own, constraints=held, verify=None), model=surrogate)
    once = optimize(Problem(start, at, constraints=held, verify=None), model=surrogate)
    assert twice.fun == pytest.approx(2.0 * once.fun, rel=1e-4)


def test_an_objective_in_small_units_is_minimised_all_the_same(surrogate):
    power = UserObjective("power in W", lambda drag, lift: 1e-5 * drag[0])
    problem = Problem(Body.circle(), (DesignPoint(AT),), power, certify=True, verify=None)
    result = optimize(problem, model=surrogate)
    assert result.certified, result.status
    assert 1e5 * result.fun == pytest.approx(2.389, abs=1e-3)


def test_an_optimum_that_would_cross_itself_is_reported(surrogate):
    """Greatest lift over drag without a constraint: a plate that becomes thinner for ever."""
    problem = Problem(Body.naca("0012"), (DesignPoint(FlowConditions(20.0)),), LiftToDrag(), verify=None)
    result = optimize(problem, model=surrogate)
    assert not result.success
    assert result.outcome is OptimizationOutcome.NOT_OPTIMAL
    assert "of crossing itself" in result.status
    assert "least thickness or radius" in result.status
    held = replace(problem, constraints=(MinThickness(0.3), MaxLength(1.5), MinRadius(0.1)))
    assert "crossing" not in optimize(held, model=surrogate).status


def test_lift_out_of_reach_is_reported(surrogate):
    impossible = minimize_drag(Body.circle(), AT, model=surrogate, constraints=(Symmetry(),), lift=0.3)
    assert impossible.outcome is OptimizationOutcome.CONTRADICTION
    assert "no lift" in impossible.status
    limits = {"lift": 4.0, "constraints": (MaxLength(1.1),), "max_iterations": 3}
    out_of_reach = minimize_drag(Body.ellipse(1.2), AT, model=surrogate, verify=None, **limits)
    assert not out_of_reach.feasible
    assert out_of_reach.outcome is OptimizationOutcome.INFEASIBLE
    assert "No body was found that satisfies every constraint; violated: lift coefficient 4" in out_of_reach.status


def test_confidence_can_be_constrained(surrogate):
    hot = FlowConditions(50.0)
    free = minimize_drag(Body.ellipse(6.0), hot, model=surrogate, verify=None)
    held = minimize_drag(Body.ellipse(6.0), hot, model=surrogate, verify=None, min_confidence=0.9)
    assert surrogate.evaluate(held.body, hot).confidence >= 0.9 - 1e-3
    assert held.fun >= free.fun - 1e-6
    with pytest.raises(InputError, match="knows its confidence"):
        minimize_drag(Body.circle(), AT, min_confidence=0.5)


@pytest.mark.parametrize("certify", [False, True])
def test_an_active_confidence_is_held_reported_and_certified(surrogate, certify):
    result = minimize_drag(
        Body.circle(), AT, model=Doubtful(surrogate), verify=None, min_confidence=0.85, certify=certify
    )
    assert result.success, result.status
    (report,) = result.constraints
    assert report.active
    assert float(result.body.coefficients[0].real) == pytest.approx(0.3, abs=5e-3)


def test_an_optimum_outside_the_trained_range_says_so(surrogate):
    inside, outside = (
        minimize_drag(Body.circle(), FlowConditions(reynolds), model=surrogate, verify=None, max_iterations=4)
        for reynolds in (20.0, 90.0)
    )
    assert "outside its trained range" in outside.status
    assert "outside" not in inside.status


def test_more_starts_are_deterministic_and_never_worse(surrogate):
    one = minimize_drag(Body.ellipse(0.5), AT, model=surrogate, verify=None)
    many = [minimize_drag(Body.ellipse(0.5), AT, model=surrogate, verify=None, starts=3, seed=4) for _ in range(2)]
    assert many[0].fun == many[1].fun
    assert many[0].fun <= one.fun * (1 + 1e-6)


def test_other_starts_with_the_solver_as_model_cost_no_thousand_solves():
    result = minimize_drag(Body.circle(), AT, model=SolverModel(modes=3), verify=None, starts=2, max_iterations=3)
    assert result.solver_solves < 40

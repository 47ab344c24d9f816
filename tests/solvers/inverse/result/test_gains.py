"""Start and gain: the same numbers in every evaluation and in the result, in the words of the objective."""

import math

import pytest

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.inverse import (
    DesignPoint,
    Drag,
    DragEquals,
    Gain,
    Lift,
    LiftToDrag,
    MaxLength,
    MinThickness,
    Nearest,
    OptimizationResult,
    Problem,
    Symmetry,
    UserObjective,
    optimize,
)
from fusiform.solvers.inverse.problem.quantities import Quantity

AT = (DesignPoint(FlowConditions(20.0, 4.0)),)
BOTH = (DesignPoint(FlowConditions(5.0)), DesignPoint(FlowConditions(30.0, 4.0), weight=3.0))
LIMITS = (MaxLength(1.4), MinThickness(0.5, at=0.5))
WORST = UserObjective("drag of the worst point", lambda drag, lift: drag.max())


def run(problem, surrogate):
    history = []
    return optimize(problem, model=surrogate, callback=history.append), history


@pytest.mark.parametrize(
    ("objective", "start", "best", "words"),
    [
        (Drag(), 2.0, 1.5, "drag falls by 25.0 %"),
        (Drag(), 2.0, 2.06, "drag rises by 3.0 %"),
        (LiftToDrag(), 1.0, 1.12, "lift over drag rises by 12.0 %"),
        (LiftToDrag(), -0.1, 1.2, "lift over drag rises from -0.1 to 1.2"),
        (LiftToDrag(), 1e-9, 1.2, "lift over drag rises from 1e-09 to 1.2"),
        (Nearest(), 0.2, 0.1, "change of shape falls by 50.0 %"),
        (WORST, 2.0, 1.0, "drag of the worst point falls by 50.0 %"),
        (Drag(), 2.0, 2.0, "drag stays at 2"),
        (LiftToDrag(), 0.0, 0.0, "lift over drag stays at 0"),
        (Drag(), math.nan, 1.0, "the change of drag is not known"),
    ],
)
def test_each_objective_says_its_quantity_and_the_direction(objective, start, best, words):
    assert Gain(objective.quantity, start, best).describe() == words


def test_a_gain_is_positive_where_the_best_is_better():
    falls, rises = Quantity("q", "q"), Quantity("q", "q", rises=True)
    assert Gain(falls, 2.0, 1.0).percent == pytest.approx(50.0)
    assert Gain(rises, 2.0, 1.0).percent == pytest.approx(-50.0)


@pytest.mark.parametrize(
    "problem",
    [
        Problem(Body.circle(), AT, verify=None),
        Problem(Body.ellipse(3.0), AT, constraints=LIMITS, verify=None),
        Problem(Body.ellipse(3.0), AT, LiftToDrag(), constraints=LIMITS, verify=None),
        Problem(Body.ellipse(3.0), BOTH, constraints=LIMITS, verify=None),
        Problem(Body.ellipse(2.0), AT, force_constraints=(Lift(0.3, 0.3),), verify=None),
        Problem(Body.circle(), AT, Nearest(), force_constraints=(DragEquals(1.7),), verify=None),
        Problem(Body.ellipse(3.0), BOTH, WORST, constraints=LIMITS, verify=None),
        Problem(Body.ellipse(3.0), AT, constraints=LIMITS, verify=None, certify=True),
    ],
    ids=["free", "violated", "lift-to-drag", "weighted", "lift", "nearest", "own", "certified"],
)
def test_start_and_gain_are_the_same_during_and_after_a_run(surrogate, problem):
    result, history = run(problem, surrogate)
    assert result.feasible, result.status
    known = [iterate.gain for iterate in history if iterate.gain.is_known]
    assert len({gain.start for gain in known}) == 1
    final = result.predicted_gain
    assert final.start == known[0].start
    assert final.best == pytest.approx(known[-1].best, rel=5e-4)  # the end is nearer to the limits
    assert final.quantity == problem.objective.quantity
    assert result.gain is final
    numbers = result.summary()
    assert (numbers["start_value"], numbers["best_value"]) == (final.start, final.best)
    assert numbers["solver_start_value"] is None
    assert (numbers["reduction_percent"] is None) == (problem.objective != Drag())


def test_gains_are_against_the_first_body_that_satisfies_all_constraints(surrogate):
    problem = Problem(Body.ellipse(3.0), AT, constraints=LIMITS, verify="coarse")
    result, history = run(problem, surrogate)
    given = surrogate.evaluate(Body.ellipse(3.0), AT[0].conditions).drag_coefficient
    assert result.given_drag_coefficient == pytest.approx(given)
    (violation,) = result.start_violations
    assert violation.startswith("length at most 1.4 (short by")
    assert result.start.length < 1.4 + 1e-4
    start = surrogate.evaluate(result.start, AT[0].conditions).drag_coefficient
    assert result.predicted_initial_drag_coefficient == pytest.approx(start)
    assert history[0].drag_coefficient == pytest.approx(start)
    assert f"The given body (drag {given:.4g} by the model) does not satisfy: {violation}" in result.status
    assert result.initial.body is result.start
    solved = result.gain
    assert solved.start == result.verification["weighted_initial_drag_coefficient"]
    assert solved.percent == pytest.approx(result.reduction_percent)
    assert solved.percent > 0.0


def test_a_given_body_that_satisfies_all_is_the_start(surrogate):
    body = Body.ellipse(1.2)
    result, _ = run(Problem(body, AT, constraints=(MaxLength(1.4),), verify=None), surrogate)
    assert result.start is body
    assert result.start_violations == ()
    assert "The given body" not in result.status
    assert result.given_drag_coefficient == result.predicted_initial_drag_coefficient


def test_a_body_that_is_not_as_symmetric_as_it_must_be_is_not_the_start(surrogate):
    body = Body.naca("2412")
    result, _ = run(Problem(body, AT, constraints=(Symmetry(),), verify=None), surrogate)
    assert "symmetric about the x axis" in result.start_violations
    assert result.start.is_symmetric()


def test_the_solvers_lift_over_drag_is_that_of_its_forces(surrogate):
    problem = Problem(Body.ellipse(2.0), AT, LiftToDrag(), constraints=LIMITS, verify="coarse")
    result, _ = run(problem, surrogate)
    at = result.verification["points"][0]
    assert result.gain.best == pytest.approx(at["lift_coefficient"] / at["drag_coefficient"])
    assert result.gain.start == pytest.approx(at["initial_lift_coefficient"] / at["initial_drag_coefficient"])
    assert result.summary()["solver_gain_percent"] == pytest.approx(result.gain.percent)


def test_without_a_feasible_body_there_is_no_gain(surrogate):
    problem = Problem(Body.circle(), AT, force_constraints=(Lift(20.0),), verify=None, max_iterations=5)
    result, _ = run(problem, surrogate)
    assert not result.feasible
    assert math.isnan(result.reduction_percent)
    assert result.summary()["gain_percent"] is None


def test_start_and_gain_survive_a_file(surrogate, tmp_path):
    problem = Problem(Body.ellipse(3.0), AT, LiftToDrag(), constraints=LIMITS, verify=None)
    result, _ = run(problem, surrogate)
    result.save(tmp_path / "project.json")
    again = OptimizationResult.load(tmp_path / "project.json")
    assert again.predicted_gain == result.predicted_gain
    assert again.start_violations == result.start_violations
    assert again.start.coefficients.equal(result.start.coefficients)
    assert [iterate.gain for iterate in again.history[1:]] == [iterate.gain for iterate in result.history[1:]]
    assert again.summary() == result.summary()

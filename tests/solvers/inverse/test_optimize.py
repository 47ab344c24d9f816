"""Whole runs: certified optima, lift, several design points, starts, files, stopping and resuming."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.inverse import (
    DesignPoint,
    DragEquals,
    Lift,
    LiftToDrag,
    MaxLength,
    MinRadius,
    MinThickness,
    Nearest,
    OptimizationResult,
    Outcome,
    Phase,
    Problem,
    SolverModel,
    Symmetry,
    UserConstraint,
    UserObjective,
    check_gradient,
    minimize_drag,
    optimize,
    pareto_front,
)
from fusiform.solvers.inverse.result.verification import verification_status
from fusiform.solvers.inverse.search.corrected_model import secant_update
from fusiform.surrogates import load_surrogate

AT = FlowConditions(10.0)


@pytest.fixture(scope="module")
def surrogate():
    return load_surrogate()


def test_a_certified_optimum_satisfies_the_solvers_own_conditions_within_eight_solves(surrogate):
    result = minimize_drag(Body.naca("0012"), AT, model=surrogate, certify=True)
    assert result.certified, result.status
    assert result.kkt_residual <= 1e-3
    assert result.solver_solves <= 8
    assert result.verified is not None
    assert result.verified.drag_coefficient <= 2.391
    assert result.outcome is Outcome.CERTIFIED
    assert {it.phase for it in result.history} == set(Phase)


def test_a_bad_surrogate_is_corrected_to_the_solvers_optimum():
    """A model that prefers bodies with the wrong fineness, and whose curvature is wrong as well."""

    class Crude:
        name, modes = "crude", 4

        def force_coefficients(self, coefficients, reynolds):
            drag = 2.5 + 2.0 * (coefficients[:, 0].real - 0.3) ** 2 + 3.0 * coefficients[:, 1:].abs().square().sum(1)
            return drag.to(torch.complex128)

    found = minimize_drag(Body.circle(), AT, model=Crude(), certify=True, verify=None)
    own = minimize_drag(Body.circle(), AT, model=SolverModel(modes=4), verify=None)
    assert found.certified, found.status
    assert found.fun == pytest.approx(own.fun, rel=2e-5)


def test_prescribed_lift_is_met_by_the_solver(surrogate):
    result = minimize_drag(Body.ellipse(3.0), FlowConditions(10.0, 5.0), model=surrogate, lift=0.5, certify=True)
    assert result.certified, result.status
    assert result.verified is not None
    assert result.verified.lift_coefficient == pytest.approx(0.5, abs=0.01)
    (report,) = result.constraints
    assert report.description == "lift coefficient 0.5"


def test_several_design_points_share_one_body(surrogate):
    points = (DesignPoint(FlowConditions(5.0), 1.0), DesignPoint(FlowConditions(30.0, 4.0), 3.0))
    both = optimize(Problem(Body.circle(), points, verify=None), model=surrogate)
    at = [surrogate.evaluate(both.body, p.conditions).drag_coefficient for p in points]
    assert both.success, both.status
    assert both.fun == pytest.approx(0.25 * at[0] + 0.75 * at[1], rel=1e-6)
    alone = minimize_drag(Body.circle(), points[0].conditions, model=surrogate, verify=None)
    elsewhere = surrogate.evaluate(alone.body, points[1].conditions).drag_coefficient
    assert 0.25 * alone.fun + 0.75 * elsewhere > both.fun


def test_every_design_point_is_verified_and_reported(surrogate, tmp_path):
    points = (DesignPoint(FlowConditions(5.0), 1.0), DesignPoint(FlowConditions(30.0, 4.0), 3.0))
    result = optimize(Problem(Body.ellipse(2.0), points, verify="coarse"), model=surrogate)
    numbers = result.summary()
    assert [(p["reynolds"], p["alpha_deg"], p["weight"]) for p in numbers["points"]] == [(5, 0, 0.25), (30, 4, 0.75)]
    for point, at in zip(points, numbers["points"], strict=True):
        solved = solve(result.body, point.conditions, grid="coarse")
        assert at["drag_coefficient"] == pytest.approx(solved.drag_coefficient, rel=1e-6)
        assert at["lift_coefficient"] == pytest.approx(solved.lift_coefficient, abs=1e-6)
    weighted = 0.25 * numbers["points"][0]["drag_coefficient"] + 0.75 * numbers["points"][1]["drag_coefficient"]
    assert numbers["weighted_drag_coefficient"] == pytest.approx(weighted)
    assert numbers["drag_coefficient"] == numbers["points"][0]["drag_coefficient"]
    before = numbers["weighted_initial_drag_coefficient"]
    assert result.reduction_percent == pytest.approx(100.0 * (1.0 - weighted / before))
    assert result.solver_solves == 4
    result.save(tmp_path / "project.json")
    assert OptimizationResult.load(tmp_path / "project.json").verification == result.verification


def test_a_point_without_a_flow_is_named():
    class Flat:
        name, modes = "flat", 1

        def force_coefficients(self, coefficients, reynolds):
            return (2.0 + coefficients.abs().square().sum(1)).to(torch.complex128)

    points = (DesignPoint(FlowConditions(5.0)), DesignPoint(FlowConditions(20.0)))
    result = optimize(Problem(Body.circle(), points, verify="coarse"), model=Flat())
    broken = [{**p, "drag_coefficient": None} if n else p for n, p in enumerate(result.verification["points"])]
    numbers = {**result.verification, "points": broken, "weighted_drag_coefficient": None}
    assert "did not converge on the optimum at Re 20" in verification_status(result, numbers)


def test_a_start_that_is_the_optimum_is_certified(surrogate):
    result = optimize(Problem(Body.circle(), (DesignPoint(AT),), Nearest(), certify=True, verify=None), model=surrogate)
    assert result.certified, result.status
    assert result.fun == 0.0


@pytest.mark.parametrize("across", [0.0, 1.0])
def test_secant_updates_keep_the_curvature_symmetric_and_meet_the_last_step(across):
    random = np.random.default_rng(0)
    curvature = np.zeros((5, 5))
    step = random.standard_normal(5)
    change = random.standard_normal(5)
    change -= across * (change @ step / (step @ step)) * step
    curvature = secant_update(curvature, step, change)
    np.testing.assert_allclose(curvature @ step, change, atol=1e-12)
    np.testing.assert_allclose(curvature, curvature.T, atol=1e-12)
    assert np.linalg.norm(curvature) < 5.0 * np.linalg.norm(change) / np.linalg.norm(step)


@pytest.mark.slow
def test_several_lift_constraints_are_certified_with_few_solves(surrogate):
    points = tuple(DesignPoint(FlowConditions(re, alpha)) for re, alpha in ((10.0, 4.0), (30.0, 6.0)))
    for limits in ((Lift(0.4), Lift(0.8, point=1)), (Lift(0.4, 0.45), Lift(0.8, 0.85, point=1))):
        problem = Problem(Body.ellipse(3.0), points, force_constraints=limits, certify=True, verify=None)
        result = optimize(problem, model=surrogate)
        assert result.certified, result.status
        assert result.solver_solves <= 12


def test_the_nearest_body_with_a_wanted_drag(surrogate):
    problem = Problem(Body.circle(), (DesignPoint(AT),), Nearest(), force_constraints=(DragEquals(2.5),), verify=None)
    result = optimize(problem, model=surrogate)
    assert result.feasible, result.status
    assert surrogate.evaluate(result.body, AT).drag_coefficient == pytest.approx(2.5, abs=2e-4)


def test_lift_over_drag_and_an_objective_of_the_users(surrogate):
    at = (DesignPoint(FlowConditions(10.0, 8.0)),)
    start, held = Body.ellipse(3.0), (MaxLength(2.0), MinThickness(0.4, at=0.4), MinRadius(0.06))
    ratio = optimize(Problem(start, at, LiftToDrag(), constraints=held, verify=None), model=surrogate)
    before = surrogate.evaluate(start, at[0].conditions)
    assert -ratio.fun > before.lift_coefficient / before.drag_coefficient
    own = UserObjective("twice the drag", lambda drag, lift: 2.0 * drag[0])
    twice = optimize(Problem(start, at, own, constraints=held, verify=None), model=surrogate)
    once = optimize(Problem(start, at, constraints=held, verify=None), model=surrogate)
    assert twice.fun == pytest.approx(2.0 * once.fun, rel=1e-4)


def test_an_optimum_that_would_cross_itself_is_told(surrogate):
    """Greatest lift over drag without a constraint: a plate that becomes thinner for ever."""
    problem = Problem(Body.naca("0012"), (DesignPoint(FlowConditions(20.0)),), LiftToDrag(), verify=None)
    result = optimize(problem, model=surrogate)
    assert not result.success
    assert result.outcome is Outcome.NOT_OPTIMAL
    assert "of crossing itself" in result.status
    assert "least thickness or radius" in result.status
    held = replace(problem, constraints=(MinThickness(0.3), MaxLength(2.0), MinRadius(0.06)))
    assert "crossing" not in optimize(held, model=surrogate).status


def test_lift_that_cannot_be_had_is_told(surrogate):
    impossible = minimize_drag(Body.circle(), AT, model=surrogate, constraints=(Symmetry(),), lift=0.3)
    assert impossible.outcome is Outcome.CONTRADICTION
    assert "no lift" in impossible.status
    out_of_reach = minimize_drag(
        Body.ellipse(1.2), AT, model=surrogate, lift=4.0, constraints=(MaxLength(1.1),), verify=None
    )
    assert not out_of_reach.feasible
    assert out_of_reach.outcome is Outcome.INFEASIBLE
    assert "No body was found with lift coefficient 4" in out_of_reach.status


def test_confidence_can_be_constrained(surrogate):
    hot = FlowConditions(50.0)
    free = minimize_drag(Body.ellipse(6.0), hot, model=surrogate, verify=None)
    held = minimize_drag(Body.ellipse(6.0), hot, model=surrogate, verify=None, min_confidence=0.9)
    assert surrogate.evaluate(held.body, hot).confidence >= 0.9 - 1e-3
    assert held.fun >= free.fun - 1e-6
    with pytest.raises(InputError, match="knows its confidence"):
        minimize_drag(Body.circle(), AT, min_confidence=0.5)


def test_more_starts_are_deterministic_and_never_worse(surrogate):
    one = minimize_drag(Body.ellipse(0.5), AT, model=surrogate, verify=None)
    many = [minimize_drag(Body.ellipse(0.5), AT, model=surrogate, verify=None, starts=3, seed=4) for _ in range(2)]
    assert many[0].fun == many[1].fun
    assert many[0].fun <= one.fun * (1 + 1e-6)


def test_at_vanishing_reynolds_number_the_optimum_is_symmetric_front_to_back():
    result = minimize_drag(Body.circle(), FlowConditions(0.1), certify=True, verify=None)
    outline = result.body.outline(400)
    nose, tail = -outline[:, 0].min(), outline[:, 0].max()
    even = result.body.coefficients[1::2].abs().max()
    assert float(even) < 0.02
    assert nose == pytest.approx(tail, rel=0.02)


def test_a_result_survives_its_file(surrogate, tmp_path):
    result = minimize_drag(Body.naca("2412"), AT, model=surrogate, constraints=(MaxLength(0.9),), verify="coarse")
    path = tmp_path / "project.json"
    result.save(path)
    again = OptimizationResult.load(path)
    assert again.fun == result.fun
    assert again.outcome is result.outcome
    assert [it.phase for it in again.history] == [it.phase for it in result.history]
    assert again.problem.to_dict() == result.problem.to_dict()
    torch.testing.assert_close(again.body.coefficients, result.body.coefficients, rtol=0, atol=0)
    np.testing.assert_array_equal(again.x, result.x)
    assert again.constraints == result.constraints
    assert again.summary()["drag_coefficient"] == result.summary()["drag_coefficient"]
    assert len(again.history) == len(result.history)
    result.export(tmp_path / "optimum.dat")
    assert Body.from_file(tmp_path / "optimum.dat").area == pytest.approx(result.body.area, rel=1e-3)
    assert len(result.plot().axes) == 2
    once_more = optimize(again.problem, model=surrogate)
    assert once_more.fun == pytest.approx(result.fun, rel=1e-9)


@pytest.mark.parametrize("content", ["", "{}", '{"problem": {}}', '{"format": 1, "problem": {}, "result": {}}', "[1]"])
def test_a_foreign_project_file_is_refused(tmp_path, content):
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(InputError):
        OptimizationResult.load(tmp_path / "bad.json")


def test_a_run_stops_at_its_timeout_and_on_request_and_keeps_the_best_body(surrogate, tmp_path):
    slow = minimize_drag(Body.circle(), AT, timeout=0.3, verify=None)
    assert slow.outcome is Outcome.TIMED_OUT
    assert "the timeout" in slow.status
    assert len(slow.history) >= 1
    file = tmp_path / "run.json"
    minimize_drag(
        Body.circle(), AT, model=surrogate, verify=None, checkpoint=file, callback=lambda it: it.evaluation == 4
    )
    best = json.loads(file.read_text())["best"]
    assert best["drag_coefficient"] < 2.76


SCRIPT = """
import sys
from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.inverse import SolverModel, minimize_drag
print(minimize_drag(Body.circle(), FlowConditions(10.0), model=SolverModel(modes=4), verify=None,
                    checkpoint=sys.argv[1], resume=sys.argv[1] if len(sys.argv) > 2 else None).fun)
"""


def test_a_killed_run_resumes_to_the_same_optimum_without_solving_twice(tmp_path):
    file = tmp_path / "run.json"
    run = subprocess.Popen([sys.executable, "-c", SCRIPT, str(file)])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and run.poll() is None:
        if file.exists() and len(json.loads(file.read_text())["evaluations"]) >= 4:
            break
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    kept = len(json.loads(file.read_text())["evaluations"])
    model = SolverModel(modes=4)
    whole = minimize_drag(Body.circle(), AT, model=model, verify=None)
    resumed = minimize_drag(Body.circle(), AT, model=SolverModel(modes=4), verify=None, resume=file)
    assert resumed.fun == pytest.approx(whole.fun, rel=1e-8)
    assert resumed.solver_solves <= whole.solver_solves - kept + 1
    with pytest.raises(InputError, match="checkpoint of the same problem"):
        minimize_drag(Body.ellipse(2.0), AT, model=SolverModel(modes=4), resume=file)


def test_a_front_of_length_is_monotone_and_certified_where_asked(surrogate):
    problem = Problem(Body.circle(), (DesignPoint(AT),))
    front = pareto_front(problem, "length", [1.2, 1.4, 1.7], model=surrogate, certify=[1.4])
    drags = [p.result.fun for p in front]
    assert drags == sorted(drags, reverse=True)
    assert [p.result.certified for p in front] == [False, True, False]
    assert front[1].result.verified is not None
    with pytest.raises(InputError, match="sweep over"):
        pareto_front(problem, "colour", [1.0])


def test_gradients_pass_the_taylor_test_and_wrong_ones_fail(surrogate):
    conditions = FlowConditions(10.0, 3.0)
    assert check_gradient(Body.ellipse(2.0), conditions, model=surrogate).passed
    solver = check_gradient(Body.ellipse(2.0), conditions, model=SolverModel(modes=6))
    assert solver.passed, solver

    class Wrong:
        name, modes = "wrong", 4

        def force_coefficients(self, coefficients, reynolds):
            drag = 2.0 + coefficients.abs().square().sum(1) + coefficients[:, 0].real.detach()
            return drag.to(torch.complex128)

    assert check_gradient(Body.ellipse(2.0), conditions, model=Wrong()).drag_order < 1.5


def test_the_certified_fun_is_the_solvers_drag(surrogate):
    result = minimize_drag(Body.circle(), AT, model=surrogate, certify=True, verify=None)
    assert result.fun == pytest.approx(solve(result.body, AT, grid="fine").drag_coefficient, rel=2e-3)
    assert math.isfinite(result.fun)


@pytest.mark.parametrize(("reynolds", "within"), [(0.3, 0.025), (0.1, 0.012)])
def test_the_best_ellipse_approaches_oseens_as_reynolds_vanishes(reynolds, within):
    """Oseen's drag of an ellipse (Lamb, Hydrodynamics, art. 343) is least, at given area, at fineness 1 + sqrt 2."""
    result = minimize_drag(Body.circle(), FlowConditions(reynolds), model=SolverModel(modes=1), verify=None)
    assert result.body.fineness == pytest.approx(1.0 + math.sqrt(2.0), rel=within)


@pytest.mark.parametrize("at", [3, 9, 14])
@pytest.mark.parametrize("certify", [False, True])
def test_a_stop_at_any_evaluation_is_a_stop(surrogate, at, certify):
    result = minimize_drag(
        Body.circle(),
        FlowConditions(40.0),
        model=surrogate,
        verify=None,
        certify=certify,
        callback=lambda it: it.evaluation == at,
    )
    assert result.stopped
    assert result.outcome is Outcome.STOPPED
    assert not result.success
    assert "stopped on request" in result.status.lower()
    assert result.nfev == at


def test_the_checkpoint_holds_a_real_drag_after_restoration(surrogate, tmp_path):
    file = tmp_path / "run.json"
    result = minimize_drag(
        Body.ellipse(1.2), AT, model=surrogate, lift=2.5, constraints=(MaxLength(1.6),), verify=None, checkpoint=file
    )
    best = json.loads(file.read_text())["best"]
    assert best["drag_coefficient"] == pytest.approx(result.predicted_drag_coefficient, rel=0.02)


def test_a_stopped_run_may_be_resumed_with_other_limits_but_not_with_another_model(surrogate, tmp_path):
    file = tmp_path / "run.json"
    model = SolverModel(modes=4)
    minimize_drag(Body.circle(), AT, model=model, verify=None, checkpoint=file, callback=lambda it: it.evaluation == 3)
    again = minimize_drag(
        Body.circle(), AT, model=SolverModel(modes=4), verify=None, resume=file, max_iterations=50, timeout=60.0
    )
    assert again.success, again.status
    with pytest.raises(InputError, match="same problem and model"):
        minimize_drag(Body.circle(), AT, model=SolverModel(modes=6), verify=None, resume=file)


class Doubtful:
    """A model whose confidence falls as bodies become slender."""

    def __init__(self, model):
        self.name, self.modes, self._model = "doubtful", model.modes, model

    def force_coefficients(self, coefficients, reynolds):
        return self._model.force_coefficients(coefficients, reynolds)

    def confidence(self, coefficients, reynolds):
        return 1.0 - 0.5 * coefficients[:, 0].real


@pytest.mark.parametrize("certify", [False, True])
def test_an_active_confidence_is_held_reported_and_certified(surrogate, certify):
    result = minimize_drag(
        Body.circle(), AT, model=Doubtful(surrogate), verify=None, min_confidence=0.85, certify=certify
    )
    assert result.success, result.status
    (report,) = result.constraints
    assert report.active
    assert float(result.body.coefficients[0].real) == pytest.approx(0.3, abs=5e-3)


def test_an_objective_in_small_units_is_minimised_all_the_same(surrogate):
    power = UserObjective("power in W", lambda drag, lift: 1e-5 * drag[0])
    problem = Problem(Body.circle(), (DesignPoint(AT),), power, certify=True, verify=None)
    result = optimize(problem, model=surrogate)
    assert result.certified, result.status
    assert 1e5 * result.fun == pytest.approx(2.389, abs=1e-3)


def test_other_starts_with_the_solver_as_model_cost_no_thousand_solves():
    result = minimize_drag(Body.circle(), AT, model=SolverModel(modes=3), verify=None, starts=2, max_iterations=3)
    assert result.solver_solves < 40


def test_functions_of_the_users_that_do_not_work_are_told_and_survive_a_file_by_name(surrogate, tmp_path):
    with pytest.raises(InputError, match="return one row a body"):
        minimize_drag(Body.circle(), AT, model=surrogate, constraints=(UserConstraint("flat", lambda z: z.imag[:, 0]),))
    with pytest.raises(InputError, match="correct its function"):
        minimize_drag(Body.circle(), AT, model=surrogate, constraints=(UserConstraint("none", lambda z: z.nothing),))
    with pytest.raises(InputError, match="go into `force_constraints`"):
        Problem(Body.circle(), (DesignPoint(AT),), constraints=(Lift(0.1, 0.1),))
    above = UserConstraint("above -0.3", lambda z: z.imag + 0.3)
    result = minimize_drag(Body.circle(), AT, model=surrogate, constraints=(above,), verify=None)
    assert result.feasible
    result.save(tmp_path / "own.json")
    again = OptimizationResult.load(tmp_path / "own.json")
    assert again.constraints[0].description == "above -0.3"
    assert again.problem.verify is None
    with pytest.raises(InputError, match="function of your own"):
        optimize(again.problem, model=surrogate)


def test_a_sweep_replaces_the_limit_that_the_problem_has(surrogate):
    problem = Problem(Body.ellipse(2.0), (DesignPoint(FlowConditions(10.0, 4.0)),), force_constraints=(Lift(0.2, 0.2),))
    front = pareto_front(problem, "lift", [0.1, 0.3], model=surrogate)
    assert all(p.result.feasible for p in front)
    with pytest.raises(InputError, match="values of the sweep to certify"):
        pareto_front(problem, "lift", [0.1], model=surrogate, certify=[0.2])

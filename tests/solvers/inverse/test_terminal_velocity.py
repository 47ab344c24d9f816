"""Bodies that fall by their weight: the fastest has the least drag at its own speed; slopes, files, and refusals."""

import json
import math

import numpy as np
import pytest
from command_line import run

from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.inverse import (
    DesignPoint,
    Drag,
    Lift,
    OptimizationResult,
    Problem,
    SolverModel,
    TerminalVelocity,
    minimize_drag,
    optimize,
    problem_from,
)
from fusiform.solvers.inverse.problem.problem import LEAST_REYNOLDS
from fusiform.solvers.inverse.result.own_flows import own_flows
from fusiform.solvers.inverse.search.evaluations import ForceModel
from fusiform.solvers.inverse.search.variables import Variables

FALL = TerminalVelocity(430.0)
NEAR = (DesignPoint(FlowConditions(3.0)),)


@pytest.fixture(scope="module")
def fastest():
    problem = Problem(Body.sphere(2.0), NEAR, FALL, certify=True, verify="standard")
    return optimize(problem, model=SolverModel(modes=6))


def test_the_fastest_body_has_the_least_drag_at_its_own_speed(fastest):
    assert fastest.certified, fastest.status
    at = fastest.conditions
    slowest = minimize_drag(Body.sphere(2.0), at, model=SolverModel(modes=6), certify=True, verify=None)
    assert slowest.fun * at.reynolds**2 == pytest.approx(430.0, rel=1e-6)
    for body, reynolds in ((fastest.start, fastest.gain.start), (fastest.body, fastest.gain.best)):
        drag = solve(body, FlowConditions(reynolds)).drag_coefficient
        assert drag * reynolds**2 == pytest.approx(430.0, rel=2e-5)
    assert fastest.gain.describe() == "terminal speed rises by 9.5 %"


def test_its_project_file_keeps_weight_and_speed(fastest, tmp_path):
    fastest.save(tmp_path / "project.json")
    again = OptimizationResult.load(tmp_path / "project.json")
    assert again.problem.objective == FALL
    assert again.conditions == fastest.conditions
    assert again.summary() == fastest.summary()
    assert again.summary()["reynolds"] == pytest.approx(fastest.gain.best)


def test_drag_at_the_terminal_speed_agrees_with_its_slopes():
    body = Body.spheroid(2.0, modes=4)
    variables = Variables(body, 4, True, ())
    model = ForceModel(SolverModel(modes=4), variables, NEAR, best_number=430.0)
    x = variables.pack(body.coefficients, body.origin)
    model.fix_resolution(x)
    step = 1e-3 * np.array([0.5, -0.4, 0.3, -0.2])
    low, at, high = (model(x + change) for change in (-step, 0.0 * step, step))
    assert float((high.drag - low.drag)[0]) == pytest.approx(2.0 * float((at.drag_slope @ step)[0]), rel=1e-5)


def test_a_cylinder_falls_with_the_surrogate_and_is_certified(surrogate):
    problem = Problem(Body.circle(), NEAR, TerminalVelocity(100.0), certify=True, verify=None)
    result = optimize(problem, model=surrogate)
    assert result.certified, result.status
    drag = solve(result.body, result.conditions).drag_coefficient
    assert drag * result.conditions.reynolds**2 == pytest.approx(100.0, rel=1e-3)


def test_a_file_gives_the_weight_alone(tmp_path):
    objective = {"type": "terminal_velocity", "best_number": 430.0}
    problem = problem_from({"body": "sphere", "objective": objective}, tmp_path)
    assert problem.objective == FALL
    plain = json.loads(json.dumps(problem.to_dict()))
    assert problem_from(plain, tmp_path).to_dict() == plain
    reynolds = problem.points[0].conditions.reynolds
    assert 24.0 * reynolds * (1.0 + 0.15 * reynolds**0.687) == pytest.approx(430.0)
    with pytest.raises(InputError, match="check the spelling"):
        problem_from({"body": "sphere", "objective": {**objective, "weight": 2.0}}, tmp_path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TerminalVelocity(0.0), "expected a positive Best number"),
        (lambda: Problem(Body.sphere(), 2 * NEAR, FALL), "expected one design point for a terminal speed"),
        (lambda: Problem(Body.circle(), NEAR, FALL, force_constraints=(Lift(0.1),)), "expected one design point"),
        (
            lambda: optimize(Problem(Body.sphere(), NEAR, TerminalVelocity(1e-3)), model=SolverModel(modes=2)),
            "expected a weight at which the start falls at a Reynolds number of 0.05 to 1000",
        ),
        (
            lambda: optimize(
                Problem(Body.sphere(), NEAR, TerminalVelocity(1.215), hold="wetted_area"), model=SolverModel(modes=2)
            ),
            r"expected a weight at which the start falls at a Reynolds number of 0.1 to 1000, got C_D Re² = 1.215",
        ),
    ],
)
def test_weights_without_an_answer_are_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_a_flow_that_is_not_terminal_has_no_forces():
    (flow,) = own_flows(Problem(Body.sphere(), NEAR, TerminalVelocity(0.1)), Body.sphere(), "coarse")
    assert not flow.converged
    assert math.isnan(flow.drag_coefficient)
    assert "no terminal speed found: C_D Re² is 1.2" in flow.status


def test_a_light_body_of_held_surface_starts_at_the_least_speed(tmp_path):
    values = {"body": "sphere", "objective": {"type": "terminal_velocity", "best_number": 1.5}, "hold": "wetted_area"}
    assert problem_from(values, tmp_path).points[0].conditions.reynolds == LEAST_REYNOLDS
    arguments = ("optimize", "sphere", "--best-number", "1.5", "--hold", "wetted_area", "--model", "solver")
    found = run(*arguments, "--modes", "2")
    assert found.exit_code != 0
    assert "got C_D Re² = 1.5" in " ".join(found.output.split())


def test_the_command_line_takes_a_weight_in_place_of_a_speed():
    arguments = ("optimize", "sphere", "--best-number", "430", "--model", "solver", "--modes", "4", "--grid", "coarse")
    found = run(*arguments, "--json")
    assert found.exit_code == 0, found.output
    numbers = json.loads(found.stdout)
    assert math.isclose(numbers["drag_coefficient"] * numbers["reynolds"] ** 2, 430.0, rel_tol=1e-5)
    assert numbers["symbol"] == "Re"
    assert Drag().describe() not in numbers["objective"]
    assert run(*arguments, "--reynolds", "10").exit_code == 2

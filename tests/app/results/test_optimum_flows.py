"""The flows of a front's point, held by its wetted area, when the solver is asked for them after the search."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fusiform.app.background.computations import flows_job
from fusiform.app.drawings.html_report import report
from fusiform.app.edits import design as edits
from fusiform.app.results.kept_results import Answer, Front, Optimum
from fusiform.solvers import FlowConditions, load_body, solve
from fusiform.solvers.inverse import DesignPoint, Drag, MaxLength, Problem, optimize, pareto_front
from fusiform.solvers.inverse.problem.terminal_velocity import TerminalVelocity
from fusiform.solvers.inverse.result.own_flows import on_held_size, own_flows
from fusiform.surrogates import load_surrogate


@pytest.fixture(scope="module")
def shown() -> Optimum:
    """A point of a front, which the solver has not seen."""
    points = (DesignPoint(FlowConditions(10.0)),)
    problem = Problem(load_body("sphere"), points, hold="wetted_area", constraints=(MaxLength(1.6),), verify="coarse")
    model = load_surrogate(revolution=True)
    return Front(problem, "length", pareto_front(problem, "length", [1.6], model=model)).optimum(0)


@pytest.fixture(scope="module")
def solved(shown: Optimum) -> Optimum:
    """The same with its flows, as the page asks for them."""
    job = flows_job(shown, "coarse")
    assert job.wait(60.0)
    found = job.snapshot().result
    assert isinstance(found, Optimum)
    return found


def test_its_report_has_the_flows(shown: Optimum, solved: Optimum) -> None:
    assert "<h2>Flow</h2>" not in report(shown)
    text = report(solved)
    assert solved.initial is not None
    assert solved.verified is not None
    for name, answer in (("Start", solved.initial), ("Optimum", solved.verified)):
        assert f"{name}: C_D = {answer.drag_coefficient:.5g}, by the solver" in text
    without = replace(solved.verified, drag_coefficient=float("nan"), converged=False)
    assert "Optimum: C_D = –, by the solver" in report(replace(solved, verified=without))


def test_their_forces_and_conditions_are_on_the_size_that_is_held(shown: Optimum, solved: Optimum) -> None:
    problem, body, answer = shown.result.problem, shown.result.body, solved.verified
    (flow,) = own_flows(problem, body, "coarse")
    numbers = on_held_size(flow, problem.held)
    assert answer is not None
    assert numbers["drag_coefficient"] < 0.99 * flow.drag_coefficient
    for name in ("drag_coefficient", "drag_pressure", "drag_friction", "drag_error"):
        assert getattr(answer, name) == pytest.approx(numbers[name])
    assert Answer.of(flow).drag_coefficient == flow.drag_coefficient
    opened = edits.open_optimum(replace(edits.new_session({}), optimum=solved)).design
    assert opened.error is None
    assert opened.present.reynolds == flow.conditions.reynolds < 9.9


@pytest.fixture(scope="module")
def falling() -> Optimum:
    """The sphere that falls fastest within a length, by the surrogate."""
    points = (DesignPoint(FlowConditions(10.0)),)
    problem = Problem(load_body("sphere"), points, TerminalVelocity(430.0), (MaxLength(1.4),), verify=None)
    return Optimum.of(optimize(problem, model=load_surrogate(revolution=True)))


def test_each_falling_body_is_solved_at_its_own_terminal_speed(falling: Optimum) -> None:
    job = flows_job(falling, "coarse")
    assert job.wait(60.0)
    found = job.snapshot().result
    assert isinstance(found, Optimum)
    for body, answer in ((falling.result.start, found.initial), (falling.result.body, found.verified)):
        assert answer is not None
        own = math.sqrt(430.0 / answer.drag_coefficient)
        flow = solve(body, FlowConditions(own), grid="coarse")
        assert answer.drag_coefficient == pytest.approx(flow.drag_coefficient, rel=1e-5)


def test_an_optimum_at_its_terminal_speed_is_saved_with_its_problem(falling: Optimum) -> None:
    points = (DesignPoint(FlowConditions(10.0)),)
    asked = Problem(load_body("sphere"), points, TerminalVelocity(430.0), (MaxLength(1.4),), verify=None)
    assert falling.result.problem != asked
    assert falling.answers(asked)
    assert not falling.answers(replace(asked, objective=TerminalVelocity(431.0)))
    assert not falling.answers(replace(asked, objective=Drag()))

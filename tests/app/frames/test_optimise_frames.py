"""The section Optimise as functions: a running job, the problem, an optimum in numbers and words; no Streamlit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fusiform.app.drawings.convergence import search_words
from fusiform.app.edits.design import new_session
from fusiform.app.edits.setup import add_constraint, restore, set_number, set_objective
from fusiform.app.frames.optimise import search
from fusiform.app.frames.optimise.job_words import can_stop, job_words
from fusiform.app.frames.optimise.optimum import (
    constraint_table,
    gain_definition,
    optimum_numbers,
    optimum_words,
)
from fusiform.app.frames.optimise.problem import problem_sketch, problem_words, trouble, trouble_in_numbers
from fusiform.app.frames.optimise.search import search_numbers, search_pictures
from fusiform.app.frames.optimise.trade_off import curve, curve_title, left_out, point_numbers
from fusiform.app.frames.shared import formatting
from fusiform.app.results.kept_results import Front, Optimum
from fusiform.app.state.job_snapshot import JobKind, Snapshot
from fusiform.app.state.session import DragSource
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.inverse import (
    DesignPoint,
    Drag,
    Iterate,
    LiftToDrag,
    MaxHeight,
    MaxLength,
    MinThickness,
    ModelKind,
    Problem,
    optimize,
    pareto_front,
)
from fusiform.surrogates import load_surrogate


@pytest.fixture(scope="module")
def history() -> list[Iterate]:
    """Filled by the search of `optimum`."""
    return []


@pytest.fixture(scope="module")
def optimum(history: list[Iterate]) -> Optimum:
    points = (DesignPoint(FlowConditions(10.0)),)
    problem = Problem(load_body("circle"), points, constraints=(MaxLength(1.3),), verify=None)

    def record(iterate: Iterate) -> bool:
        history.append(iterate)
        return False

    return Optimum.of(optimize(problem, model=load_surrogate(), callback=record))


@pytest.mark.parametrize(
    ("now", "words", "stops"),
    [
        (Snapshot(JobKind.SOLVING), "Solving …", False),
        (Snapshot(JobKind.SOLVING, place=3), "you are number 3 in line", True),
        (Snapshot(JobKind.SEARCHING), "Starting the search …", True),
        (Snapshot(JobKind.SEARCHING, stopping=True), "Stopping …", True),
        (Snapshot(JobKind.SWEEPING), "Optimising for each value: 0 done", True),
    ],
)
def test_a_job_says_what_it_does_and_whether_it_can_be_stopped(now: Snapshot, words: str, stops: bool) -> None:
    assert words in job_words(now)
    assert can_stop(now) == stops


def test_a_running_search_shows_its_best_drag(optimum: Optimum, history: list[Iterate]) -> None:
    now = Snapshot(JobKind.SEARCHING, history=tuple(history), seconds=3.2)
    values = {metric.label: metric.value for metric in search_numbers(now)}
    best = formatting.coefficient(history[-1].best_drag_coefficient)
    assert (values["Best $C_D$"], values["Evaluations"], values["By"]) == (best, str(len(history)), "model")
    assert job_words(now).endswith(f"best drag {best}")
    assert [metric.value for metric in search_numbers(Snapshot(JobKind.SEARCHING))][:3] == ["–", "–", "–"]


def test_the_pictures_of_a_search_are_drawn_once_for_each_evaluation(optimum: Optimum, history: list[Iterate]) -> None:
    problem = optimum.result.problem
    assert search_pictures(problem, history) is search_pictures(problem, history)
    assert search_pictures(problem, history[:2]) != search_pictures(problem, history)
    assert search_pictures(problem, [])[1] == ""


def test_an_optimum_in_numbers(optimum: Optimum) -> None:
    values = {metric.label: (metric.value, metric.note) for metric in optimum_numbers(optimum)}
    result = optimum.result
    assert values["Optimum $C_D$"][0] == formatting.coefficient(result.predicted_drag_coefficient)
    assert values["Reduction"] == (f"{optimum.result.reduction_percent:.1f} %", "by the model")
    assert values["Lift $C_L$"] == ("–", "not solved")
    assert values["Optimality"][0] == "by the model"
    assert constraint_table(optimum)["Constraint"] == ["length at most 1.3"]


def test_a_search_by_the_solver_is_no_independent_check_of_the_verification(optimum: Optimum) -> None:
    solved = replace(optimum.result, verification={"initial_value": 3.0, "value": 2.0})
    predicted = formatting.coefficient(optimum.result.predicted_gain.best)
    for kind, source, words in (
        (ModelKind.SOLVER, "solver; search elements", "no independent check"),
        (ModelKind.SURROGATE, "solver; model", "The model's value is that of the search"),
    ):
        shown = optimum_numbers(replace(optimum, result=replace(solved, model_kind=kind)))[:3]
        assert shown[1].note == f"{source} {predicted}"
        assert all((metric.note or "").startswith(source) for metric in shown)
        assert words in shown[1].definition


def test_numbers_of_a_search_by_the_solver_do_not_name_a_model(optimum: Optimum, history: list[Iterate]) -> None:
    by_solver = replace(optimum, result=replace(optimum.result, model="solver", model_kind=ModelKind.SOLVER))
    now = Snapshot(JobKind.SEARCHING, history=tuple(history))
    shown = [*optimum_numbers(by_solver), *search_numbers(now, kind=ModelKind.SOLVER)]
    assert not [metric for metric in shown if "model" in f"{metric.value} {metric.note}"]
    assert "model" not in search_words(ModelKind.SOLVER)


def test_the_lift_over_drag_of_a_symmetric_optimum_has_no_sign(optimum: Optimum) -> None:
    drags = {"drag_coefficient": 2.0, "weighted_drag_coefficient": 2.0}
    solved = replace(optimum.result, verification={"lift_coefficient": -1e-9, **drags})
    lift = next(metric for metric in optimum_numbers(replace(optimum, result=solved)) if "Lift" in metric.label)
    assert (lift.value, lift.note) == ("0.000", "lift over drag 0.00")


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "the same optimum"), (1.1, "a better one"), (0.9, "one that is not as good")]
)
def test_an_optimum_is_compared_with_that_of_another_start(optimum: Optimum, share: float, words: str) -> None:
    before = replace(optimum, result=replace(optimum.result, fun=share * optimum.result.fun))
    assert f"The other start gave {words}: " in optimum_words(optimum, before)
    assert "The other start" not in optimum_words(optimum, optimum)
    assert "The other start" not in optimum_words(optimum, None)


def test_start_and_reduction_of_a_search_are_those_of_its_optimum(optimum: Optimum, history: list[Iterate]) -> None:
    """The circle is feasible here; in the next test the given body is not."""
    during = search_numbers(Snapshot(JobKind.SEARCHING, history=tuple(history)))
    after = optimum_numbers(optimum)
    assert [metric.label for metric in during[:3]] == ["Start $C_D$", "Best $C_D$", "Reduction"]
    assert [metric.value for metric in during[:3]] == [metric.value for metric in after[:3]]


@pytest.mark.parametrize("objective", [Drag(), LiftToDrag()])
def test_a_start_that_violates_a_limit_is_named_and_not_compared_with(objective: Drag | LiftToDrag) -> None:
    history: list[Iterate] = []
    limits = (MaxLength(1.2), MinThickness(0.6, at=0.5))
    points = (DesignPoint(FlowConditions(20.0, 4.0)),)
    problem = Problem(load_body("ellipse:3"), points, objective, constraints=limits, verify="coarse")
    result = optimize(problem, model=load_surrogate(), callback=history.append)
    optimum = Optimum.of(result)
    during = search_numbers(Snapshot(JobKind.SEARCHING, history=tuple(history)))
    after = optimum_numbers(optimum)
    assert [metric.label for metric in during[:3:2]] == [metric.label for metric in after[:3:2]]
    for number in (0, 2):
        assert f"model {during[number].value}" in (after[number].note or "")
    gain = result.predicted_gain
    assert gain.start == pytest.approx(objective.measured(history[0].value))
    assert formatting.plain(result.start_violations[0]) in optimum_words(optimum, None)
    assert result.start_violations[0].startswith("length at most 1.2 (short by")
    assert f"drag {result.given_drag_coefficient:.4g} by the model" in result.status
    assert (gain.quantity.change, gain.percent > 0.0) == (after[2].label.lower(), True)


def test_lift_over_drag_is_shown_in_its_own_words() -> None:
    points = (DesignPoint(FlowConditions(20.0, 4.0)),)
    limits = (MaxLength(1.5), MinThickness(0.3, at=0.5))
    problem = Problem(load_body("ellipse:2"), points, LiftToDrag(), constraints=limits, verify=None)
    optimum = Optimum.of(optimize(problem, model=load_surrogate()))
    gain = optimum.result.predicted_gain
    values = {metric.label: metric.value for metric in optimum_numbers(optimum)}
    assert values["Start $C_L/C_D$"] == formatting.coefficient(gain.start)
    assert values["Optimum $C_L/C_D$"] == formatting.coefficient(gain.best)
    assert values["Increase"] == formatting.gain_percent(gain)
    assert gain_definition(optimum) == "The increase of lift over drag from one unit more of the limit, to first order."
    assert "Reduction" not in values


def test_a_front_that_begins_with_an_impossible_value_is_compared_with_its_first_feasible_body() -> None:
    points = (DesignPoint(FlowConditions(10.0)),)
    problem = Problem(load_body("circle"), points, constraints=(MaxHeight(0.8),), verify=None)
    front = Front(problem, "length", pareto_front(problem, "length", [0.9, 1.6, 1.4], model=load_surrogate()))
    assert front.feasible == [1, 2]
    first = front.points[1].result
    assert first.start_violations == ("height at most 0.8 (short by 0.2)",)
    assert front.result(2).predicted_gain.start == first.predicted_gain.start
    assert front.optimum(2).result.start is not problem.body
    best = front.points[1].result.predicted_drag_coefficient
    gain = front.result(1).predicted_gain
    assert gain.percent > 0.0
    assert point_numbers(front, 1)[0].note == f"{formatting.gain_percent(gain)} reduction from the start"
    assert curve(front.points[:2]) == ([1.6], [best])
    assert curve_title(front.points) == "least drag, C_D"
    assert left_out(front) == "Left out, because they contradict the other constraints: 0.9."
    nothing = replace(front, points=front.points[:1])
    assert (left_out(nothing) or "").startswith("No value is possible: ")


def test_a_front_of_lift_over_drag_has_that_on_its_axis() -> None:
    points = (DesignPoint(FlowConditions(20.0, 4.0)),)
    problem = Problem(load_body("ellipse:2"), points, LiftToDrag(), (MinThickness(0.3, at=0.5),), verify=None)
    front = Front(problem, "length", pareto_front(problem, "length", [1.6], model=load_surrogate()))
    assert curve_title(front.points) == "greatest lift over drag, C_L/C_D"
    assert curve(front.points)[1] == [pytest.approx(-front.points[0].result.fun)]
    assert point_numbers(front, 0)[0].label == "Greatest $C_L/C_D$"


def test_lift_over_drag_of_a_symmetric_body_at_zero_incidence_is_a_contradiction() -> None:
    session = set_objective(add_constraint(new_session({}), "symmetry"), "lift_to_drag")
    assert "no lift to make great" in (trouble(session) or "")


def test_a_problem_is_drawn_with_its_constraints_and_contradictions_are_a_sentence() -> None:
    session = new_session({})
    assert "Add constraints in the list." in problem_words(session)
    assert trouble(session) is None
    for kind in ("max_length", "max_height"):
        session = add_constraint(session, kind)
        session = set_number(session, session.setup.rows[-1]["id"], "value", 0.8)
    assert (trouble(session) or "").startswith("The constraints contradict each other: a box of 0.8 x 0.8")
    assert trouble_in_numbers(session) is None
    assert 'data-row="1"' in problem_sketch(session).svg
    wrong = set_number(session, session.setup.rows[0]["id"], "value", -1.0)
    assert trouble(wrong) == trouble_in_numbers(wrong)
    assert (trouble(wrong) or "").startswith("Expected a positive length")


def test_a_surrogate_whose_name_begins_with_solver_opens_as_a_surrogate(optimum: Optimum) -> None:
    named = replace(optimum, result=replace(optimum.result, model="solver-like"))
    assert restore(new_session({}), named.result.problem, named).settings.model == DragSource.SURROGATE
    solved = replace(optimum, result=replace(optimum.result, model_kind=ModelKind.SOLVER))
    assert restore(new_session({}), solved.result.problem, solved).settings.model == DragSource.SOLVER


def test_the_bodies_of_a_search_have_the_wetted_area_that_is_held() -> None:
    points = (DesignPoint(FlowConditions(10.0)),)
    problem = Problem(load_body("sphere"), points, hold="wetted_area", constraints=(MaxLength(1.6),), verify=None)
    history: list[Iterate] = []

    def record(iterate: Iterate) -> bool:
        history.append(iterate)
        return False

    result = optimize(problem, model=load_surrogate(revolution=True), callback=record)
    last = search.body_of(problem, history[-1])
    assert last.wetted_area == pytest.approx(problem.body.wetted_area, rel=1e-6)
    assert last.reference_length < 0.99 * problem.body.reference_length
    assert result.feasible

"""The section Optimise as functions: a running job, the problem, an optimum in numbers and words; no Streamlit."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fusiform.app.edits.design import new_session
from fusiform.app.edits.setup import add_constraint, restore, set_number, set_objective
from fusiform.app.frames.optimise.job_words import can_stop, job_words
from fusiform.app.frames.optimise.optimum import constraint_table, optimum_numbers, optimum_words
from fusiform.app.frames.optimise.problem import problem_sketch, problem_words, trouble, trouble_in_numbers
from fusiform.app.frames.optimise.search import search_numbers, search_pictures
from fusiform.app.frames.optimise.trade_off import curve, left_out, point_numbers
from fusiform.app.frames.shared import formatting
from fusiform.app.results.kept_results import Front, Optimum
from fusiform.app.state.job_snapshot import JobKind, Snapshot
from fusiform.app.state.session import DragSource
from fusiform.solvers import FlowConditions, load_body
from fusiform.solvers.inverse import (
    DesignPoint,
    Iterate,
    MaxHeight,
    MaxLength,
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
    assert values["Reduction"] == (f"{optimum.reduction_percent:.1f} %", "by the model")
    assert values["Lift $C_L$"] == ("–", "not solved")
    assert values["Optimality"][0] == "by the model"
    assert constraint_table(optimum)["Constraint"] == ["length at most 1.3"]


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


def test_a_front_that_begins_with_an_impossible_value_is_compared_with_its_start() -> None:
    points = (DesignPoint(FlowConditions(10.0)),)
    problem = Problem(load_body("circle"), points, constraints=(MaxHeight(0.8),), verify=None)
    model = load_surrogate()
    front = Front(problem, "length", pareto_front(problem, "length", [0.9, 1.6], model=model))
    assert front.feasible == [1]
    start = model.evaluate(problem.body, points[0].conditions).drag_coefficient
    assert front.start_drag == pytest.approx(start)
    assert front.optimum(1).reduction_percent > 0.0
    best = front.points[1].result.predicted_drag_coefficient
    assert point_numbers(front, 1)[0].note == f"{formatting.apart(best, start)} to the start"
    assert curve(front.points) == ([1.6], [best])
    assert left_out(front) == "Left out, because they contradict the other constraints: 0.9."
    nothing = replace(front, points=front.points[:1])
    assert math.isnan(nothing.start_drag)
    assert (left_out(nothing) or "").startswith("No value is possible: ")


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

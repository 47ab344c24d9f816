"""The solver and the optimiser asked by the page: the numbers of the Python calls, stopping, waiting in line."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_page import SECONDS, drawn, healthy, idle, metric, note, run_until

from fusiform.app.background import computations
from fusiform.app.background.jobs import SERVER_LINE, Job
from fusiform.app.frames.shared import formatting
from fusiform.app.state import session
from fusiform.app.state.job_snapshot import JobKind
from fusiform.solvers import FlowConditions, SolveOutcome, load_body, solve
from fusiform.surrogates import load_surrogate


def test_the_solver_can_be_asked_and_compared(page: AppTest) -> None:
    healthy(page.segmented_control("compare").set_value(session.Comparison.OF_SOLVER).run())
    assert "has not been asked" in drawn(page)["badge"]
    healthy(page.button("solve").click().run())
    run_until(page, idle)
    expected = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    assert metric(page, "Checked") == formatting.with_error(expected.drag_coefficient, expected.drag_error)
    assert note(page, "Checked").startswith("solver; surrogate ")
    assert formatting.coefficient(expected.drag_pressure) in note(page, "Pressure part")
    assert drawn(page)["badge"] == "flow solver"
    assert not page.warning
    healthy(page.segmented_control("compare").set_value(session.Comparison.MINUS_SOLVER).run())
    assert drawn(page)["colours"]["label"].startswith("difference of ")
    assert drawn(page)["colours"]["low"] == -drawn(page)["colours"]["high"]
    healthy(page.number_input("reynolds").set_value(12.0).run())
    assert "solver" not in note(page, "Pressure part")


def test_a_solution_that_is_not_what_was_asked_for_is_told(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    found = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    poor = replace(found, outcome=SolveOutcome.INACCURATE, status="Less than was asked for.")
    monkeypatch.setattr(computations, "solve", lambda *_, **__: poor)
    healthy(page.button("solve").click().run())
    run_until(page, idle)
    assert [warning.value for warning in page.warning] == ["Solver: Less than was asked for."]


def test_without_a_surrogate_the_solver_alone_answers(page: AppTest) -> None:
    healthy(page.radio("model").set_value(session.DragSource.SOLVER).run())
    assert metric(page, "Drag") == "–"
    assert "Press Ask the solver" in drawn(page)["badge"]
    page.button("solve").click().run()
    run_until(page, idle)
    expected = solve(load_body("circle"), FlowConditions(10.0), grid="coarse")
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_the_optimum_is_verified_with_the_numbers_of_the_python_call(page: AppTest) -> None:
    page.number_input("reynolds").set_value(20.0).run()
    healthy(page.button("optimise").click().run())
    assert page.session_state["session"].section == session.Section.OPTIMISE
    run_until(page, idle)
    healthy(page.run())
    optimum = page.session_state["session"].optimum
    conditions = FlowConditions(20.0)
    start = solve(load_body("circle"), conditions, grid="coarse").drag_coefficient
    verified = solve(optimum.result.body, conditions, grid="coarse").drag_coefficient
    assert metric(page, "Start") == formatting.coefficient(start)
    assert metric(page, "Optimum") == formatting.coefficient(verified)
    assert metric(page, "Reduction") == f"{100.0 * (1.0 - verified / start):.1f} %"
    assert metric(page, "Optimality") == "certified"
    assert optimum.verified.drag_coefficient == pytest.approx(verified, rel=1e-9)
    assert len(page.get("plotly_chart")) == 3
    labels = [b.label for b in page.get("download_button")]
    assert labels == ["Save project", "Save project", "Report", ".dat", ".csv", ".svg", ".dxf", ".stl", ".vts"]
    healthy(page.button("adopt").click().run())
    expected = load_surrogate().evaluate(optimum.result.body, conditions)
    assert metric(page, "Drag") == formatting.coefficient(expected.drag_coefficient)


def test_stop_ends_a_search_with_its_best_body(page: AppTest) -> None:
    page.radio("model").set_value(session.DragSource.SOLVER)
    page.number_input("reynolds").set_value(1.0).run()
    healthy(page.button("optimise").click().run())
    run_until(page, lambda at: not idle(at) and len(at.session_state["session"].job.snapshot().history) >= 1)
    job = page.session_state["session"].job
    assert page.button("optimise").disabled
    begun = time.monotonic()
    healthy(page.button("stop").click().run())
    run_until(page, idle)
    assert time.monotonic() - begun < 20.0
    assert job.wait(SECONDS)
    healthy(page.run())
    assert "Stopped on request" in page.session_state["session"].optimum.result.status
    assert metric(page, "Optimality") == "not certified"


def test_who_waits_in_line_is_told_and_can_leave_it(page: AppTest) -> None:
    release = threading.Event()
    others = [Job(lambda job: release.wait(SECONDS), JobKind.SOLVING) for _ in range(SERVER_LINE.most_running)]
    healthy(page.button("optimise").click().run())
    assert any("you are number 1 in line" in caption.value for caption in page.caption)
    healthy(page.button("stop").click().run())
    run_until(page, idle)
    assert page.session_state["session"].optimum is None
    assert any("There is no optimum yet" in info.value for info in page.info)
    release.set()
    assert all(job.wait(SECONDS) for job in others)

"""Edits of the session as functions: no page, no Streamlit."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from fusiform.app.edits import design as edits
from fusiform.app.edits import jobs
from fusiform.app.edits.setup import MOST_ROWS, add_constraint, open_file, set_objective
from fusiform.app.edits.train import set_root
from fusiform.app.results.kept_results import Answer
from fusiform.app.results.opened_project import problem_bytes
from fusiform.app.state.control_echoes import ECHO_SECONDS, KEPT, Echoes
from fusiform.app.state.design_link import to_link
from fusiform.app.state.job_snapshot import JobKind, Snapshot
from fusiform.app.state.session import NACA, UPLOAD, Section, Session, Step
from fusiform.app.state.window import Home, Window
from fusiform.solvers import FlowConditions, load_body, solve
from fusiform.solvers.geometry.displacement.normal_displacement import pulled
from fusiform.solvers.inverse import DesignPoint, ModelKind, Problem

UP = {"index": 4, "dx": 0.02, "dy": 0.1, "version": 0}


@pytest.fixture
def new() -> Session:
    return edits.new_session({})


def chosen(session: Session, **settings: Any) -> Session:
    return replace(session, settings=replace(session.settings, **settings))


def test_a_pull_moves_the_point_along_the_normal_and_the_given_session_stays(new: Session) -> None:
    after = edits.pull(new, UP)
    expected = pulled(load_body("circle"), math.pi / 2.0, 0.1)
    assert list(after.design.present.coefficients) == pytest.approx(expected.coefficients.tolist(), abs=1e-12)
    assert (after.design.version, after.design.history.can_undo) == (1, True)
    assert (new.design.version, new.design.history.can_undo) == (0, False)


@pytest.mark.parametrize("wrong", [None, 3, {}, UP | {"version": 1}, UP | {"index": -1}, UP | {"dy": "inf"}])
def test_a_pull_that_is_stale_or_no_displacement_changes_nothing(new: Session, wrong: Any) -> None:
    assert edits.pull(new, wrong) is new


def test_an_edit_that_is_refused_is_an_error_beside_the_design_until_the_next_one(new: Session) -> None:
    refused = edits.open_section(chosen(new, digits="00x2"))
    assert refused.design.present == new.design.present
    assert (refused.design.error or "").startswith("expected")
    assert edits.pull(refused, UP).design.error is None
    assert edits.undo(refused).design.error is None
    assert edits.open_listed(chosen(refused, start_from=UPLOAD)).design.error is None


def test_undo_redo_and_reset_walk_through_the_edits(new: Session) -> None:
    after = edits.set_incidence(edits.set_reynolds(edits.slide(new, "fineness", 2.0), 20.0), 3.0)
    assert edits.undo(after).design.present.alpha_deg == 0.0
    assert edits.redo(edits.undo(after)).design.present == after.design.present
    assert edits.reset(after).design.present == replace(new.design.present, reynolds=20.0, alpha_deg=3.0)


def test_a_new_body_begins_a_new_window_and_the_conditions_stay(new: Session) -> None:
    home = Home(False, Window(-1.0, 1.0, -1.0, 1.0), 0j)
    before = edits.set_reynolds(replace(new, design=replace(new.design, home=home, share=(0.0, 0.0, 0.5, 0.5))), 30.0)
    after = edits.open_listed(chosen(before, start_from=NACA, digits="2412"))
    assert (after.design.present.name, after.design.present.reynolds) == ("NACA 2412", 30.0)
    assert (after.design.opened, after.design.home, after.design.share) == (after.design.present, None, None)


def test_an_address_opens_its_design_and_a_damaged_one_is_an_error(new: Session) -> None:
    design = edits.slide(new, "fineness", 2.0).design.present
    opened = edits.new_session(to_link(design))
    assert opened.design.present.coefficients == pytest.approx(design.coefficients, abs=1e-7)
    assert opened.settings.start_from is None
    damaged = edits.new_session(to_link(design) | {"re": "x"})
    assert damaged.design.present == new.design.present
    assert (damaged.design.error or "").startswith("expected the address of a design")


@pytest.mark.parametrize("share", [None, [0.0, 0.0, 1.0], [0.0, 0.0, 2.0, 1.0], [0.5, 0.0, 0.5, 1.0], "all"])
def test_a_zoom_to_no_part_of_the_window_shows_all_of_it(new: Session, share: Any) -> None:
    near = edits.zoom(new, [0.25, 0.25, 0.75, 0.75])
    assert near.design.share == (0.25, 0.25, 0.75, 0.75)
    assert edits.zoom(near, share).design.share is None


class NoJob:
    """A job of which only the identity counts."""

    def snapshot(self) -> Snapshot:
        raise AssertionError

    def stop(self) -> None:
        raise AssertionError


def test_the_solvers_answer_belongs_to_the_design_that_it_was_asked_for(new: Session) -> None:
    answer = Answer.of(solve(load_body("circle"), FlowConditions(10.0), grid="coarse"))
    asked = jobs.begin_solve(replace(chosen(new, grid="coarse"), section=Section.OPTIMISE), NoJob())
    assert asked.section == Section.DESIGN
    moved = edits.set_reynolds(asked, 20.0)
    done = jobs.collect(moved, Snapshot(JobKind.SOLVING, running=False, result=answer))
    assert done.job is None
    assert done.solved.get(done.solved_key) is None
    assert edits.undo(done).solved[edits.undo(done).solved_key] is answer


def test_of_the_solvers_answers_the_last_are_kept(new: Session) -> None:
    answer = Answer.of(solve(load_body("circle"), FlowConditions(10.0), grid="coarse"))
    session = new
    for reynolds in range(1, 9):
        session = jobs.begin_solve(edits.set_reynolds(session, float(reynolds)), NoJob())
        session = jobs.collect(session, Snapshot(JobKind.SOLVING, running=False, result=answer))
    assert [conditions.reynolds for _, _, conditions, _ in session.solved] == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]


def test_a_search_shows_the_optimum_to_come_and_a_failed_one_its_reason(new: Session) -> None:
    problem = Problem(load_body("circle"), (DesignPoint(FlowConditions(10.0)),))
    searching = jobs.begin_search(jobs.refuse(new, "expected less"), NoJob(), problem, ModelKind.SOLVER, None)
    assert searching.searched_by is ModelKind.SOLVER
    assert (searching.section, searching.step, searching.job_error) == (Section.OPTIMISE, Step.OPTIMUM, None)
    failed = jobs.collect(searching, Snapshot(JobKind.SEARCHING, running=False, error="it failed"))
    assert (failed.job, failed.job_error, failed.optimum) == (None, "it failed", None)


def test_a_sweep_replaces_the_earlier_front_and_names_its_limit(new: Session) -> None:
    sweeping = jobs.begin_sweep(replace(new, front_point=2), NoJob(), "height")
    assert (sweeping.swept, sweeping.front, sweeping.front_point) == ("height", None, None)


def test_values_that_the_page_has_shown_are_echoes_for_a_while() -> None:
    echoes = Echoes().with_shown("alpha", 0.0, 0.0).with_shown("alpha", 2.0, 10.0)
    assert echoes.is_echo("alpha", 2.0, 1e9)
    assert echoes.is_echo("alpha", 0.0, 10.0 + 0.9 * ECHO_SECONDS)
    assert not echoes.is_echo("alpha", 0.0, 10.0 + 1.1 * ECHO_SECONDS)
    assert not echoes.is_echo("alpha", 3.0, 10.0)
    assert not echoes.is_echo("other", 2.0, 10.0)
    moved = echoes.chosen("alpha", 5.0)
    assert not moved.is_echo("alpha", 0.0, 10.0)
    assert moved.is_echo("alpha", 5.0, 10.0)


def test_of_the_values_that_a_control_has_shown_the_last_are_kept() -> None:
    echoes = Echoes()
    for value in range(20):
        echoes = echoes.with_shown("alpha", value, 0.0)
    assert len(echoes.earlier["alpha"]) == KEPT
    assert echoes.with_shown("alpha", 19, 1.0) is echoes


@pytest.mark.parametrize("name", ["/etc/passwd", "teardrop.dat", "ellipse:1e9", "x" * 5000])
def test_a_body_that_the_list_does_not_offer_is_refused(new: Session, name: str) -> None:
    after = edits.open_listed(chosen(new, start_from=name))
    assert (after.design.error or "").startswith("expected a body of the list")
    assert after.design.history == new.design.history


@pytest.mark.parametrize("digits", ["", "12", "00x2", "0012/../x", "٠٠١٢", "0" * 5000])
def test_digits_of_no_section_are_refused(new: Session, digits: str) -> None:
    after = edits.open_section(chosen(new, digits=digits))
    assert (after.design.error or "").startswith("expected the four digits")
    assert len(after.design.error or "") < 200


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.0, 1e9])
def test_conditions_out_of_their_range_are_refused(new: Session, bad: float) -> None:
    for edit in (edits.set_reynolds, edits.set_incidence):
        after = edit(new, bad if bad > 0.0 or edit is edits.set_reynolds else -91.0)
        assert "expected a" in (after.design.error or "")
        assert after.design.history == new.design.history


@pytest.mark.parametrize("share", [[0, 0, math.nan, 1], [0, 0, 1e400, 1], "0011", [0, 0, 1, "1"], {"a": 1}, [[]] * 4])
def test_a_share_that_is_none_shows_the_whole_drawing(new: Session, share: Any) -> None:
    assert edits.zoom(new, share).design.share is None


@pytest.mark.parametrize("outline", ["0,0\n1,0\n1,{0}\n0.5,{0}\n0,{0}\n", "0,0\n1,0\n2,{0}\n1,{0}\n0.5,{0}\n"])
@pytest.mark.parametrize("height", [1e-3, 1e-6])
def test_a_file_with_a_needle_is_refused(new: Session, outline: str, height: float) -> None:
    after = edits.open_upload(new, outline.format(height).encode(), "needle.csv")
    assert "expected a" in (after.design.error or "")
    assert after.design.history == new.design.history


def test_a_problem_with_very_many_constraints_is_refused(new: Session) -> None:
    points = tuple(DesignPoint(FlowConditions(10.0)) for _ in range(MOST_ROWS + 2))
    content = problem_bytes(Problem(load_body("circle"), points))
    after = open_file(new, content, "many.json")
    assert "at most 20 constraints" in (after.project.error or "")
    assert after.design == new.design


def test_an_edit_of_a_choice_that_is_not_offered_changes_nothing(new: Session) -> None:
    assert set_objective(new, "nonsense") is new
    assert add_constraint(new, "nonsense") is new


@pytest.mark.parametrize("root", ["a\0b", "/" + "x" * 5000, "/dev/null", "/etc/passwd/runs", "\ud800"])
def test_a_folder_of_runs_that_cannot_be_is_refused(new: Session, root: str) -> None:
    after = set_root(new, root)
    assert (after.train.error or "").startswith("expected a folder for the runs")
    assert after.train.root == new.train.root
    again = set_root(after, "runs/new")
    assert (again.train.root, again.train.error) == ("runs/new", None)

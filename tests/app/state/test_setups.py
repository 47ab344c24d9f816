"""Setups of the page: problems that read back, rows that are edited and dragged."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.edits import setup as edits
from fusiform.app.edits.design import new_session
from fusiform.app.edits.kind import set_kind
from fusiform.app.state.constraint_rows import FORMS, REVOLUTION_FORMS, constraint_of, dragged, entry_of, first_row
from fusiform.app.state.setup import OBJECTIVES, Setup, problem_of, setup_of
from fusiform.solvers import FlowConditions, InputError, load_body
from fusiform.solvers.inverse import (
    DesignPoint,
    Lift,
    Problem,
    UserConstraint,
    UserObjective,
)
from fusiform.solvers.inverse.problem.problem_file import read_problem

PROBLEMS = sorted(p for p in Path(str(files("fusiform.assets").joinpath("problems"))).iterdir() if p.suffix == ".toml")
CONDITIONS = FlowConditions(10.0)


@pytest.mark.parametrize("spec", ["circle", "naca2412", "ellipse:4"])
@pytest.mark.parametrize("kind", FORMS)
def test_first_numbers_make_a_problem_that_reads_back(spec: str, kind: str) -> None:
    body = load_body(spec)
    setup = Setup(rows=(first_row(kind, body),))
    asked = problem_of(body, CONDITIONS, setup, "fine")
    assert problem_of(body, CONDITIONS, setup_of(asked), "fine").to_dict() == asked.to_dict()


@pytest.mark.parametrize("spec", ["sphere", "suboff"])
@pytest.mark.parametrize("kind", REVOLUTION_FORMS)
def test_first_numbers_around_an_axis_make_a_problem_that_reads_back(spec: str, kind: str) -> None:
    body = load_body(spec)
    asked = problem_of(body, CONDITIONS, Setup(rows=(first_row(kind, body),), hold="wetted_area"), "fine")
    assert problem_of(body, CONDITIONS, setup_of(asked), "fine").to_dict() == asked.to_dict()


def test_the_constraints_of_a_section_are_turned_about_the_axis_and_back() -> None:
    session = new_session({})
    for kind in ("payload_rectangle", "keep_out_circle", "max_height", "lift", "symmetry"):
        session = edits.add_constraint(session, kind)
    turned = set_kind(edits.set_objective(session, "lift_to_drag"), "Of revolution")
    kinds = ["payload_cylinder", "keep_out_sphere", "max_height"]
    assert ([row["kind"] for row in turned.setup.rows], turned.setup.objective) == (kinds, "drag")
    assert turned.problem.body.revolution
    box, cylinder = session.setup.rows[0], turned.setup.rows[0]
    assert (cylinder["length"], cylinder["diameter"]) == (box["width"], box["height"])
    back = set_kind(turned, "Plane").setup.rows
    assert [entry_of(row) for row in back] == [entry_of(row) for row in session.setup.rows[:3]]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_makes_a_problem_that_reads_back(objective: str) -> None:
    body = load_body("ellipse:2")
    setup = Setup(objective=objective, lift=0.3)
    asked = problem_of(body, FlowConditions(10.0, 4.0), setup, "fine")
    assert setup_of(asked).objective == objective
    assert [c.describe() for c in asked.force_constraints] == (
        ["lift coefficient 0.3"] if objective == "drag_at_lift" else []
    )


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_the_problem_files_become_setups_and_problems_again(path: Path) -> None:
    asked = read_problem(path)
    again = problem_of(asked.body, asked.points[0].conditions, setup_of(asked), asked.verify or "fine").to_dict()
    again["options"].pop("timeout")
    assert again == asked.to_dict()


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({"row": 0, "grip": "move", "dx": 0.1, "dy": 0.002, "version": 1}, {"x": 0.1, "y": 0.0}),
        ({"row": 0, "grip": "size", "dx": 0.1, "dy": -0.05, "version": 1}, {"width": 0.7, "height": 0.25}),
        ({"row": 0, "grip": "move", "dx": 0.1, "dy": 0.0, "version": 0}, {"x": 0.0}),
        ({"row": 5, "grip": "move", "dx": 0.1, "dy": 0.0, "version": 1}, {"x": 0.0}),
        ({"row": 0, "grip": "other", "dx": 0.1, "dy": 0.0, "version": 1}, {"x": 0.0}),
        ({"row": 0, "grip": "move", "dx": "nan", "dy": 0.0, "version": 1}, {"x": 0.0}),
        ({"row": 0, "grip": "value", "dx": 0.1, "dy": 0.0, "version": 1}, {"x": 0.0}),
        ({"row": 0}, {"x": 0.0}),
        ("row", {"x": 0.0}),
    ],
)
def test_a_drag_changes_the_numbers_of_its_grip_and_nonsense_changes_nothing(moved: Any, expected: Any) -> None:
    row = edits.drag(edits.add_constraint(new_session({}), "payload_rectangle"), moved).setup.rows[0]
    assert {key: row[key] for key in expected} == pytest.approx(expected)


def test_edits_leave_the_setup_as_it_was_and_rows_have_ids_of_their_own() -> None:
    first = new_session({})
    full = first
    for _ in range(edits.MOST_ROWS + 1):
        full = edits.add_constraint(full, "max_length")
    assert first.setup == Setup()
    assert [row["id"] for row in full.setup.rows] == list(range(edits.MOST_ROWS))
    fewer = edits.set_number(edits.remove_constraint(full, 3), 4, "value", 2.0)
    assert fewer.setup.rows[3] == {"kind": "max_length", "id": 4, "value": 2.0}
    restored = edits.restore(full, fewer.problem, None).setup
    assert [row["id"] for row in restored.rows] == [edits.MOST_ROWS + n for n in range(edits.MOST_ROWS - 1)]
    assert restored.version == full.setup.version + 1
    assert [row["kind"] for row in edits.set_objective(first, "nearest").setup.rows] == ["drag"]
    assert edits.set_option(first, "starts", 3).problem.starts == 3
    assert edits.set_lift(edits.set_objective(first, "drag_at_lift"), 0.3).problem.force_constraints == (
        Lift(0.3, 0.3),
    )
    assert edits.set_weight(first, 2.0).problem.points[0].weight == 2.0


def test_grips_change_what_they_stand_for() -> None:
    body = load_body("ellipse:2")
    length = {"kind": "max_length", "value": 1.0}
    assert dragged(length, "value", 0.1 + 0.5j, body)["value"] == pytest.approx(1.2)
    bar = {"kind": "min_thickness", "value": 0.5, "at": 0.5}
    assert dragged(bar, "value", 0.5 + 0.05j, body)["value"] == pytest.approx(0.6)
    assert dragged(bar, "at", 0.1 * body.length + 0j, body)["at"] == pytest.approx(0.6)
    assert dragged(bar, "at", 9.0 + 0j, body)["at"] == 0.95
    disc = {"kind": "payload_circle", "x": 0.0, "y": 0.0, "radius": 0.1}
    assert dragged(disc, "size", -0.5 + 0j, body)["radius"] == pytest.approx(0.02)


def test_a_row_whose_number_makes_no_sense_is_not_drawn_and_does_not_move() -> None:
    body = load_body("circle")
    row = {"kind": "max_length", "value": -1.0}
    assert constraint_of(row) is None
    assert dragged(row, "value", 0.1 + 0j, body) == row
    assert 'data-row="' not in sketch.draw(sketch.outline(body), body, [row], 0.0).svg


@pytest.mark.parametrize(
    "own",
    [
        {"objective": UserObjective("the drag squared", lambda drag, lift: drag.sum() ** 2)},
        {"constraints": (UserConstraint("low", lambda z: z.imag),)},
    ],
)
def test_a_problem_with_functions_of_the_users_own_is_no_setup(own: dict[str, Any]) -> None:
    asked = Problem(load_body("circle"), (DesignPoint(CONDITIONS),), **own)
    with pytest.raises(InputError, match="in Python"):
        setup_of(asked)

"""The edits of the optimisation that is set up: its objective, constraints and options, and opening a project."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from fusiform.app.edits.design import open_body
from fusiform.app.results.kept_results import Optimum
from fusiform.app.results.opened_project import open_project
from fusiform.app.state.constraint_rows import Row, dragged, first_row, forms_of
from fusiform.app.state.session import DragSource, ProjectState, Section, Session, Step
from fusiform.app.state.setup import HELD, objectives_of, setup_of
from fusiform.solvers import InputError
from fusiform.solvers.common.errors import require
from fusiform.solvers.inverse import ModelKind, Problem

MOST_ROWS = 20
LONGEST_WAY = 20.0


def _with_rows(session: Session, rows: Iterable[Row]) -> Session:
    return replace(session, setup=session.setup.with_rows(rows), step=Step.PROBLEM)


def add_constraint(session: Session, kind: str) -> Session:
    """Add a constraint with the first numbers for the present body, up to `MOST_ROWS` of them."""
    setup = session.setup
    body = session.design.present.body
    if len(setup.rows) >= MOST_ROWS or kind not in forms_of(revolution=body.revolution):
        return session
    row = first_row(kind, body) | {"id": setup.next_row}
    changed = _with_rows(session, [*setup.rows, row])
    return replace(changed, setup=replace(changed.setup, next_row=setup.next_row + 1))


def remove_constraint(session: Session, number: int) -> Session:
    """Remove the constraint `number`."""
    return _with_rows(session, (row for row in session.setup.rows if row["id"] != number))


def set_number(session: Session, number: int, key: str, value: Any) -> Session:
    """Set a number of the constraint `number`."""
    return _with_rows(session, (row | {key: value} if row["id"] == number else row for row in session.setup.rows))


def set_objective(session: Session, objective: str) -> Session:
    """Set the objective; "nearest" brings the constraint of the drag that it needs."""
    if objective not in objectives_of(revolution=session.design.present.revolution):
        return session
    session = replace(session, setup=replace(session.setup, objective=objective))
    if objective == "nearest" and all(row["kind"] != "drag" for row in session.setup.rows):
        return add_constraint(session, "drag")
    return session


def set_lift(session: Session, lift: float) -> Session:
    """Set the prescribed lift."""
    return replace(session, setup=replace(session.setup, lift=lift))


def set_best_number(session: Session, best_number: float) -> Session:
    """Set the Best number C_D Re² of the body that falls by its weight."""
    return replace(session, setup=replace(session.setup, best_number=best_number))


def set_hold(session: Session, hold: str) -> Session:
    """Set the size that bodies of revolution keep."""
    if hold not in HELD:
        return session
    return replace(session, setup=replace(session.setup, hold=hold))


def set_weight(session: Session, weight: float) -> Session:
    """Set the weight of the first conditions."""
    return replace(session, setup=replace(session.setup, weight=weight))


def set_option(session: Session, key: str, value: Any) -> Session:
    """Set an option of the search."""
    return replace(session, setup=replace(session.setup, options={**session.setup.options, key: value}))


def drag(session: Session, moved: Any) -> Session:
    """Move a grip of the sketch: `moved` is {"row", "grip", "dx", "dy", "version"}, in the body's unit.

    A message about an outdated sketch, or one that is not valid, changes nothing.
    """
    if not isinstance(moved, dict) or moved.get("version") != session.setup.version:
        return session
    try:
        number, grip = int(moved["row"]), str(moved["grip"])
        displacement = complex(float(moved["dx"]), float(moved["dy"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return session
    body, rows = session.design.present.body, list(session.setup.rows)
    if not (0 <= number < len(rows) and abs(displacement) < LONGEST_WAY * body.reference_length):
        return session
    rows[number] = dragged(rows[number], grip, displacement, body)
    return _with_rows(session, rows)


def open_file(session: Session, content: bytes, file_name: str) -> Session:
    """Open a project or problem file."""
    name = re.sub(r"[^\w .+-]", "", Path(file_name).stem)[:40]
    opened = replace(session, project=ProjectState(session.project.uploads + 1, name))
    try:
        project = open_project(content, file_name)
        return restore(opened, project.problem, project.optimum)
    except InputError as error:
        return replace(session, project=replace(session.project, error=str(error)))


def restore(session: Session, problem: Problem, optimum: Optimum | None) -> Session:
    """Open a problem, and its optimum if it has one; `InputError` for one that the page does not take."""
    setup = setup_of(problem)
    require(
        len(setup.rows) <= MOST_ROWS,
        f"expected at most {MOST_ROWS} constraints and further conditions, got {len(setup.rows)}; solve it in Python",
    )
    session = open_body(session, problem.body, problem.points[0].conditions)
    session = replace(session, setup=setup.after(session.setup))
    settings = replace(session.settings, start_from=None, grid=problem.verify or session.settings.grid)
    if optimum is not None:
        model = DragSource.SOLVER if optimum.result.model_kind is ModelKind.SOLVER else DragSource.SURROGATE
        settings = replace(settings, model=model)
    step = Step.PROBLEM if optimum is None else Step.OPTIMUM
    session = replace(session, settings=settings, section=Section.OPTIMISE, step=step)
    return replace(session, optimum=optimum, front=None, earlier=None)

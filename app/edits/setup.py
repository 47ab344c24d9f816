"""The edits of the optimisation that is set up: its objective, constraints and options, and opening a project."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from fusiform.app.edits.design import open_body
from fusiform.app.state.constraint_rows import Row, dragged, first_row
from fusiform.app.state.kept_results import Optimum
from fusiform.app.state.opened_project import open_project
from fusiform.app.state.session import (
    OPTIMISE,
    OPTIMUM,
    PROBLEM,
    SOLVER,
    SURROGATE,
    ProjectState,
    Session,
    SetupState,
)
from fusiform.app.state.setup import Setup, setup_of
from fusiform.solvers import InputError
from fusiform.solvers.inverse import Problem

MOST_ROWS = 20
LONGEST_WAY = 20.0


def _with_rows(session: Session, rows: list[Row]) -> Session:
    changed = replace(session.setup, values=session.setup.values | {"rows": rows}, version=session.setup.version + 1)
    return replace(session, setup=changed, step=PROBLEM)


def add_constraint(session: Session, kind: str) -> Session:
    """Add a constraint with the first numbers for the present body, up to `MOST_ROWS` of them."""
    rows, number = session.setup.values["rows"], session.setup.next_row
    if len(rows) >= MOST_ROWS:
        return session
    row = first_row(kind, session.design.present.body) | {"id": number}
    changed = _with_rows(session, [*rows, row])
    return replace(changed, setup=replace(changed.setup, next_row=number + 1))


def remove_constraint(session: Session, number: int) -> Session:
    """Remove the constraint `number`."""
    return _with_rows(session, [row for row in session.setup.values["rows"] if row["id"] != number])


def set_number(session: Session, number: int, key: str, value: Any) -> Session:
    """Set a number of the constraint `number`."""
    rows = session.setup.values["rows"]
    return _with_rows(session, [row | {key: value} if row["id"] == number else row for row in rows])


def set_entry(session: Session, key: str, value: Any) -> Session:
    """Set an entry of the setup. The objective "nearest" brings the constraint of the drag that it needs."""
    values = session.setup.values | {key: value}
    session = replace(session, setup=replace(session.setup, values=values))
    if key == "objective" and value == "nearest" and all(row["kind"] != "drag" for row in values["rows"]):
        return add_constraint(session, "drag")
    return session


def set_option(session: Session, key: str, value: Any) -> Session:
    """Set an option of the search."""
    options = session.setup.values["options"] | {key: value}
    return replace(session, setup=replace(session.setup, values=session.setup.values | {"options": options}))


def drag(session: Session, moved: Any) -> Session:
    """Move a grip of the sketch: `moved` is {"row", "grip", "dx", "dy", "version"}, in the body's unit.

    An answer to an older sketch than the present one, and one that makes no sense, changes nothing.
    """
    if not isinstance(moved, dict) or moved.get("version") != session.setup.version:
        return session
    try:
        number, grip = int(moved["row"]), str(moved["grip"])
        displacement = complex(float(moved["dx"]), float(moved["dy"]))
    except (KeyError, TypeError, ValueError):
        return session
    body, rows = session.design.present.body, list(session.setup.values["rows"])
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
    """Open a problem, and its optimum if it has one."""
    session = _with_setup(open_body(session, problem.body, problem.points[0].conditions), setup_of(problem))
    settings = replace(session.settings, start_from=None, grid=problem.verify or session.settings.grid)
    if optimum is not None:
        model = SOLVER if optimum.result.model.startswith("solver") else SURROGATE
        settings = replace(settings, model=model)
    step = PROBLEM if optimum is None else OPTIMUM
    session = replace(session, settings=settings, section=OPTIMISE, step=step)
    return replace(session, optimum=optimum, front=None, earlier=None)


def _with_setup(session: Session, setup: Setup) -> Session:
    """`setup` as the present one, its constraints with new numbers."""
    first = session.setup.next_row
    rows = [row | {"id": first + place} for place, row in enumerate(setup["rows"])]
    state = SetupState(setup | {"rows": rows}, session.setup.version + 1, first + len(rows))
    return replace(session, setup=state)

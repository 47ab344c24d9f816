"""The optimisation that a session is set to: objective, constraints and options, and the edits that the page asks for.

Kept as plain values in `session_state.setup` (see `problems`); each constraint has an `id` that names its controls.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import streamlit as st

from fusiform.app.state.constraint_rows import Row, dragged, first_row
from fusiform.app.state.kept_results import Optimum
from fusiform.app.state.opened_project import open_project
from fusiform.app.state.setup import Setup, first_setup, problem_of, setup_of
from fusiform.app.views.shared import answers, session
from fusiform.app.views.shared.words import sentence
from fusiform.solvers import InputError
from fusiform.solvers.inverse import Problem
from fusiform.solvers.inverse.search.feasibility import contradiction

PROBLEM, OPTIMUM, FRONT = "Problem", "Optimum", "Trade-off"
MOST_ROWS = 20


def ready() -> None:
    """Called at the start of each run: there is a setup, and the drawings of this section have a state."""
    state = st.session_state
    if "setup" not in state:
        state.next_row, state.setup_version, state.uploads = 0, 0, 0
        state.project_error, state.project_name = None, None
        _take(first_setup())
    state.step = state.get("step", PROBLEM)


def _take(setup: Setup) -> None:
    """Make `setup` the present one, its constraints with new numbers."""
    state = st.session_state
    rows = []
    for row in setup["rows"]:
        rows.append(row | {"id": state.next_row})
        state.next_row += 1
    state.setup = setup | {"rows": rows}
    state.setup_version += 1


def present() -> Problem:
    """The problem as it is now; `InputError` where a number makes no sense."""
    design = session.present()
    return problem_of(answers.body_of(design), design.conditions, st.session_state.setup, st.session_state.grid)


def trouble_in_numbers() -> str | None:
    """The sentence about a number that makes no sense, if one is there."""
    try:
        present()
    except InputError as error:
        return sentence(str(error))
    return None


def trouble() -> str | None:
    """The sentence about what cannot be, if the numbers tell already."""
    wrong = trouble_in_numbers()
    if wrong is not None:
        return wrong
    problem = present()
    found = contradiction(problem.body, (*problem.constraints, *problem.force_constraints))
    return None if found is None else sentence(f"the constraints contradict each other: {found}")


def rows() -> list[Row]:
    """The constraints."""
    found: list[Row] = st.session_state.setup["rows"]
    return found


def add() -> None:
    """A constraint was chosen of the menu."""
    state = st.session_state
    kind, state.add_constraint = state.add_constraint, None
    if kind is None or len(rows()) >= MOST_ROWS:
        return
    body = answers.body_of(session.present())
    _change([*rows(), first_row(kind, body) | {"id": state.next_row}])
    state.next_row += 1


def remove(number: int) -> None:
    """Take a constraint away."""
    _change([row for row in rows() if row["id"] != number])


def write(number: int, key: str) -> None:
    """A number of a constraint was written."""
    value = st.session_state[widget(number, key)]
    _change([row | {key: value} if row["id"] == number else row for row in rows()])


def _change(changed: list[Row]) -> None:
    state = st.session_state
    state.setup = state.setup | {"rows": changed}
    state.setup_version += 1
    state.step = PROBLEM


def widget(number: int, key: str) -> str:
    """The name of the control of a number."""
    return f"row_{number}_{key}"


def set_entry(key: str) -> None:
    """The objective or a number of the setup was chosen; `key` is also that of its control."""
    st.session_state.setup = st.session_state.setup | {key: st.session_state[key]}
    setup = st.session_state.setup
    if key == "objective" and setup["objective"] == "nearest" and all(row["kind"] != "drag" for row in rows()):
        st.session_state.add_constraint = "drag"
        add()


def set_option(key: str) -> None:
    """An option was chosen; its control is called `option_` + key."""
    setup = st.session_state.setup
    st.session_state.setup = setup | {"options": setup["options"] | {key: st.session_state[f"option_{key}"]}}


def drag(moved: Any) -> None:
    """A grip of the sketch was moved; what comes from the browser is checked again."""
    state = st.session_state
    if not isinstance(moved, dict) or moved.get("version") != state.setup_version:
        return
    try:
        number, grip = int(moved["row"]), str(moved["grip"])
        way = complex(float(moved["dx"]), float(moved["dy"]))
    except (KeyError, TypeError, ValueError):
        return
    body = answers.body_of(session.present())
    if 0 <= number < len(rows()) and abs(way) < 20.0 * body.reference_length:
        changed = list(rows())
        changed[number] = dragged(changed[number], grip, way, body)
        _change(changed)


def upload() -> None:
    """A project or problem file was given."""
    state = st.session_state
    file = state.get(upload_key())
    if file is None:
        return
    try:
        project = open_project(file.getvalue(), file.name)
        setup_of(project.problem)
    except InputError as error:
        state.project_error = str(error)
        return
    state.project_error, state.uploads = None, state.uploads + 1
    state.project_name = re.sub(r"[^\w .+-]", "", Path(file.name).stem)[:40]
    restore(project.problem, project.optimum)


def restore(problem: Problem, optimum: Optimum | None) -> None:
    """Open a problem, and its optimum if it has one."""
    state = st.session_state
    session.open_body(problem.body, problem.points[0].conditions)
    _take(setup_of(problem))
    if problem.verify is not None:
        state.grid = problem.verify
    if optimum is not None:
        state.model = session.SOLVER if optimum.result.model.startswith("solver") else session.SURROGATE
    state.optimum, state.front, state.earlier, state.start_from = optimum, None, None, None
    state.view, state.step = session.OPTIMUM, PROBLEM if optimum is None else OPTIMUM


def upload_key() -> str:
    """The name of the uploader, another one after each opened file so that it is empty again."""
    return f"project_{st.session_state.uploads}"

"""The frame of the problem that is set up: its sketch, its description, and the sentence about an error in it."""

from __future__ import annotations

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.frames.shared.formatting import plain, sentence
from fusiform.app.state.session import Session
from fusiform.app.state.setup import HELD
from fusiform.solvers import InputError
from fusiform.solvers.inverse.problem.contradictions import contradiction_in


def trouble_in_numbers(session: Session) -> str | None:
    """The sentence about a number out of its range, if there is one."""
    try:
        _ = session.problem
    except InputError as error:
        return sentence(str(error))
    return None


def trouble(session: Session) -> str | None:
    """The sentence about a number out of its range, or about conditions that exclude each other."""
    try:
        problem = session.problem
    except InputError as error:
        return sentence(str(error))
    reason = contradiction_in(problem)
    return None if reason is None else sentence(f"the constraints contradict each other: {reason}")


def problem_sketch(session: Session) -> sketch.Drawing:
    """The body with its constraints and their grips."""
    now = session.design.present
    return sketch.draw(sketch.outline(now.body), now.body, session.setup.rows, now.alpha_deg, grips=True)


def problem_words(session: Session) -> str:
    """The text under the sketch."""
    now = session.design.present
    rows = session.setup.rows
    words = "Drag the white handles, or write numbers in the list." if rows else "Add constraints in the list."
    at, kept = ("", HELD[session.setup.hold]) if now.revolution else (f", α = {now.alpha_deg:g}°", "area")
    return (
        f"{plain(now.name)} at Re = {now.reynolds:g}{at}; lengths in its own unit, "
        f"d = {now.reference_length:.4g}. {words} Its {kept} is kept. Then press Optimise."
    )

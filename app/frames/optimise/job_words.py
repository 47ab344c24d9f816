"""A job in words, and the kinds of jobs that Stop can end."""

from __future__ import annotations

from fusiform.app.frames.shared.formatting import value_or_dash
from fusiform.app.state.job_snapshot import JobKind, Snapshot
from fusiform.solvers.inverse import Drag, Phase


def job_words(now: Snapshot) -> str:
    """The state of a job as a sentence."""
    if now.stopping:
        return "Stopping …"
    if now.place:
        return f"The server is computing for others. Your turn comes by itself: you are number {now.place} in line."
    if now.kind is JobKind.SWEEPING:
        return f"Optimising for each value: {len(now.points)} done"
    if now.kind is JobKind.SOLVING:
        return "Solving …"
    if not now.history:
        return "Starting the search …"
    last = now.history[-1]
    verb = "Certifying with the solver" if last.phase is Phase.CERTIFYING else "Searching"
    best = last.best_drag_coefficient if last.gain.quantity == Drag.quantity else last.gain.best
    return f"{verb}: evaluation {last.evaluation}, best {last.gain.quantity.noun} {value_or_dash(best)}"


def can_stop(now: Snapshot) -> bool:
    """True if the job ends on request: it waits, or it stops between two evaluations. A solve cannot be interrupted."""
    return now.place > 0 or now.kind is not JobKind.SOLVING

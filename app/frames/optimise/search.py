"""The frame of a running search: its numbers and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fusiform.app.background.cache import OwnedCache
from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.drawings.convergence import convergence
from fusiform.app.frames.optimise.search_model import by_source
from fusiform.app.frames.shared.formatting import coefficient, formula, gain_percent, value_or_dash
from fusiform.app.frames.shared.metric import START, Metric
from fusiform.app.results.definitions import COEFFICIENTS
from fusiform.app.state.job_snapshot import Snapshot
from fusiform.app.state.setup import setup_of
from fusiform.solvers import Body
from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.inverse import Iterate, ModelKind, Problem
from fusiform.solvers.inverse import Phase as SearchPhase
from fusiform.solvers.inverse.search.run.iterate import UNKNOWN

TRAIL = 5
_pictures: OwnedCache[Problem, tuple[str, str]] = OwnedCache(1)


def search_numbers(now: Snapshot, held: Held = Held.AREA, kind: ModelKind = ModelKind.SURROGATE) -> tuple[Metric, ...]:
    """The numbers of a running search by a model of that `kind`; start and change are those of the optimum that it
    leads to, by the model."""
    history = now.history
    gain = history[-1].gain if history else UNKNOWN
    quantity, symbol = gain.quantity, formula(gain.quantity)
    solving = bool(history) and history[-1].phase is SearchPhase.CERTIFYING
    words = COEFFICIENTS[held]
    by, who = by_source(kind), "solver" if solving or kind is ModelKind.SOLVER else "model"
    best = f"solver: drag {coefficient(history[-1].best_drag_coefficient)}" if solving else by
    return (
        Metric(f"Start {symbol}", value_or_dash(gain.start), by, f"{START} {words}"),
        Metric(f"Best {symbol}", value_or_dash(gain.best), best, "The best body so far within the constraints."),
        Metric(quantity.change.capitalize(), gain_percent(gain), by, f"Change of {quantity.noun} so far."),
        Metric("Evaluations", str(len(history)), None, "Queries of the model or the solver, each with its gradient."),
        Metric("By", who, None, "The source of the present drag: the chosen model searches, the solver certifies."),
        Metric("Time", f"{now.seconds:.0f} s", None, "Wall-clock time since Optimise was pressed."),
    )


def search_pictures(problem: Problem, history: Sequence[Iterate]) -> tuple[str, str]:
    """The bodies and the drags of a search as SVG, drawn anew for each evaluation."""
    return _pictures.get_or_make(problem, len(history), lambda: (_morph(problem, history), convergence(history)))


def _morph(problem: Problem, history: Sequence[Iterate]) -> str:
    """The best body so far, the start, and some of the bodies on the way, in the frame of the start."""
    start, ghost = problem.body, sketch.outline(problem.body)
    lines = [_outline(problem, iterate) for iterate in _milestones(history)]
    best, trail = (lines[-1], lines[:-1]) if lines else (ghost, [])
    rows, alpha_deg = setup_of(problem).rows, problem.points[0].conditions.alpha_deg
    return sketch.draw(best, start, rows, alpha_deg, ghost=ghost, trail=trail).svg


def _milestones(history: Sequence[Iterate]) -> list[Iterate]:
    """The best evaluation, and up to `TRAIL` of the earlier best ones."""
    best = [iterate for iterate in history if iterate.drag_coefficient <= iterate.best_drag_coefficient]
    step = max(1, len(best) // (TRAIL + 1))
    return [*best[step:-1:step], *best[-1:]]


def _outline(problem: Problem, iterate: Iterate) -> ComplexArray:
    return sketch.outline(body_of(problem, iterate))


def body_of(problem: Problem, iterate: Iterate) -> Body:
    """The body of an evaluation, of the size that is held."""
    start, held = problem.body, problem.held
    return replace(
        start,
        coefficients=iterate.coefficients,
        reference_length=held.diameter(start) * float(held.own_ratio(iterate.coefficients[None])[0]),
        fit_error=0.0,
        given_outline=None,
    )

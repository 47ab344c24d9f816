"""The fall of the drag during a search, as an SVG drawing for the page and for reports."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from fusiform.app.drawings.constraint_sketch import BODY, GHOST
from fusiform.solvers.inverse import Iterate, ModelKind, Phase

WIDTH, HEIGHT, LEFT, BASE = 430, 250, 52, 222
ROOM = 0.12
MOST_DRAWN = 1000
INK = 'fill="currentColor" opacity=".75"'

Place = Callable[[int, float], tuple[float, float]]


def search_words(kind: ModelKind) -> str:
    """The words to the drawing of a search by a model of that `kind`."""
    colours = "blue by the model, orange by the solver"
    if kind is ModelKind.SOLVER:
        colours = "all by the solver on the elements of the search, orange while certifying"
    return f"Drag C_D of each evaluation (dots) and the best so far (line): {colours}."


def convergence(history: Sequence[Iterate]) -> str:
    """Drag of each evaluation, dots, and the best so far, a line; the search in blue, the certification in orange.

    Evaluations without a drag are left out, and of very many all but about `MOST_DRAWN`.
    """
    total = len(history)
    history = [it for it in history if math.isfinite(it.drag_coefficient) and math.isfinite(it.best_drag_coefficient)]
    history = history[:: 1 + len(history) // MOST_DRAWN]
    if not history:
        return ""
    high = max(history[0].drag_coefficient, *(it.best_drag_coefficient for it in history))
    low = min(it.best_drag_coefficient for it in history)
    place = _scale(len(history), low, high)
    of_solver = [it.phase is Phase.CERTIFYING for it in history]
    parts = [
        _curve(history, [n for n, solver in enumerate(of_solver) if solver is shown], place, colour)
        for shown, colour in ((False, BODY), (True, GHOST))
    ]
    parts += [_label(LEFT - 6, place(0, value)[1] + 4, f"{value:.4g}", "end") for value in (low, high)]
    parts.append(_label(WIDTH - 8, HEIGHT - 8, f"evaluation {total}", "end"))
    parts.append(_label(LEFT, HEIGHT - 8, "1", "start"))
    frame = f'<path d="M{LEFT} 4V{BASE}H{WIDTH - 4}" fill="none" stroke="currentColor" stroke-opacity=".35"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" font-size="12" '
        f'font-family="sans-serif" role="img" aria-label="Drag of each evaluation">{frame}{"".join(parts)}</svg>'
    )


def _scale(count: int, low: float, high: float) -> Place:
    """From the number of an evaluation and its drag to the drawing; drags beyond the limits stay at the edge."""
    room = ROOM * max(high - low, 1e-3 * high)
    top, bottom = high + 2.0 * room, low - room

    def place(number: int, value: float) -> tuple[float, float]:
        x = LEFT + 8 + (WIDTH - LEFT - 18) * number / max(count - 1, 1)
        return x, 8 + (BASE - 8) * (1.0 - (min(max(value, bottom), top) - bottom) / (top - bottom))

    return place


def _curve(history: Sequence[Iterate], numbers: Sequence[int], place: Place, colour: str) -> str:
    """The evaluations `numbers`: a line of the best so far, and a dot with a title for each."""
    if not numbers:
        return ""
    steps = "L".join("{:.1f} {:.1f}".format(*place(n, history[n].best_drag_coefficient)) for n in numbers)
    parts = [f'<path d="M{steps}" fill="none" stroke="{colour}" stroke-width="1.8"/>']
    for n in numbers:
        x, y = place(n, history[n].drag_coefficient)
        title = f"<title>evaluation {history[n].evaluation}: C_D {history[n].drag_coefficient:.5g}</title>"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}">{title}</circle>')
    return "".join(parts)


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.1f}" text-anchor="{anchor}" {INK}>{text}</text>'

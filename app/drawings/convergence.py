"""How the drag fell during a search, as an SVG drawing for the page and for reports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fusiform.app.drawings.constraint_sketch import BODY, GHOST
from fusiform.solvers.inverse import Iterate

WIDTH, HEIGHT, LEFT, BASE = 430, 250, 52, 222
ROOM = 0.12


def convergence(history: Sequence[Iterate]) -> str:
    """Drag of each evaluation, dots, and the best so far, a line; the model's in blue, the solver's in orange."""
    if not history:
        return ""
    drags = np.array([it.drag_coefficient for it in history])
    best = np.array([it.best_drag_coefficient for it in history])
    high, low = float(max(drags[0], best.max())), float(best.min())
    room = ROOM * max(high - low, 1e-3 * high)
    top, bottom = high + 2.0 * room, low - room

    def place(number: int, value: float) -> tuple[float, float]:
        x = LEFT + 8 + (WIDTH - LEFT - 18) * number / max(len(history) - 1, 1)
        return x, 8 + (BASE - 8) * (1.0 - (min(max(value, bottom), top) - bottom) / (top - bottom))

    parts = []
    for phase, colour in (("searching", BODY), ("certifying", GHOST)):
        numbers = [n for n, it in enumerate(history) if (it.phase == "certifying") == (phase == "certifying")]
        if not numbers:
            continue
        steps = "L".join("{:.1f} {:.1f}".format(*place(n, float(best[n]))) for n in numbers)
        parts.append(f'<path d="M{steps}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        for n in numbers:
            x, y = place(n, float(drags[n]))
            title = f"<title>evaluation {n + 1}: C_D {drags[n]:.5g}</title>"
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}">{title}</circle>')
    ink = 'fill="currentColor" opacity=".75"'
    for value in (low, high):
        parts.append(
            f'<text x="{LEFT - 6}" y="{place(0, value)[1] + 4:.1f}" text-anchor="end" {ink}>{value:.4g}</text>'
        )
    parts.append(f'<text x="{WIDTH - 8}" y="{HEIGHT - 8}" text-anchor="end" {ink}>evaluation {len(history)}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}" {ink}>1</text>')
    frame = f'<path d="M{LEFT} 4V{BASE}H{WIDTH - 4}" fill="none" stroke="currentColor" stroke-opacity=".35"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" font-size="12" '
        f'font-family="sans-serif" role="img" aria-label="Drag of each evaluation">{frame}{"".join(parts)}</svg>'
    )

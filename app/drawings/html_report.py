"""A report of an optimisation as one HTML file that needs no other.

Body, conditions, numbers with their definitions, the cost of each constraint, pictures, and provenance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from fusiform.app.drawings.convergence import convergence, search_words
from fusiform.app.drawings.flow_drawing import flow_drawing
from fusiform.app.drawings.optimum_sketch import OVERLAY_WORDS, optimum_sketch
from fusiform.app.drawings.pictures import closed_outline, draw, window_around
from fusiform.app.results.definitions import CONVENTIONS_OF, rows
from fusiform.app.results.kept_results import Optimum
from fusiform.solvers.inverse import ConstraintReport, Problem

FLOW_ASPECT = 1.3
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2rem auto; padding: 0 1rem; color: #1c2733; }
h1 { font-size: 1.6rem; margin-bottom: .2rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem } p { margin: .4rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .92rem }
td, th { padding: .25rem .6rem; text-align: left; border-bottom: 1px solid #dde3e9; vertical-align: top }
td.n { text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; white-space: pre-line }
td.d, figcaption { color: #5a6875 } figure { margin: 0 } figcaption { font-size: .88rem }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem } svg { display: block; width: 100%; height: auto }
.plot { max-width: 560px } html { background: #fff; color-scheme: light }
"""


def report(optimum: Optimum) -> str:
    """The HTML text."""
    result = optimum.result
    problem = result.problem
    held = problem.held
    title = f"{problem.body.name}: {problem.objective.describe()}"
    parts = [
        f"<h1>{escape(title)}</h1><p>{escape(_points(problem))}. Model of the search: {escape(result.model)}.</p>",
        f"<p>{escape(result.status)}</p>",
        f"<p>The start is a fit: {problem.body.fit_warning}.</p>" if problem.body.fit_warning else "",
        f"<h2>Body</h2>{optimum_sketch(optimum)}<p>{OVERLAY_WORDS}</p>",
        "<h2>Numbers</h2>" + _numbers(optimum) + f"<p>{escape(CONVENTIONS_OF[held])}</p>",
        "<h2>Constraints</h2>" + _constraints(result.constraints, held.words),
        _flows(optimum),
        f'<h2>Search</h2><div class="plot">{convergence(result.history)}</div>',
        f"<p>{search_words(result.model_kind)}</p>",
        "<h2>Provenance</h2>" + _table(result.provenance) + _options(problem.to_dict()["options"]),
        "<h2>Coefficients a_k of the optimum</h2>" + _coefficients(result.body.coefficients.tolist()),
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>{"".join(parts)}</html>'
    )


def _points(problem: Problem) -> str:
    """The design points, with their weights if there are several."""
    return "; ".join(
        f"Re = {p.conditions.reynolds:g}"
        + ("" if problem.body.revolution else f", α = {p.conditions.alpha_deg:g}°")
        + (f", weight {p.weight:g}" if len(problem.points) > 1 else "")
        for p in problem.points
    )


def _numbers(optimum: Optimum) -> str:
    result = optimum.result
    numbers = result.summary() | {
        "reynolds": result.conditions.reynolds,
        "alpha_deg": result.conditions.alpha_deg,
        "reference_length": result.problem.held.diameter(result.body),
        "area": result.body.area,
    }
    if result.body.revolution:
        numbers |= {"volume": result.body.volume, "wetted_area": result.body.wetted_area}
    cells = "".join(
        f'<tr><td>{escape(label.strip())}</td><td class="n">{escape(value)}</td><td class="d">{escape(words)}</td></tr>'
        for label, value, words in rows(numbers)
    )
    return f"<table>{cells}</table>"


def _constraints(reports: Sequence[ConstraintReport], held: str) -> str:
    if not reports:
        return f"<p>None but the {held}, which is kept.</p>"
    lines = "".join(
        f'<tr><td>{escape(r.description)}</td><td class="n">{r.slack:.4g}</td>'
        f'<td>{"yes" if r.active else "no"}</td><td class="n">{r.gain:.4g}</td><td class="d">{escape(r.unit)}</td></tr>'
        for r in reports
    )
    head = "<tr><th>constraint</th><th>slack</th><th>active</th><th>gain</th><th>per</th></tr>"
    return (
        f"<table>{head}{lines}</table><p>Slack: how far the body is from the limit. Gain: by how much the objective "
        "would fall for relaxing the limit by one unit, to first order. "
        f"The {held} is always kept.</p>"
    )


def _flows(optimum: Optimum) -> str:
    start, best = optimum.initial, optimum.verified
    if start is None or best is None:
        return ""
    outlines = [closed_outline(answer.field) for answer in (start, best)]
    window = window_around(outlines, FLOW_ASPECT)
    pictures = [draw(answer.field, window) for answer in (start, best)]
    top = math.ceil(10.0 * max(float(p.speed.max()) for p in pictures)) / 10.0
    figures = "".join(
        f"<figure>{flow_drawing(p, top)}"
        f"<figcaption>{name}: C_D = {_drag(answer.drag_coefficient)}, by the solver</figcaption></figure>"
        for name, p, answer in zip(("Start", "Optimum"), pictures, (start, best), strict=True)
    )
    words = f"<p>Colours: speed |u|/U from 0 to {top:g}. Lines: streamlines.</p>"
    return f'<h2>Flow</h2><div class="pair">{figures}</div>{words}'


def _drag(value: float) -> str:
    """A drag coefficient; a dash where the solver has none."""
    return f"{value:.5g}" if math.isfinite(value) else "–"


def _table(values: Mapping[str, Any]) -> str:
    lines = "".join(f"<tr><td>{escape(str(k))}</td><td>{escape(str(v))}</td></tr>" for k, v in values.items())
    return f"<table>{lines}</table>"


def _options(values: dict[str, Any]) -> str:
    words = ", ".join(f"{key} {value}" for key, value in values.items())
    return f"<p>Options of the search: {escape(words)}.</p>"


def _coefficients(values: Sequence[complex]) -> str:
    last = max((k for k, a in enumerate(values) if abs(a) > 1e-12), default=0)
    pairs = ", ".join(f"({a.real:.8g}, {a.imag:.8g})" for a in values[: last + 1])
    return f"<p>z(ζ) = c [ζ + Σ a_k ζ⁻ᵏ], k from 1; (real part, imaginary part): {escape(pairs)}.</p>"

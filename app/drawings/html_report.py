"""A report of an optimisation as one HTML file that needs no other: body, conditions, numbers with their definitions,
what each constraint costs, pictures, and where the numbers come from."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from PIL import Image

from fusiform.app.drawings import constraint_sketch as sketch
from fusiform.app.drawings.colours import colour_table
from fusiform.app.drawings.convergence import convergence
from fusiform.app.drawings.pictures import ComplexArray, Picture, closed_outline, draw, window_around
from fusiform.app.state.definitions import CONVENTIONS, rows
from fusiform.app.state.kept_results import Answer, Optimum
from fusiform.app.state.setup import setup_of
from fusiform.solvers.inverse import ConstraintReport

FLOW_WIDTH, FLOW_ASPECT = 420, 1.3
OVERLAY_WORDS = "Filled: the optimum. Dotted: the start. Arrows: the stream. Thick limits are active, red ones broken."
SEARCH_WORDS = "Drag C_D of each evaluation (dots) and the best so far (line): blue by the model, orange by the solver."
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
    problem, conditions = result.problem, result.conditions
    title = f"{problem.body.name}: {problem.objective.describe()}"
    points = "; ".join(
        f"Re = {p.conditions.reynolds:g}, α = {p.conditions.alpha_deg:g}°"
        + (f", weight {p.weight:g}" if len(problem.points) > 1 else "")
        for p in problem.points
    )
    numbers = result.summary() | {
        "initial_drag_coefficient": optimum.start_coefficient,
        "reduction_percent": optimum.reduction_percent,
        "reynolds": conditions.reynolds,
        "alpha_deg": conditions.alpha_deg,
        "reference_length": result.body.reference_length,
        "area": result.body.area,
    }
    parts = [
        f"<h1>{escape(title)}</h1><p>{escape(points)}. Model of the search: {escape(result.model)}.</p>",
        f"<p>{escape(result.status)}</p>",
        f"<h2>Body</h2>{body_sketch(optimum)}<p>{OVERLAY_WORDS}</p>",
        "<h2>Numbers</h2>" + _numbers(numbers) + f"<p>{escape(CONVENTIONS)}</p>",
        "<h2>Constraints</h2>" + _constraints(result.constraints),
        _flows(optimum.initial, optimum.verified),
        "<h2>Search</h2>" + f'<div class="plot">{convergence(result.history)}</div><p>{SEARCH_WORDS}</p>',
        "<h2>Provenance</h2>" + _table(result.provenance) + _options(problem.to_dict()["options"]),
        "<h2>Coefficients a_k of the optimum</h2>" + _coefficients(result.body.coefficients.tolist()),
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>{"".join(parts)}</html>'
    )


def tones(reports: Sequence[ConstraintReport]) -> dict[int, str]:
    """How each constraint stands, for `sketch.draw`."""
    found = {}
    for number, r in enumerate(reports):
        broken = r.slack < -1e-4
        if broken or r.active:
            found[number] = "broken" if broken else "active"
    return found


def body_sketch(optimum: Optimum) -> str:
    """Start, dotted, and optimum with the constraints, as an SVG text."""
    result = optimum.result
    return sketch.draw(
        sketch.outline(result.body),
        result.problem.body,
        setup_of(result.problem).rows,
        result.conditions.alpha_deg,
        ghost=sketch.outline(optimum.start),
        tones=tones(result.constraints),
    ).svg


def _numbers(numbers: dict[str, Any]) -> str:
    cells = "".join(
        f'<tr><td>{escape(label.strip())}</td><td class="n">{escape(value)}</td><td class="d">{escape(words)}</td></tr>'
        for label, value, words in rows(numbers)
    )
    return f"<table>{cells}</table>"


def _constraints(reports: Sequence[ConstraintReport]) -> str:
    if not reports:
        return "<p>None but the area, which is kept.</p>"
    lines = "".join(
        f'<tr><td>{escape(r.description)}</td><td class="n">{r.slack:.4g}</td>'
        f'<td>{"yes" if r.active else "no"}</td><td class="n">{r.gain:.4g}</td><td class="d">{escape(r.unit)}</td></tr>'
        for r in reports
    )
    head = "<tr><th>constraint</th><th>slack</th><th>active</th><th>gain</th><th>per</th></tr>"
    return (
        f"<table>{head}{lines}</table><p>Slack: how far the body is from the limit. Gain: by how much the objective "
        "would fall for relaxing the limit by one unit, to first order. The area is always kept.</p>"
    )


def _flows(start: Answer | None, best: Answer | None) -> str:
    if start is None or best is None:
        return ""
    outlines = [closed_outline(answer.field.coefficients) for answer in (start, best)]
    window = window_around(outlines, FLOW_ASPECT)
    pictures = [draw(answer.field, window) for answer in (start, best)]
    top = math.ceil(10.0 * max(float(p.speed.max()) for p in pictures)) / 10.0
    figures = "".join(
        f"<figure>{_flow(p, top)}<figcaption>{name}: C_D = {answer.drag_coefficient:.5g}, by the solver</figcaption>"
        "</figure>"
        for name, p, answer in (("Start", pictures[0], start), ("Optimum", pictures[1], best))
    )
    words = f"<p>Colours: speed |u|/U from 0 to {top:g}. Lines: streamlines.</p>"
    return f'<h2>Flow</h2><div class="pair">{figures}</div>{words}'


def _flow(picture: Picture, top: float) -> str:
    """The speed as an embedded picture, with streamlines and body over it."""
    rows_shown = (picture.y >= picture.window.bottom - 1e-9) & (picture.y <= picture.window.top + 1e-9)
    table = colour_table("viridis")
    index = np.clip(np.round(picture.speed[rows_shown][::-1] / top * (len(table) - 1)), 0, len(table) - 1)
    buffer = io.BytesIO()
    Image.fromarray(table[index.astype(np.int64)]).save(buffer, format="PNG", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    w = picture.window
    scale = FLOW_WIDTH / (w.right - w.left)
    height = round(scale * (w.top - w.bottom))

    def path(line: ComplexArray) -> str:
        return "M" + "L".join(f"{scale * (z.real - w.left):.1f} {scale * (w.top - z.imag):.1f}" for z in line)

    lines = "".join(path(line[::3]) for line in [*picture.streamlines.stream, *picture.streamlines.eddies])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {FLOW_WIDTH} {height}" role="img" aria-label="Flow">'
        f'<image href="data:image/png;base64,{data}" width="{FLOW_WIDTH}" height="{height}" '
        f'preserveAspectRatio="none"/><path d="{lines}" fill="none" stroke="#fff" stroke-opacity=".5"/>'
        f'<path d="{path(picture.outline)}Z" fill="#8d99a6" stroke="#4a5561"/></svg>'
    )


def _table(values: dict[str, Any]) -> str:
    lines = "".join(f"<tr><td>{escape(str(k))}</td><td>{escape(str(v))}</td></tr>" for k, v in values.items())
    return f"<table>{lines}</table>"


def _options(values: dict[str, Any]) -> str:
    words = ", ".join(f"{key} {value}" for key, value in values.items())
    return f"<p>Options of the search: {escape(words)}.</p>"


def _coefficients(values: Sequence[complex]) -> str:
    last = max((k for k, a in enumerate(values) if abs(a) > 1e-12), default=0)
    pairs = ", ".join(f"({a.real:.8g}, {a.imag:.8g})" for a in values[: last + 1])
    return f"<p>z(ζ) = c [ζ + Σ a_k ζ⁻ᵏ], k from 1; (real part, imaginary part): {escape(pairs)}.</p>"

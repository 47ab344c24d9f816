"""Pictures of a result for notebooks and papers; matplotlib is imported when the first one is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.problem.problem import Problem
from fusiform.solvers.inverse.search.run.iterate import Iterate, Phase

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 400


def result_figure(problem: Problem, body: Body, model: str, history: Sequence[Iterate]) -> Figure:
    """Outlines of start and optimum, and the drag coefficient over the evaluations. `InputError` without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError(
            "expected matplotlib for a plot, got an environment without it; install it with pip install matplotlib"
        ) from error
    figure = Figure(figsize=(10.0, 3.8), layout="constrained")
    shapes, drags = figure.subplots(1, 2)
    _draw_outlines(shapes, problem.body, body)
    shapes.set_title(f"Re {problem.points[0].conditions.reynolds:g}")
    _draw_history(drags, model, history, problem.held.formula)
    drags.set_title(problem.objective.describe())
    return figure


def _draw_outlines(axes: Axes, start: Body, best: Body) -> None:
    for body, style in ((start, "--"), (best, "-")):
        axes.plot(*_closed(body.outline(POINTS)).T, style, label=body.name)
    if start.given_outline is not None:
        axes.plot(*_closed(start.given_outline).T, "k:", linewidth=1.0, label="given outline")
    axes.set(aspect="equal", xlabel="x", ylabel="y")
    axes.legend(frameon=False)


def _closed(points: FloatArray) -> FloatArray:
    return np.vstack([points, points[:1]])


def _draw_history(axes: Axes, model: str, history: Sequence[Iterate], diameter: str) -> None:
    for phase in dict.fromkeys(it.phase for it in history):
        points = [(it.evaluation, it.drag_coefficient) for it in history if it.phase is phase]
        source = model if phase is Phase.SEARCHING else "solver"
        axes.plot(*np.array(points).T, ".-", label=f"{phase} ({source})")
    axes.set(xlabel="evaluation", ylabel=f"drag coefficient, on d = {diameter}")
    if history:
        axes.legend(frameon=False)

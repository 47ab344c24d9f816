"""Pictures of a result for notebooks and papers; matplotlib is imported when one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fusiform.solvers.common.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fusiform.solvers.inverse.result.optimum import OptimizationResult

POINTS = 400


def result_figure(result: OptimizationResult) -> Figure:
    """Outlines of start and optimum, and the drag coefficient over the evaluations. `InputError` without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError(
            "expected matplotlib for a plot, got an environment without it; install it with pip install matplotlib"
        ) from error
    figure = Figure(figsize=(10.0, 3.8), layout="constrained")
    shapes, drags = figure.subplots(1, 2)
    start, best = result.problem.body, result.body
    for body, style, label in ((start, "--", start.name), (best, "-", best.name)):
        x, y = np.vstack([outline := body.outline(POINTS), outline[:1]]).T
        shapes.plot(x, y, style, label=label)
    shapes.set(aspect="equal", xlabel="x", ylabel="y", title=f"Re {result.conditions.reynolds:g}")
    shapes.legend(frameon=False)
    for phase in dict.fromkeys(it.phase for it in result.history):
        found = [(it.evaluation, it.drag_coefficient) for it in result.history if it.phase == phase]
        drags.plot(*np.array(found).T, ".-", label=f"{phase} ({result.model if phase == 'searching' else 'solver'})")
    drags.set(xlabel="evaluation", ylabel="drag coefficient, on d = √(4A/π)", title=result.problem.objective.describe())
    if result.history:
        drags.legend(frameon=False)
    return figure

"""The flow that the drawing shows, and its parts: colours, streamlines, and marked points.

First the network's own flow, then the refined one; or the solver's flow, or the difference of two flows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fusiform.app.background.refinement import Refined
from fusiform.app.drawings.colours import colour_limits
from fusiform.app.drawings.quantities import QUANTITIES
from fusiform.app.drawings.raster import Layer, Raster, stream_lines
from fusiform.app.frames.design.known import Known
from fusiform.app.frames.shared import cached
from fusiform.app.results.kept_results import Answer
from fusiform.app.state.session import Comparison
from fusiform.app.state.window import Share, Window
from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.flow import FlowAnalysis, FlowField
from fusiform.surrogates import FlowPrediction

COLUMNS, FINE_COLUMNS = 160, 240
MOST_MARKS = 8
LINE_STEP = 0.02
WILDEST = 1e9  # of ψ in U d, of p in ρU²
NOTHING = "Press Ask the solver to see the flow."
NOTHING_FINITE = "The predicted flow is not finite. Press Ask the solver to see the flow."
NOT_ASKED = " (the solver has not been asked)"


@dataclass(frozen=True)
class ShownFlow:
    """A flow and its source in words; `refined` and `analysis` are None while it is the network's own.

    `other` is the flow that is subtracted, if one is.
    """

    field: FlowField
    source: str
    refined: Refined | None
    analysis: FlowAnalysis | None
    other: FlowField | None = None


def surrogate_flow(known: Known) -> ShownFlow | None:
    """The refined flow of the surrogate's answer, else the network's own; None without an answer."""
    if known.predicted is None:
        return None
    if known.refined is None:
        how = "not refined: ask the solver" if known.failed else "at once; being refined …"
        field = _network_flow(known.predicted)
        return None if field is None else ShownFlow(field, f"surrogate, {how}", None, None)
    accurate = known.refined.correction.refined
    how = "refined by the state inverse" if accurate else "could not be refined here: ask the solver"
    return ShownFlow(known.refined.field, f"surrogate, {how}", known.refined, known.refined.analysis)


def _network_flow(predicted: FlowPrediction) -> FlowField | None:
    """The network's own flow; None for one with numbers that are not finite, or far beyond any flow."""
    field = predicted.network_field
    return field if np.abs(field.psi).max() < WILDEST and np.abs(field.pressure).max() < WILDEST else None


def solver_flow(solved: Answer | None) -> ShownFlow | None:
    """The solver's flow, None without an answer."""
    return None if solved is None else ShownFlow(solved.field, "flow solver", None, cached.analysis(solved.field))


def compared(known: Known, compare: Comparison) -> tuple[ShownFlow | None, str]:
    """The flow to show for the choice `compare`, and the words of the badge."""
    mine, true = surrogate_flow(known), solver_flow(known.solved)
    shown = true if mine is None else mine
    if shown is None:
        return None, NOTHING if known.predicted is None else NOTHING_FINITE
    if compare == Comparison.OF_SOLVER and true is not None:
        return true, true.source
    if compare == Comparison.MINUS_SOLVER and true is not None and mine is not None:
        return replace(mine, other=true.field), f"{mine.source}, minus the solver's flow"
    if compare == Comparison.MINUS_START and mine is None and known.solved_before is not None:
        return replace(shown, other=known.solved_before.field), f"{shown.source}, minus the flow of the start"
    if compare == Comparison.MINUS_START and mine is not None and known.before is not None:
        before = _network_flow(known.before) if mine.refined is None else known.before.field
        return replace(mine, other=before), f"{mine.source}, minus the flow of the start"
    missing = compare in (Comparison.OF_SOLVER, Comparison.MINUS_SOLVER) and true is None
    return shown, shown.source + (NOT_ASKED if missing else "")


def layer_of(shown: ShownFlow, window: Window, share: Share | None, quantity: str) -> Layer:
    """The values of `quantity` on the `share` of `window` that is shown, in the limits of the whole window."""
    columns = COLUMNS if shown.analysis is None else FINE_COLUMNS
    kind = QUANTITIES[quantity]
    if shown.other is not None:
        kind = replace(kind, plain_label=f"difference of {kind.plain_label}", signed=True)
    grid, values = _values(shown, window, columns, quantity)
    low, high = colour_limits(values, signed=kind.signed)
    if share is not None:
        grid, values = _values(shown, window.part(share), columns, quantity)
    return Layer(grid, values, kind, low, high)


def _values(shown: ShownFlow, window: Window, columns: int, quantity: str) -> tuple[Raster, FloatArray]:
    grid, values = cached.sampled(shown.field, window, columns, quantity)
    if shown.other is None:
        return grid, grid.filled(values)
    return grid, grid.filled(values) - cached.sampled(shown.other, window, columns, quantity)[1]


def lines_of(shown: ShownFlow, grid: Raster, window: Window) -> tuple[list[ComplexArray], list[ComplexArray]]:
    """Streamlines, and those that divide the flow or are closed; the network's own flow has streamlines only."""
    if shown.refined is not None and shown.refined.window == window:
        traced = shown.refined.streamlines
    elif shown.analysis is not None:
        traced = cached.lines(shown.field, window)
    else:
        psi = cached.sampled(shown.field, grid.window, len(grid.x), "streamfunction")[1]
        return stream_lines(grid, psi, revolution=shown.field.revolution), []
    return [_thinned(line) for line in traced.stream + traced.eddies], [_thinned(line) for line in traced.dividing]


def _thinned(line: ComplexArray) -> ComplexArray:
    """About one point of a line every `LINE_STEP` d, which looks the same in a picture."""
    length = np.append(0.0, np.cumsum(np.abs(np.diff(line))))
    kept = np.unique(np.append(np.searchsorted(length, np.arange(0.0, length[-1], LINE_STEP)), line.size - 1))
    return line[kept]


def marks_of(shown: ShownFlow) -> list[tuple[complex, str]]:
    """The points at which the flow leaves the wall and, off the wall, comes to rest."""
    if shown.analysis is None:
        return []
    wall = [
        (p.position, f"separation at x {p.position.real:.2f} d, y {p.position.imag:.2f} d")
        for p in shown.analysis.separation
    ]
    free = shown.analysis.free_stagnation
    ends = [(p.position, f"end of the bubble at x {p.position.real:.2f} d") for p in free if p.saddle]
    eddies = [(p.position, f"centre of an eddy at x {p.position.real:.2f} d") for p in free if not p.saddle]
    return wall + (ends + eddies if len(free) <= MOST_MARKS else [])

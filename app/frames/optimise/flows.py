"""The frame of the flows past start and optimum, side by side in one window, and along their walls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fusiform.app.drawings.figures.style import ACCENT, INK
from fusiform.app.drawings.pictures import Picture, closed_outline, window_around
from fusiform.app.drawings.space.component import space_drawing
from fusiform.app.drawings.wall_curves import WallCurve
from fusiform.app.frames.shared import cached
from fusiform.app.frames.shared.formatting import with_error
from fusiform.app.results.kept_results import Answer, Optimum
from fusiform.solvers.common.arrays import ComplexArray

ASPECT = 1.2


@dataclass(frozen=True)
class ComparedFlows:
    """The pictures of both flows under their titles, the outline of the start, and the curves along both walls."""

    panels: tuple[tuple[str, Picture], ...]
    start: ComplexArray
    walls: tuple[WallCurve, ...]


def compared_flows(start: Answer, best: Answer) -> ComparedFlows:
    """The flows of `start` and optimum, by the solver."""
    outlines = [closed_outline(answer.field) for answer in (start, best)]
    window = window_around(outlines, ASPECT)
    panels = tuple((_title(n, a), cached.picture(a.field, window)) for n, a in (("Start", start), ("Optimum", best)))
    curves = cached.wall_curve("start", start.field, ACCENT), cached.wall_curve("optimum", best.field, INK)
    return ComparedFlows(panels, outlines[0], curves)


def optimum_in_space(optimum: Optimum, quantity: str) -> dict[str, Any]:
    """The data of `space.js`: the optimum of revolution, with `quantity` of its flow if the solver has solved that."""
    body, best = optimum.result.body, optimum.verified
    if best is None:
        return space_drawing(body)
    return space_drawing(body, best.field, quantity, separation=cached.analysis(best.field).separation)


def _title(name: str, answer: Answer) -> str:
    return f"{name}: C<sub>D</sub> = {with_error(answer.drag_coefficient, answer.drag_error)}"

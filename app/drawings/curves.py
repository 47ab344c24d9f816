"""The plots along the wall (`curves.js`) as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fusiform.app.drawings.pictures import OUTLINE_POINTS
from fusiform.app.drawings.quantities import WALL_QUANTITIES
from fusiform.app.drawings.wall_curves import WallCurve, common_range, usual_range, wall_values

DIGITS = 4
ROOM = 0.04


def payload(curves: Sequence[WallCurve], quantity: str) -> dict[str, Any]:
    """A wall quantity of one or more bodies over x; `WallCurve.colour` is here the role that the style sheet colours.

    The upper side runs from the rear counter-clockwise to the nose; a body of revolution has no other. The limits
    exclude narrow peaks at sharp edges.
    """
    shown = WALL_QUANTITIES[quantity]
    drawn, ends, ranges = [], [], []
    for curve in curves:
        eta, outline, values = wall_values(curve.field, quantity)
        points = np.round(np.stack([outline.real, values], axis=1), DIGITS)
        half = OUTLINE_POINTS // 2
        marks = [[p.position.real, float(np.interp(p.eta, eta, values))] for p in curve.marks]
        drawn.append(
            {
                "name": curve.name,
                "role": curve.colour,
                "upper": points[: half + 1].tolist(),
                "lower": [] if curve.field.revolution else points[half:].tolist(),
                "marks": np.round(marks, DIGITS).tolist(),
            }
        )
        ends += [float(outline.real.min()), float(outline.real.max())]
        ranges.append(usual_range(outline, values))
    room = ROOM * (max(ends) - min(ends))
    return {
        "title": shown.plain_label,
        "definition": shown.definition,
        "symbol": shown.plain_symbol,
        "down": shown.upside_down,
        "x": [min(ends) - room, max(ends) + room],
        "y": list(common_range(ranges)),
        "curves": drawn,
    }

"""A body of revolution in space (`space.js`) as numbers and text: rings, field, colours and words. Lengths in d."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from fusiform.app.drawings.colours import colour_table
from fusiform.app.drawings.drawing import coloured, line_path
from fusiform.app.drawings.raster import Layer
from fusiform.app.drawings.space.plane import lines_on, plane
from fusiform.app.drawings.space.revolved import TABLE, Revolved, WallColours, revolved
from fusiform.solvers import Body
from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.flow import FlowField, WallPoint

HINT = "Drag to turn; Ctrl and wheel to zoom; point at body or plane to read values."


def space_drawing(
    body: Body, field: FlowField | None = None, quantity: str = "speed", *, separation: Sequence[WallPoint] = ()
) -> dict[str, Any]:
    """The data of a body of revolution in its flow `field`, or alone, with `quantity` on the plane through its axis."""
    if field is None:
        return payload(revolved(body))
    layer = plane(field, quantity)
    return payload(revolved(body, field, quantity, layer, separation), layer, lines=lines_on(layer, field))


def payload(
    shown: Revolved,
    layer: Layer | None = None,
    *,
    version: int = 0,
    lines: Iterable[ComplexArray] = (),
    badge: str = "",
) -> dict[str, Any]:
    """The data of the drawing, ready for JSON: `layer` and streamlines on the plane through the axis."""
    extent = None if layer is None else layer.grid.window
    drawn = coloured(layer)
    if shown.wall is not None and shown.wall.shared:
        drawn["colours"]["label"] += " of plane and wall"
    return {
        "version": version,
        "meridian": np.round(np.stack([shown.x, shown.r], axis=1), 5).ravel().tolist(),
        "wall": None if shown.wall is None else _wall(shown.wall),
        "rings": [[round(x, 4), round(r, 4)] for x, r in shown.separation],
        "extent": None if extent is None else [extent.left, extent.bottom, extent.right, extent.top],
        "lines": line_path(lines),
        "ink": "#33404d" if layer is None or layer.quantity.signed else "#ffffff",
        "badge": badge,
        "hint": "" if version else HINT,
        "words": _words(shown, layer),
        **drawn,
    }


def _wall(wall: WallColours) -> dict[str, Any]:
    return {
        "values": np.round(wall.values, 4).tolist(),
        "low": wall.low,
        "high": wall.high,
        "lowest": _number(wall.low),
        "highest": _number(wall.high),
        "label": wall.label,
        "shared": wall.shared,
        "table": base64.b64encode(colour_table(TABLE).tobytes()).decode(),
    }


def _words(shown: Revolved, layer: Layer | None) -> str:
    """The picture in words, for those who do not see it."""
    words = [
        f"{shown.body.name} in space: a body of revolution, {_number(float(np.ptp(shown.x)))} d long, "
        f"{_number(2.0 * float(shown.r.max()))} d in diameter."
    ]
    if shown.wall is not None:
        low, high = float(shown.wall.values.min()), float(shown.wall.values.max())
        words.append(f"Its surface shows the {shown.wall.label}, from {_number(low)} to {_number(high)}.")
    words += [f"The flow leaves the wall at x {_number(x)} d, radius {_number(r)} d." for x, r in shown.separation]
    if layer is not None:
        low, high = float(np.nanmin(layer.values)), float(np.nanmax(layer.values))
        words.append(
            f"The plane through its axis shows the {layer.quantity.plain_label}, from {_number(low)} to "
            f"{_number(high)}; the stream comes from the left."
        )
    return " ".join(words)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")

"""The drawing of a design (`drawing.js`) as plain numbers and text: body, colours, lines, marks and sensitivity.

Everything is in the frame of the stream: the body turned by the incidence about the centre of its map, lengths in d.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from fusiform.app.drawings.colours import colour_table
from fusiform.app.drawings.raster import Layer
from fusiform.app.drawings.sensitivity import Sensitivity
from fusiform.app.state.control_points import CONTROL_POINTS, PULL_WIDTH
from fusiform.app.state.window import Window
from fusiform.solvers.common.arrays import ComplexArray

NOTHING = 65535


def payload(
    *,
    version: int,
    home: Window,
    outline: ComplexArray,
    layer: Layer | None,
    badge: str,
    lines: Iterable[ComplexArray] = (),
    dividing: Iterable[ComplexArray] = (),
    ghost: ComplexArray | None = None,
    given: ComplexArray | None = None,
    marks: Sequence[tuple[complex, str]] = (),
    sensitivity: Sensitivity | None = None,
    awaited: bool = False,
    revolution: bool = False,
) -> dict[str, Any]:
    """The data of the drawing, ready for JSON.

    `ghost` is the start, `given` the outline to which the body was fitted; `awaited` is True while the refined flow is
    being computed. Of a body of `revolution`, the axis is drawn, and a pull moves the mirror image too.
    """
    extent = home if layer is None else layer.grid.window
    return {
        "version": version,
        "editable": True,
        "count": CONTROL_POINTS,
        "width": PULL_WIDTH,
        "home": _box(home),
        "extent": _box(extent),
        "outline": _flat(outline),
        "ghost": None if ghost is None else _flat(ghost),
        "given": None if given is None else _flat(given),
        "lines": line_path(lines),
        "heavy": line_path(dividing),
        "ink": "#33404d" if layer is None or layer.quantity.signed else "#ffffff",
        "marks": [[round(point.real, 4), round(point.imag, 4), text] for point, text in marks],
        "sensitivity": None if sensitivity is None else np.round(sensitivity.density, 3).tolist(),
        "effects": None if sensitivity is None else [f"{x:+.2f}".replace("-", "−") for x in sensitivity.effects],
        "badge": badge,
        "awaited": awaited,
        "revolution": revolution,
        "hint": "" if version else "Drag a white point of the outline; point at the flow to read it.",
        **coloured(layer),
    }


def coloured(layer: Layer | None) -> dict[str, Any]:
    """`raster` and `colours` of `drawing_colours.js`: the values in 16 bits, and their colours with the limits."""
    if layer is None:
        return {"raster": None, "colours": {"label": "", "lowest": "", "highest": "", "table": ""}}
    low, high = float(np.nanmin(layer.values)), float(np.nanmax(layer.values))
    steps = (NOTHING - 1) / max(high - low, 1e-12)
    quantised = np.where(np.isnan(layer.values), NOTHING, np.round((layer.values - low) * steps))
    rows, columns = layer.values.shape
    table = colour_table(layer.quantity.table)
    return {
        "raster": {
            "nx": columns,
            "ny": rows,
            "low": low,
            "high": max(high, low + 1e-12),
            "data": base64.b64encode(quantised.astype("<u2").tobytes()).decode(),
        },
        "colours": {
            "label": layer.quantity.plain_label,
            "low": layer.low,
            "high": layer.high,
            "lowest": f"{layer.low:g}".replace("-", "−"),
            "highest": f"{layer.high:g}",
            "table": base64.b64encode(table.tobytes()).decode(),
        },
    }


def _box(window: Window) -> list[float]:
    return [window.left, window.bottom, window.right, window.top]


def _flat(points: ComplexArray) -> list[float]:
    return np.round(np.stack([points.real, points.imag], axis=1), 5).ravel().tolist()


def line_path(lines: Iterable[ComplexArray]) -> str:
    """Lines as one SVG path."""
    texts = []
    for line in lines:
        pairs = " ".join(f"{x:.3f} {y:.3f}" for x, y in zip(line.real.tolist(), line.imag.tolist(), strict=True))
        texts.append(f"M{pairs}")
    return "".join(texts)

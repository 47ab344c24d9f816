"""The field on the plane through the axis of a body of revolution, in a window around the body."""

from __future__ import annotations

import numpy as np

from fusiform.app.drawings.colours import colour_limits
from fusiform.app.drawings.pictures import closed_outline, window_around
from fusiform.app.drawings.quantities import QUANTITIES
from fusiform.app.drawings.raster import Layer, raster, sample, stream_lines
from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.flow import FlowField

ASPECT, BEHIND = 2.1, 2.0
COLUMNS = 240


def plane(field: FlowField, quantity: str) -> Layer:
    """The values of `quantity` (a key of `QUANTITIES`) in the flow past a body of revolution."""
    grid = raster(field, window_around([closed_outline(field)], ASPECT, BEHIND), COLUMNS)
    values = grid.filled(sample(grid, field, quantity))
    shown = QUANTITIES[quantity]
    return Layer(grid, values, shown, *colour_limits(values, signed=shown.signed))


def lines_on(layer: Layer, field: FlowField) -> list[ComplexArray]:
    """The streamlines of the flow on that plane."""
    return stream_lines(layer.grid, sample(layer.grid, field, "streamfunction"), revolution=True)


def arrow(layer: Layer) -> list[ComplexArray]:
    """Lines of an arrow along the stream, at the upstream side of the plane; as in `scene.js`."""
    window = layer.grid.window
    length = 0.07 * (window.right - window.left)
    tip = window.left + 1.4 * length
    wing = 0.22 * length * (-1.0 + 1j)
    return [np.array([tip - length, tip + 0j]), np.array([tip + wing, tip, tip + np.conj(wing)])]

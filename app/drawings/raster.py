"""A flow on a raster of points, fast enough to follow the cursor: the map's inverse, then the elements' polynomials.

The values are those of `FlowField.at` (tests/app/drawings/test_drawing.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray
from scipy import ndimage

from fusiform.app.drawings.quantities import Quantity
from fusiform.app.state.window import Window
from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.flow import FlowField

STREAM_STEP = 0.16
MOST_LINES, MOST_POINTS = 120, 40_000


@dataclass(frozen=True)
class Raster:
    """Points of `window` in rows `y` and columns `x`; `zeta` (rows, columns) is their image, NaN inside the body.

    `nearest`: for each point the row and the column of the nearest one outside the body.
    """

    window: Window
    x: FloatArray
    y: FloatArray
    zeta: ComplexArray
    nearest: NDArray[np.intp]

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Mask of the points inside the body."""
        return np.isnan(self.zeta)

    def filled(self, values: FloatArray) -> FloatArray:
        """`values` with those inside the body replaced by the nearest outside, so that smoothing shows no rim."""
        return np.asarray(values[tuple(self.nearest)])


@dataclass(frozen=True)
class Layer:
    """Values on a raster to be coloured between `low` and `high`; NaN where there is nothing to show."""

    grid: Raster
    values: FloatArray
    quantity: Quantity
    low: float
    high: float


def raster(field: FlowField, window: Window, columns: int) -> Raster:
    """The raster of `window` in the flow `field`: `columns` points a row, rows as dense.

    A window that is higher than wide has no more rows than columns.
    """
    rows = min(max(2, round(columns * (window.top - window.bottom) / (window.right - window.left))), columns)
    x = np.linspace(window.left, window.right, columns)
    y = np.linspace(window.bottom, window.top, rows)
    points = x[None, :] + 1j * y[:, None]
    zeta = field.inverse_map(points.ravel()).reshape(points.shape)
    nearest = ndimage.distance_transform_edt(np.isnan(zeta), return_distances=False, return_indices=True)
    return Raster(window, x, y, zeta, nearest)


def sample(grid: Raster, field: FlowField, quantity: str) -> FloatArray:
    """`speed` |u|/U, `pressure` C_p, `vorticity` ω d/U or `streamfunction` ψ/(U d) on the raster; NaN in the body."""
    values = field.at_images(grid.zeta)
    sampled = {
        "speed": np.hypot(values.u, values.v),
        "pressure": values.pressure_coefficient,
        "vorticity": values.vorticity,
        "streamfunction": values.streamfunction,
    }
    return sampled[quantity]


def stream_lines(grid: Raster, psi: FloatArray, *, revolution: bool = False) -> list[ComplexArray]:
    """Lines of constant ψ, `STREAM_STEP` apart, as polygons: quick ones, without stagnation lines and eddies.

    Lines of Stokes' stream function, of `revolution`, have that distance far ahead of the body, where Ψ = ½ s².

    Farther apart where that would be more than `MOST_LINES`, and left out beyond `MOST_POINTS`: a poor prediction may
    have any ψ.
    """
    psi = np.sign(psi) * np.sqrt(2.0 * np.abs(psi)) if revolution else psi
    low, high, step = float(np.nanmin(psi)), float(np.nanmax(psi)), STREAM_STEP
    while high - low > MOST_LINES * step:
        step *= 2.0
    lines = contour_generator(grid.x, grid.y, np.ma.masked_invalid(psi))
    kept: list[ComplexArray] = []
    points = 0
    for level in (np.arange(np.floor(low / step - 0.5), np.ceil(high / step - 0.5) + 1.0) + 0.5) * step:
        for line in cast(list[FloatArray], lines.lines(level)):
            points += len(line)
            if points > MOST_POINTS:
                return kept
            if len(line) > 2:
                kept.append(np.ascontiguousarray(line).view(np.complex128)[:, 0])
    return kept

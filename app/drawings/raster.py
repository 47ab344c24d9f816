"""A flow on a raster of points, fast enough to follow a hand: the map's inverse, then a spline or two.

The values are those of `FlowField.at` (tests/test_app_drawing.py); only the inverse map is found in another way, by
Newton's method from the ellipse of the same a_1, which needs no search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray
from scipy import ndimage

from fusiform.app.drawings.pictures import Array, ComplexArray
from fusiform.app.state.window import Window
from fusiform.solvers.flow import FlowField
from fusiform.solvers.geometry import laurent

NEWTON_STEPS, ARRIVED, LONGEST_STEP = 12, 1e-11, 0.3
POLYGON_POINTS = 512
STREAM_STEP = 0.16


@dataclass(frozen=True)
class Raster:
    """Points of `window` in rows `y` and columns `x`; `zeta` (rows, columns) is their image, NaN inside the body.

    `nearest`: for each point the row and the column of the nearest one outside the body.
    """

    window: Window
    x: Array
    y: Array
    zeta: ComplexArray
    nearest: NDArray[np.intp]

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which points lie inside the body."""
        return np.isnan(self.zeta)

    def filled(self, values: Array) -> Array:
        """`values` with those inside the body replaced by the nearest outside, so that smoothing shows no rim."""
        return np.asarray(values[tuple(self.nearest)])


def raster(field: FlowField, window: Window, columns: int) -> Raster:
    """The raster of `window`, within the reach of the grid of `field`: `columns` points a row, rows as dense."""
    rows = max(2, round(columns * (window.top - window.bottom) / (window.right - window.left)))
    x = np.linspace(window.left, window.right, columns)
    y = np.linspace(window.bottom, window.top, rows)
    points = x[None, :] + 1j * y[:, None]
    zeta = _inverse_map(field, points.ravel()).reshape(points.shape)
    nearest = ndimage.distance_transform_edt(np.isnan(zeta), return_distances=False, return_indices=True)
    return Raster(window, x, y, zeta, nearest)


def sample(grid: Raster, field: FlowField, quantity: str) -> Array:
    """`speed` |u|/U, `pressure` C_p, `vorticity` ω d/U or `streamfunction` ψ/(U d) on the raster; NaN in the body."""
    outside = ~grid.inside
    zeta = grid.zeta[outside]
    xi, eta = np.log(np.abs(zeta)), np.mod(np.angle(zeta), 2.0 * np.pi)
    if quantity == "speed":
        u, v = (field.spline(part)(xi, eta, grid=False) for part in (field.velocity.real, field.velocity.imag))
        found = np.hypot(u, v)
    elif quantity == "pressure":
        found = 2.0 * field.spline(field.pressure)(xi, eta, grid=False)
    elif quantity == "vorticity":
        found = field.spline(field.omega)(xi, eta, grid=False)
    else:
        found = field.reduced_psi(xi, eta, grid=False) * xi**2
    values = np.full(grid.zeta.shape, np.nan)
    values[outside] = found
    return values


def stream_lines(grid: Raster, psi: Array) -> list[ComplexArray]:
    """Lines of constant ψ, `STREAM_STEP` apart, as polygons: quick ones, without stagnation lines and eddies."""
    lines = contour_generator(grid.x, grid.y, np.ma.masked_invalid(psi))
    first, last = np.floor(np.nanmin(psi) / STREAM_STEP - 0.5), np.ceil(np.nanmax(psi) / STREAM_STEP - 0.5)
    levels = (np.arange(first, last + 1.0) + 0.5) * STREAM_STEP
    found = [line for level in levels for line in cast(list[Array], lines.lines(level)) if len(line) > 2]
    return [np.ascontiguousarray(line).view(np.complex128)[:, 0] for line in found]


def _inverse_map(field: FlowField, points: ComplexArray) -> ComplexArray:
    """ζ of points (n,), NaN inside the body: Newton from the ellipse, and the field's own search where that fails."""
    a = field.coefficients[0].numpy()
    c = float(laurent.conformal_radius(field.coefficients)[0])
    root = np.sqrt((points / c) ** 2 - 4.0 * a[0])
    one, other = 0.5 * (points / c + root), 0.5 * (points / c - root)
    zeta = np.where(np.abs(one) > np.abs(other), one, other)
    zeta /= np.minimum(np.abs(zeta), 1.0) + 1e-300
    going = np.arange(points.size)
    for _ in range(NEWTON_STEPS):
        at = zeta[going]
        z, slope = _map(a, c, at)
        step = (z - points[going]) / slope
        size = np.abs(step)
        at = at - step * np.minimum(LONGEST_STEP * np.abs(at) / np.maximum(size, 1e-300), 1.0)
        zeta[going] = at / np.clip(2.0 * np.abs(at), 1e-12, 1.0)
        going = going[size > ARRIVED * np.abs(at)]
        if not going.size:
            break
    arrived = np.ones(points.shape, dtype=bool)
    arrived[going] = False
    arrived &= np.abs(zeta) > 1.0 - 1e-9
    zeta = np.where(arrived, zeta / np.minimum(np.abs(zeta), 1.0), np.nan)
    lost = np.flatnonzero(~arrived)
    lost = lost[~_inside_polygon(laurent.outline(field.coefficients, POLYGON_POINTS)[0].numpy(), points[lost])]
    if lost.size:
        zeta[lost] = field.inverse_map(points[lost])
    return zeta


def _map(a: ComplexArray, c: float, zeta: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
    """z and dz/dζ by Horner's rule in 1/ζ."""
    w = 1.0 / zeta
    value = np.zeros_like(w)
    slope = np.zeros_like(w)
    for k in range(len(a), 0, -1):
        value = (value + a[k - 1]) * w
        slope = (slope + k * a[k - 1]) * w
    return c * (zeta + value), c * (1.0 - slope * w)


def _inside_polygon(polygon: ComplexArray, points: ComplexArray) -> NDArray[np.bool_]:
    """Whether points (n,) lie inside a closed polygon, by the number of its sides to the right of each."""
    start, end = polygon, np.roll(polygon, -1)
    above = polygon.imag[:, None] > points.imag
    crosses = above != np.roll(above, -1, 0)
    side, point = np.nonzero(crosses)
    share = (points.imag[point] - start.imag[side]) / (end.imag[side] - start.imag[side])
    right = points.real[point] < start.real[side] + share * (end.real[side] - start.real[side])
    count = np.bincount(point[right], minlength=points.size)
    return np.asarray(count % 2 == 1)

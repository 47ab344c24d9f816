"""A flow as arrays for a picture: fields on a rectangular raster, streamlines, and the outline. Lengths in d."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from fusiform.app.state.window import Window
from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.flow import FlowField, Streamlines, streamlines

OUTLINE_POINTS = 360
RASTER_WIDTH = 176
AHEAD, BEHIND, BESIDE = 1.2, 2.6, 0.9
STEP = 0.25
MARGIN_ASPECT, MARGIN_ROWS = 1.15, 14


@dataclass(frozen=True)
class Picture:
    """Fields on the raster `y` × `x`, which reaches beyond `window` above and below.

    `speed` |u|/U, `pressure` C_p, `vorticity` ω d/U. Inside the body they repeat the nearest values outside, so that
    smoothing shows no rim; the page draws the body (`outline`, complex) over them.
    """

    window: Window
    x: FloatArray
    y: FloatArray
    speed: FloatArray
    pressure: FloatArray
    vorticity: FloatArray
    streamlines: Streamlines
    outline: ComplexArray


def closed_outline(field: FlowField) -> ComplexArray:
    """Outline of the body in `field`, first point repeated at the end."""
    points = field.z(np.exp(2j * np.pi * np.arange(OUTLINE_POINTS) / OUTLINE_POINTS))
    return np.append(points, points[0])


def window_around(outlines: Sequence[ComplexArray], aspect: float, behind: float = BEHIND) -> Window:
    """A window of width over height `aspect` around all outlines, and `behind` (in d) of the wake.

    Its sides keep to a raster of steps, so that small changes of shape do not make the picture jump.
    """
    points = np.concatenate(list(outlines))
    left = math.floor((points.real.min() - AHEAD) / STEP) * STEP
    right = math.ceil((points.real.max() + behind) / STEP) * STEP
    reach = math.ceil((np.abs(points.imag).max() + BESIDE) / STEP) * STEP
    half = max(reach, 0.5 * (right - left) / aspect)
    spare = 0.5 * max(2.0 * half * aspect - (right - left), 0.0)
    return Window(left - 0.5 * spare, right + 1.5 * spare, -half, half)


def draw(field: FlowField, window: Window) -> Picture:
    """Sample `field` in `window`."""
    x = np.linspace(window.left, window.right, RASTER_WIDTH)
    y = _rows(window)
    values = field.at(x[None, :] + 1j * y[:, None])
    inside = np.isnan(values.u)
    nearest = ndimage.distance_transform_edt(inside, return_distances=False, return_indices=True)

    def filled(values: FloatArray) -> FloatArray:
        return np.asarray(values[tuple(nearest)])

    return Picture(
        window=window,
        x=x,
        y=y,
        speed=filled(np.hypot(values.u, values.v)),
        pressure=filled(values.pressure_coefficient),
        vorticity=filled(values.vorticity),
        streamlines=streamlines(field, (window.left, window.right, float(y[0]), float(y[-1]))),
        outline=closed_outline(field),
    )


def _rows(window: Window) -> FloatArray:
    """Rows as dense as the columns in the window, and a few wider ones above and below it for narrow screens."""
    width, height = window.right - window.left, window.top - window.bottom
    core = np.linspace(window.bottom, window.top, round(RASTER_WIDTH * height / width))
    reach = 0.5 * (width / MARGIN_ASPECT - height)
    if reach <= 0.0:
        return core
    margin = reach * np.linspace(0.0, 1.0, MARGIN_ROWS + 1)[1:] ** 1.5
    return np.concatenate([window.bottom - margin[::-1], core, window.top + margin])

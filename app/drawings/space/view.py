"""A view of a body of revolution from far away: parallel projection of x along the stream, y up, z to the front.

`space.js` has the same: rows of the rotation are right, up and towards the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusiform.app.drawings.raster import Layer
from fusiform.app.drawings.space.revolved import Revolved
from fusiform.solvers.common.arrays import FloatArray

AZIMUTH, ELEVATION = 0.5, 0.3
MARGIN = 0.95


@dataclass(frozen=True)
class View:
    """A picture of `width` by `height` pixels; the origin is at `centre` (from the left, from above), d is `scale`."""

    rotation: FloatArray
    width: int
    height: int
    scale: float
    centre: tuple[float, float]

    def on_picture(self, points: FloatArray) -> FloatArray:
        """Points (…, 3) in d as pixels (…, 3), the third towards the viewer."""
        turned = self.scale * points @ self.rotation.T
        return np.asarray(turned * [1.0, -1.0, 1.0] + [*self.centre, 0.0])

    def finer(self, factor: int) -> View:
        """The same with that many times as many pixels along each side."""
        x, y = self.centre
        width, height = factor * self.width, factor * self.height
        return View(self.rotation, width, height, factor * self.scale, (factor * x, factor * y))


def rotation(azimuth: float, elevation: float) -> FloatArray:
    """The view turned by `azimuth` about the vertical and then looked at from above by `elevation`, in radians."""
    ca, sa, ce, se = np.cos(azimuth), np.sin(azimuth), np.cos(elevation), np.sin(elevation)
    return np.array([[ca, 0.0, sa], [sa * se, ce, -ca * se], [-sa * ce, se, ca * ce]])


def fitted(shown: Revolved, layer: Layer | None, size: tuple[int, int], azimuth: float, elevation: float) -> View:
    """The view in which body and plane fill the picture of `size` (width, height)."""
    matrix = rotation(azimuth, elevation)
    along, across = shown.x[:, None] * matrix[:2, 0], shown.r[:, None] * np.hypot(matrix[:2, 1], matrix[:2, 2])
    corners = [along - across, along + across]
    if layer is not None:
        w = layer.grid.window
        plane = np.array([(x, y) for x in (w.left, w.right) for y in (w.bottom, w.top)])
        corners.append(plane @ matrix[:2, :2].T)
    ends = np.concatenate(corners)
    (left, low), (right, high) = ends.min(axis=0), ends.max(axis=0)
    width, height = size
    scale = MARGIN * min(width / (right - left), height / (high - low))
    centre = (0.5 * (width - scale * (left + right)), 0.5 * (height + scale * (low + high)))
    return View(matrix, width, height, float(scale), (float(centre[0]), float(centre[1])))

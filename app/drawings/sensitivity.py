"""The sensitivity of the drag to the outline, for the drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from fusiform.app.state.control_points import CONTROL_POINTS, OUTLINE_POINTS, PULL_WIDTH
from fusiform.solvers import Body
from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry import drag_sensitivity, wall_elements
from fusiform.solvers.geometry.displacement.normal_displacement import bump

PROBE = 0.01  # d
USUAL_SHARE = 0.9


@dataclass(frozen=True)
class Sensitivity:
    """The response of the drag to the outline.

    `density` (OUTLINE_POINTS,): the derivative along the normal, −1 to 1, over the magnitude that nine tenths of the
    outline keep, since sharp edges would hide the rest. `effects`: the change of drag in percent when each control
    point is pulled out by `PROBE`, of a body of revolution with its mirror image.
    """

    density: FloatArray
    effects: tuple[float, ...]


def sensitivity_of(body: Body, gradient: Tensor, drag: float) -> Sensitivity:
    """The sensitivity of the `drag` by its `gradient` (K,) with respect to the coefficients of `body`."""
    density = drag_sensitivity(body, gradient, OUTLINE_POINTS)
    wall = wall_elements(body, OUTLINE_POINTS)
    angle = 2.0 * np.pi * np.arange(OUTLINE_POINTS) / OUTLINE_POINTS
    centre = 2.0 * np.pi * np.arange(CONTROL_POINTS) / CONTROL_POINTS
    bumps = bump(angle, centre[:, None], PULL_WIDTH, mirrored=body.revolution)
    effects = 100.0 * PROBE * bumps @ (density * wall) / drag
    order = np.argsort(np.abs(density))
    usual = order[np.searchsorted(np.cumsum(wall[order]), USUAL_SHARE * wall.sum())]
    scaled = np.clip(density / max(abs(float(density[usual])), 1e-12), -1.0, 1.0)
    return Sensitivity(scaled, tuple(effects.tolist()))

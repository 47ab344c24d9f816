"""The points of the outline that can be pulled, in the frame of the stream: turned by the incidence, lengths in d."""

from __future__ import annotations

import cmath
import math

import numpy as np

from fusiform.solvers import Body
from fusiform.solvers.common.arrays import ComplexArray

OUTLINE_POINTS = 192
CONTROL_POINTS = 16
PULL_WIDTH = 0.35


def outline_of(body: Body, alpha_deg: float) -> ComplexArray:
    """The outline at incidence, (OUTLINE_POINTS,), at equal steps of η; control point i is number i · 12."""
    points = (body.outline(OUTLINE_POINTS) @ [1.0, 1j] - body.origin) / body.reference_length
    return np.asarray(points * cmath.exp(-1j * math.radians(alpha_deg)), dtype=np.complex128)


def given_outline_of(body: Body, alpha_deg: float) -> ComplexArray | None:
    """The outline at incidence to which a body was fitted that differs from it (`Body.fit_warning`); else None."""
    given = body.given_outline
    if given is None or not body.fit_warning:
        return None
    points = (given @ [1.0, 1j] - body.origin) / body.reference_length
    return np.asarray(points * cmath.exp(-1j * math.radians(alpha_deg)), dtype=np.complex128)


def pull_along_normal(body: Body, alpha_deg: float, index: int, pull: complex) -> float:
    """The component of a `pull` (stream's frame, in d) along the outward normal at control point `index`."""
    points = outline_of(body, alpha_deg)
    at = index * (OUTLINE_POINTS // CONTROL_POINTS)
    tangent = points[(at + 1) % OUTLINE_POINTS] - points[at - 1]
    return float((pull * (tangent / 1j / abs(tangent)).conjugate()).real)

"""The bodies that the page takes: how slender, how large and how far from the origin they may be.

A network may predict any flow for a body far outside its training, and a picture around a needle has room for many
thousands of streamlines; numbers of the page are in the body's own unit.
"""

from __future__ import annotations

import numpy as np

from fusiform.solvers import Body
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry import laurent

MOST_SLENDER = 120.0  # NACA 0001 is 100 times as long as thick
SIZES = (1e-6, 1e9)
FARTHEST = 1e9  # d from the origin
_POINTS = 512


def require_drawable(body: Body) -> None:
    """Raise `InputError` for a body that the page does not take."""
    low, high = SIZES
    require(
        low <= body.reference_length <= high,
        f"expected a body whose d is between {low:g} and {high:g} in its own unit, got {body.reference_length:.3g}; "
        "choose another unit of length",
    )
    require(
        abs(body.origin) <= FARTHEST * body.reference_length,
        f"expected a body within {FARTHEST:g} d of the origin, got one at "
        f"{abs(body.origin) / body.reference_length:.3g} d; move it closer",
    )
    ratio = slenderness(body)
    require(
        ratio <= MOST_SLENDER,
        f"expected a body at most {MOST_SLENDER:g} times as long as thick, got one of {ratio:.3g}; make it thicker",
    )


def slenderness(body: Body) -> float:
    """Extent along the outline's principal axis over the extent across it."""
    z = laurent.outline(body.coefficients[None], _POINTS)[0].numpy()
    points = np.stack([z.real - z.real.mean(), z.imag - z.imag.mean()])
    axes = np.linalg.eigh(points @ points.T)[1]
    across, along = np.ptp(axes.T @ points, axis=1)
    return float(along / max(across, np.finfo(float).tiny))

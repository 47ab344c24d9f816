"""Elements for disturbances: the wake's waves, which are long, travel far, and must not be lost on the way.

A wave of a wake is about seven heights H long. Where the sponge is still weak, within 15 H, an element may be a
seventh of its radius to a wave; near the wall the flow alone decides. So ξ_k = ξ_max sinh(βk/nr)/sinh β as for the flow
(`mesh.py`), but with β at least 1.5 only, and the first layer at most 4/√Re; the outer radius is 40 (1 + H⁴)^¼ d. Few
angles are enough: degree 5 differs from degree 8 by 1e-4 in growth rates and frequencies.

Against twice as many layers of degree eight, growth rates are right to 0.002 U/d (`tests/benchmarks/stability.py`).
"""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.extent import height, slenderness
from fusiform.solvers.flow.discretisation.layout import Domain, make_layout
from fusiform.solvers.flow.discretisation.mesh import SLENDER_LAYER, Mesh, make_mesh, sinh_breaks
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.geometry.revolution import sphere_ratio

STRETCHING, FIRST_LAYER, REACH = 1.5, 4.0, 40.0
SLENDER_REYNOLDS = 100.0  # on the height
LEVELS = (
    (66.0, Resolution(7, 12, 6, 5)),
    (SLENDER_REYNOLDS, Resolution(8, 12, 6, 5)),
    (math.inf, Resolution(10, 12, 8, 6)),
)
FINER, FINEST = Resolution(10, 12, 8, 6), Resolution(13, 12, 8, 8)


def height_in_d(coefficients: Tensor, domain: Domain) -> Tensor:
    """H of turned bodies (batch, K) across the stream, in d, (batch,)."""
    across = height(coefficients)
    return across / sphere_ratio(coefficients) if domain is Domain.MERIDIAN else across


def is_slender(coefficients: Tensor, reynolds: Tensor, domain: Domain) -> bool:
    """True if the wake of one turned body (1, K) is as thin as those of slender bodies near their thresholds."""
    return bool((reynolds * height_in_d(coefficients, domain) > SLENDER_REYNOLDS).any())


def wake_resolution(coefficients: Tensor, reynolds: Tensor, domain: Domain, *, finer: bool = False) -> Resolution:
    """The elements for one body; `finer`: those by which they are checked."""
    if finer:
        return FINEST if is_slender(coefficients, reynolds, domain) else FINER
    on_height = float((reynolds * height_in_d(coefficients, domain)).max())
    return next(resolution for most, resolution in LEVELS if on_height <= most)


def wake_mesh(coefficients: Tensor, reynolds: Tensor, resolution: Resolution, domain: Domain) -> Mesh:
    """The elements of `resolution` around turned bodies (batch, K) at `reynolds` (batch,)."""
    mesh = make_mesh(coefficients, reynolds, make_layout(resolution, domain, reynolds.dtype, reynolds.device))
    thickest = FIRST_LAYER * reynolds.rsqrt()
    if domain is Domain.MERIDIAN:
        thickest = torch.minimum(thickest, SLENDER_LAYER / slenderness(coefficients))
    xi_max = math.log(2.0 * REACH) + 0.25 * torch.log(1.0 + height_in_d(coefficients, domain) ** 4)
    return replace(mesh, xi_breaks=sinh_breaks(xi_max, thickest, resolution.radial_elements, STRETCHING))

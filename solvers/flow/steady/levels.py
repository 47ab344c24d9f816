"""The elements by Reynolds number, and the levels: higher degrees first, then more elements too.

The wall's first layer is 2/√Re thick at most (`mesh.py`), which takes more radial elements at a higher Reynolds
number. So do the long bubbles of tall bodies: behind an ellipse 4:1 broadside on at Re 40, four of them are 1 % off
whatever their degrees, six 0.1 %. Slow flows reach far out: at Re 0.1 four are 0.1 % off, five 0.01 %. Around smooth
bodies twelve elements serve always. Bodies that need a fourth level have corners, at which degrees alone converge
slowly: 20 elements of degree 8 do better there than 12 of degree 10. The numbers were chosen by measured errors, see
assets/docs/solvers-diary.md.

Around an axis thin first layers of slender bodies leave the last one too thick: there are so many layers that it is at
most e^2.65 of its inner radius. (One of e^3.5 is 3 % off at level 2, one of e^4.5 converges to no flow at all.)
"""

from __future__ import annotations

from torch import Tensor

from fusiform.solvers.flow.discretisation.extent import height, section_reynolds
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.discretisation.mesh import radial_breaks
from fusiform.solvers.flow.resolution import Resolution

RADIAL_ELEMENTS = ((40.0, 4), (120.0, 5), (450.0, 6), (1000.0, 7))
MOST_RADIAL_ELEMENTS = 8
LAST_LAYER, MOST_LAYERS = 2.65, 12
SLOW, SLOW_RADIAL_ELEMENTS = 0.5, 5
# (radial elements more than those, angular elements, radial degree, angular degree)
LEVELS = ((0, 12, 4, 5), (0, 12, 5, 6), (0, 12, 6, 8), (1, 16, 7, 10), (2, 24, 8, 10))


def level(reynolds: float, number: int, height: float = 1.0, least: int = 0) -> Resolution:
    """The resolution of level `number`, from 0 to len(LEVELS) − 1, for bodies of a `height` across the stream, in d.

    `least`: radial elements needed for other reasons, see `least_layers`.
    """
    needed = reynolds * max(1.0, height) ** 2
    radial = next((count for most, count in RADIAL_ELEMENTS if needed <= most), MOST_RADIAL_ELEMENTS)
    if reynolds < SLOW:
        radial = max(radial, SLOW_RADIAL_ELEMENTS)
    more, angular, *degrees = LEVELS[number]
    return Resolution(max(radial, least) + more, angular, *degrees)


def least_layers(coefficients: Tensor, reynolds: Tensor, domain: Domain) -> int:
    """The number of radial elements whose last one is thin enough for all bodies (batch, K), in the plane any number.

    Examples
    --------
    >>> import torch
    >>> from fusiform.solvers.flow.discretisation.layout import Domain
    >>> from fusiform.solvers.flow.steady.levels import least_layers
    >>> spheroid = torch.tensor([[9.0 / 11.0]], dtype=torch.complex128)  # 10:1
    >>> [least_layers(spheroid, torch.tensor([re], dtype=torch.float64), Domain.MERIDIAN) for re in (0.1, 10.0)]
    [7, 4]
    """
    if domain is not Domain.MERIDIAN:
        return 0
    across, reynolds = height(coefficients), section_reynolds(coefficients, reynolds, domain)
    for count in range(RADIAL_ELEMENTS[0][1], MOST_LAYERS):
        breaks = radial_breaks(coefficients, reynolds, across, count, domain)
        if bool((breaks[:, -1] - breaks[:, -2] <= LAST_LAYER).all()):
            return count
    return MOST_LAYERS


def coarser(resolution: Resolution) -> Resolution:
    """The same elements one degree lower radially, and with three quarters of the angular degree; degrees of at least 4
    and 5, also where those of `resolution` are lower."""
    radial, angular = resolution.radial_degree - 1, 3 * resolution.angular_degree // 4
    return resolution.with_degrees(max(4, radial), max(5, angular))


def work(resolution: Resolution) -> float:
    """Work of a factorisation, in arbitrary units: that of the elements' interiors, which dominates."""
    inside = (resolution.radial_degree - 1) * (resolution.angular_degree - 1)
    return float(resolution.radial_elements * resolution.angular_elements * inside**2 * (resolution.n_xi / 25.0))

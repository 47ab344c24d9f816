"""How far the elements reach, and what the forces lose there.

The far field beyond the outer radius R is of second order in the wake's strength. What it leaves out changes drag
and lift, on R d against 2R d and 4R d for 50 bodies at Re 0.1 to 100 (`tests/benchmarks/solver_accuracy.py`), by
less than

    |C| [0.15 H d/R² (1 + b (Re_H/40)²) + 0.9/(k R)³],   k = Re/(2d),

with H the height across the stream, Re_H = Re H/d, and b the bluntness: 0 for H below 0.7 d, 1 above 0.9 d. The
first term is the wake's displacement and, behind blunt bodies, their bubble; the second one is the slow flow's.

The rules for elements are stated for sections: d is the diameter of the circle of the section's area, also around an
axis, where the problem itself is in units of the sphere of equal volume (`section_reynolds`).

Around an axis disturbances decay faster: half the radius loses less than |C| [0.15 H² d/R³ + 0.015/(k R)³], on R d
against 8 R d for spheroids of fineness 0.5 to 10 at Re 0.05 to 200, and no bubble is long.
"""

from __future__ import annotations

from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.revolution import sphere_ratio

RADIUS, SLOW_GROWTH, LONG_BUBBLES, LARGEST_GROWTH = 40.0, 30.0, 60.0, 40.0
SLENDER, BLUNT = 0.7, 0.9
DISPLACEMENT, BUBBLE_REYNOLDS, SLOWNESS = 0.15, 40.0, 0.9
MERIDIAN_SHARE, MERIDIAN_DISPLACEMENT, MERIDIAN_SLOWNESS = 0.5, 0.15, 0.015


def height(coefficients: Tensor) -> Tensor:
    """√8 times the root mean square of y over the outline's η, (batch,): the height of an ellipse, in d."""
    first = coefficients[:, :1] - 1.0
    both = first.abs().square().sum(1) + coefficients[:, 1:].abs().square().sum(1)
    return 2.0 * laurent.conformal_radius(coefficients) * both.sqrt()


def section_reynolds(coefficients: Tensor, reynolds: Tensor, domain: Domain) -> Tensor:
    """Re on the diameter of the circle of the section's area, of Re on d, (batch,)."""
    return reynolds / sphere_ratio(coefficients) if domain is Domain.MERIDIAN else reynolds


def bubble_growth(across: Tensor, reynolds: Tensor) -> Tensor:
    """By what the outer radius grows, (batch,), in d, where bubbles are long: behind blunt bodies above Re_H = 60;
    `across` (batch,): their height.

    Broadside 4:1 at Re 40, with a bubble of ten diameters, is 0.2 % off with a radius of 40, 0.01 % with 80.
    """
    return _bluntness(across) * across * (reynolds * across - LONG_BUBBLES).clamp(0.0, LARGEST_GROWTH)


def outer_radius(across: Tensor, reynolds: Tensor) -> Tensor:
    """The outer radius (batch,), in d: 40 heights and at least 40 d, more in slow flows and behind long bubbles."""
    return RADIUS * across.clamp_min(1.0) + SLOW_GROWTH / reynolds + bubble_growth(across, reynolds)


def truncation_error(across: Tensor, reynolds: Tensor) -> Tensor:
    """The bound above over |C|, (batch,)."""
    radius = outer_radius(across, reynolds)
    bubble = 1.0 + _bluntness(across) * (reynolds * across / BUBBLE_REYNOLDS).square()
    return DISPLACEMENT * across * bubble / radius.square() + SLOWNESS / (0.5 * reynolds * radius) ** 3


def _bluntness(across: Tensor) -> Tensor:
    """From 0 for slender bodies to 1 for blunt ones, smoothly, (batch,)."""
    share = ((across - SLENDER) / (BLUNT - SLENDER)).clamp(0.0, 1.0)
    return share.square() * (3.0 - 2.0 * share)


def slenderness(coefficients: Tensor) -> Tensor:
    """The root mean square of s_ξ over that of s along the outline, s = y the radius, (batch,): a spheroid's fineness.

    Near a body of revolution the flow is one of ln s, and s doubles within ξ = 1/slenderness.
    """
    k = laurent.modes(coefficients)
    first, others = coefficients[:, 0], coefficients[:, 1:]
    rate = (first + 1.0).abs().square() + (k[1:] * others).abs().square().sum(1)
    return (rate / ((first - 1.0).abs().square() + others.abs().square().sum(1))).sqrt()


def meridian_radius(across: Tensor, reynolds: Tensor) -> Tensor:
    """The outer radius (batch,) around bodies of revolution of heights `across`, in d: half of the plane's, but for
    bubbles."""
    return MERIDIAN_SHARE * (RADIUS * across.clamp_min(1.0) + SLOW_GROWTH / reynolds)


def meridian_truncation_error(across: Tensor, reynolds: Tensor) -> Tensor:
    """The bound above over |C|, around an axis, (batch,)."""
    radius = meridian_radius(across, reynolds)
    slow = MERIDIAN_SLOWNESS / (0.5 * reynolds * radius) ** 3
    return MERIDIAN_DISPLACEMENT * across.square() / radius**3 + slow

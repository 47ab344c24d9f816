"""The elements of a body: rectangles in (ξ, η), where ζ = exp(ξ + iη) is mapped on the plane around the body.

Radially the boundaries are ξ_k = ξ_max sinh(βk/nr)/sinh β: fine at the wall, logarithmic outside. β is 2.25, or
larger where the first layer would be thicker than 2/√Re, the thickness of a boundary layer that it has to resolve.
(A thicker one converges to a wrong drag: 30 % too low at Re 300.) ξ_max = ln(R/c) of the outer radius R d
(`extent.py`) with c ≈ d/2. For the angles see `angular.py`.

Around an axis, where the flow near a slender body is one of ln s, the first layer is at most 1.4/slenderness thick too:
within it the radius grows 2.4 times.

Shipped surrogates hold values at these nodes: whoever changes a rule of this module, of `extent.py` or of `angular.py`
trains them anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation import gll
from fusiform.solvers.flow.discretisation.angular import angular_breaks
from fusiform.solvers.flow.discretisation.extent import (
    RADIUS,
    bubble_growth,
    height,
    meridian_radius,
    outer_radius,
    section_reynolds,
    slenderness,
)
from fusiform.solvers.flow.discretisation.layout import Domain, Layout

STRETCHING, BOUNDARY_LAYER, SLENDER_LAYER = 2.25, 2.0, 1.4
NEWTON_STEPS = 5


@dataclass(frozen=True)
class Mesh:
    """Elements of a batch of bodies: nodes `xi` (batch, n_xi), `eta` (batch, n_eta), and the boundaries of the
    elements, `xi_breaks` (batch, nr + 1), `eta_breaks` (batch, na + 1)."""

    xi: Tensor
    eta: Tensor
    xi_breaks: Tensor
    eta_breaks: Tensor

    @property
    def xi_step(self) -> Tensor:
        """Sizes of the elements along ξ, (batch, nr)."""
        return self.xi_breaks.diff(dim=1)

    @property
    def eta_step(self) -> Tensor:
        """The same along η, (batch, na)."""
        return self.eta_breaks.diff(dim=1)


def make_mesh(coefficients: Tensor, reynolds: Tensor, layout: Layout, like: Mesh | None = None) -> Mesh:
    """The elements of bodies with `coefficients` (batch, K), turned by the incidence, at `reynolds` (batch,).

    `like`: elements of the same bodies and domain with nodes of other degrees, whose boundaries are taken if they are
    as many.
    """
    counts = (layout.radial + 1, layout.angular + 1)
    if like is not None and (like.xi_breaks.shape[1], like.eta_breaks.shape[1]) == counts:
        radial, angular = like.xi_breaks, like.eta_breaks
    else:
        across, reynolds = height(coefficients), section_reynolds(coefficients, reynolds, layout.domain)
        radial = radial_breaks(coefficients, reynolds, across, layout.radial, layout.domain)
        widening = torch.ones_like(reynolds)
        if layout.domain is not Domain.MERIDIAN:
            widening = widening + bubble_growth(across, reynolds) / RADIUS
        angular = _closed_breaks(coefficients, widening, layout)
    eta = _nodes(angular, layout.resolution.angular_degree)
    return Mesh(
        xi=_nodes(radial, layout.resolution.radial_degree),
        eta=eta[:, :-1] if layout.domain is Domain.PLANE else eta,
        xi_breaks=radial,
        eta_breaks=angular,
    )


def _closed_breaks(coefficients: Tensor, widening: Tensor, layout: Layout) -> Tensor:
    """η_0 = 0 … η_na, which is 2π, or π on half of the plane, (batch, na + 1); `widening`: see `angular_breaks`."""
    angular = angular_breaks(coefficients, widening, layout.resolution.angular_elements)
    end = 2.0 * math.pi if layout.domain is Domain.PLANE else math.pi
    return torch.cat([angular[:, : layout.angular], torch.full_like(angular[:, :1], end)], dim=1)


def radial_breaks(coefficients: Tensor, reynolds: Tensor, across: Tensor, count: int, domain: Domain) -> Tensor:
    """ξ_0 = 0 … ξ_nr of `count` = nr layers around bodies of heights `across`, (batch, nr + 1); `reynolds` on
    the section."""
    thickest = BOUNDARY_LAYER * reynolds.rsqrt()
    if domain is Domain.MERIDIAN:
        xi_max = torch.log(2.0 * meridian_radius(across, reynolds))
        thickest = torch.minimum(thickest, SLENDER_LAYER / slenderness(coefficients))
    else:
        xi_max = torch.log(2.0 * outer_radius(across, reynolds))
    return sinh_breaks(xi_max, thickest, count, STRETCHING)


def sinh_breaks(xi_max: Tensor, thickest: Tensor, count: int, least: float) -> Tensor:
    """ξ_0 = 0 … ξ_nr, (batch, nr + 1), with β at least `least` and the first layer at most `thickest` (batch,)."""
    widest = math.sinh(least / count) / math.sinh(least)
    first = torch.minimum(widest * xi_max, thickest) / xi_max
    with torch.no_grad():
        stretching = torch.full_like(first, least)
        for _ in range(NEWTON_STEPS):
            stretching = _stretched(stretching, first, count)
    stretching = _stretched(stretching, first, count)[:, None]
    k = torch.arange(count + 1, dtype=first.dtype, device=first.device)
    return xi_max[:, None] * torch.sinh(stretching * k / count) / torch.sinh(stretching)


def _stretched(stretching: Tensor, first: Tensor, count: int) -> Tensor:
    """One Newton step for β in sinh(β/nr)/sinh β = first; from the left they converge monotonically."""
    miss = torch.log(torch.sinh(stretching / count) / torch.sinh(stretching) / first)
    return stretching - miss / (1.0 / (count * torch.tanh(stretching / count)) - 1.0 / torch.tanh(stretching))


def _nodes(breaks: Tensor, degree: int) -> Tensor:
    """The nodes of all intervals between `breaks` (batch, m + 1), (batch, m degree + 1)."""
    place = torch.tensor(0.5 * (gll.nodes_and_weights(degree)[0] + 1.0)).to(breaks)[:-1]
    inner = breaks[:, :-1, None] + breaks.diff(dim=1)[..., None] * place
    return torch.cat([inner.flatten(1), breaks[:, -1:]], dim=1)

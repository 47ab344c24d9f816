"""How a body lies in the stream: its fineness and lean, slenderness and lopsidedness, from its map at incidence.

With the second moments of the section about its centroid, μ = ∫z² dA / ∫|z|² dA:

    lean          −½ arg μ, the angle of the principal axis to the stream, nose up; that of an ellipse is its incidence
    fineness      length along that axis over height across it, at least about 1
    slenderness   √((1 + Re μ)/(1 − Re μ)), radius of gyration along the stream over that across it: an ellipse's L/H
    lopsidedness  √(Σ k (Im a_k)²), 0 for a body that is symmetric about the stream

The first two do not change when body and axis are turned together; the last two are smooth functions of the a_k.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.geometry import laurent

OUTLINE_NODES = 192


@dataclass(frozen=True)
class Stance:
    """Each (batch,); `lean` in degrees, −90 to 90. No derivatives of `fineness` and `lean`."""

    fineness: Tensor
    lean: Tensor
    slenderness: Tensor
    lopsidedness: Tensor


def stance(coefficients: Tensor) -> Stance:
    """Of bodies `coefficients` (batch, K), turned by the incidence; differentiable."""
    eta = torch.arange(OUTLINE_NODES, dtype=coefficients.real.dtype, device=coefficients.device)
    circle = torch.polar(torch.ones_like(eta), 2.0 * torch.pi * eta / OUTLINE_NODES)
    zeta = circle.expand(len(coefficients), -1)
    z, tangent = laurent.z(coefficients, zeta), laurent.z_prime(coefficients, zeta) * (1j * zeta)
    z = z - _integral(z * z.conj(), tangent)[:, None] / _integral(z.conj(), tangent).real[:, None]
    moment = 2.0 * _integral(z * z * z.conj(), tangent) / _integral(z * z.conj() ** 2, tangent).real
    k = laurent.modes(coefficients)
    with torch.no_grad():
        angle = 0.5 * moment.angle()
        turned = z * torch.exp(-1j * angle)[:, None]
        fineness = _extent(turned.real) / _extent(turned.imag)
    return Stance(
        fineness=fineness,
        lean=-torch.rad2deg(angle),
        slenderness=((1.0 + moment.real) / (1.0 - moment.real)).sqrt(),
        lopsidedness=torch.linalg.vector_norm(coefficients.imag * k.sqrt(), dim=1),
    )


def _integral(values: Tensor, tangent: Tensor) -> Tensor:
    """∮ f dz / 2i (batch,): by Stokes ∫ z dA for f = z z̄, and so on."""
    return (values * tangent).mean(1) * (torch.pi / 1j)


def _extent(values: Tensor) -> Tensor:
    return values.amax(1) - values.amin(1)

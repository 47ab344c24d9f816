"""The linear basis of flow states: proper orthogonal decomposition that respects the mirror symmetry.

A state is represented by two scaled fields at the nodes: φ = ψ − y, and ω̂ = ω / √Re, which removes the growth with the
Reynolds number. The peaks of ω at sharp tips stay: they make the pressure. In a basis of ω |z'|/c, which has no
peaks, the error of the drag is three to ten times as large (assets/docs/surrogates-diary.md). Mirroring a body maps a
field f(ξ, η) to −f(ξ, −η), so every state splits into a part that survives mirroring and one that changes sign; each
basis vector belongs to one of them (`parity` ±1). Coefficients are scaled so that their total variance over the
snapshots is one.

Around an axis the fields are g and χ̂ = χ √(s² + 0.03 h²) / √(1 + Re/8), on the meridian alone: nearly ω = s χ, but not
zero on the axis, where χ itself would be lost. (χ peaks at slender ends like the inverse square of their radius.) Both
are their own mirror images, and all g and g_ξ are equal at the wall, so that a truncated basis leaves no slip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.flow import Domain, Problem, Resolution, State, discretise
from fusiform.surrogates.model.layout import nodes_of

SLIP_DECAY = 9.0
LEAST_ENERGY = 1e-11
SLOW_REYNOLDS, NEAR_AXIS = 8.0, 0.03


@dataclass(frozen=True)
class LinearBasis:
    """`vectors` (r, 2·n_xi·n_eta), `mean` (2·n_xi·n_eta,), `parity` (r,), `spread` (r,): standard deviations of the
    coefficients; `field_scale` (2,): root mean squares that make φ and ω̂ comparable; `coefficient_scale` ();
    `revolution`: True for flows around an axis, whose nodes are those of the meridian."""

    vectors: Tensor
    mean: Tensor
    parity: Tensor
    spread: Tensor
    field_scale: Tensor
    coefficient_scale: Tensor
    resolution: Resolution
    revolution: bool = False

    @property
    def size(self) -> int:
        return self.vectors.shape[0]

    def problem(self, coefficients: Tensor, reynolds: Tensor) -> Problem:
        """The problems of bodies (batch, K) at incidence, discretised on the elements of the basis."""
        domain = Domain.MERIDIAN if self.revolution else Domain.PLANE
        return discretise(coefficients, reynolds, self.resolution, domain)

    def to(self, device: torch.device) -> LinearBasis:
        """The same on another device."""
        tensors: dict[str, Any] = {k: v.to(device) for k, v in vars(self).items() if isinstance(v, Tensor)}
        return replace(self, **tensors)

    def encode(self, snapshots: Tensor) -> Tensor:
        """Coefficients (batch, r) of scaled snapshots (batch, 2, n_xi, n_eta)."""
        flat = (snapshots / self.field_scale[:, None, None]).flatten(1).to(self.vectors)
        return (flat - self.mean) @ self.vectors.mT / self.coefficient_scale

    def decode(self, coefficients: Tensor) -> Tensor:
        """Scaled snapshots (batch, 2, n_xi, n_eta) of coefficients (batch, r)."""
        flat = (coefficients.to(self.vectors) * self.coefficient_scale) @ self.vectors + self.mean
        fields = flat.reshape(-1, 2, *nodes_of(self.resolution, self.revolution))
        return fields * self.field_scale[:, None, None]


def vorticity_scale(reynolds: Tensor) -> Tensor:
    """√Re (batch, 1, 1): ω = ω̂ · vorticity_scale."""
    return reynolds.sqrt()[:, None, None]


def axial_scale(problem: Problem) -> Tensor:
    """√(1 + Re/8)/√(s² + 0.03 h²) at the nodes (batch, n_xi, n_eta): χ = χ̂ · axial_scale."""
    growth = (1.0 + 1.0 / (SLOW_REYNOLDS * problem.viscosity)).sqrt()[:, None, None]
    return growth * (problem.stream.square() + NEAR_AXIS * problem.metric).rsqrt()


def _scale(problem: Problem) -> Tensor:
    return axial_scale(problem) if problem.domain is Domain.MERIDIAN else vorticity_scale(1.0 / problem.viscosity)


def encode_state(basis: LinearBasis, problem: Problem, state: State) -> Tensor:
    """Coefficients (batch, r) of solver states."""
    snapshots = torch.stack([state.phi, state.omega / _scale(problem)], dim=1)
    return basis.encode(snapshots).to(state.phi)


def decode_state(basis: LinearBasis, problem: Problem, coefficients: Tensor, scalars: Tensor) -> State:
    """The states of coefficients (batch, r), with Q and Γ (batch, 2), and with the no-slip condition restored."""
    fields = basis.decode(coefficients).to(problem.metric)
    phi, omega = fields[:, 0], fields[:, 1] * _scale(problem)
    if problem.domain is Domain.MERIDIAN:
        return State(phi, omega, scalars)
    return State(phi - _slip(problem, phi, omega), omega, scalars)


def _slip(problem: Problem, phi: Tensor, omega: Tensor) -> Tensor:
    """The field (a + b ξ + c ξ²) e^{−λξ} that takes ψ, ψ_ξ and ψ_ξξ + h²ω, which a truncated basis leaves, to zero at
    the wall, with derivatives as the elements have them.

    Velocities are derivatives of ψ over h, which is small at tips: without it their errors are three times as large
    (assets/docs/surrogates-diary.md).
    """
    powers = problem.mesh.xi[:, :, None] ** torch.arange(3, device=phi.device)
    shapes = powers * torch.exp(-SLIP_DECAY * problem.mesh.xi)[:, :, None]
    left = _at_the_wall(problem, phi + problem.stream)
    left[:, 2] += problem.metric[:, 0] * omega[:, 0]
    return shapes @ torch.linalg.solve(_at_the_wall(problem, shapes), left)


def _at_the_wall(problem: Problem, lines: Tensor) -> Tensor:
    """Values and first and second ξ derivatives (batch, 3, m) at the wall of functions (batch, n_xi, m) of ξ."""
    layout, scale = problem.layout, problem.scale_xi[:, 0, 0]
    rows = torch.stack([torch.eye(layout.n1).to(layout.d_xi)[0], layout.d_xi[0], (layout.d_xi @ layout.d_xi)[0]])
    return scale ** torch.arange(3, device=scale.device)[:, None] * (rows @ lines[:, : layout.n1])


def mirror(snapshots: Tensor) -> Tensor:
    """The snapshots of the mirrored bodies: −f(ξ, −η)."""
    return -torch.roll(snapshots.flip(-1), 1, dims=-1)


def fit_basis(snapshots: Tensor, size: int, resolution: Resolution, revolution: bool = False) -> LinearBasis:
    """The `size` leading vectors of snapshots (cases, 2, n_xi, n_eta) and their mirror images.

    Flows of bodies of `revolution` are their own mirror images.
    """
    field_scale = snapshots.square().mean((0, 2, 3)).sqrt()
    scaled = snapshots / field_scale[:, None, None]
    image = scaled if revolution else mirror(scaled)
    even, odd = 0.5 * (scaled + image), 0.5 * (scaled - image)
    mean = even.mean(0)
    parts = [even - mean] if revolution else [even - mean, odd]
    spectra = [_principal(part.flatten(1), size) for part in parts]
    energy = torch.cat([s for s, _ in spectra])
    order = torch.argsort(energy, descending=True)[:size]
    signs = [torch.full_like(values, sign) for (values, _), sign in zip(spectra, (1.0, -1.0), strict=False)]
    parity = torch.cat(signs)[order]
    spread = energy[order] / len(snapshots) ** 0.5
    scale = spread.square().sum().sqrt()
    vectors = torch.cat([v for _, v in spectra])[order]
    return LinearBasis(vectors, mean.flatten(), parity, spread / scale, field_scale, scale, resolution, revolution)


def _principal(rows: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Singular values (≤ size,) and right singular vectors of `rows`, through the smaller Gram matrix, in double
    precision: in single, vectors below 2e-4 of the largest would not be orthogonal."""
    wide = rows.double()
    values, left = torch.linalg.eigh(wide @ wide.mT)
    keep = torch.argsort(values, descending=True)[:size]
    keep = keep[values[keep] > LEAST_ENERGY * values.max()]
    singular = values[keep].sqrt()
    return singular.to(rows), ((left[:, keep] / singular).mT @ wide).to(rows)

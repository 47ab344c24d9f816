"""The linear basis of flow states: proper orthogonal decomposition that respects the mirror symmetry.

A state is represented by two scaled fields on the nodes (t, s): ψ − y, and ω̂ = ω / √Re, which removes the growth with
the Reynolds number. The peaks of ω at sharp tips stay: they make the pressure. In a basis of ω |z'|/c, which has no
peaks, the error of the drag is three to ten times as large (assets/docs/surrogates-diary.md). Mirroring a body maps a
field f(t, s) to −f(t, −s), so every state splits into a part that survives mirroring and one that changes sign; each
basis vector belongs to one of them (`parity` ±1). Coefficients are scaled so that their total variance over the
snapshots is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.flow import Problem, Resolution, State

SLIP_DECAY = 7.0
LEAST_ENERGY = 1e-11


@dataclass(frozen=True)
class LinearBasis:
    """`vectors` (r, 2·n_xi·n_eta), `mean` (2·n_xi·n_eta,), `parity` (r,), `spread` (r,): standard deviations of the
    coefficients; `field_scale` (2,): root mean squares that make ψ − y and ω̂ comparable; `coefficient_scale` ()."""

    vectors: Tensor
    mean: Tensor
    parity: Tensor
    spread: Tensor
    field_scale: Tensor
    coefficient_scale: Tensor
    resolution: Resolution

    @property
    def size(self) -> int:
        return self.vectors.shape[0]

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
        fields = flat.reshape(-1, 2, self.resolution.n_xi, self.resolution.n_eta)
        return fields * self.field_scale[:, None, None]


def vorticity_scale(problem: Problem) -> Tensor:
    """√Re (batch, 1, 1): ω = ω̂ · vorticity_scale."""
    return problem.viscosity.rsqrt()[:, None, None]


def encode_state(basis: LinearBasis, problem: Problem, state: State) -> Tensor:
    """Coefficients (batch, r) of solver states."""
    snapshots = torch.stack([state.psi - problem.stream, state.omega / vorticity_scale(problem)], dim=1)
    return basis.encode(snapshots).to(state.psi)


def decode_state(basis: LinearBasis, problem: Problem, coefficients: Tensor, scalars: Tensor) -> State:
    """The states of coefficients (batch, r), with Q and Γ (batch, 2), and with the no-slip condition restored."""
    fields = basis.decode(coefficients).to(problem.metric)
    psi, omega = fields[:, 0] + problem.stream, fields[:, 1] * vorticity_scale(problem)
    return State(psi - _slip(problem, psi, omega), omega, scalars)


def _slip(problem: Problem, psi: Tensor, omega: Tensor) -> Tensor:
    """The field that takes ψ, ψ_ξ and ψ_ξξ + h²ω, which a truncated basis leaves, to zero at the wall, and decays:

        (e₀ + B ξ + C ξ²) e^{−λξ},   B = e₁ + λ e₀,   C = ½ (e₂ + 2λB − λ² e₀)

    Velocities are derivatives of ψ over h, which is small at tips: without it their errors are three times as large
    (assets/docs/surrogates-diary.md).
    """
    grid, radial, decay = problem.grid, problem.grid.radial, SLIP_DECAY
    e0, e1 = psi[:, :1], grid.radial_derivative(radial.omega_first[:1], psi)
    e2 = grid.radial_derivative(radial.omega_second[:1], psi, 2) + problem.metric[:, :1] * omega[:, :1]
    first = e1 + decay * e0
    second = 0.5 * (e2 + 2.0 * decay * first - decay**2 * e0)
    xi = grid.xi[:, :, None]
    return (e0 + first * xi + second * xi.square()) * torch.exp(-decay * xi)


def mirror(snapshots: Tensor) -> Tensor:
    """The snapshots of the mirrored bodies: −f(t, −s)."""
    return -torch.roll(snapshots.flip(-1), 1, dims=-1)


def fit_basis(snapshots: Tensor, size: int, resolution: Resolution) -> LinearBasis:
    """The `size` leading vectors of snapshots (cases, 2, n_xi, n_eta) and their mirror images."""
    field_scale = snapshots.square().mean((0, 2, 3)).sqrt()
    scaled = snapshots / field_scale[:, None, None]
    even, odd = 0.5 * (scaled + mirror(scaled)), 0.5 * (scaled - mirror(scaled))
    mean = even.mean(0)
    spectra = [_principal(part.flatten(1), size) for part in (even - mean, odd)]
    energy = torch.cat([s for s, _ in spectra])
    order = torch.argsort(energy, descending=True)[:size]
    parity = torch.cat([torch.ones_like(spectra[0][0]), -torch.ones_like(spectra[1][0])])[order]
    spread = energy[order] / len(snapshots) ** 0.5
    scale = spread.square().sum().sqrt()
    vectors = torch.cat([v for _, v in spectra])[order]
    return LinearBasis(vectors, mean.flatten(), parity, spread / scale, field_scale, scale, resolution)


def _principal(rows: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Singular values (≤ size,) and right singular vectors of `rows`, through the smaller Gram matrix, in double
    precision: in single, vectors below 2e-4 of the largest would not be orthogonal."""
    wide = rows.double()
    values, left = torch.linalg.eigh(wide @ wide.mT)
    keep = torch.argsort(values, descending=True)[:size]
    keep = keep[values[keep] > LEAST_ENERGY * values.max()]
    singular = values[keep].sqrt()
    return singular.to(rows), ((left[:, keep] / singular).mT @ wide).to(rows)

"""The mapped grid: where the radial lines and the angular nodes of a body lie.

ζ = exp(ξ + iη). Radially ξ = ξ_max(Re) · sinh(βt)/sinh(β), t = 0 … 1 uniform: fine at the wall, logarithmic outside.
Angularly the nodes follow body and wake; their spacing is

    dη/ds ∝ exp( γ G_σ * ½ ln(|z'|²/c² + ε²) − A e^{κ(cos s − 1)} ),   η(0) = 0, s uniform,

fine where the outline turns sharply (z' small at tips and edges; G_σ is a periodic Gaussian) and in the wake, s = 0.
The spacing is smooth *as a function of s*, which is what keeps the Fourier series short: a spacing that is smooth in η
with the same nodes in the wake lost two digits. |z'| is taken at η(s) by a fixed-point iteration, so the grid is an
explicit, differentiable function of the coefficients, and the fields of different bodies line up in (t, s).
The constants were chosen by measured drag errors, see assets/docs/solvers-diary.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.stencils import Array, fourier_matrices, hermite_weights
from fusiform.solvers.geometry import laurent

RADIAL_STRETCHING = 3.0
STENCIL_WIDTH = 5
BODY_EXPONENT, BODY_FLOOR, BODY_SMOOTHING = 0.8, 0.15, 0.2
WAKE_DEPTH, WAKE_SHARPNESS = 2.8, 1.0
SPACING_MODES = 32
FIXED_POINT_STEPS = 3
NEAR_RADIUS, LONG_BUBBLES = 40.0, 60.0


@dataclass(frozen=True)
class RadialOperators:
    """Differentiation along t on the unit interval, dense (n_xi, n_xi) but banded: stencils of five nodes.

    The stream function's rows of the first `wall_lines` lines use the no-slip condition ψ_ξ(0) = 0 as one of their data
    instead of one of the nodes.
    """

    wall_lines: int
    t: Tensor
    psi_first: Tensor
    psi_second: Tensor
    omega_first: Tensor
    omega_second: Tensor


@lru_cache(maxsize=16)
def _radial_arrays(n_xi: int, width: int) -> tuple[Array, ...]:
    t = np.sinh(RADIAL_STRETCHING * np.linspace(0.0, 1.0, n_xi)) / np.sinh(RADIAL_STRETCHING)
    psi = [np.zeros((n_xi, n_xi)) for _ in range(2)]
    omega = [np.zeros((n_xi, n_xi)) for _ in range(2)]
    half = width // 2
    for line in range(n_xi):
        nodes = np.arange(width) + min(max(line - half, 0), n_xi - width)
        for matrix_psi, matrix_omega, order in zip(psi, omega, (1, 2), strict=True):
            matrix_omega[line, nodes] = hermite_weights(t[nodes], t[line], order)
            if line < half:
                matrix_psi[line, : width - 1] = hermite_weights(t[: width - 1], t[line], order, slope_at=0.0)
            else:
                matrix_psi[line] = matrix_omega[line]
    return (t, *psi, *omega)


@dataclass(frozen=True)
class Grid:
    """Grid of a batch of bodies.

    `xi_max` (batch,); `eta`, `eta_s`, `quadrature` (batch, n_eta): the angles of the nodes s_j = 2πj/n_eta, dη/ds, and
    the weights of ∮ f dη (trapezoidal rule in s, spectrally accurate);
    `d_eta`, `d_eta2` (batch, n_eta, n_eta): first and second derivative along η.
    """

    xi_max: Tensor
    eta: Tensor
    eta_s: Tensor
    quadrature: Tensor
    radial: RadialOperators
    d_eta: Tensor
    d_eta2: Tensor

    @property
    def n_xi(self) -> int:
        return self.radial.t.shape[0]

    @property
    def n_eta(self) -> int:
        return self.eta.shape[1]

    @property
    def xi(self) -> Tensor:
        """Radial nodes ξ, (batch, n_xi)."""
        return self.xi_max[:, None] * self.radial.t

    @property
    def zeta(self) -> Tensor:
        """The nodes ζ = exp(ξ + iη), (batch, n_xi, n_eta)."""
        radius, eta = self.xi.exp()[:, :, None], self.eta[:, None, :]
        return torch.complex(radius * eta.cos(), radius * eta.sin())

    def radial_derivative(self, matrix: Tensor, field: Tensor, order: int = 1) -> Tensor:
        """Apply rows of a radial differentiation matrix (rows, n_xi) to a field (batch, n_xi, n_eta)."""
        return (matrix @ field) / self.xi_max[:, None, None] ** order


def periodic_integral(values: Tensor) -> Tensor:
    """Zero-mean primitive along s of the zero-mean part of `values` (…, n), spectrally."""
    n = values.shape[-1]
    k = torch.arange(n // 2 + 1, dtype=torch.float64, device=values.device)
    factor = torch.zeros(n // 2 + 1, dtype=torch.complex128, device=values.device)
    factor[1 : n // 2] = -1j / k[1 : n // 2]
    return torch.fft.irfft(torch.fft.rfft(values) * factor, n)


@lru_cache(maxsize=8)
def _spacing_constants(dtype: torch.dtype, device: torch.device) -> tuple[Tensor, ...]:
    """Of 2·SPACING_MODES nodes s: s, cos s − 1, the smoothing G_σ (as a matrix on rows of samples), and the primitive
    that is zero at s = 0 of the zero-mean part (likewise)."""
    count = 2 * SPACING_MODES
    s = np.arange(count) * (2.0 * np.pi / count)
    m = np.arange(SPACING_MODES + 1)
    smoothing = np.fft.irfft(np.fft.rfft(np.eye(count)) * np.exp(-0.5 * (BODY_SMOOTHING * m) ** 2), count)
    primitive = _node_matrices(count, dtype, device)[1][:, :count]
    return *(torch.from_numpy(a).to(device, dtype) for a in (s, np.cos(s) - 1.0, smoothing)), primitive


def _spacing(coefficients: Tensor, reynolds: Tensor) -> Tensor:
    """Samples of the node spacing dη/ds, of mean one, at 2·SPACING_MODES nodes s, (batch, 2·SPACING_MODES).

    The wake is narrower, seen from the body, on the larger outer circle: A grows with half the logarithm of its radius.
    """
    s, cosine, smoothing, primitive = _spacing_constants(coefficients.real.dtype, coefficients.device)
    depth = WAKE_DEPTH + 0.5 * torch.log1p(_bubble_growth(reynolds) / NEAR_RADIUS)
    wake = depth[:, None] * torch.exp(WAKE_SHARPNESS * cosine)
    k = laurent.modes(coefficients)
    amplitude = (k * coefficients)[:, :, None]
    eta = s.expand(coefficients.shape[0], -1)
    for _ in range(FIXED_POINT_STEPS):
        phase = eta[:, :, None] * (k + 1.0)
        slope = 1.0 - (torch.complex(phase.cos(), -phase.sin()) @ amplitude)[:, :, 0]
        log_slope = 0.5 * torch.log(slope.real.square() + slope.imag.square() + BODY_FLOOR**2)
        spacing = torch.exp(BODY_EXPONENT * (log_slope @ smoothing) - wake)
        spacing = spacing / spacing.mean(1, keepdim=True)
        eta = s + spacing @ primitive
    return spacing


@lru_cache(maxsize=16)
def _node_matrices(n_eta: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """The nodes s_j (n_eta,), and the matrix (2·SPACING_MODES, 3·n_eta) from samples of the spacing to η − s, dη/ds and
    d²η/ds² there."""
    s = np.arange(n_eta) * (2.0 * np.pi / n_eta)
    m = np.arange(1, SPACING_MODES)
    spectrum = np.fft.rfft(np.eye(2 * SPACING_MODES))[:, 1:-1] / SPACING_MODES
    waves = np.exp(1j * s[:, None] * m)
    parts = [spectrum @ ((waves - 1.0) / (1j * m)).T, spectrum @ waves.T, spectrum @ (waves * (1j * m)).T]
    matrix = np.concatenate([part.real for part in parts], axis=1)
    return torch.from_numpy(s).to(device, dtype), torch.from_numpy(matrix).to(device, dtype)


def angular_nodes(coefficients: Tensor, reynolds: Tensor, n_eta: int) -> tuple[Tensor, Tensor, Tensor]:
    """Angles η(s_j) of the nodes and dη/ds, d²η/ds², each (batch, n_eta)."""
    s, matrix = _node_matrices(n_eta, coefficients.real.dtype, coefficients.device)
    offset, slope, bend = torch.split(_spacing(coefficients, reynolds) @ matrix, n_eta, dim=1)
    return s + offset, 1.0 + slope, bend


def far_radius(reynolds: Tensor) -> Tensor:
    """Outer radius of the grid in units of 2c: large where viscosity reaches far, and where bubbles are long.

    A blunt body at Re 100 has a bubble of ten diameters: its drag is 0.4 % off with r = 40, 0.03 % with r = 80.
    """
    return NEAR_RADIUS + 20.0 / reynolds + _bubble_growth(reynolds)


def _bubble_growth(reynolds: Tensor) -> Tensor:
    return torch.clamp(reynolds - LONG_BUBBLES, min=0.0)


def make_grid(coefficients: Tensor, reynolds: Tensor, resolution: Resolution, width: int = STENCIL_WIDTH) -> Grid:
    """The grid of a batch of bodies, `coefficients` (batch, K) turned by the incidence, `reynolds` (batch,)."""
    radial = [torch.from_numpy(a).to(reynolds) for a in _radial_arrays(resolution.n_xi, width)]
    first, second = (torch.from_numpy(a).to(reynolds) for a in fourier_matrices(resolution.n_eta))
    eta, eta_s, eta_ss = angular_nodes(coefficients, reynolds, resolution.n_eta)
    return Grid(
        xi_max=torch.log(2.0 * far_radius(reynolds)),
        eta=eta,
        eta_s=eta_s,
        quadrature=eta_s * (2.0 * torch.pi / resolution.n_eta),
        radial=RadialOperators(width // 2, *radial),
        d_eta=first / eta_s[..., None],
        d_eta2=second / eta_s[..., None] ** 2 - first * (eta_ss / eta_s**3)[..., None],
    )

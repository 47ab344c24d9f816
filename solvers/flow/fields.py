"""Velocity, pressure and vorticity of a flow, on its grid and at arbitrary points, and what happens at the wall.

Velocity: u + iv = (ψ_η − i ψ_ξ) z_ξ / h². Pressure from the total head H = p + |u|²/2, which obeys
H_ξ = −ω ψ_ξ − ν ω_η and H_η = −ω ψ_η + ν ω_ξ: along ξ on the upstream ray η ≈ π, where the vorticity dies out
exponentially and H = ½ far away; from there around each line, spectrally. Pressures are relative to the undisturbed
stream; lengths in d, velocities in U, density 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, RectBivariateSpline
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.flow.equations import DYNAMIC_PRESSURE, Problem, State, slopes
from fusiform.solvers.flow.far_field import oseenlet
from fusiform.solvers.flow.grid import periodic_integral
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.inverse_map import InverseMap

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
ANGULAR_REFINEMENT, ANGULAR_OVERLAP = 4, 8
FAR_DECAY, FAR_QUADRATURE = 1.5, 32
FARTHEST = 1e9


@dataclass(frozen=True)
class PointValues:
    """Flow at points: each array has the shape of the points; NaN inside the body."""

    u: Array
    v: Array
    pressure: Array
    vorticity: Array
    streamfunction: Array

    @property
    def pressure_coefficient(self) -> Array:
        """C_p = (p − p_∞)/(½ρU²)."""
        return self.pressure / DYNAMIC_PRESSURE


def grid_velocity(problem: Problem, state: State, coefficients: Tensor) -> Tensor:
    """u + iv on the grid, (batch, n_xi, n_eta) complex."""
    d = slopes(problem, state)
    zeta = problem.grid.zeta
    return torch.complex(d.psi_eta, -d.psi_xi) * laurent.z_prime(coefficients, zeta) * zeta / problem.metric


def grid_pressure(problem: Problem, state: State, velocity: Tensor) -> Tensor:
    """p − p_∞ on the grid, (batch, n_xi, n_eta); ρU² = 1."""
    grid, nu = problem.grid, problem.viscosity[:, None, None]
    d = slopes(problem, state)
    around = periodic_integral((-state.omega * d.psi_eta + nu * d.omega_xi) * grid.eta_s[:, None])
    upstream = grid.n_eta // 2
    outward = (-state.omega * d.psi_xi - nu * d.omega_eta)[..., upstream].cpu().numpy()
    t = grid.radial.t.cpu().numpy()
    along = torch.from_numpy(CubicSpline(t, outward, axis=1).antiderivative()(t)).to(around) * grid.xi_max[:, None]
    head = 0.5 + (along - along[:, -1:])[..., None] + around - around[..., upstream, None]
    return head - 0.5 * velocity.abs().square()


class FlowField:
    """The flow past one body: case `index` of a batch, on its grid and at points.

    The stream runs along +x; the body is turned by the incidence about its map's centre, the origin.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve
    >>> field = solve(Body.circle(), FlowConditions(reynolds=40.0), grid="coarse").field
    >>> values = field.at([0.0, 1.0 + 0.0j, -50.0 + 0.0j])  # in the body, in the wake, far ahead
    >>> bool(values.u[1] < 0.0), bool(abs(values.u[2] - 1.0) < 0.01)
    (True, True)
    >>> str(values.u[0])
    'nan'
    """

    def __init__(self, problem: Problem, state: State, coefficients: Tensor, index: int = 0) -> None:
        velocity = grid_velocity(problem, state, coefficients)
        pressure = grid_pressure(problem, state, velocity)

        def of(batch: Tensor) -> Any:
            return batch[index].detach().cpu().numpy()

        self.coefficients = coefficients[index : index + 1].detach().cpu()
        self.scalars: Array = of(state.scalars)
        self.viscosity = float(problem.viscosity[index])
        self.xi_max = float(problem.grid.xi_max[index])
        self.xi: Array = of(problem.grid.xi)
        self.eta: Array = of(problem.grid.eta)
        self.quadrature: Array = of(problem.grid.quadrature)
        self.psi: Array = of(state.psi)
        self.omega: Array = of(state.omega)
        self.velocity: ComplexArray = of(velocity)
        self.pressure: Array = of(pressure)
        zeta: ComplexArray = of(problem.grid.zeta)
        self.position: ComplexArray = self.z(zeta)
        self.z_xi: ComplexArray = self.z_prime(zeta) * zeta

    def z(self, zeta: ComplexArray) -> ComplexArray:
        """Points x + iy of the plane at ζ = e^{ξ+iη} of any shape, in d."""
        return laurent.z(self.coefficients, torch.from_numpy(np.asarray(zeta))[None])[0].numpy()

    def z_prime(self, zeta: ComplexArray) -> ComplexArray:
        """dz/dζ at ζ of any shape."""
        return laurent.z_prime(self.coefficients, torch.from_numpy(np.asarray(zeta))[None])[0].numpy()

    @property
    def pressure_coefficient(self) -> Array:
        """C_p = (p − p_∞)/(½ρU²) on the grid, (n_xi, n_eta)."""
        return self.pressure / DYNAMIC_PRESSURE

    @property
    def wall(self) -> ComplexArray:
        """Outline nodes, counter-clockwise from the rear, (n_eta,)."""
        return self.position[0]

    @property
    def wall_pressure_coefficient(self) -> Array:
        """C_p at the outline nodes, (n_eta,)."""
        return self.pressure_coefficient[0]

    @property
    def wall_shear_coefficient(self) -> Array:
        """Wall shear stress over ρU²/2 at the outline nodes, −2νω, positive clockwise: downstream on the upper side."""
        return -self.viscosity * self.omega[0] / DYNAMIC_PRESSURE

    def at(self, points: ComplexArray) -> PointValues:
        """The flow at complex points x + iy of any shape, in d; NaN inside the body and where a point is not finite.

        Beyond the grid: uniform stream and Oseenlet, plus their difference to the outer line falling like r^(−3/2);
        velocities there are off by up to 0.5 % of U in the wake. `InputError` beyond 1e9 d.
        """
        flat = np.array(points, dtype=np.complex128).ravel()
        finite = np.isfinite(flat)
        require(
            bool((np.abs(flat[finite]) <= FARTHEST).all()),
            f"expected points within {FARTHEST:g} d, got {np.abs(flat[finite]).max(initial=0.0):.3g}; move them closer",
        )
        zeta = np.full(flat.shape, np.nan, dtype=np.complex128)
        zeta[finite] = self.inverse_map(flat[finite])
        inside = np.isnan(zeta)
        values = np.full((5, flat.size), np.nan)
        values[:, ~inside] = self._outside(flat[~inside], zeta[~inside])
        return PointValues(*values.reshape(5, *np.shape(points)))

    def _outside(self, points: ComplexArray, zeta: ComplexArray) -> Array:
        xi, eta = np.log(np.abs(zeta)), np.mod(np.angle(zeta), 2.0 * np.pi)
        on_grid = np.minimum(xi, self.xi_max)
        values = np.stack([spline(on_grid, eta, grid=False) for spline in (*self._splines, self.reduced_psi)])
        values[4] *= on_grid**2
        beyond = xi > self.xi_max
        if beyond.any():
            values[:, beyond] = self._far(points[beyond], zeta[beyond], values[:, beyond])
        return values

    def refined(self, values: Array) -> tuple[Array, Array]:
        """The trigonometric interpolant of nodal values (…, n_eta) on `ANGULAR_REFINEMENT` times as many nodes.

        Returns their angles η, (m,), ascending from η = 0, and the values (…, m).
        """
        n = self.eta.shape[0]
        s = 2.0 * np.pi / n * np.arange(n)
        fine = 2.0 * np.pi / (ANGULAR_REFINEMENT * n) * np.arange(ANGULAR_REFINEMENT * n)
        angle = fine + _denser(self.eta - s)
        angle[::ANGULAR_REFINEMENT] = self.eta
        return angle, _denser(values)

    def spline(self, values: Array) -> RectBivariateSpline:
        """Quintic interpolant of values on the grid (n_xi, n_eta), a function of ξ in [0, ξ_max] and η in [0, 2π]."""
        eta, fine = self.refined(values)
        pad = ANGULAR_OVERLAP
        angle = np.concatenate([eta[-pad:] - 2 * np.pi, eta, eta[:pad] + 2 * np.pi])
        return RectBivariateSpline(
            self.xi, angle, np.concatenate([fine[:, -pad:], fine, fine[:, :pad]], axis=1), kx=5, ky=5
        )

    @cached_property
    def _splines(self) -> list[RectBivariateSpline]:
        return [self.spline(v) for v in (self.velocity.real, self.velocity.imag, self.pressure, self.omega)]

    @cached_property
    def reduced_psi(self) -> RectBivariateSpline:
        """Interpolant of ψ/ξ² in (ξ, η): regular at the wall, where it is −h²ω/2."""
        wall = -0.5 * np.abs(self.z_xi[0]) ** 2 * self.omega[0]
        return self.spline(np.vstack([wall, self.psi[1:] / self.xi[1:, None] ** 2]))

    def _far(self, points: ComplexArray, zeta: ComplexArray, outer: Array) -> Array:
        """u, v, p, ω, ψ beyond the outer line, (5, n), from those on it, `outer`; ψ = ∫ u dy − v dx along rays."""
        edge = self.z(zeta * np.exp(self.xi_max) / np.abs(zeta))
        defect = outer[:4] - self._oseen(edge)
        values = self._oseen(points) + defect * np.abs(edge / points) ** FAR_DECAY
        node, weight = np.polynomial.legendre.leggauss(FAR_QUADRATURE)
        logarithm = np.log(points / edge)
        ray = edge * np.exp(0.5 * (1.0 + node[:, None]) * logarithm)
        u, v = self._oseen(ray)[:2] + defect[:2, None] * np.abs(edge / ray) ** FAR_DECAY
        flux = ((u - 1j * v) * ray * logarithm).imag
        return np.concatenate([values, [outer[4] + 0.5 * weight @ flux]])

    def _oseen(self, points: ComplexArray) -> Array:
        """u, v, p, ω of the uniform stream and the Oseenlet, (4, …)."""
        viscosity = torch.tensor([self.viscosity], dtype=torch.float64)
        velocity, vorticity = (part[0].numpy() for part in oseenlet(torch.from_numpy(points)[None], viscosity))
        w = 1.0 + np.tensordot(self.scalars, velocity, 1)
        drag, lift = self.scalars
        pressure = -(drag * points.real + lift * points.imag) / (2.0 * np.pi * np.abs(points) ** 2)
        return np.stack([w.real, w.imag, pressure, np.tensordot(self.scalars, vorticity, 1)])

    @cached_property
    def inverse_map(self) -> InverseMap:
        """ζ, |ζ| ≥ 1, of points (n,), in d; NaN for points inside the body."""
        return InverseMap(self.coefficients[0].numpy())


def _denser(values: Array) -> Array:
    """Trigonometric interpolation of periodic values (…, n), n even, on `ANGULAR_REFINEMENT` n nodes."""
    n = values.shape[-1]
    series = np.fft.rfft(values)
    series[..., -1] *= 0.5
    return ANGULAR_REFINEMENT * np.fft.irfft(series, ANGULAR_REFINEMENT * n)

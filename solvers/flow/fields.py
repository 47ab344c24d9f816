"""Velocity, pressure and vorticity of a flow, on its grid and at arbitrary points, and what happens at the wall.

Velocity: u + iv = (ψ_η − i ψ_ξ) z_ξ / h². Pressure from the total head H = p + |u|²/2, which obeys
H_ξ = −ω ψ_ξ − ν ω_η and H_η = −ω ψ_η + ν ω_ξ: integrated along η spectrally, its mean along ξ inwards from the far
field. Pressures are relative to the undisturbed stream; lengths in d, velocities in U, density 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, RectBivariateSpline
from scipy.spatial import cKDTree
from torch import Tensor

from fusiform.solvers.flow.equations import Problem, State, slopes
from fusiform.solvers.flow.far_field import oseenlet
from fusiform.solvers.flow.grid import RADIAL_STRETCHING
from fusiform.solvers.geometry import laurent

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
INVERSE_MAP_STEPS = 12


@dataclass(frozen=True)
class PointValues:
    """Flow at points: each array has the shape of the points; NaN inside the body."""

    u: Array
    v: Array
    pressure: Array
    vorticity: Array
    streamfunction: Array


def grid_velocity(problem: Problem, state: State, coefficients: Tensor) -> Tensor:
    """u + iv on the grid, (batch, n_xi, n_eta) complex."""
    d = slopes(problem, state)
    zeta = problem.grid.zeta
    return torch.complex(d.psi_eta, -d.psi_xi) * laurent.z_prime(coefficients, zeta) * zeta / problem.metric


def _periodic_integral(values: Tensor) -> Tensor:
    """Zero-mean primitive along s of the zero-mean part of `values` (…, n), spectrally."""
    n = values.shape[-1]
    k = torch.arange(n // 2 + 1, device=values.device)
    factor = torch.zeros(n // 2 + 1, dtype=torch.complex128, device=values.device)
    factor[1 : n // 2] = -1j / k[1 : n // 2]
    return torch.fft.irfft(torch.fft.rfft(values) * factor, n)


def grid_pressure(problem: Problem, state: State, velocity: Tensor) -> Tensor:
    """p − p_∞ on the grid, (batch, n_xi, n_eta); ρU² = 1."""
    grid, nu = problem.grid, problem.viscosity[:, None, None]
    d = slopes(problem, state)
    along = (-state.omega * d.psi_eta + nu * d.omega_xi) * grid.eta_s[:, None]
    head = _periodic_integral(along)
    inward = (-state.omega * d.psi_xi - nu * d.omega_eta).mean(-1)
    spline = CubicSpline(grid.radial.t.cpu().numpy(), inward.cpu().numpy(), axis=1).antiderivative()
    mean = torch.from_numpy(spline(grid.radial.t.cpu().numpy())).to(head) * grid.xi_max[:, None]
    head = head + (mean - mean[:, -1:])[..., None]
    upstream = grid.n_eta // 2
    far_pressure = 1.0 - velocity[:, -1, upstream].real
    far_head = far_pressure + 0.5 * velocity[:, -1, upstream].abs().square()
    head = head + (far_head - head[:, -1, upstream])[:, None, None]
    return head - 0.5 * velocity.abs().square()


class FlowField:
    """The flow past one body: case `index` of a batch, on its grid and at points.

    The stream runs along +x; the body is turned by the incidence about its map's centre, the origin.
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
        self.eta: Array = of(problem.grid.eta)
        self.psi: Array = of(state.psi)
        self.omega: Array = of(state.omega)
        self.velocity: ComplexArray = of(velocity)
        self.pressure: Array = of(pressure)
        self.position: ComplexArray = laurent.z(self.coefficients, problem.grid.zeta[index : index + 1].cpu())[
            0
        ].numpy()
        self._zeta: ComplexArray = of(problem.grid.zeta)

    @property
    def wall(self) -> ComplexArray:
        """Outline nodes, counter-clockwise from the rear, (n_eta,)."""
        return self.position[0]

    @property
    def wall_pressure_coefficient(self) -> Array:
        """C_p = (p − p_∞)/(ρU²/2) at the outline nodes, (n_eta,)."""
        return 2.0 * self.pressure[0]

    @property
    def wall_shear_coefficient(self) -> Array:
        """Wall shear stress along the counter-clockwise tangent over ρU²/2, −2νω, at the outline nodes."""
        return -2.0 * self.viscosity * self.omega[0]

    def separation_angles(self) -> Array:
        """Angles η in (0, 2π) where the wall shear changes sign, stagnation points included, ascending."""
        eta = np.append(self.eta, self.eta[0] + 2.0 * np.pi)
        omega = np.append(self.omega[0], self.omega[0, 0])
        roots = CubicSpline(eta, omega, bc_type="periodic").roots(extrapolate=False)
        return np.unique(np.round(roots, 9))

    def bubble_length(self) -> float:
        """Length of the closed wake on the rear axis, from the wall, in d; 0 where there is none.

        For bodies symmetric about the stream: where u returns to zero on the line η = 0.
        """
        x, u = self.position[:, 0].real, self.velocity[:, 0].real
        roots = [r for r in CubicSpline(x, u).roots(extrapolate=False) if r > x[0] + 1e-6 * (x[1] - x[0])]
        return float(roots[-1] - x[0]) if roots and u[1] < 0.0 else 0.0

    def at(self, points: ComplexArray) -> PointValues:
        """The flow at complex points x + iy of any shape, in d; NaN inside the body.

        Beyond the grid the far-field solution (uniform stream + Oseenlet) is used; ψ there grows with the stream alone.
        """
        flat = np.asarray(points, dtype=np.complex128).ravel()
        zeta = self._inverse_map(flat)
        radius = np.log(np.maximum(np.abs(zeta), 1.0))
        row = np.arcsinh(radius / self.xi_max * np.sinh(RADIAL_STRETCHING)) / RADIAL_STRETCHING
        angle = np.mod(np.angle(zeta), 2.0 * np.pi)
        values = [spline(row, angle, grid=False) for spline in self._splines]
        beyond = radius > self.xi_max
        if beyond.any():
            for value, far in zip(values, self._far(flat[beyond], zeta[beyond]), strict=True):
                value[beyond] = far
        inside = np.abs(zeta) < 1.0 - 1e-9
        shaped = [np.where(inside, np.nan, value).reshape(np.shape(points)) for value in values]
        return PointValues(*shaped)

    @cached_property
    def _splines(self) -> list[RectBivariateSpline]:
        rows = np.linspace(0.0, 1.0, self.psi.shape[0])
        pad = 4
        angle = np.concatenate([self.eta[-pad:] - 2 * np.pi, self.eta, self.eta[:pad] + 2 * np.pi])
        fields = (self.velocity.real, self.velocity.imag, self.pressure, self.omega, self.psi)
        return [RectBivariateSpline(rows, angle, np.concatenate([f[:, -pad:], f, f[:, :pad]], axis=1)) for f in fields]

    def _far(self, points: ComplexArray, zeta: ComplexArray) -> tuple[Array, ...]:
        position = torch.from_numpy(points)[None]
        velocity, vorticity = oseenlet(position, torch.tensor([self.viscosity], dtype=torch.float64))
        w = 1.0 + np.einsum("s,sn->n", self.scalars, velocity[0].numpy())
        omega = np.einsum("s,sn->n", self.scalars, vorticity[0].numpy())
        drag, lift = self.scalars
        pressure = -(drag * points.real + lift * points.imag) / (2.0 * np.pi * np.abs(points) ** 2)
        edge = np.exp(self.xi_max) * zeta / np.abs(zeta)
        start = laurent.z(self.coefficients, torch.from_numpy(edge)[None])[0].numpy()
        psi = self._splines[4](1.0, np.mod(np.angle(zeta), 2 * np.pi), grid=False) + points.imag - start.imag
        return w.real, w.imag, pressure, omega, psi

    def _inverse_map(self, points: ComplexArray) -> ComplexArray:
        """ζ with z(ζ) = points, by Newton from the nearest grid node; |ζ| < 1 tells a point inside the body."""
        nodes = self.position.ravel()
        _, nearest = cKDTree(np.column_stack([nodes.real, nodes.imag])).query(
            np.column_stack([points.real, points.imag])
        )
        zeta = torch.from_numpy(self._zeta.ravel()[nearest])[None]
        target = torch.from_numpy(points)[None]
        c = laurent.conformal_radius(self.coefficients)
        zeta = torch.where(target.abs() > self.position[-1].real.max(), target / c, zeta)
        for _ in range(INVERSE_MAP_STEPS):
            step = (laurent.z(self.coefficients, zeta) - target) / laurent.z_prime(self.coefficients, zeta)
            limit = torch.clamp(0.3 * zeta.abs() / step.abs().clamp_min(1e-300), max=1.0)
            zeta = zeta - step * limit
            zeta = zeta / torch.clamp(2.0 * zeta.abs(), max=1.0).clamp_min(1e-12)
        inside = torch.from_numpy(_in_polygon(points, self._outline))[None]
        zeta = torch.where(inside, torch.full_like(zeta, 0.5), zeta)
        return torch.where(~inside & (zeta.abs() < 1.0), zeta / zeta.abs(), zeta)[0].numpy()

    @cached_property
    def _outline(self) -> ComplexArray:
        return laurent.outline(self.coefficients, 720)[0].numpy()


def _in_polygon(points: ComplexArray, polygon: ComplexArray) -> NDArray[np.bool_]:
    """Even-odd rule, vectorised; points far outside the bounding box are sorted out first."""
    inside = np.zeros(points.shape, dtype=bool)
    box = (np.abs(points.real) <= np.abs(polygon.real).max()) & (np.abs(points.imag) <= np.abs(polygon.imag).max())
    p = points[box, None]
    a, b = polygon[None], np.roll(polygon, -1)[None]
    crosses = (a.imag > p.imag) != (b.imag > p.imag)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = a.real + (p.imag - a.imag) * (b.real - a.real) / (b.imag - a.imag)
    inside[box] = (np.where(crosses, p.real < x, False).sum(1) % 2).astype(bool)
    return inside

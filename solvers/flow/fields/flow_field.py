"""Velocity, pressure, vorticity and stream function of a flow, at its nodes and at arbitrary points.

In each element ψ/ξ², V_ξ/ξ, V_η/ξ², V = ∇ψ, the pressure, and q ω with q = h²/(c² + h²) are polynomials in (ξ, η); the
map, its slope z_ξ and h = |z_ξ| are exact. u + iv = (V_η − iV_ξ) z_ξ/h² is zero at the wall. The vorticity grows like
1/h² towards sharp tips: q ω is smooth there, and ω where h is large. Pressures are relative to the undisturbed stream;
lengths in d, velocities in U, density 1.

Around an axis the section is that of x and the radius s = y, mirrored at y < 0: v is the radial velocity (of the other
sign there), ψ is Stokes' stream function Ψ, V = ∇Ψ/s, and Ψ/(s ξ²) takes the place of ψ/ξ².
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.mirror import unfold_state
from fusiform.solvers.flow.equations.problem import Problem, discretise
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import DYNAMIC_PRESSURE, force_coefficients
from fusiform.solvers.flow.fields.element_polynomials import ElementPolynomials
from fusiform.solvers.flow.fields.far_continuation import continued, continued_around_the_axis
from fusiform.solvers.flow.fields.forward_map import ForwardMap
from fusiform.solvers.flow.fields.gradients import plane_gradients
from fusiform.solvers.flow.fields.nodal_flow import nodal_flow
from fusiform.solvers.flow.fields.point_values import PointGradients, PointValues
from fusiform.solvers.geometry.inverse_map import InverseMap
from fusiform.solvers.geometry.laurent import radius_of
from fusiform.solvers.geometry.revolution import sphere_ratio

FARTHEST = 1e9


class FlowField:
    """The flow past one body: case `index` of a batch, at its nodes and at points.

    The stream runs along +x; the body is turned by the incidence about its map's centre, the origin. Nodal arrays are
    (n_xi, n_eta), the wall first, counter-clockwise from the rear.

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
        """`problem` and `state` of any domain, and the problem's `coefficients` (batch, K)."""
        with torch.no_grad():
            problem, state, coefficients = _one_case(problem, state, coefficients, index)
            flow = nodal_flow(problem, state)
            forces = [complex(part) for part in force_coefficients(problem, state)]

        def of(batch: Tensor) -> FloatArray:
            return np.asarray(batch[0].cpu().numpy(), dtype=np.float64)

        resolution = problem.layout.resolution
        xi, eta = (np.append(0.0, np.cumsum(of(steps))) for steps in (problem.mesh.xi_step, problem.mesh.eta_step))
        self.revolution = problem.domain is Domain.MERIDIAN
        """True if the section is that of a body of revolution."""
        if self.revolution:
            eta = np.append(eta, 2.0 * np.pi - eta[-2::-1])
        self.elements = ElementPolynomials(xi, eta, resolution.radial_degree, resolution.angular_degree)
        self.coefficients = coefficients.cpu()
        section = self.coefficients[0].numpy()
        unit = float(sphere_ratio(self.coefficients)) if self.revolution else 1.0
        self.map = ForwardMap(section, radius_of(section) / unit)
        self.scalars = of(state.scalars)
        self.viscosity = float(problem.viscosity)
        self.xi, self.eta = of(problem.mesh.xi), of(flow.eta)
        self.xi_max = float(self.xi[-1])
        self.quadrature = of(flow.arc)
        """Weights (n_eta,) of ∮ f dη."""
        self.psi, self.omega, self.pressure = of(flow.psi), of(flow.omega), of(flow.pressure)
        self.velocity: ComplexArray = flow.velocity[0].cpu().numpy()
        self.position: ComplexArray = flow.position[0].cpu().resolve_conj().numpy()
        self.z_xi: ComplexArray = flow.slope[0].cpu().numpy()
        self.pressure_force, self.friction_force = forces
        """Parts of C_D + i C_L, as the solver computes them."""
        self._slopes = np.stack([of(flow.along_xi), of(flow.along_eta)])
        self._reduced = of(flow.reduced)

    def z(self, zeta: ComplexArray) -> ComplexArray:
        """Points x + iy of the plane at ζ = e^{ξ+iη} of any shape, in d."""
        return self.map.z(zeta)

    @property
    def pressure_coefficient(self) -> FloatArray:
        """C_p = (p − p_∞)/(½ρU²) at the nodes, (n_xi, n_eta)."""
        return self.pressure / DYNAMIC_PRESSURE

    @property
    def wall(self) -> ComplexArray:
        """Outline nodes, counter-clockwise from the rear, (n_eta,)."""
        return self.position[0]

    @property
    def wall_pressure_coefficient(self) -> FloatArray:
        """C_p at the outline nodes, (n_eta,)."""
        return self.pressure_coefficient[0]

    @property
    def wall_shear_coefficient(self) -> FloatArray:
        """Wall shear stress over ρU²/2 at the outline nodes, −2νω, positive clockwise: downstream on the upper side."""
        return -self.viscosity * self.omega[0] / DYNAMIC_PRESSURE

    def wall_pressure_at(self, eta: FloatArray) -> FloatArray:
        """C_p of the outline at angles η (n,).

        At the tip of a sharp tail (`WallPoint.sharp`) it is a matter of the tail's radius, and not resolved: NACA 0012
        at Re 40 and 5° has −1.8, −2.3 and −2.7 for radii of 1.2e-4, 5e-5 and 2.3e-5 d on twice the usual elements, −1.5
        to −2.0 on the usual ones, where it is off by up to 0.12 at 0.02 d from the tip. From 0.05 d on, radii and
        elements change it by 0.005 at most.
        """
        return self.elements.along_arc(self.wall_pressure_coefficient, eta)

    def wall_vorticity_at(self, eta: FloatArray) -> FloatArray:
        """ω of the outline at angles η (n,)."""
        nodal = self.omega[0] * self._share(np.abs(self.z_xi[0]) ** 2)
        share = self._share(np.abs(self.map.slope(np.exp(1j * eta))) ** 2)
        return self.elements.along_arc(nodal, eta) / share

    def wall_shear_at(self, eta: FloatArray) -> FloatArray:
        """The wall shear coefficient of the outline at angles η (n,)."""
        return -self.viscosity * self.wall_vorticity_at(eta) / DYNAMIC_PRESSURE

    def at(self, points: ComplexArray) -> PointValues:
        """The flow at complex points x + iy of any shape, in d; NaN inside the body and where a point is not finite.

        Beyond the elements: uniform stream and Oseenlet, plus their difference to the outer line falling like r^(−3/2);
        velocities there are off by up to 0.5 % of U in the wake. `InputError` beyond 1e9 d.
        """
        return PointValues(*self._values(self._images(points)).reshape(5, *np.shape(points)))

    def at_images(self, zeta: ComplexArray) -> PointValues:
        """The same at points given as ζ, |ζ| ≥ 1, of any shape; NaN where ζ is NaN."""
        flat = np.array(zeta, dtype=np.complex128).ravel()
        return PointValues(*self._values(flat).reshape(5, *np.shape(zeta)))

    def gradients(self, points: ComplexArray) -> PointGradients:
        """Derivatives along x and y at complex points of any shape; NaN inside the body and beyond the elements.

        They are those of the polynomials, which jump between elements by as much as they are in error.
        """
        zeta = self._images(points)
        within = np.abs(zeta) <= np.exp(self.xi_max) * (1.0 + 1e-12)
        values = np.full((8, zeta.size), np.nan)
        values[:, within] = self._gradients(zeta[within])
        return PointGradients(*values.reshape(8, *np.shape(points)))

    def slopes(self, xi: FloatArray, eta: FloatArray) -> FloatArray:
        """V_ξ/ξ and V_η/ξ² at points (n,), and their derivatives along ξ and η: (2, 3, n)."""
        return self.elements.at(self._slope_table, self.elements.places(xi, eta))

    def reduced_psi(self, xi: FloatArray, eta: FloatArray) -> FloatArray:
        """ψ/ξ², or Ψ/(s ξ²), at points (n,), and its derivatives along ξ and η, (3, n); at the wall it is −h²ω/2."""
        return self.elements.at(self._reduced_table, self.elements.places(xi, eta))

    def on_grid(self, xi: FloatArray, eta: FloatArray) -> FloatArray:
        """ψ/ξ² or Ψ/(s ξ²), V_ξ/ξ and V_η/ξ² on the grid of ξ (m,) and η (n,), (3, m, n)."""
        return self.elements.on_grid(np.concatenate([self._reduced[None], self._slopes]), xi, eta)

    @cached_property
    def inverse_map(self) -> InverseMap:
        """ζ, |ζ| ≥ 1, of points (n,), in d; NaN for points inside the body."""
        return InverseMap(self.coefficients[0].numpy(), self.map.radius)

    def _images(self, points: ComplexArray) -> ComplexArray:
        flat = np.array(points, dtype=np.complex128).ravel()
        finite = np.isfinite(flat)
        require(
            bool((np.abs(flat[finite]) <= FARTHEST).all()),
            f"expected points within {FARTHEST:g} d, got {np.abs(flat[finite]).max(initial=0.0):.3g}; move them closer",
        )
        zeta = np.full(flat.shape, np.nan, dtype=np.complex128)
        zeta[finite] = self.inverse_map(flat[finite])
        return zeta

    def _values(self, zeta: ComplexArray) -> FloatArray:
        """u, v, p, ω, ψ at the points with these images, (5, n); NaN where there is none."""
        values = np.full((5, zeta.size), np.nan)
        outside = np.isfinite(zeta)
        zeta = zeta[outside]
        xi, eta = np.log(np.abs(zeta)), np.angle(zeta)
        beyond = np.flatnonzero(xi > self.xi_max)
        edge = zeta.copy()
        edge[beyond] *= np.exp(self.xi_max - xi[beyond])
        found = self._on_elements(np.clip(xi, 0.0, self.xi_max), eta, edge)
        if beyond.size:
            points, ends = self.z(zeta[beyond]), self.z(edge[beyond])
            far = continued_around_the_axis if self.revolution else continued
            found[:, beyond] = far(points, ends, found[:, beyond], self.scalars, self.viscosity)
        values[:, outside] = found
        return values

    def _on_elements(self, xi: FloatArray, eta: FloatArray, zeta: ComplexArray) -> FloatArray:
        along_xi, along_eta, pressure, vorticity, reduced = self.elements.at(self._table, self.elements.places(xi, eta))
        slope = self.map.slope(zeta)
        metric = slope.real**2 + slope.imag**2
        psi_xi, psi_eta = xi * along_xi / metric, xi**2 * along_eta / metric
        u, v = psi_eta * slope.real + psi_xi * slope.imag, psi_eta * slope.imag - psi_xi * slope.real
        psi = xi**2 * reduced * (self.z(zeta).imag if self.revolution else 1.0)
        return np.stack([u, v, pressure, vorticity / self._share(metric), psi])

    def _gradients(self, zeta: ComplexArray) -> FloatArray:
        xi, eta = np.log(np.abs(zeta)), np.angle(zeta)
        functions = self.elements.at(self._with_slopes(self._table[:4]), self.elements.places(xi, eta))
        return plane_gradients(functions, xi, self.map.slope(zeta), self.map.bend(zeta), self.map.radius)

    @cached_property
    def _table(self) -> FloatArray:
        """V_ξ/ξ, V_η/ξ², p, q ω and ψ/ξ² or Ψ/(s ξ²) by element, (5, nr, na, n1, n2)."""
        weighted = self.omega * self._share(np.abs(self.z_xi) ** 2)
        nodal = np.stack([*self._slopes, self.pressure, weighted, self._reduced])
        return self.elements.by_element(nodal)

    @cached_property
    def _slope_table(self) -> FloatArray:
        return self._with_slopes(self._table[:2])

    @cached_property
    def _reduced_table(self) -> FloatArray:
        return self._with_slopes(self._table[4])

    def _with_slopes(self, local: FloatArray) -> FloatArray:
        """Functions (…, nr, na, n1, n2) with their derivatives along ξ and η, (…, 3, nr, na, n1, n2)."""
        return np.stack([local, self.elements.slope_xi(local), self.elements.slope_eta(local)], axis=-5)

    def _share(self, metric: FloatArray) -> FloatArray:
        """q = h²/(c² + h²)."""
        return metric / (self.map.radius**2 + metric)


def _one_case(problem: Problem, state: State, coefficients: Tensor, index: int) -> tuple[Problem, State, Tensor]:
    """Case `index` of a batch, (1, …), on the whole plane or on the meridian."""
    case = torch.tensor([index], device=problem.viscosity.device)
    problem, state, coefficients = problem.select(case), state.select(case), coefficients[case].detach()
    if problem.domain is not Domain.HALF_PLANE:
        return problem, state, coefficients
    return (
        discretise(coefficients, 1.0 / problem.viscosity, problem.layout.resolution),
        unfold_state(state),
        coefficients,
    )

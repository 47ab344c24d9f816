"""Features of a flow: attachment, separation, stagnation, recirculation, extreme pressures, and forces.

All of it for any body at any incidence, from a `FlowField`. Lengths in d, velocities in U; C_p = (p − p_∞)/(½ρU²);
force coefficients are complex, C_D + i C_L, force over ½ρU²d.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize_scalar

from fusiform.solvers.flow.fields import ANGULAR_REFINEMENT, Array, ComplexArray, FlowField

WEAK_SHEAR = 1e-3
TIE = 1e-6
SUBDIVISION, SHIFT = 3, 0.37
NEWTON_STEPS, ARRIVED, SAME_POINT = 30, 1e-7, 1e-6


@dataclass(frozen=True)
class WallPoint:
    """A point of the outline.

    `eta` in [0, 2π); `position` x + iy; `arc_length` from the rearmost point, positive along the upper side
    (counter-clockwise), negative along the lower one; `pressure_coefficient` there.
    """

    eta: float
    position: complex
    arc_length: float
    pressure_coefficient: float


@dataclass(frozen=True)
class FreeStagnationPoint:
    """A point off the wall where u = v = 0: a saddle, where streamlines cross, or else the centre of an eddy."""

    position: complex
    saddle: bool
    streamfunction: float


@dataclass(frozen=True)
class FlowAnalysis:
    """The answers of `analyse`.

    `attachment`, `separation`: points of the wall where the flow along it diverges or converges, by η. The rear of an
    attached flow is a separation point, the rear within a closed wake an attachment point.
    `free_stagnation`: from front to rear. `recirculation_length`: from the rearmost point of the body along x to the
    rearmost free stagnation point, 0 if none lies behind the body.
    `front`: the attachment point of highest C_p; `rear`: the rearmost point; `suction_peak`: the point of least C_p.
    `pressure_force`, `friction_force`: C_D + i C_L at the wall.

    Examples
    --------
    >>> from fusiform import Body, FlowConditions, solve
    >>> analysis = solve(Body.circle(), FlowConditions(reynolds=40.0), grid="coarse").analysis
    >>> len(analysis.separation), len(analysis.eddies), analysis.topology_holds
    (2, 2, True)
    >>> round(analysis.recirculation_length, 1)
    2.2
    """

    attachment: tuple[WallPoint, ...]
    separation: tuple[WallPoint, ...]
    free_stagnation: tuple[FreeStagnationPoint, ...]
    recirculation_length: float
    front: WallPoint
    rear: WallPoint
    suction_peak: WallPoint
    pressure_force: complex
    friction_force: complex

    @property
    def eddies(self) -> tuple[FreeStagnationPoint, ...]:
        """Centres of closed streamlines; empty where the flow does not recirculate."""
        return tuple(point for point in self.free_stagnation if not point.saddle)

    @property
    def saddles(self) -> tuple[FreeStagnationPoint, ...]:
        """Free stagnation points where streamlines cross; a closed wake ends at one."""
        return tuple(point for point in self.free_stagnation if point.saddle)

    @property
    def topology_holds(self) -> bool:
        """True if centres − saddles − ½ (attachments + separations) = −1, as for any flow past one body.

        If not, there is an eddy that is too weak or too small for the grid. Source: Hunt, Abell, Peterka & Woo,
        J. Fluid Mech. 86 (1978) 179.
        """
        wall = len(self.attachment) + len(self.separation)
        return 2 * len(self.eddies) - 2 * len(self.saddles) - wall == -2

    def summary(self) -> dict[str, Any]:
        """The main features, ready for JSON; points of the wall are [x, y] in d, body at incidence."""
        return {
            "front_pressure_coefficient": self.front.pressure_coefficient,
            "base_pressure_coefficient": self.rear.pressure_coefficient,
            "recirculation_length": self.recirculation_length,
            "separation_points": [[p.position.real, p.position.imag] for p in self.separation],
            "attachment_points": [[p.position.real, p.position.imag] for p in self.attachment],
        }


def analyse(field: FlowField, *, weak_shear: float = WEAK_SHEAR) -> FlowAnalysis:
    """Attachment, separation, stagnation, recirculation, pressure extremes and forces of a flow.

    Stretches of the wall along which the shear stays below `weak_shear` times its mean over the outline are too weak
    to count as reversed, and those shorter than the spacing of the grid's nodes too short: near a sharp edge the shear
    of the discrete solution may swing from node to node.
    """
    wall = _Wall(field)
    attachment, separation = wall.attachment_and_separation(weak_shear)
    free = free_stagnation_points(field)
    _, pressure, friction = _line_forces(field)[:, 0]
    return FlowAnalysis(
        attachment=attachment,
        separation=separation,
        free_stagnation=free,
        recirculation_length=max([0.0, *(point.position.real - wall.rear.position.real for point in free)]),
        front=max(attachment, key=lambda point: point.pressure_coefficient, default=wall.pressure_peak),
        rear=wall.rear,
        suction_peak=wall.suction_peak,
        pressure_force=complex(pressure),
        friction_force=complex(friction),
    )


class _Wall:
    """Vorticity, C_p and arc length along the outline, as periodic functions of the angle η."""

    def __init__(self, field: FlowField) -> None:
        self._z = field.z
        eta, (omega, pressure) = field.refined(np.stack([field.omega[0], field.wall_pressure_coefficient]))
        self._eta = np.append(eta, 2.0 * np.pi)
        self._omega, self._pressure, self._speed = (
            CubicSpline(self._eta, np.append(values, values[0]), bc_type="periodic")
            for values in (omega, pressure, np.abs(field.z_prime(np.exp(1j * eta))))
        )
        self._arc = self._speed.antiderivative()
        self._rear = self._minimum(lambda angle: -self._z(np.exp(1j * np.atleast_1d(angle))).real)
        self.rear = self._point(self._rear)
        self.suction_peak = self._point(self._minimum(self._pressure))
        self.pressure_peak = self._point(self._minimum(lambda angle: -self._pressure(angle)))

    def attachment_and_separation(self, weak_shear: float) -> tuple[tuple[WallPoint, ...], tuple[WallPoint, ...]]:
        """Points where the shear changes sign: the flow at the wall runs towards growing η where ω > 0."""
        changes = self._sign_changes(weak_shear)
        attachment = tuple(self._point(eta) for eta, diverging in changes if diverging)
        return attachment, tuple(self._point(eta) for eta, diverging in changes if not diverging)

    def _sign_changes(self, weak_shear: float) -> list[tuple[float, bool]]:
        """Roots of ω, ascending, each with True if ω > 0 beyond it.

        Of a run of roots with only weak or unresolved shear in between, the middle one, if ω changes its sign over the
        run.
        """
        roots = np.round(self._omega.roots(extrapolate=False), 9)
        roots = np.unique(np.where(roots > 2.0 * np.pi - 1e-8, 0.0, roots))
        beyond = self._omega(np.mod(np.linspace(roots, np.append(roots[1:], roots[:1] + 2.0 * np.pi), 65), 2.0 * np.pi))
        mean = np.average(np.abs(self._omega(self._eta)), weights=self._speed(self._eta) * np.gradient(self._eta))
        node = np.interp(roots, self._eta, np.arange(self._eta.size) / ANGULAR_REFINEMENT)
        nodes = np.diff(node, append=node[:1] + (self._eta.size - 1) / ANGULAR_REFINEMENT)
        strong = (np.abs(beyond).max(0) > weak_shear * mean) & (nodes > 1.0)
        if not strong.any():
            return []
        order = np.roll(np.arange(roots.size), -int(np.argmax(strong)) - 1)
        runs = np.split(order, np.flatnonzero(strong[order])[:-1] + 1)
        return sorted(
            (float(roots[run[run.size // 2]]), bool(beyond[32, run[-1]] > 0.0)) for run in runs if run.size % 2
        )

    def _minimum(self, function: Callable[[Any], Any]) -> float:
        """The angle of the least value of a periodic function; of equal minima, the first."""
        values = function(self._eta[:-1])
        k = int(np.argmax(values <= values.min() + TIE * np.ptp(values)))
        left = self._eta[k - 1] if k > 0 else self._eta[-2] - 2.0 * np.pi
        best = minimize_scalar(
            lambda angle: float(np.squeeze(function(np.mod(angle, 2.0 * np.pi)))),
            bounds=(left, self._eta[k + 1]),
            method="bounded",
            options={"xatol": 1e-10},
        )
        return float(best.x)

    def _point(self, eta: float) -> WallPoint:
        turn, half = float(self._arc(2.0 * np.pi)), np.mod(eta, 2.0 * np.pi)
        arc = float(self._arc(half) - self._arc(np.mod(self._rear, 2.0 * np.pi)))
        return WallPoint(
            eta=float(half),
            position=complex(self._z(np.exp(1j * np.array([eta])))[0]),
            arc_length=arc - turn * math.ceil(arc / turn - 0.5 - TIE),
            pressure_coefficient=float(self._pressure(half)),
        )


def free_stagnation_points(field: FlowField) -> tuple[FreeStagnationPoint, ...]:
    """All points off the wall where u = v = 0, by x.

    They are the zeros of ψ_ξ/ξ and ψ_η/ξ², which stay regular at the wall, found by Newton from the cells in which both
    change sign. A saddle where the Hessian of ψ is indefinite, else a centre.
    """
    xi, eta, saddle = _newton(field, *_cells_with_zeros(field))
    zeta = np.exp(xi + 1j * eta)
    distinct = [i for i in range(zeta.size) if np.all(np.abs(zeta[:i] / zeta[i] - 1.0) > SAME_POINT)]
    position = field.z(zeta[distinct])
    psi = field.at(position).streamfunction
    points = zip(position, saddle[distinct], psi, strict=True)
    return tuple(
        sorted(
            (FreeStagnationPoint(complex(z), bool(crossing), float(value)) for z, crossing, value in points),
            key=lambda point: point.position.real,
        )
    )


def _slopes(field: FlowField, xi: Array, eta: Array, *, grid: bool) -> Array:
    """ψ_ξ/ξ and ψ_η/ξ², (2, …), from ψ = ξ² g."""
    g, g_xi, g_eta = (field.reduced_psi(xi, eta, *order, grid=grid) for order in ((0, 0), (1, 0), (0, 1)))
    return np.stack([2.0 * g + (xi[:, None] if grid else xi) * g_xi, g_eta])


def finer_grid(field: FlowField, subdivision: int) -> tuple[Array, Array]:
    """ξ (m,) on and between the grid's lines, and η (n + 1,) on a finer, shifted grid, the last angle one turn on.

    It has no nodes on the grid's own rays: in symmetric flows ψ vanishes all along some of them.
    """
    lines = np.arange(field.xi.size)
    xi = CubicSpline(lines, field.xi)(np.linspace(0.0, lines[-1], subdivision * lines[-1] + 1))
    eta = np.append(field.refined(field.psi)[0], 2.0 * np.pi)
    eta = eta[:-1] + SHIFT * np.diff(eta)
    return xi, np.append(eta, eta[0] + 2.0 * np.pi)


def _cells_with_zeros(field: FlowField) -> tuple[Array, Array]:
    """Centres (ξ, η) of the cells of a finer grid at whose corners both slopes take both signs."""
    xi, eta = finer_grid(field, SUBDIVISION)
    positive = _slopes(field, xi, eta, grid=True) > 0.0
    corners = np.stack([positive[:, i : i + xi.size - 1, j : j + eta.size - 1] for i in (0, 1) for j in (0, 1)])
    i, j = np.nonzero((corners.any(0) & ~corners.all(0)).all(0))
    return 0.5 * (xi[i] + xi[i + 1]), 0.5 * (eta[j] + eta[j + 1])


def _newton(field: FlowField, xi: Array, eta: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Zeros (ξ, η) near the starts that Newton's method reaches, and whether they are saddles."""
    reach_xi, reach_eta = np.interp(xi, field.xi, np.gradient(field.xi)), 2.0 * np.pi / field.eta.size
    size, determinant = np.full(xi.shape, np.inf), np.ones(xi.shape)
    for _ in range(NEWTON_STEPS):
        first, second = _slopes(field, xi, eta, grid=False)
        orders = ((1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
        g_xi, g_eta, g_xi_xi, g_xi_eta, g_eta_eta = (field.reduced_psi(xi, eta, *o, grid=False) for o in orders)
        a, b, c, d = 3.0 * g_xi + xi * g_xi_xi, 2.0 * g_eta + xi * g_xi_eta, g_xi_eta, g_eta_eta
        determinant = a * d - b * c
        step_xi, step_eta = (d * first - b * second) / determinant, (a * second - c * first) / determinant
        size = np.maximum(np.abs(step_xi) / reach_xi, np.abs(step_eta) / reach_eta)
        fraction = 1.0 / np.maximum(size, 1.0)
        xi = np.clip(xi - fraction * step_xi, 0.0, field.xi_max)
        eta = np.mod(eta - fraction * step_eta, 2.0 * np.pi)
    found = (size < ARRIVED) & (xi > 0.0) & (xi < field.xi_max)
    return xi[found], eta[found], determinant[found] < 0.0


def contour_force(field: FlowField, radius: float) -> complex:
    """Force on the body, C_D + i C_L, from the momentum balance on the grid line |ζ| = const nearest to `radius` in d.

        F = −∮ u (u·n) ds − ∮ p n ds + ∮ τ·n ds = −∮ (w − 1) dψ + i ∮ p dz + ν ∮ ω dz ,   w = u + iv .

    On the wall, the smallest line, it is the sum of pressure and friction; farther out it tells how well the solution
    conserves momentum, which is a matter of its radial spacing: on `fine` to 0.05 % of drag and lift within 10 d.
    """
    radii, forces = contour_forces(field)
    return complex(forces[np.argmin(np.abs(radii - radius))])


def contour_forces(field: FlowField) -> tuple[Array, ComplexArray]:
    """Radius c|ζ| in d of all grid lines from the wall outwards, and the `contour_force` on each, both (n_xi,)."""
    radius = np.abs(field.z_prime(np.array([1e8 + 0j]))) * np.exp(field.xi)
    return radius, _line_forces(field).sum(0)


def _line_forces(field: FlowField) -> ComplexArray:
    """Momentum flux, pressure and viscous part of the force on each grid line, as coefficients, (3, n_xi)."""
    w, z_eta = field.velocity, 1j * field.z_xi
    psi_eta = (w * field.z_xi.conj()).real
    parts = np.stack([-(w - 1.0) * psi_eta, 1j * field.pressure * z_eta, field.viscosity * field.omega * z_eta])
    return 2.0 * (parts * field.quadrature).sum(-1)

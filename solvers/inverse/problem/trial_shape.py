"""The outlines of trial bodies and their measures for constraints, a batch at a time.

Everything is in the user's unit, at zero incidence, in the frame of the given outline: a body stands at
`origin` + `shift`. Points lie at equal steps of η, counter-clockwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from fusiform.solvers.geometry import Body, laurent
from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.geometry.revolution import wetted_area


@dataclass(frozen=True)
class Sampling:
    """Points on the outlines of trial bodies, and the steps that refine measures between them."""

    search_points: int = 256
    """Points while searching."""
    check_points: int = 4096
    """Points where constraints are checked and reported."""
    newton_steps: int = 3
    """Newton steps for extreme points and crossings."""
    foot_steps: int = 2
    """Newton steps for the nearest point of the outline."""
    apart: float = 5.0
    """Ratio of the way along the outline to the distance from which two parts of it face each other."""


SAMPLING = Sampling()


@dataclass(frozen=True)
class Shape:
    """Trial bodies: `coefficients` (batch, K) complex, `shift` (batch,) complex, `reference_length` d of the size that
    is `held`, `points_count` points on each outline."""

    coefficients: Tensor
    shift: Tensor
    reference_length: float
    points_count: int = SAMPLING.search_points
    held: Held = Held.AREA

    @cached_property
    def scale(self) -> Tensor:
        """The user's length of one unit of each map, (batch, 1)."""
        return self.reference_length / self.held.ratio(self.coefficients)[:, None]

    @property
    def revolution(self) -> bool:
        """True for bodies of revolution."""
        return self.held.revolution

    @cached_property
    def _circle(self) -> Tensor:
        eta = (2.0 * math.pi / self.points_count) * torch.arange(self.points_count, dtype=torch.float64)
        return torch.polar(torch.ones_like(eta), eta).expand(self.coefficients.shape[0], -1)

    @cached_property
    def points(self) -> Tensor:
        """Outline, (batch, n) complex."""
        return self.shift[:, None] + self.scale * laurent.z(self.coefficients, self._circle)

    @cached_property
    def normals(self) -> Tensor:
        """z_ξ = ζ z', outward normals whose length is that of ∂z/∂η, (batch, n) complex."""
        return self.scale * self._circle * laurent.z_prime(self.coefficients, self._circle)

    @cached_property
    def curvature(self) -> Tensor:
        """κ = Re(z_ξξ/z_ξ)/|z_ξ|, positive where convex, (batch, n)."""
        bend = self.scale * laurent.z_xi_xi(self.coefficients, self._circle)
        return (bend / self.normals).real / self.normals.abs()

    @cached_property
    def perimeter(self) -> Tensor:
        """Length of the outline, spectrally accurate, (batch,)."""
        return self.normals.abs().mean(1) * 2.0 * math.pi

    @cached_property
    def wetted_area(self) -> Tensor:
        """Area of the surface that the upper half of the outline sweeps about the x axis, (batch,)."""
        return self.scale[:, 0].square() * wetted_area(self.coefficients)

    @cached_property
    def nose(self) -> Tensor:
        """Smallest x, (batch,)."""
        return -self._extreme(torch.tensor(-1.0 + 0j, dtype=torch.complex128))

    @cached_property
    def length(self) -> Tensor:
        """Extent along x, (batch,)."""
        return self._extreme(torch.tensor(1.0 + 0j, dtype=torch.complex128)) - self.nose

    def _extreme(self, direction: Tensor) -> Tensor:
        """Largest Re(z · conj(direction)) of the outline, not of its points alone: Newton's method on η; (batch,)."""
        zeta = self._extreme_image(direction)
        at = self.shift + (self.scale * laurent.z(self.coefficients, zeta))[:, 0]
        return (at * direction.conj()).real

    def _extreme_image(self, direction: Tensor) -> Tensor:
        """ζ of that extreme, (batch, 1)."""
        start = (self.points * direction.conj()).real.argmax(1)
        step = 2.0 * math.pi / self.points_count
        eta = step * start.to(torch.float64)
        for _ in range(SAMPLING.newton_steps):
            zeta = torch.polar(torch.ones_like(eta), eta)[:, None]
            along = (1j * zeta * laurent.z_prime(self.coefficients, zeta) * direction.conj()).real[:, 0]
            bend = (laurent.z_xi_xi(self.coefficients, zeta) * direction.conj()).real[:, 0]
            eta = eta + torch.where(bend > 0.0, (along / bend).clamp(-step, step), torch.zeros_like(bend))
        return torch.polar(torch.ones_like(eta), eta)[:, None]

    def end_curvature(self, end: str) -> Tensor:
        """κ at the "nose" or the "tail", (batch, 1): on the axis of a body of revolution, else where x is extreme."""
        side = torch.full_like(self.coefficients[:, :1], -1.0 if end == "nose" else 1.0)
        zeta = side if self.revolution else self._extreme_image(side[0, 0])
        normal = self.scale * zeta * laurent.z_prime(self.coefficients, zeta)
        return (self.scale * laurent.z_xi_xi(self.coefficients, zeta) / normal).real / normal.abs()

    def thickness(self, stations: Tensor) -> Tensor:
        """Height between the highest and the lowest crossing of the outline with x = `stations` (batch, s), (batch, s).

        Crossings are found on the polygon of the points and refined on the cubic through two points and their tangents;
        stations beyond the body have thickness 0.
        """
        x, y = self.points.real, self.points.imag
        ahead = torch.roll(x, -1, 1)
        crossed = (x[:, None, :] <= stations[:, :, None]) != (ahead[:, None, :] <= stations[:, :, None])
        middle = 0.5 * (y + torch.roll(y, -1, 1))[:, None, :]
        top = torch.where(crossed, middle, torch.full_like(middle, -math.inf)).argmax(2)
        bottom = torch.where(crossed, middle, torch.full_like(middle, math.inf)).argmin(2)
        height = self._crossing(top, stations) - self._crossing(bottom, stations)
        return torch.where(crossed.any(2), height, torch.zeros_like(height))

    def _crossing(self, index: Tensor, stations: Tensor) -> Tensor:
        """y where the outline behind point `index` (batch, s) meets x = `stations`, by Newton's method on the cubic."""
        tangents = (2.0 * math.pi / self.points_count) * 1j * self.normals
        after = (index + 1) % self.points_count
        p, q = self.points.gather(1, index), self.points.gather(1, after)
        a, b = tangents.gather(1, index), tangents.gather(1, after)
        second, third = 3.0 * (q - p) - 2.0 * a - b, 2.0 * (p - q) + a + b
        run = (q - p).real
        s = (stations - p.real) / torch.where(run.abs() > 0.0, run, torch.ones_like(run))
        for _ in range(SAMPLING.newton_steps):
            slope = (a + s * (2.0 * second + 3.0 * s * third)).real
            off = (p + s * (a + s * (second + s * third))).real - stations
            s = s - off / torch.where(slope.abs() > 0.0, slope, torch.ones_like(slope))
        return (p + s * (a + s * (second + s * third))).imag

    def depth(self, inner: Tensor) -> Tensor:
        """Signed distance of the points `inner` (m,) complex from the outline, positive inside, (batch, m).

        The foot of each is the nearest of `search_points` points, moved along the outline by Newton's method: the
        distance is that of the outline, smooth in the shape and through zero.
        """
        step = 2.0 * math.pi / SAMPLING.search_points
        outline = self.points[:, :: max(1, self.points_count // SAMPLING.search_points)]
        lifted = torch.stack([outline.real, outline.imag, -0.5 * outline.abs().square()], dim=1)
        nearest = torch.stack([inner.real, inner.imag, torch.ones_like(inner.real)], dim=1) @ lifted
        eta = step * nearest.argmax(2).to(torch.float64)
        for _ in range(SAMPLING.foot_steps):
            zeta = torch.polar(torch.ones_like(eta), eta)
            off = self.shift[:, None] + self.scale * laurent.z(self.coefficients, zeta) - inner
            tangent = 1j * self.scale * zeta * laurent.z_prime(self.coefficients, zeta)
            bend = -self.scale * laurent.z_xi_xi(self.coefficients, zeta)
            slope = (off.conj() * tangent).real
            rise = tangent.abs().square() + (off.conj() * bend).real
            eta = eta - torch.where(rise > 0.0, (slope / rise).clamp(-step, step), torch.zeros_like(rise))
        zeta = torch.polar(torch.ones_like(eta), eta)
        off = self.shift[:, None] + self.scale * laurent.z(self.coefficients, zeta) - inner
        normal = zeta * laurent.z_prime(self.coefficients, zeta)
        return (off * normal.conj()).real / normal.abs()

    @cached_property
    def pinch(self) -> Tensor:
        """Least distance between parts of the outline that are `apart` times farther apart along it, (batch,)."""
        steps = self.normals.abs() * (2.0 * math.pi / self.points_count)
        along = steps.cumsum(1) - 0.5 * steps
        path = (along[:, :, None] - along[:, None, :]).abs()
        path = torch.minimum(path, self.perimeter[:, None, None] - path)
        direct = (self.points[:, :, None] - self.points[:, None, :]).abs()
        return torch.where(path > SAMPLING.apart * direct, direct, math.inf).amin((1, 2))

    def encloses(self, point: Tensor) -> Tensor:
        """True where an outline winds around a `point` (m,) complex; (batch, m) bool."""
        a = self.points[:, None, :] - point[None, :, None]
        turn = torch.angle(torch.roll(a, -1, 2) / a).sum(2)
        return turn > math.pi


def shape_of(body: Body, points_count: int = SAMPLING.check_points) -> Shape:
    """The `Shape` of one body at its origin."""
    shift = torch.tensor([body.origin], dtype=torch.complex128)
    return Shape(body.coefficients[None], shift, body.reference_length, points_count, Held.by(body))

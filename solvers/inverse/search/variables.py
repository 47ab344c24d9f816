"""The optimiser's variables, and the constraints on the shape as functions of them.

    x = [√k Re a_k, √k Im a_k,  shift_x/d, shift_y/d,  auxiliaries of the constraints]

Symmetric problems have no imaginary parts, bodies of revolution no shift across their axis, and there is a shift only
if a constraint depends on the body's place. In these variables Σ k|a_k|² = |x_shape|² < 1, and d stands for the size
that the map holds (`held_size.py`): the area, around an axis the volume or the wetted area. Besides the user's
constraints there are always

    |z'|²/c² ≥ margin²,   |x_shape|² ≤ 0.97,

which keep the map univalent and its sharpest edge resolvable by the grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry import Body, laurent
from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.inverse.problem.constraints.attainable_sizes import MOST_FILL
from fusiform.solvers.inverse.problem.constraints.constraint import ShapeConstraint
from fusiform.solvers.inverse.problem.trial_shape import SAMPLING, Shape


@dataclass(frozen=True)
class Limits:
    """Limits on the map that hold for every body, and numerical steps; all dimensionless."""

    margin: float = 0.15
    """Least |z'|/c on the circle, which bounds the sharpness of edges."""
    fill: float = MOST_FILL
    """Largest Σ k|a_k|²; the map would enclose no area at 1."""
    tighten: float = 1e-5
    """Added to a residual's limit beyond its violation between the sampled points."""
    tighten_factor: float = 1.1
    """Factor of that violation in the tightening."""
    difference: float = 1e-6
    """Step of the central differences of the shape constraints."""


LIMITS = Limits()


class Variables:
    """Packing and unpacking for `body`, `modes` coefficients, `symmetric` or not, and its `constraints`.

    The size of `body` is `held`, by default that of its kind; `reference_length` is its d.

    `tightening` (one for each constraint, ≥ 0) is subtracted from the residuals where the search samples the outline,
    so that they hold between its points too (`tighten`).
    """

    def __init__(
        self,
        body: Body,
        modes: int,
        symmetric: bool,
        constraints: tuple[ShapeConstraint, ...],
        held: Held | None = None,
    ) -> None:
        self.body, self.modes, self.symmetric = body, modes, symmetric
        self.held = Held.by(body) if held is None else held
        self.reference_length = self.held.diameter(body)
        self.constraints = tuple(c for c in constraints if not c.imposes_symmetry)
        self.scale = torch.sqrt(torch.arange(1, modes + 1, dtype=torch.float64))
        self.shape_size = modes if symmetric else 2 * modes
        self._shift_size = (1 if body.revolution else 2) if any(c.positional for c in self.constraints) else 0
        ends = np.cumsum([self.shape_size + self._shift_size, *(c.auxiliaries for c in self.constraints)])
        self.size = int(ends[-1])
        self._slices = [slice(int(a), int(b)) for a, b in pairwise(ends)]
        self.tightening = [0.0] * len(self.constraints)
        self._last: tuple[tuple[bytes, tuple[float, ...]], FloatArray] | None = None

    def pack(self, coefficients: Tensor, origin: complex) -> FloatArray:
        """Variables (n,) of the body with `coefficients` (modes,) standing at `origin`."""
        scaled = coefficients * self.scale
        parts = [scaled.real] if self.symmetric else [scaled.real, scaled.imag]
        if self._shift_size:
            offset = (origin - self.body.origin) / self.reference_length
            parts.append(torch.tensor([offset.real, offset.imag], dtype=torch.float64)[: self._shift_size])
        shape = Shape(
            coefficients[None],
            torch.tensor([origin], dtype=torch.complex128),
            self.reference_length,
            SAMPLING.search_points,
            self.held,
        )
        parts += [c.start(shape)[0] for c in self.constraints]
        packed: FloatArray = torch.cat(parts).numpy().copy()
        return packed

    def coefficients(self, x: Tensor) -> Tensor:
        """Map coefficients (batch, modes) of variables (batch, ≥ shape_size)."""
        scaled = x[:, : self.shape_size]
        fill = scaled.square().sum(1, keepdim=True)
        scaled = (
            scaled
            * torch.where(fill > LIMITS.fill, LIMITS.fill / fill.clamp(min=LIMITS.fill), torch.ones_like(fill)).sqrt()
        )
        if self.symmetric:
            return torch.complex(scaled, torch.zeros_like(scaled)) / self.scale
        return torch.complex(*scaled.chunk(2, dim=1)) / self.scale

    def shape(self, x: Tensor, points: int = SAMPLING.search_points) -> Shape:
        """The trial bodies of variables (batch, n)."""
        at = torch.full((len(x),), self.body.origin, dtype=torch.complex128)
        if self._shift_size:
            shift = x[:, self.shape_size : self.shape_size + self._shift_size] * self.reference_length
            across = torch.zeros_like(shift[:, 0]) if self.body.revolution else shift[:, 1]
            at = at + torch.complex(shift[:, 0], across)
        return Shape(self.coefficients(x), at, self.reference_length, points, self.held)

    def body_at(self, x: FloatArray, name: str) -> Body:
        """The body of variables (n,)."""
        shape = self.shape(torch.from_numpy(x)[None])
        return Body(
            shape.coefficients[0],
            self.reference_length * float(self.held.own_ratio(shape.coefficients)[0]),
            name,
            origin=complex(shape.shift[0]),
            revolution=self.body.revolution,
        )

    def residuals(self, x: Tensor, points: int = SAMPLING.search_points) -> list[Tensor]:
        """[margin and fill, constraint 1, constraint 2, …], each (batch, m_i), ≥ 0 where satisfied."""
        shape = self.shape(x, points)
        c = laurent.conformal_radius(shape.coefficients)[:, None] * shape.scale
        own = (shape.normals / c).abs().square() - LIMITS.margin**2
        if self.symmetric:
            own = own[:, : points // 2 + 1]
        fill = LIMITS.fill - x[:, : self.shape_size].square().sum(1, keepdim=True)
        parts = [torch.cat([own, fill], dim=1)]
        for constraint, where in zip(self.constraints, self._slices, strict=True):
            auxiliary = x[:, where] if points == SAMPLING.search_points else constraint.start(shape)
            parts.append(constraint.residual(shape, auxiliary))
        return parts

    def tightened(self, x: Tensor) -> Tensor:
        """All residuals (batch, m), less the `tightening`."""
        parts = self.residuals(x)
        rest = [p - t for p, t in zip(parts[1:], self.tightening, strict=True)]
        return torch.cat([parts[0], *rest], dim=1)

    def values(self, x: FloatArray) -> FloatArray:
        """`tightened` of one point (n,); the last answer is kept."""
        key = x.tobytes(), tuple(self.tightening)
        if self._last is None or self._last[0] != key:
            with torch.no_grad():
                self._last = key, self.tightened(torch.from_numpy(x)[None])[0].numpy()
        return self._last[1].copy()

    def jacobian(self, x: FloatArray) -> FloatArray:
        """∂ `tightened`/∂x, (m, n), by central differences in one batch of 2n bodies, accurate to about 1e-9."""
        steps = LIMITS.difference * np.concatenate([np.eye(len(x)), -np.eye(len(x))])
        with torch.no_grad():
            forward, backward = self.tightened(torch.from_numpy(x + steps)).chunk(2)
        slopes: FloatArray = ((forward - backward) / (2.0 * LIMITS.difference)).T.numpy()
        return slopes

    def owners(self, x: FloatArray) -> list[int]:
        """For each entry of `values` the number of its constraint, −1 for margin and fill."""
        with torch.no_grad():
            parts = self.residuals(torch.from_numpy(x)[None])
        return [number - 1 for number, part in enumerate(parts) for _ in range(part.shape[1])]

    def slacks(self, x: FloatArray) -> list[float]:
        """Slack of each constraint on a finely sampled outline, in units of its limit; ≥ 0 where it holds."""
        with torch.no_grad():
            shape = self.shape(torch.from_numpy(x)[None], SAMPLING.check_points)
            return [float(c.slack(shape)[0]) for c in self.constraints]

    def violations(self, x: FloatArray) -> list[float]:
        """Largest violation (≥ 0) of each constraint's residuals on a finely sampled outline."""
        with torch.no_grad():
            parts = self.residuals(torch.from_numpy(x)[None], SAMPLING.check_points)[1:]
        return [max(0.0, -float(p.min())) if p.numel() else 0.0 for p in parts]

    def tighten(self, x: FloatArray) -> bool:
        """Tighten the constraints that a finely sampled outline violates; returns True if there were any."""
        violations = self.violations(x)
        for number, violation in enumerate(violations):
            if violation > 0.0:
                self.tightening[number] += LIMITS.tighten_factor * violation + LIMITS.tighten
        return max(violations, default=0.0) > 0.0

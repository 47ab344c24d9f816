"""The wall pressure of trial bodies against a target, as a least-squares problem with the solver's exact Jacobian."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.flow import Domain, FlowBatch, Resolution, State, flow_tangents, solve_batch
from fusiform.solvers.geometry import Body, laurent
from fusiform.solvers.inverse.pressure.wall_pressure import wall_pressure
from fusiform.solvers.inverse.search.variables import Variables


@dataclass(frozen=True)
class Misfit:
    """Weights of the least-squares problem, and the bodies from which other searches start."""

    nearness: float = 1e-3
    """λ, the weight of the change of the scaled variables beside the relative misfit."""
    blur: float = 0.03
    """Standard deviation, over the whole outline's arc, of the Gaussian that blurs the difference of the pressures."""
    settled: float = 1e-4
    """Largest relative size of the last correction of a derivative of the flow that is used."""
    finenesses: tuple[float, ...] = (0.6, 1.0, 2.0, 4.0)
    """Length over height of the ellipses among which further starts are chosen."""


MISFIT = Misfit()


@dataclass(frozen=True)
class Point:
    """Variables x (m,), their flow, the residual of the pressure (n,), as it is and blurred, and x − x_0 (m,)."""

    x: FloatArray
    flow: FlowBatch
    residual: FloatArray
    blurred: FloatArray
    change: FloatArray

    @property
    def value(self) -> float:
        """The sum of squares that a search makes small."""
        return float(self.blurred @ self.blurred + MISFIT.nearness**2 * self.change @ self.change)

    @property
    def misfit(self) -> float:
        """Root mean square of the difference over the range of the target."""
        return float(np.linalg.norm(self.residual))

    def with_blur(self, blur: FloatArray) -> Point:
        """The same point with the residual blurred by the matrix `blur` (n, n)."""
        return replace(self, blurred=blur @ self.residual)


class PressureFit:
    """The residuals (n,) of a `target` (n, 2) of s and C_p on one grid, as a function of the variables x (m,).

    `solves` counts the flows.
    """

    def __init__(
        self,
        variables: Variables,
        start: FloatArray,
        conditions: FlowConditions,
        target: FloatArray,
        resolution: Resolution,
    ) -> None:
        self.variables, self.start, self.resolution = variables, start, resolution
        self.domain = Domain.MERIDIAN if variables.body.revolution else None
        self.alpha = math.radians(conditions.alpha_deg)
        self.reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64)
        self._conditions, self._table = conditions, target
        self.arc, self.target = target.T
        self.unit = float(np.ptp(self.target)) * math.sqrt(len(target))
        self.directions = self._turned(torch.eye(len(start), dtype=torch.float64))
        self.no_blur: FloatArray = np.eye(len(target))
        self.blur = _gaussian_means(0.5 * self.arc, mirrored=True) if self.domain else _gaussian_means(self.arc)
        self.solves = 0

    def finer(self, resolution: Resolution) -> PressureFit | None:
        """The same problem at a `resolution` with more nodes; None if it has not."""
        if resolution.n_xi * resolution.n_eta <= self.resolution.n_xi * self.resolution.n_eta:
            return None
        return PressureFit(self.variables, self.start, self._conditions, self._table, resolution)

    def at(self, x: FloatArray, blur: FloatArray, guess: State | None = None) -> Point | None:
        """The point of variables x, its flow started from `guess`; None where the solver finds no flow."""
        turned = self._turned(torch.from_numpy(x)[None])
        flow = solve_batch(
            turned, self.reynolds, self.resolution, guess, continuation=guess is None, domain=self.domain
        )
        self.solves += 1
        if guess is not None and not bool(flow.converged):
            return self.at(x, blur)
        if not bool(flow.converged):
            return None
        pressure = wall_pressure(flow.problem, flow.state, turned, self.alpha, self.arc)[0].numpy()
        residual = (pressure - self.target) / self.unit
        return Point(x, flow, residual, blur @ residual, x - self.start)

    def linearised(self, point: Point, blur: FloatArray) -> tuple[FloatArray, State] | None:
        """Derivatives of the blurred residual (n, m) and of the state (m, …) along the variables.

        None where the iteration for them does not settle.
        """
        tangents = flow_tangents(point.flow, self.directions)
        if not bool((tangents.change <= MISFIT.settled).all()):
            return None
        sides = tangents.sides, tangents.side_states, tangents.side_coefficients
        slopes = tangents.derivative(wall_pressure(*sides, self.alpha, self.arc))
        return blur @ slopes.numpy().T / self.unit, tangents.states

    def starts(self, count: int) -> Iterator[Point]:
        """The start, then ellipses by their misfit, `count` in all; fewer where the solver finds no flow."""
        first = self.at(self.start, self.no_blur)
        if first is not None:
            yield first
        if count > 1:
            packed = (self.variables.pack(a, self.variables.body.origin) for a in ellipses(self.variables.modes))
            points = [self.at(x, self.no_blur) for x in packed]
            yield from sorted((p for p in points if p is not None), key=lambda p: p.misfit)[: count - 1]

    def _turned(self, x: Tensor) -> Tensor:
        """Coefficients at incidence of variables (batch, m)."""
        scaled = torch.complex(x, torch.zeros_like(x)) if self.variables.symmetric else torch.complex(*x.chunk(2, 1))
        return laurent.rotate(scaled / self.variables.scale, torch.full_like(x[:, 0], self.alpha))


def ellipses(modes: int) -> Tensor:
    """The bodies (n, modes) among which further starts are chosen."""
    return torch.stack([Body.ellipse(f, modes=modes).coefficients for f in MISFIT.finenesses])


def _gaussian_means(arc: FloatArray, *, mirrored: bool = False) -> FloatArray:
    """The matrix (n, n) of Gaussian means over neighbouring arc fractions, and over the mirror images of these."""
    weight = _gaussian(arc[:, None] - arc)
    if mirrored:
        weight += _gaussian(arc[:, None] + arc)
    means: FloatArray = weight / weight.sum(1, keepdims=True)
    return means


def _gaussian(gap: FloatArray) -> FloatArray:
    """The Gaussian of the distance around the outline, whose arc fraction has the period 1."""
    value: FloatArray = np.exp(-0.5 * ((gap - np.round(gap)) / MISFIT.blur) ** 2)
    return value

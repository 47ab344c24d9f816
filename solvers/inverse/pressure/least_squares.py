"""Levenberg's and Marquardt's search for a wall pressure, with the exact Jacobian of the solver; see `pressure.py`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor

from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.flow import FlowBatch, Resolution, State, flow_tangents, solve_batch
from fusiform.solvers.geometry import Body, is_valid, laurent
from fusiform.solvers.inverse.pressure.wall_pressure import wall_pressure
from fusiform.solvers.inverse.search.variables import Array, Variables

ENOUGH, NEARNESS = 0.001, 1e-3
FIRST_DAMPING, LARGEST_DAMPING, LONGEST_STEP = 0.1, 1e5, 0.12
SHORTENINGS, TOUCHING, PATIENCE, TINY = 6, 1e-5, 3, 1e-300
FINENESSES = (0.6, 1.0, 2.0, 4.0)
BLUR = 0.03


@dataclass(frozen=True)
class Point:
    """Variables x (m,), their flow, the residual of the pressure (n,), as it is and blurred, and x − x_0 (m,)."""

    x: Array
    flow: FlowBatch
    residual: Array
    blurred: Array
    change: Array

    @property
    def value(self) -> float:
        return float(self.blurred @ self.blurred + NEARNESS**2 * self.change @ self.change)

    @property
    def misfit(self) -> float:
        return float(np.linalg.norm(self.residual))


Seen = Callable[[Point], bool]
FIRST_SEARCH, OTHER_SEARCHES = (False, True, False), (True, False)


class PressureSearch:
    """The least-squares problem in x on one grid, and how it is solved."""

    def __init__(
        self, variables: Variables, start: Array, conditions: FlowConditions, target: Array, resolution: Resolution
    ) -> None:
        self.variables, self.start, self.resolution = variables, start, resolution
        self.alpha = math.radians(conditions.alpha_deg)
        self.reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64)
        self.arc, self.wanted = target.T
        self.unit = float(np.ptp(self.wanted)) * math.sqrt(len(target))
        self.directions = self._turned(torch.eye(len(start), dtype=torch.float64))
        self.blur: Array = np.eye(len(target))
        self.solves = 0

    def _turned(self, x: Tensor) -> Tensor:
        """Coefficients at incidence of variables (batch, n)."""
        scaled = torch.complex(x, torch.zeros_like(x)) if self.variables.symmetric else torch.complex(*x.chunk(2, 1))
        return laurent.rotate(scaled / self.variables.scale, torch.full_like(x[:, 0], self.alpha))

    def at(self, x: Array, guess: State | None = None) -> Point | None:
        """The point of variables x, its flow started from `guess`; None where the solver finds no flow."""
        turned = self._turned(torch.from_numpy(x)[None])
        flow = solve_batch(turned, self.reynolds, self.resolution, guess, continuation=guess is None)
        self.solves += 1
        if guess is not None and not bool(flow.converged):
            return self.at(x)
        if not bool(flow.converged):
            return None
        pressure = wall_pressure(flow.problem, flow.state, turned, self.alpha, self.arc)[0].numpy()
        residual = (pressure - self.wanted) / self.unit
        return Point(x, flow, residual, self.blur @ residual, x - self.start)

    def linearised(self, point: Point) -> tuple[Array, State]:
        """Derivatives of the blurred residual (n, m) and of the state (m, …) along the variables."""
        tangents = flow_tangents(point.flow, self.directions)
        sides = tangents.sides, tangents.side_states, tangents.side_coefficients
        slopes = tangents.derivative(wall_pressure(*sides, self.alpha, self.arc))
        return self.blur @ slopes.numpy().T / self.unit, tangents.states

    def starts(self, count: int) -> Iterator[Point]:
        """The start, then ellipses by their misfit, `count` in all; less where the solver finds no flow."""
        first = self.at(self.start)
        if first is not None:
            yield first
        if count > 1:
            bodies = (Body.ellipse(f, modes=self.variables.modes).coefficients for f in FINENESSES)
            points = [self.at(self.variables.pack(a, self.variables.body.origin)) for a in bodies]
            yield from sorted((p for p in points if p is not None), key=lambda p: p.misfit)[: count - 1]

    def search(
        self, point: Point, blurs: tuple[bool, ...], max_iterations: int, tolerance: float, seen: Seen
    ) -> tuple[Point, str]:
        """`run` after run, with the residual blurred or as it is, until the target is met: the best end of the latter.

        The last of `blurs` is False.
        """
        ends: list[tuple[Point, str]] = []
        for blurred in blurs:
            self.blur = _blur(self.arc) if blurred else np.eye(len(self.arc))
            point = replace(point, blurred=self.blur @ point.residual)
            point, reason = self.run(point, max_iterations, tolerance, seen)
            if reason == "stopped":
                ends.append((replace(point, blurred=point.residual), reason))
                break
            if not blurred:
                ends.append((point, reason))
                if point.misfit <= ENOUGH:
                    break
        best = min(ends, key=lambda end: end[0].value)
        return best if ends[-1][1] != "stopped" else (best[0], "stopped")

    def run(self, point: Point, max_iterations: int, tolerance: float, seen: Seen) -> tuple[Point, str]:
        """The best point from there, and why the search ended, one of `REASONS`."""
        damping, slow = FIRST_DAMPING, 0
        metric = np.diag(np.tile(self.variables.scale.numpy() ** 4, len(point.x) // self.variables.modes))
        for _ in range(max_iterations):
            jacobian, states = self.linearised(point)
            gradient = jacobian.T @ point.blurred + NEARNESS**2 * point.change
            hessian = jacobian.T @ jacobian + NEARNESS**2 * np.eye(len(point.x))

            def decrease(step: Array, g: Array = gradient, h: Array = hessian) -> float:
                return -float(2.0 * g @ step + step @ h @ step)

            gain = decrease(self._step(point.x, hessian, gradient))
            if math.sqrt(point.value) - math.sqrt(max(point.value - gain, 0.0)) < tolerance:
                return point, "converged"
            size, trial = float(np.trace(hessian)) / len(point.x), None
            while trial is None and damping <= LARGEST_DAMPING:
                step = self._step(point.x, hessian + damping * size * metric, gradient)
                trial = self.at(point.x + step, _predicted(point.flow.state, states, step)) if step.any() else None
                ratio = -1.0 if trial is None else (point.value - trial.value) / max(decrease(step), TINY)
                if ratio <= 0.0:
                    trial, damping = None, 5.0 * damping
                else:
                    damping *= max(0.1, 1.0 - (2.0 * ratio - 1.0) ** 3)
            if trial is None:
                return point, "stuck"
            slow = slow + 1 if math.sqrt(point.value) - math.sqrt(trial.value) < tolerance else 0
            point = trial
            if seen(point):
                return point, "stopped"
            if slow == PATIENCE:
                return point, "stuck"
        return point, "long"

    def _step(self, x: Array, hessian: Array, gradient: Array) -> Array:
        """The step to the least value of gᵀδ + ½ δᵀHδ that leads to a body; zero where none is found."""
        newton: Array = np.asarray(-np.linalg.solve(hessian, gradient), dtype=np.float64)
        step = newton * min(1.0, LONGEST_STEP / max(float(np.linalg.norm(newton)), TINY))
        if float(self.variables.values(x + step).min()) < 0.0:
            scale = max(abs(float(gradient @ step)), TINY)
            step = minimize(
                lambda d: ((gradient @ d + 0.5 * d @ hessian @ d) / scale, (gradient + hessian @ d) / scale),
                np.zeros(len(x)),
                jac=True,
                method="SLSQP",
                bounds=[(-LONGEST_STEP, LONGEST_STEP)] * len(x),
                constraints={
                    "type": "ineq",
                    "fun": lambda d: self.variables.values(x + d),
                    "jac": lambda d: self.variables.jacobian(x + d),
                },
            ).x
        for _ in range(SHORTENINGS):
            a = self.variables.coefficients(torch.from_numpy(x + step)[None])
            if bool(is_valid(a)) and float(self.variables.values(x + step).min()) > -TOUCHING:
                return step
            step = 0.5 * step
        return 0.0 * step


def _predicted(state: State, tangents: State, step: Array) -> State:
    """The state after `step` (m,), to first order."""
    weights = torch.from_numpy(step)
    return state + State(*(torch.tensordot(weights, t, 1)[None] for t in vars(tangents).values()))


def _blur(arc: Array) -> Array:
    """The matrix (n, n) of Gaussian means over neighbouring arc fractions."""
    gap = arc[:, None] - arc
    weight = np.exp(-0.5 * ((gap - np.round(gap)) / BLUR) ** 2)
    blur: Array = weight / weight.sum(1, keepdims=True)
    return blur

"""One local search: SLSQP on the objective, the shape constraints and the force constraints, guarded.

A trial that is no body, or that the model cannot evaluate, makes the line search step back. The best feasible point is
kept whatever ends the run. Whether a point is an optimum is decided by its own Karush-Kuhn-Tucker residual,

    min over λ_i ≥ 0 (i active), μ of  |∇f − Σ λ_i ∇g_i − Σ μ_j ∇h_j| / scale,

not by what the iteration says of itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.optimize import OptimizeResult, minimize, nnls

from fusiform.solvers.inverse.problem.constraints.constraint import ForceConstraint
from fusiform.solvers.inverse.problem.objectives import Objective
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.variables import Array, Variables

STEP_BACK = 10.0
FEASIBLE, FORCE_WEIGHT = 2e-6, 0.02
ACTIVE = 1e-4
ROUND, OPEN = 25, np.inf
MOVE, SHORTEN, LEAST_MOVE, SAME = 0.3, 0.3, 0.01, 1e-7
WITHIN = 1e-5


class Stopped(Exception):
    """The run is to end; the message completes "stopped …"."""


@dataclass(frozen=True)
class Program:
    """What is searched: `forces(x)` gives the forces or None, `weights` (m,) those of the design points.

    `origin` (n_shape,): shape variables of the start, for objectives that measure the change.
    """

    variables: Variables
    objective: Objective
    conditions: tuple[ForceConstraint, ...]
    weights: Array
    origin: Array
    min_confidence: float = 0.0

    def value(self, x: Array, forces: Forces) -> tuple[float, Array]:
        """The objective and its gradient (n,)."""
        size = self.variables.shape_size
        drag, lift = (torch.from_numpy(v).requires_grad_() for v in (forces.drag, forces.lift))
        change = torch.from_numpy(x[:size] - self.origin).requires_grad_()
        value = self.objective.value(drag, lift, change, torch.from_numpy(self.weights))
        by_drag, by_lift, by_change = torch.autograd.grad(
            value, (drag, lift, change), allow_unused=True, materialize_grads=True
        )
        gradient = np.zeros(len(x))
        slope = by_drag.numpy() @ forces.drag_slope + by_lift.numpy() @ forces.lift_slope
        gradient[:size] = slope + by_change.numpy()
        return float(value.detach()), gradient

    def force_residuals(self, x: Array, forces: Forces, equality: bool) -> tuple[Array, Array]:
        """Residuals (r,) of the force constraints that are equalities, or those that are not, and slopes (r, n)."""
        values, slopes = [], []
        for condition in self.conditions:
            if condition.equality is not equality:
                continue
            drag, lift = (torch.from_numpy(v).requires_grad_() for v in (forces.drag, forces.lift))
            for entry in condition.residual(drag, lift):
                by_drag, by_lift = torch.autograd.grad(
                    entry, (drag, lift), retain_graph=True, allow_unused=True, materialize_grads=True
                )
                values.append(float(entry.detach()))
                slopes.append(by_drag.numpy() @ forces.drag_slope + by_lift.numpy() @ forces.lift_slope)
        if not equality and self.min_confidence > 0.0:
            values += (forces.confidence - self.min_confidence).tolist()
            slopes += list(forces.confidence_slope)
        found = np.zeros((len(values), len(x)))
        if values:
            found[:, : self.variables.shape_size] = np.array(slopes)
        return np.array(values), found

    def violation(self, x: Array, forces: Forces) -> float:
        """Largest amount by which a residual lacks; those of the forces count `FORCE_WEIGHT` times."""
        return max(0.0, -float(self.variables.values(x).min()), FORCE_WEIGHT * self.force_lack(x, forces))

    def force_lack(self, x: Array, forces: Forces) -> float:
        """Largest amount by which a force constraint lacks."""
        above, equal = (self.force_residuals(x, forces, kind)[0] for kind in (False, True))
        return max(0.0, -float(above.min(initial=0.0)), float(np.abs(equal).max(initial=0.0)))


@dataclass(frozen=True)
class Found:
    """The end of a search: the best point (feasible, or nearest to it), its value, forces and violation."""

    x: Array
    value: float
    forces: Forces
    violation: float
    iterations: int = 0
    message: str = ""
    stopped: bool = False


@dataclass(frozen=True)
class Optimality:
    """The `residual`, and multipliers of the shape residuals (m,), of the force inequalities and equalities."""

    residual: float
    shape_multipliers: Array
    force_multipliers: Array
    equality_multipliers: Array


class _Evaluations:
    """Value, gradient and residuals at the points that SLSQP asks for, and the best of them."""

    def __init__(
        self, program: Program, forces: Callable[[Array], Forces | None], seen: Callable[[Array, Forces, float], None]
    ) -> None:
        self.program, self._forces, self._seen = program, forces, seen
        self.best: Found | None = None
        self.scale = 1.0
        self._last: tuple[Array, Forces, float, Array] | None = None
        self._last_good: tuple[Forces, Array] | None = None

    def at(self, x: Array) -> tuple[Forces, float, Array] | None:
        """Forces, value and gradient; None where there is no answer."""
        if self._last is not None and np.array_equal(self._last[0], x):
            return self._last[1:]
        forces = self._forces(x)
        if forces is None:
            return None
        value, gradient = self.program.value(x, forces)
        if not (math.isfinite(value) and np.isfinite(gradient).all()):
            return None
        if self._last_good is None:
            self.scale = self.program.objective.size(value, float(np.linalg.norm(gradient)))
        self._last, self._last_good = (x.copy(), forces, value, gradient), (forces, gradient)
        self._keep(x.copy(), forces, value)
        self._seen(x, forces, value)
        return forces, value, gradient

    def _keep(self, x: Array, forces: Forces, value: float) -> None:
        lack = self.program.violation(x, forces)
        trial = Found(x, value, forces, lack)
        if self.best is None or better(trial, self.best):
            self.best = trial

    def settle(self, x: Array) -> None:
        """Prefer the point where SLSQP converged to one that is lower within the tolerance of the constraints."""
        found = self.at(x)
        if found is not None and self.best is not None:
            trial = Found(x.copy(), found[1], found[0], self.program.violation(x, found[0]))
            if trial.violation <= FEASIBLE and trial.value < self.best.value + WITHIN * self.scale:
                self.best = trial

    def objective(self, x: Array) -> tuple[float, Array]:
        found = self.at(x)
        if found is None:
            last = np.zeros(len(x)) if self._last_good is None else self._last_good[1]
            return STEP_BACK, last / self.scale
        return found[1] / self.scale, found[2] / self.scale

    def residuals(self, x: Array, equality: bool) -> tuple[Array, Array]:
        found = self.at(x)
        forces = found[0] if found is not None else self._last_good[0] if self._last_good else None
        if forces is None:
            count = len(self.program.weights)
            size = self.program.variables.shape_size
            flat = np.zeros((count, size))
            forces = Forces(np.ones(count), np.zeros(count), flat, flat, np.ones(count), flat)
        return self.program.force_residuals(x, forces, equality)


def search(
    program: Program,
    forces: Callable[[Array], Forces | None],
    start: Array,
    *,
    max_iterations: int,
    tolerance: float,
    radius: float | None = None,
    seen: Callable[[Array, Forces, float], None] = lambda x, forces, value: None,
) -> Found | None:
    """The local optimum near `start` (n,), within `radius` of it in each shape variable; None if `start` has no forces.

    SLSQP takes rounds of at most `ROUND` iterations that move each variable by at most `MOVE`, less where a round did
    not find a better point.
    `seen(x, forces, value)` is called at each new evaluation and may raise `Stopped`, which ends the search.
    """
    watch = _Evaluations(program, forces, seen)
    iterations, message, stopped = 0, "", False
    try:
        if watch.at(start) is None:
            return None
        size = program.variables.shape_size
        low, high = (start[:size] - radius, start[:size] + radius) if radius is not None else (-OPEN, OPEN)
        reach = MOVE
        while iterations < max_iterations and reach > LEAST_MOVE:
            before = watch.best
            assert before is not None
            bounds = np.clip(before.x[:size] - reach, low, high), np.clip(before.x[:size] + reach, low, high)
            found = _slsqp(program, watch, before.x, min(ROUND, max_iterations - iterations), tolerance, bounds)
            iterations, message = iterations + int(found.nit), str(found.message).lower()
            best = watch.best
            assert best is not None
            moved = float(np.abs(best.x - before.x)[:size].max())
            if found.success and moved < 0.99 * reach:
                watch.settle(found.x)
                break
            if not better(best, before, SAME * watch.scale):
                reach *= SHORTEN
    except Stopped:
        stopped = True
    best = watch.best
    return None if best is None else replace(best, iterations=iterations, message=message, stopped=stopped)


def better(one: Found, other: Found, least: float = 0.0) -> bool:
    """Whether `one` is better by `least`: feasible where the other is not, or nearer to it, or lower."""
    lacks = max(one.violation, FEASIBLE), max(other.violation, FEASIBLE)
    return lacks[0] < lacks[1] or (lacks[0] == lacks[1] and one.value < other.value - least)


def _slsqp(
    program: Program,
    watch: _Evaluations,
    x: Array,
    iterations: int,
    tolerance: float,
    bounds: tuple[Array, Array],
) -> OptimizeResult:
    variables = program.variables
    constraints = [{"type": "ineq", "fun": variables.values, "jac": variables.jacobian}]
    kinds = {c.equality for c in program.conditions} | ({False} if program.min_confidence > 0.0 else set())
    for equality in sorted(kinds):
        constraints.append(
            {
                "type": "eq" if equality else "ineq",
                "fun": lambda v, e=equality: watch.residuals(v, e)[0],
                "jac": lambda v, e=equality: watch.residuals(v, e)[1],
            }
        )
    free = [(None, None)] * (len(x) - variables.shape_size)
    return minimize(
        watch.objective,
        x,
        jac=True,
        method="SLSQP",
        bounds=[*zip(*bounds, strict=True), *free],
        constraints=constraints,
        options={"maxiter": max(1, iterations), "ftol": tolerance},
    )


def optimality(program: Program, x: Array, forces: Forces, scale: float) -> Optimality:
    """Multipliers and residual at x by non-negative least squares over the active constraints.

    The residual is relative to `scale`, the objective's size at the start, in the scaled variables.
    """
    _, gradient = program.value(x, forces)
    values, slopes = program.variables.values(x), program.variables.jacobian(x)
    force_values, force_slopes = program.force_residuals(x, forces, False)
    _, equal_slopes = program.force_residuals(x, forces, True)
    inequalities = np.concatenate([slopes, force_slopes])
    active = np.flatnonzero(np.concatenate([values, FORCE_WEIGHT * force_values]) < ACTIVE)
    rows = np.concatenate([inequalities[active], equal_slopes, -equal_slopes])
    found, residual = nnls(rows.T, gradient) if len(rows) else (np.zeros(0), float(np.linalg.norm(gradient)))
    multipliers = np.zeros(len(inequalities))
    multipliers[active] = found[: len(active)]
    plus, minus = np.split(found[len(active) :], 2)
    return Optimality(residual / scale, multipliers[: len(values)], multipliers[len(values) :], plus - minus)

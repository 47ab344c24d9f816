"""Levenberg's and Marquardt's method for the wall pressure, among bodies whose edges the grid resolves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.flow import State
from fusiform.solvers.geometry import is_valid
from fusiform.solvers.inverse.pressure.least_squares import MISFIT, Point, PressureFit
from fusiform.solvers.inverse.pressure.outcome import PressureOutcome
from fusiform.solvers.inverse.search.variables import Variables

TINY = 1e-300
FIRST_SEARCH, OTHER_SEARCHES = (False, True, False), (True, False)  # blurred or not, run after run
OnPoint = Callable[[Point], bool]


@dataclass(frozen=True)
class Levenberg:
    """Damping, relative to the mean curvature of the sum of squares, and steps, in the scaled variables √k a_k."""

    enough: float = 1e-3
    """Misfit, over the range of the target, at which the searches end."""
    first_damping: float = 0.1
    """Damping of the first step."""
    largest_damping: float = 1e5
    """Damping beyond which the search is stuck."""
    raise_damping: float = 5.0
    """Factor of the damping after a step that does not lower the sum of squares."""
    lower_damping: float = 0.1
    """Least factor of the damping after one that does."""
    longest_step: float = 0.12
    """Longest step, and bound of each variable where constraints are active."""
    shortenings: int = 6
    """Halvings of a step that leads to no body, at most."""
    touching: float = 1e-5
    """Largest violation of the limits on edges that a step may end with."""
    patience: int = 3
    """Successive steps with less progress than the tolerance after which the search is stuck."""


LEVENBERG = Levenberg()


@dataclass(frozen=True)
class SearchEnd:
    """The best point of a search, and how it ended."""

    point: Point
    outcome: PressureOutcome


@dataclass(frozen=True)
class Quadratic:
    """The model gᵀδ + ½ δᵀHδ of half the sum of squares, and the derivatives of the state along the variables."""

    gradient: FloatArray
    hessian: FloatArray
    states: State

    def decrease(self, step: FloatArray) -> float:
        """Predicted fall of the sum of squares."""
        return -float(2.0 * self.gradient @ step + step @ self.hessian @ step)


def search(
    fit: PressureFit,
    point: Point,
    blurs: tuple[bool, ...],
    *,
    max_iterations: int,
    tolerance: float,
    on_point: OnPoint,
    settings: Levenberg = LEVENBERG,
) -> SearchEnd:
    """The best end of the runs without blur; runs with and without blur alternate until the target is met.

    The last of `blurs` is False. `on_point` is called at each accepted point and stops the search by returning True.
    """
    ends: list[SearchEnd] = []
    for blurred in blurs:
        blur = fit.blur if blurred else fit.no_blur
        end = _Run(fit, point.with_blur(blur), blur, tolerance, settings).end(max_iterations, on_point)
        point = end.point
        if end.outcome is PressureOutcome.STOPPED:
            plain = SearchEnd(point.with_blur(fit.no_blur), end.outcome)
            best = min([*ends, plain], key=lambda e: e.point.value)
            return SearchEnd(best.point, PressureOutcome.STOPPED)
        if not blurred:
            ends.append(end)
            if point.misfit <= settings.enough:
                break
    return min(ends, key=lambda e: e.point.value)


class _Run:
    """One run of the method from `point`, with the residual multiplied by the matrix `blur`."""

    def __init__(self, fit: PressureFit, point: Point, blur: FloatArray, tolerance: float, settings: Levenberg) -> None:
        self._fit, self._point, self._blur, self._settings = fit, point, blur, settings
        self._tolerance, self._damping = tolerance, settings.first_damping
        scale = fit.variables.scale.numpy() ** 4
        self._metric: FloatArray = np.diag(np.tile(scale, len(point.x) // fit.variables.modes))

    def end(self, max_iterations: int, on_point: OnPoint) -> SearchEnd:
        """Iterate until no step lowers the misfit by the tolerance, or progress ends."""
        slow = 0
        for _ in range(max_iterations):
            model, value = self._quadratic(), self._point.value
            if model is None:
                return SearchEnd(self._point, PressureOutcome.STUCK)
            newton = self._step(model, model.hessian)
            if self._fall(max(value - model.decrease(newton), 0.0)) < self._tolerance:
                return SearchEnd(self._point, PressureOutcome.CONVERGED)
            trial = self._accepted(model)
            if trial is None:
                return SearchEnd(self._point, PressureOutcome.STUCK)
            slow = slow + 1 if self._fall(trial.value) < self._tolerance else 0
            self._point = trial
            if on_point(trial):
                return SearchEnd(trial, PressureOutcome.STOPPED)
            if slow == self._settings.patience:
                return SearchEnd(trial, PressureOutcome.STUCK)
        return SearchEnd(self._point, PressureOutcome.ITERATION_LIMIT)

    def _fall(self, value: float) -> float:
        """Fall of the root of the sum of squares from here to `value`."""
        return math.sqrt(self._point.value) - math.sqrt(value)

    def _quadratic(self) -> Quadratic | None:
        """The model at the current point; None where the derivatives of the flow are not found."""
        linearised = self._fit.linearised(self._point, self._blur)
        if linearised is None:
            return None
        jacobian, states = linearised
        nearness = MISFIT.nearness**2
        gradient = jacobian.T @ self._point.blurred + nearness * self._point.change
        return Quadratic(gradient, jacobian.T @ jacobian + nearness * np.eye(len(gradient)), states)

    def _accepted(self, model: Quadratic) -> Point | None:
        """The first point that lowers the sum of squares as the damping grows, or None."""
        point, settings = self._point, self._settings
        size = float(np.trace(model.hessian)) / len(point.x)
        while self._damping <= settings.largest_damping:
            step = self._step(model, model.hessian + self._damping * size * self._metric)
            trial = None
            if step.any():
                trial = self._fit.at(point.x + step, self._blur, _predicted(point.flow.state, model.states, step))
            ratio = -1.0 if trial is None else (point.value - trial.value) / max(model.decrease(step), TINY)
            if trial is not None and ratio > 0.0:
                self._damping *= max(settings.lower_damping, 1.0 - (2.0 * ratio - 1.0) ** 3)
                return trial
            self._damping *= settings.raise_damping
        return None

    def _step(self, model: Quadratic, hessian: FloatArray) -> FloatArray:
        """The step δ to the least gᵀδ + ½ δᵀHδ, H = `hessian`, that leads to a body; zero where none is found."""
        x, variables, settings = self._point.x, self._fit.variables, self._settings
        newton: FloatArray = np.asarray(-np.linalg.solve(hessian, model.gradient), dtype=np.float64)
        step = newton * min(1.0, settings.longest_step / max(float(np.linalg.norm(newton)), TINY))
        if float(variables.values(x + step).min()) < 0.0:
            step = _constrained_step(variables, x, model.gradient, hessian, step, settings.longest_step)
        for _ in range(settings.shortenings):
            a = variables.coefficients(torch.from_numpy(x + step)[None])
            if bool(is_valid(a)) and float(variables.values(x + step).min()) > -settings.touching:
                return step
            step = 0.5 * step
        return 0.0 * step


def _constrained_step(
    variables: Variables, x: FloatArray, gradient: FloatArray, hessian: FloatArray, step: FloatArray, longest: float
) -> FloatArray:
    """The least value of gᵀδ + ½ δᵀHδ under the limits on edges, by SLSQP, in units of its slope along `step`."""
    scale = max(abs(float(gradient @ step)), TINY)
    end = minimize(
        lambda d: ((gradient @ d + 0.5 * d @ hessian @ d) / scale, (gradient + hessian @ d) / scale),
        np.zeros(len(x)),
        jac=True,
        method="SLSQP",
        bounds=[(-longest, longest)] * len(x),
        constraints={
            "type": "ineq",
            "fun": lambda d: variables.values(x + d),
            "jac": lambda d: variables.jacobian(x + d),
        },
    )
    constrained: FloatArray = end.x
    return constrained


def _predicted(state: State, tangents: State, step: FloatArray) -> State:
    """The state after `step` (m,), to first order."""
    weights = torch.from_numpy(step)
    return state + State(*(torch.tensordot(weights, t, 1)[None] for t in vars(tangents).values()))

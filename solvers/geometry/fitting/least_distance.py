"""The body of least distance from a curve: Levenberg–Marquardt steps on p-norms of the misfit, p rising from 2.

    minimise  Σ |r_i|^p  over a_1 … a_K and the centre,   p = 2, 4, 8, 16, 32,

area and univalence held. First come least squares of the distances of the points alone, which are free of the polygon
that stands for the curve: a body that is described exactly is found here. The norms of all distances follow; the last
is the greatest distance to a few per cent of it. A step is that of the least squares with weights |r|^(p−2), divided by
p − 1 (Newton's method for the p-norm without the curvature of r). Steps that leave the valid bodies are smoothed back
into them, steps that do not lower the norm are shortened.
Source of the rising powers: R. Fletcher, J. A. Grant, M. D. Hebden, Computer Journal 14, 276 (1971).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.fitting.misfit import Misfit
from fusiform.solvers.geometry.validity import is_valid


@dataclass(frozen=True)
class LevenbergMarquardt:
    """The search for the least distance."""

    powers: tuple[int, ...] = (2, 4, 8, 16, 32)
    """p, one after the other."""
    first_steps: int = 15
    """Steps of the least squares, at most."""
    steps: int = 6
    """Steps for each p, at most."""
    worthwhile: float = 0.99
    """Factor of the p-norm above which an accepted step is the last for that p."""
    exact: float = 1e-4
    """Greatest distance over d below which least squares are enough: the error of curves through given points."""
    first_damping: float = 1e-6
    """Damping of the first step of the least squares."""
    damping: float = 1e-3
    """Damping of the first step for each p."""
    least_damping: float = 1e-12
    """Damping is not lowered below this."""
    greatest_damping: float = 1e6
    """Damping from which no further step is tried."""
    increase: float = 10.0
    """Factor of the damping after each step."""
    decrease: float = 0.01
    """Further factor of the damping after a step that is accepted."""
    least_growth: float = 1e-7
    """Least r − 1 by which an outline is smoothed until it is valid."""
    greatest_growth: float = 10.0
    """Greatest r − 1; the circle stands in where it is not enough."""
    growth_ratio: float = 1.2
    """Ratio of the bounds of r − 1 at which their bisection ends."""


LEVENBERG_MARQUARDT = LevenbergMarquardt()
Measure = Callable[[ComplexArray, complex], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class Trial:
    """A body with its signed distances r (m,) from the curve and their Jacobian (m, 2K + 2)."""

    a: ComplexArray
    centre: complex
    residual: FloatArray
    jacobian: FloatArray

    @property
    def greatest(self) -> float:
        """The greatest distance."""
        return float(np.abs(self.residual).max()) + np.finfo(float).tiny


def fit_series(
    misfit: Misfit, coefficients: ComplexArray, centre: complex, symmetric: bool
) -> tuple[ComplexArray, complex]:
    """The valid coefficients (K,) and centre a_0 of nearly the least greatest distance from a curve of d = 1.

    The given start is smoothed first where it is not valid. `symmetric` keeps the coefficients real and the height of
    the centre as it is.
    """
    count, tuning = len(coefficients), LEVENBERG_MARQUARDT
    free = np.r_[0:count, 2 * count] if symmetric else np.arange(2 * count + 2)
    a = _nearest_valid(np.asarray(coefficients.real + 0j) if symmetric else coefficients)
    squares = Search(misfit.from_curve, free, 2, tuning.first_steps, tuning.first_damping)
    first = squares.least(Trial(a, centre, *misfit.from_curve(a, centre)))
    trial = best = Trial(first.a, first.centre, *misfit(first.a, first.centre))
    for power in tuning.powers if best.greatest > tuning.exact else ():
        trial = Search(misfit, free, power, tuning.steps, tuning.damping).least(trial)
        best = min(best, trial, key=lambda one: one.greatest)
    return best.a, best.centre


@dataclass(frozen=True)
class Search:
    """The search for the least `power`-norm of a measure, by at most so many `steps` in the `free` unknowns."""

    measure: Measure
    free: NDArray[np.intp]
    power: int
    steps: int
    damping: float

    def least(self, trial: Trial) -> Trial:
        """The body near `trial` of least norm."""
        tuning, damping, steps = LEVENBERG_MARQUARDT, self.damping, 0
        while damping < tuning.greatest_damping and steps < self.steps:
            steps += 1
            moved = self._moved(trial, damping)
            damping *= tuning.increase
            scale = trial.greatest
            ratio = self._norm(moved.residual / scale) / self._norm(trial.residual / scale)
            if ratio < 1.0:
                trial = moved
                damping = max(tuning.decrease * damping, tuning.least_damping)
                if ratio > tuning.worthwhile:
                    break
        return trial

    def _norm(self, residual: FloatArray) -> float:
        return float(np.sum(np.abs(residual) ** self.power) ** (1.0 / self.power))

    def _moved(self, trial: Trial, damping: float) -> Trial:
        """`trial` after a step −(JᵀWJ + damping · diag)⁻¹ JᵀWr / (p − 1), W = (|r| / max |r|)^(p − 2)."""
        weight = (np.abs(trial.residual) / trial.greatest) ** (0.5 * self.power - 1.0)
        jacobian = trial.jacobian[:, self.free] * weight[:, None]
        matrix = jacobian.T @ jacobian
        scale = np.diag(matrix) + 1e-12 * np.trace(matrix)
        downhill = jacobian.T @ (weight * trial.residual) / (self.power - 1)
        count = len(trial.a)
        step = np.zeros(2 * count + 2)
        step[self.free] = -np.linalg.solve(matrix + damping * np.diag(scale), downhill)
        a = _nearest_valid(trial.a + step[:count] + 1j * step[count:-2])
        centre = trial.centre + complex(step[-2], step[-1])
        return Trial(a, centre, *self.measure(a, centre))


def _valid(a: ComplexArray) -> bool:
    return bool(is_valid(torch.from_numpy(a[None]))[0])


def _nearest_valid(a: ComplexArray) -> ComplexArray:
    """`a` itself where valid, else the outline z(|ζ| = r) of the same map with nearly the smallest valid r.

    A map that is univalent outside one circle is so outside every larger one, hence the bisection for r − 1.
    The circle stands in where no r is enough.
    """
    if _valid(a):
        return a
    k = np.arange(1, len(a) + 1)
    low, high = LEVENBERG_MARQUARDT.least_growth, LEVENBERG_MARQUARDT.greatest_growth
    while high > LEVENBERG_MARQUARDT.growth_ratio * low:
        middle = float(np.sqrt(low * high))
        if _valid(a * (1.0 + middle) ** -(k + 1.0)):
            high = middle
        else:
            low = middle
    smooth = np.asarray(a * (1.0 + high) ** -(k + 1.0))
    return smooth if _valid(smooth) else np.zeros_like(a)

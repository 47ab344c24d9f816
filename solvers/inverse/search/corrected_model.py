"""A drag model corrected by the solver: exactly to first order at one body, by regression through all bodies solved.

    F̂(x) = F_s(x) + e(x) + [E − e](x_k) + [E' − e'](x_k) (x − x_k),   E = F − F_s

F are the solver's forces, F_s the model's, x_k the current body. e is the mean of a Gaussian process with the
covariance exp(−|x − x'|²/2ℓ²) that is given the errors E and their gradients at all bodies that the solver has seen
(gradient-enhanced kriging: A. Forrester, A. Sóbester, A. Keane, Engineering Design via Surrogate Modelling, 2008, ch.
7). A surrogate's errors have short waves: its drag over a long step is often right where its slope is not, and a
correction of first order alone, carried along the step, would spoil it. The last terms leave F̂ the solver's value and
gradient at x_k, whatever the regression does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.search.evaluations import Forces

LENGTHS = (0.025, 0.05, 0.1, 0.2, 0.4)
"""Correlation lengths ℓ that are tried, in the scaled shape variables √k a_k; the most likely one is taken."""
LARGEST = 1000
"""Most observations (1 + n of each body); the oldest bodies are left out: a regression takes a tenth of a second."""
NOISE = 1e-3
"""Variance of an observation's noise over that of the errors: keeps bodies that are close together apart."""

Model = Callable[[FloatArray], Forces | None]
Evaluated = tuple[FloatArray, Forces]  # variables x (n,), and the solver's forces there


class CorrectedModel:
    """F̂ above, as a function of x, for the bodies `evaluated` by the solver, the current one last.

    The `model` has an answer at the current body; others, at which it has none, do not count.
    """

    def __init__(self, model: Model, evaluated: list[Evaluated]) -> None:
        assert model(evaluated[-1][0]) is not None
        size = evaluated[-1][1].drag_slope.shape[1]
        newest = evaluated[-max(2, LARGEST // (1 + size)) :]
        errors = [(x[:size], _difference(f, m)) for x, f in newest if (m := model(x)) is not None]
        self._model, self._centre = model, errors[-1][0]
        self._regression = Regression(np.stack([x for x, _ in errors]), np.stack([error for _, error in errors]))
        self._rest = errors[-1][1] - self._regression(self._centre)

    def __call__(self, x: FloatArray) -> Forces | None:
        forces = self._model(x)
        if forces is None:
            return None
        shape = x[: len(self._centre)]
        error = self._regression(shape) + self._rest
        error[0] += (shape - self._centre) @ self._rest[1:]
        (drag, lift), slopes = np.split(error[0], 2), np.split(error[1:].T, 2)
        return replace(
            forces,
            drag=forces.drag + drag,
            lift=forces.lift + lift,
            drag_slope=forces.drag_slope + slopes[0],
            lift_slope=forces.lift_slope + slopes[1],
        )


def _difference(solver: Forces, model: Forces) -> FloatArray:
    """Values and slopes of the model's errors, (1 + n, 2 m): of C_D at all points, then of C_L."""
    drag = np.column_stack([solver.drag - model.drag, solver.drag_slope - model.drag_slope])
    lift = np.column_stack([solver.lift - model.lift, solver.lift_slope - model.lift_slope])
    return np.concatenate([drag, lift]).T


class Regression:
    """Mean of a Gaussian process with observed values and gradients.

    `points` (p, n); `observed` (p, 1 + n, outputs): at each point the value and the gradient of each output. The value
    at the last point is the mean of the prior.
    """

    def __init__(self, points: FloatArray, observed: FloatArray) -> None:
        self._points, self._mean = points, observed[-1, 0].copy()
        centred = observed.copy()
        centred[:, 0] -= self._mean
        rows = centred.reshape(-1, observed.shape[2])
        fits = [_fit(points, rows, length) for length in LENGTHS]
        best = max(range(len(LENGTHS)), key=lambda number: fits[number][0])
        self.length, self._weights = LENGTHS[best], fits[best][1]

    def __call__(self, x: FloatArray) -> FloatArray:
        """Values and gradients (1 + n, outputs) at x (n,)."""
        mean = covariance(x[None], self._points, self.length) @ self._weights
        mean[0] += self._mean
        return mean


def _fit(points: FloatArray, rows: FloatArray, length: float) -> tuple[float, FloatArray]:
    """Logarithm of the likelihood, up to a constant, with the best variance of each output, and the weights."""
    matrix = covariance(points, points, length)
    factors = cho_factor(matrix + NOISE * np.diag(matrix.diagonal()), lower=True)
    weights = cho_solve(factors, rows)
    variances = np.maximum((rows * weights).mean(0), np.finfo(float).tiny)
    spread = np.log(factors[0].diagonal()).sum() * rows.shape[1]
    return float(-0.5 * len(rows) * np.log(variances).sum() - spread), weights


def covariance(x: FloatArray, y: FloatArray, length: float) -> FloatArray:
    """Covariance of [value, gradient] at x (p, n) with the same at y (q, n), (p (1 + n), q (1 + n))."""
    apart = (x[:, None] - y) / length
    values = np.exp(-0.5 * (apart**2).sum(-1))
    p, q, n = apart.shape
    blocks = np.empty((p, 1 + n, q, 1 + n))
    blocks[:, 0, :, 0] = values
    slopes = values[..., None] * apart / length
    blocks[:, 0, :, 1:], blocks[:, 1:, :, 0] = slopes, -slopes.swapaxes(1, 2)
    bends = np.eye(n) - apart[..., :, None] * apart[..., None, :]
    blocks[:, 1:, :, 1:] = (values[..., None, None] * bends / length**2).swapaxes(1, 2)
    return blocks.reshape(p * (1 + n), q * (1 + n))

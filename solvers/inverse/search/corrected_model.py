"""A drag model corrected by the solver: to first order at one body, to second order by secant updates from the steps.

    F̂(x) = F_s(x) + [F − F_s](x_k) + [F' − F_s'](x_k) (x − x_k) + ½ (x − x_k)ᵀ B (x − x_k)

F are the solver's forces, F_s the model's. F̂ has the solver's value and gradient at x_k; B, the difference of the two
curvatures, is learnt by symmetric secant updates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.search.evaluations import Forces

SAFE = 0.3  # |cos| of the angle between residual and step from which the symmetric rank-one update is taken

Model = Callable[[FloatArray], Forces | None]


class CorrectedModel:
    """F̂ above, as a function of x; `centre` is x_k, `curvature` B for each C_D and C_L, (2, m, n, n)."""

    def __init__(self, model: Model, centre: FloatArray, solver: Forces, curvature: FloatArray) -> None:
        uncorrected = model(centre)
        assert uncorrected is not None
        self._model, self._centre, self._curvature = model, centre[: curvature.shape[-1]], curvature
        self._drag, self._lift = solver.drag - uncorrected.drag, solver.lift - uncorrected.lift
        self._drag_slope = solver.drag_slope - uncorrected.drag_slope
        self._lift_slope = solver.lift_slope - uncorrected.lift_slope

    def __call__(self, x: FloatArray) -> Forces | None:
        forces = self._model(x)
        if forces is None:
            return None
        step = x[: len(self._centre)] - self._centre
        bend = self._curvature @ step
        return replace(
            forces,
            drag=forces.drag + self._drag + self._drag_slope @ step + 0.5 * bend[0] @ step,
            lift=forces.lift + self._lift + self._lift_slope @ step + 0.5 * bend[1] @ step,
            drag_slope=forces.drag_slope + self._drag_slope + bend[0],
            lift_slope=forces.lift_slope + self._lift_slope + bend[1],
        )


def secant_update(curvature: FloatArray, step: FloatArray, change: FloatArray) -> FloatArray:
    """B (n, n) changed so that B s = y, with r = y − B s: B + r rᵀ/(r·s), or B + (r sᵀ + s rᵀ)/s·s − (r·s) s sᵀ/(s·s)².

    The symmetric rank-one update learns fastest, but grows without bound as r·s → 0: where the angle between r and s is
    large, Powell's symmetric form of Broyden's update, the least change, takes its place (Nocedal & Wright, ch. 6).
    """
    rest, square = change - curvature @ step, float(step @ step)
    product = float(rest @ step)
    if abs(product) > SAFE * float(np.linalg.norm(rest) * np.linalg.norm(step)):
        return curvature + np.outer(rest, rest) / product
    if square > 0.0:
        symmetric = curvature + (np.outer(rest, step) + np.outer(step, rest)) / square
        return symmetric - (product / square**2) * np.outer(step, step)
    return curvature


def learnt_curvature(
    curvature: FloatArray, model: Model, old: tuple[FloatArray, Forces], new: tuple[FloatArray, Forces]
) -> FloatArray:
    """B (2, m, n, n) updated from the two models' gradients at both ends of a step, (x, the solver's forces) each."""
    before, after = model(old[0]), model(new[0])
    if before is None or after is None:
        return curvature
    size = curvature.shape[-1]
    step = new[0][:size] - old[0][:size]
    drag = (new[1].drag_slope - after.drag_slope) - (old[1].drag_slope - before.drag_slope)
    lift = (new[1].lift_slope - after.lift_slope) - (old[1].lift_slope - before.lift_slope)
    updated = [
        [secant_update(matrix, step, change) for matrix, change in zip(matrices, changes, strict=True)]
        for matrices, changes in zip(curvature, (drag, lift), strict=True)
    ]
    return np.array(updated)

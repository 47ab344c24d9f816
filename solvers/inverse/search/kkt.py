"""Optimality of a point by the Karush-Kuhn-Tucker conditions, independent of the report of the iteration.

residual = min over λ_i ≥ 0 (i active), μ of  |∇f − Σ λ_i ∇g_i − Σ μ_j ∇h_j| / scale
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.program import TOLERANCES, Program


@dataclass(frozen=True)
class Optimality:
    """The KKT `residual`, and the multipliers of the shape residuals (m,), force inequalities and force equalities."""

    residual: float
    shape_multipliers: FloatArray
    force_multipliers: FloatArray
    equality_multipliers: FloatArray

    @property
    def force_multiplier_sum(self) -> float:
        """Σ |λ| over the force constraints."""
        return float(np.abs(np.concatenate([self.force_multipliers, self.equality_multipliers])).sum())


def optimality(program: Program, x: FloatArray, forces: Forces, scale: float) -> Optimality:
    """KKT residual and multipliers at x (n,), by non-negative least squares over the active constraints.

    The residual is relative to `scale`, the objective's size at the start, in the scaled variables.
    """
    _, gradient = program.value(x, forces)
    values, slopes = program.variables.values(x), program.variables.jacobian(x)
    force_values, force_slopes = program.force_residuals(x, forces, False)
    _, equal_slopes = program.force_residuals(x, forces, True)
    inequalities = np.concatenate([slopes, force_slopes])
    residuals = np.concatenate([values, TOLERANCES.force_weight * force_values])
    active = np.flatnonzero(residuals < TOLERANCES.active)
    rows = np.concatenate([inequalities[active], equal_slopes, -equal_slopes])
    weights, residual = nnls(rows.T, gradient) if len(rows) else (np.zeros(0), float(np.linalg.norm(gradient)))
    multipliers = np.zeros(len(inequalities))
    multipliers[active] = weights[: len(active)]
    plus, minus = np.split(weights[len(active) :], 2)
    return Optimality(residual / scale, multipliers[: len(values)], multipliers[len(values) :], plus - minus)

"""The nonlinear program that is searched: objective and constraints as functions of variables and forces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse.problem.constraints.constraint import ForceConstraint
from fusiform.solvers.inverse.problem.objectives import Objective
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.variables import Variables


@dataclass(frozen=True)
class Tolerances:
    """When a constraint counts as satisfied, and when as active; in the dimensionless units of the residuals."""

    feasible: float = 2e-6
    """Largest violation of a body that counts as feasible."""
    force_weight: float = 0.02
    """Weight of a force constraint's residual beside a shape constraint's."""
    active: float = 1e-4
    """Residual below which an inequality may have a multiplier."""


TOLERANCES = Tolerances()


@dataclass(frozen=True)
class Candidate:
    """A trial body: variables `x` (n,), objective `value`, `forces`, and the largest constraint `violation` (≥ 0)."""

    x: FloatArray
    value: float
    forces: Forces
    violation: float

    @property
    def feasible(self) -> bool:
        return self.violation <= TOLERANCES.feasible

    def better_than(self, other: Candidate, least: float = 0.0) -> bool:
        """True if this one violates less, or is lower by more than `least` at equal violation."""
        mine, its = (max(c.violation, TOLERANCES.feasible) for c in (self, other))
        return mine < its or (mine == its and self.value < other.value - least)


@dataclass(frozen=True)
class Program:
    """Minimise `objective` under the shape constraints of `variables` and the force constraints `conditions`.

    `weights` (m,) are those of the design points and sum to one; `origin` (n_shape,) holds the shape variables of the
    given body, for objectives that measure the change from it.
    """

    variables: Variables
    objective: Objective
    conditions: tuple[ForceConstraint, ...]
    weights: FloatArray
    origin: FloatArray
    min_confidence: float = 0.0

    def value(self, x: FloatArray, forces: Forces) -> tuple[float, FloatArray]:
        """The objective at x (n,) and its gradient (n,)."""
        size = self.variables.shape_size
        drag, lift = _leaves(forces)
        change = torch.from_numpy(x[:size] - self.origin).requires_grad_()
        value = self.objective.value(drag, lift, change, torch.from_numpy(self.weights))
        by_drag, by_lift, by_change = torch.autograd.grad(
            value, (drag, lift, change), allow_unused=True, materialize_grads=True
        )
        gradient = np.zeros(len(x))
        gradient[:size] = _chained(by_drag, by_lift, forces) + by_change.numpy()
        return float(value.detach()), gradient

    def candidate(self, x: FloatArray, forces: Forces) -> Candidate:
        """The trial body at x (n,), judged by this program."""
        return Candidate(x.copy(), self.value(x, forces)[0], forces, self.violation(x, forces))

    def force_residuals(self, x: FloatArray, forces: Forces, equality: bool) -> tuple[FloatArray, FloatArray]:
        """Residuals (r,) of the force constraints that are equalities, or those that are not, and slopes (r, n)."""
        values: list[float] = []
        slopes: list[FloatArray] = []
        for condition in self.conditions:
            if condition.equality is equality:
                drag, lift = _leaves(forces)
                for entry in condition.residual(drag, lift):
                    by_drag, by_lift = torch.autograd.grad(
                        entry, (drag, lift), retain_graph=True, allow_unused=True, materialize_grads=True
                    )
                    values.append(float(entry.detach()))
                    slopes.append(_chained(by_drag, by_lift, forces))
        if not equality and self.min_confidence > 0.0:
            values += (forces.confidence - self.min_confidence).tolist()
            slopes += list(forces.confidence_slope)
        jacobian = np.zeros((len(values), len(x)))
        if values:
            jacobian[:, : self.variables.shape_size] = np.array(slopes)
        return np.array(values), jacobian

    def violation(self, x: FloatArray, forces: Forces) -> float:
        """Largest constraint violation (≥ 0), where force constraints count `Tolerances.force_weight` times."""
        force = TOLERANCES.force_weight * self.force_violation(x, forces)
        return max(0.0, -float(self.variables.values(x).min()), force)

    def force_violation(self, x: FloatArray, forces: Forces) -> float:
        """Largest violation of a force constraint (≥ 0)."""
        above, equal = (self.force_residuals(x, forces, kind)[0] for kind in (False, True))
        return max(0.0, -float(above.min(initial=0.0)), float(np.abs(equal).max(initial=0.0)))


def _leaves(forces: Forces) -> tuple[Tensor, Tensor]:
    """C_D and C_L (m,) as tensors to differentiate by."""
    return torch.from_numpy(forces.drag).requires_grad_(), torch.from_numpy(forces.lift).requires_grad_()


def _chained(by_drag: Tensor, by_lift: Tensor, forces: Forces) -> FloatArray:
    """Derivative (n_shape,) by the shape variables from those by C_D and C_L (m,)."""
    slope: FloatArray = by_drag.numpy() @ forces.drag_slope + by_lift.numpy() @ forces.lift_slope
    return slope

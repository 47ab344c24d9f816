"""The global phase: many random bodies, evaluated by a cheap model in a few batches; the best few become starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry import is_valid, laurent
from fusiform.solvers.inverse.search.drag_models import SolverModel
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.program import Program
from fusiform.solvers.inverse.search.run_record import Run
from fusiform.solvers.inverse.search.variables import Variables


@dataclass(frozen=True)
class Multistart:
    """Random starts; lengths are in the scaled shape variables √k a_k."""

    candidates: int = 2048
    """Random bodies."""
    batch: int = 512
    """Bodies that the model evaluates at once."""
    fineness: tuple[float, float] = (0.4, 10.0)
    """Range of length over height of the ellipses, uniform in the logarithm."""
    roughness: float = 0.35
    """Largest standard deviation of the first mode; that of mode k is 1/k of it."""
    apart: float = 0.15
    """Least difference between two starts, in the variable that differs most."""
    penalty: float = 10.0
    """Weight of the violation beside the objective."""


MULTISTART = Multistart()


def random_bodies(variables: Variables, start: FloatArray, seed: int, settings: Multistart = MULTISTART) -> FloatArray:
    """Valid bodies (n, size): ellipses of random fineness with random smooth modes, standing where the start stands."""
    random = np.random.default_rng(seed)
    size, modes, count = variables.shape_size, variables.modes, settings.candidates
    low, high = settings.fineness
    fineness = low * (high / low) ** random.random(count)
    decay = 1.0 / np.tile(np.arange(1, modes + 1), size // modes)
    shape = settings.roughness * random.random((count, 1)) * random.standard_normal((count, size)) * decay
    shape[:, 0] += (fineness - 1.0) / (fineness + 1.0)
    x = np.concatenate([shape, np.tile(start[size:], (count, 1))], axis=1)
    with torch.no_grad():
        valid = is_valid(variables.coefficients(torch.from_numpy(x))).numpy()
    kept: FloatArray = x[valid & ((shape**2).sum(1) < 1.0)]
    return kept


def global_starts(run: Run, start: FloatArray, count: int, settings: Multistart = MULTISTART) -> list[FloatArray]:
    """The best `count` of random bodies, by objective and violation, that are not alike; deterministic by the seed.

    Where the model is the solver, which is not cheap, by the violation of the shape constraints alone.
    """
    x = random_bodies(run.variables, start, run.problem.seed, settings)
    merits = []
    for begin in range(0, len(x), settings.batch):
        run.pause()
        merits.append(_merits(run, x[begin : begin + settings.batch], settings.penalty))
    starts: list[FloatArray] = []
    size = run.variables.shape_size
    for index in np.argsort(np.concatenate(merits), kind="stable"):
        if all(np.abs(x[index, :size] - other[:size]).max() > settings.apart for other in starts):
            starts.append(x[index])
        if len(starts) == count:
            break
    return starts


@torch.no_grad()
def _merits(run: Run, x: FloatArray, penalty: float) -> FloatArray:
    """Objective + penalty · violation for each body (n,); infinite where the model has no answer."""
    variables = run.variables
    violation = np.maximum(-variables.tightened(torch.from_numpy(x)).amin(1).numpy(), 0.0)
    if isinstance(run.model, SolverModel):
        return violation
    coefficients = variables.coefficients(torch.from_numpy(x))
    drag, lift = [], []
    for point in run.problem.points:
        alpha = torch.full((len(x),), point.conditions.alpha_deg, dtype=torch.float64).deg2rad()
        reynolds = torch.full((len(x),), point.conditions.reynolds, dtype=torch.float64)
        turned, own = laurent.rotate(coefficients, alpha), variables.held.own_ratio(coefficients)
        forces = run.model.force_coefficients(turned, own * reynolds) * own.square()
        drag.append(forces.real.numpy())
        lift.append(forces.imag.numpy())
    rows = zip(x, np.array(drag).T, np.array(lift).T, violation, strict=True)
    return np.array([_merit(run.program, penalty, *row) for row in rows])


def _merit(
    program: Program, penalty: float, x: FloatArray, drag: FloatArray, lift: FloatArray, violation: float
) -> float:
    if not np.isfinite(drag + lift).all():
        return float(np.inf)
    forces = Forces.without_slopes(drag, lift, program.variables.shape_size)
    with torch.enable_grad():
        value = program.value(x, forces)[0]
        return value + penalty * max(float(violation), program.force_violation(x, forces))

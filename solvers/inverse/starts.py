"""The global phase: many random bodies, asked of a cheap model in a few batches, and the best few as starts."""

from __future__ import annotations

import numpy as np
import torch

from fusiform.solvers.geometry import is_valid, laurent
from fusiform.solvers.inverse.forces import Forces
from fusiform.solvers.inverse.models import DragModel
from fusiform.solvers.inverse.problem import Problem
from fusiform.solvers.inverse.search import Program
from fusiform.solvers.inverse.variables import Array, Variables

CANDIDATES, BATCH = 2048, 512
FINENESS = (0.4, 10.0)
ROUGHNESS = 0.35
APART = 0.15
PENALTY = 10.0


def random_bodies(variables: Variables, start: Array, seed: int) -> Array:
    """Valid bodies (n, size): ellipses of random fineness with random smooth modes, standing where the start stands."""
    random = np.random.default_rng(seed)
    size, modes = variables.shape_size, variables.modes
    fineness = FINENESS[0] * (FINENESS[1] / FINENESS[0]) ** random.random(CANDIDATES)
    decay = 1.0 / np.tile(np.arange(1, modes + 1), size // modes)
    shape = ROUGHNESS * random.random((CANDIDATES, 1)) * random.standard_normal((CANDIDATES, size)) * decay
    shape[:, 0] += (fineness - 1.0) / (fineness + 1.0)
    x = np.concatenate([shape, np.tile(start[size:], (CANDIDATES, 1))], axis=1)
    with torch.no_grad():
        valid = is_valid(variables.coefficients(torch.from_numpy(x))).numpy()
    kept: Array = x[valid & ((shape**2).sum(1) < 1.0)]
    return kept


def global_starts(program: Program, problem: Problem, model: DragModel, start: Array, count: int) -> list[Array]:
    """The best `count` of random bodies, by objective and violation, that are not alike; deterministic by the seed."""
    x = random_bodies(program.variables, start, problem.seed)
    merits = [_merits(program, problem, model, x[begin : begin + BATCH]) for begin in range(0, len(x), BATCH)]
    found: list[Array] = []
    size = program.variables.shape_size
    for index in np.argsort(np.concatenate(merits), kind="stable"):
        if all(np.abs(x[index, :size] - other[:size]).max() > APART for other in found):
            found.append(x[index])
        if len(found) == count:
            break
    return found


@torch.no_grad()
def _merits(program: Program, problem: Problem, model: DragModel, x: Array) -> Array:
    """Objective + penalty · violation for each body (n,); infinite where the model has no answer."""
    variables = program.variables
    coefficients = variables.coefficients(torch.from_numpy(x))
    drag, lift = [], []
    for point in problem.points:
        alpha = torch.full((len(x),), point.conditions.alpha_deg, dtype=torch.float64).deg2rad()
        reynolds = torch.full((len(x),), point.conditions.reynolds, dtype=torch.float64)
        forces = model.force_coefficients(laurent.rotate(coefficients, alpha), reynolds)
        drag.append(forces.real.numpy())
        lift.append(forces.imag.numpy())
    lack = -variables.tightened(torch.from_numpy(x)).amin(1).numpy()
    merits = [_merit(program, *entry) for entry in zip(np.array(drag).T, np.array(lift).T, lack, strict=True)]
    return np.array(merits)


def _merit(program: Program, drag: Array, lift: Array, lack: float) -> float:
    if not np.isfinite(drag + lift).all():
        return float(np.inf)
    flat = np.zeros((len(drag), program.variables.shape_size))
    forces = Forces(drag, lift, flat, flat, np.ones(len(drag)), flat)
    x = np.concatenate([program.origin, np.zeros(program.variables.size - len(program.origin))])
    with torch.enable_grad():
        value = program.value(x, forces)[0]
        above, equal = (program.force_residuals(x, forces, kind)[0] for kind in (False, True))
    short = max(0.0, lack, -float(above.min(initial=0.0)), float(np.abs(equal).max(initial=0.0)))
    return value + PENALTY * short

"""The global phase: many random bodies, asked of a cheap model in a few batches, and the best few as starts."""

from __future__ import annotations

import numpy as np
import torch

from fusiform.solvers.geometry import is_valid, laurent
from fusiform.solvers.inverse.search.drag_models import SolverModel
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.run_record import Run
from fusiform.solvers.inverse.search.slsqp import Program
from fusiform.solvers.inverse.search.variables import Array, Variables

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


def global_starts(run: Run, start: Array, count: int) -> list[Array]:
    """The best `count` of random bodies, by objective and violation, that are not alike; deterministic by the seed.

    Where the model is the solver, which is not cheap, by the violation of the shape constraints alone.
    """
    x = random_bodies(run.variables, start, run.problem.seed)
    merits = []
    for begin in range(0, len(x), BATCH):
        run.pause()
        merits.append(_merits(run, x[begin : begin + BATCH]))
    found: list[Array] = []
    size = run.variables.shape_size
    for index in np.argsort(np.concatenate(merits), kind="stable"):
        if all(np.abs(x[index, :size] - other[:size]).max() > APART for other in found):
            found.append(x[index])
        if len(found) == count:
            break
    return found


@torch.no_grad()
def _merits(run: Run, x: Array) -> Array:
    """Objective + penalty · violation for each body (n,); infinite where the model has no answer."""
    variables = run.variables
    lack = -variables.tightened(torch.from_numpy(x)).amin(1).numpy()
    if isinstance(run.model, SolverModel):
        found: Array = np.maximum(lack, 0.0)
        return found
    coefficients = variables.coefficients(torch.from_numpy(x))
    drag, lift = [], []
    for point in run.problem.points:
        alpha = torch.full((len(x),), point.conditions.alpha_deg, dtype=torch.float64).deg2rad()
        reynolds = torch.full((len(x),), point.conditions.reynolds, dtype=torch.float64)
        forces = run.model.force_coefficients(laurent.rotate(coefficients, alpha), reynolds)
        drag.append(forces.real.numpy())
        lift.append(forces.imag.numpy())
    rows = zip(x, np.array(drag).T, np.array(lift).T, lack, strict=True)
    return np.array([_merit(run.program, *row) for row in rows])


def _merit(program: Program, x: Array, drag: Array, lift: Array, lack: float) -> float:
    if not np.isfinite(drag + lift).all():
        return float(np.inf)
    flat = np.zeros((len(drag), program.variables.shape_size))
    forces = Forces(drag, lift, flat, flat, np.ones(len(drag)), flat)
    with torch.enable_grad():
        value = program.value(x, forces)[0]
        return value + PENALTY * max(0.0, float(lack), program.force_lack(x, forces))

"""Held-out errors of a surrogate, with their definitions."""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.solvers.common.batches import select
from fusiform.solvers.flow import Problem, State, slopes
from fusiform.surrogates.data.dataset import CHUNK, Dataset, problem_of
from fusiform.surrogates.designs import turned
from fusiform.surrogates.model.flow_basis import decode_state
from fusiform.surrogates.model.force_scaling import force_scalars
from fusiform.surrogates.model.surrogate import Surrogate


def quantiles(errors: Tensor) -> dict[str, float]:
    """Median, 95th percentile and maximum."""
    return {
        "median": float(errors.median()),
        "p95": float(errors.quantile(0.95)),
        "max": float(errors.max()),
    }


@torch.no_grad()
def evaluate(surrogate: Surrogate, dataset: Dataset) -> dict[str, object]:
    """Errors of the surrogate on solved cases that it was not trained on.

    `drag`: |C_D − C_D*|/C_D*; `lift`: |C_L − C_L*| (absolute, |C_L*| reaches about 3); `vorticity`: ‖ω − ω*‖/‖ω*‖ and
    `velocity`: ‖u − u*‖/‖u*‖ over the nodes of the elements. Around an axis ω is s χ.
    """
    coefficients, reynolds = turned(dataset.designs), dataset.designs.reynolds
    truth = dataset.forces
    encoded, forces = surrogate.outputs(coefficients, reynolds)
    drag, drag_truth = forces[:, 0] + forces[:, 1], truth[:, 0] + truth[:, 1]
    lift, lift_truth = forces[:, 2] + forces[:, 3], truth[:, 2] + truth[:, 3]
    vorticity, velocity = [], []
    for begin in range(0, len(dataset), CHUNK):
        part = select(dataset, slice(begin, begin + CHUNK))
        problem = problem_of(part.designs, part.resolution, part.revolution)
        scalars = force_scalars(problem, forces[begin : begin + CHUNK])
        state = decode_state(surrogate.basis, problem, encoded[begin : begin + CHUNK], scalars)
        radius = problem.stream if part.revolution else torch.ones_like(problem.stream)
        vorticity.append(_relative(radius * state.omega, radius * part.omega.double()))
        exact = State(part.phi.double(), part.omega.double(), part.scalars)
        velocity.append(_relative(_velocity(problem, state), _velocity(problem, exact)))
    return {
        "cases": len(dataset),
        "drag": quantiles((drag / drag_truth - 1.0).abs()),
        "lift": quantiles((lift - lift_truth).abs()),
        "vorticity": quantiles(torch.cat(vorticity)),
        "velocity": quantiles(torch.cat(velocity)),
    }


def _relative(predicted: Tensor, exact: Tensor) -> Tensor:
    """‖predicted − exact‖/‖exact‖ of each case, (batch,)."""
    return (predicted - exact).flatten(1).norm(dim=1) / exact.flatten(1).norm(dim=1)


def _velocity(problem: Problem, state: State) -> Tensor:
    """(ψ_η, −ψ_ξ)/h at the nodes of each element, (batch, 2, nr, na, n1, n2); around an axis ψ_η/s stands for ψ_η."""
    d = slopes(problem, state)
    return torch.stack([d.v_eta, -d.v_xi], dim=1) / problem.layout.local(problem.metric.sqrt())[:, None]

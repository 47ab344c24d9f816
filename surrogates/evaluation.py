"""Held-out errors of a surrogate, with their definitions."""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.surrogates.basis import vorticity_scale
from fusiform.surrogates.dataset import Dataset, problem_of, turned
from fusiform.surrogates.model import Surrogate
from fusiform.surrogates.samples import CHUNK, scaled_snapshots


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

    `drag`: |C_D − C_D*|/C_D*; `lift`: |C_L − C_L*| (absolute, |C_L*| reaches about 3); `vorticity`: ‖ω − ω*‖/‖ω*‖ over
    the nodes of the grid.
    """
    coefficients, reynolds = turned(dataset.designs), dataset.designs.reynolds
    _, truth = scaled_snapshots(dataset)
    encoded, forces = surrogate.outputs(coefficients, reynolds)
    drag, drag_truth = forces[:, 0] + forces[:, 1], truth[:, 0] + truth[:, 1]
    lift, lift_truth = forces[:, 2] + forces[:, 3], truth[:, 2] + truth[:, 3]
    fields = []
    for begin in range(0, len(dataset), CHUNK):
        part = dataset.select(slice(begin, begin + CHUNK))
        omega = surrogate.basis.decode(encoded[begin : begin + CHUNK])[:, 1] * vorticity_scale(
            problem_of(part.designs, part.resolution)
        )
        wanted = part.omega.double()
        fields.append((omega - wanted).flatten(1).norm(dim=1) / wanted.flatten(1).norm(dim=1))
    return {
        "cases": len(dataset),
        "drag": quantiles((drag / drag_truth - 1.0).abs()),
        "lift": quantiles((lift - lift_truth).abs()),
        "vorticity": quantiles(torch.cat(fields)),
    }

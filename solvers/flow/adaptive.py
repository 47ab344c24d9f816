"""Grids by the error that they deliver: refine until the estimated error of drag and lift is small enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import discretise
from fusiform.solvers.flow.error_estimate import ErrorEstimate, estimate_error
from fusiform.solvers.flow.grid import LONG_BUBBLES
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady import FlowBatch, solve_batch
from fusiform.solvers.flow.transfer import transfer
from fusiform.solvers.grids import DRAG_ERRORS

SAFETY = 1.5
LIFT_FLOOR = 0.1
FINEST = Resolution(128, 192)
RADIAL_ORDER = 4.0
ANGULAR_GROWTH, STRONG_ANGULAR_GROWTH, STRONG_ANGULAR_ERROR = 1.25, 1.5, 10.0
CONTINUATION_ANGLES = 96
LONG_BUBBLE_GROWTH = 1.3


@dataclass(frozen=True)
class Accuracy:
    """Relative errors of drag and lift that a solution may have, and the grid that is tried first.

    The lift's is relative to the lift or to a tenth of the drag, whichever is larger.
    """

    drag: float
    lift: float
    first: Resolution

    def start(self, reynolds: float) -> Resolution:
        """The grid that is tried first: finer than `first` where the outer radius grows, see `grid.far_radius`.

        On a grid too coarse for the long wake the estimate is wrong too: the errors of both directions mix.
        """
        if reynolds <= LONG_BUBBLES:
            return self.first
        return _rounded(LONG_BUBBLE_GROWTH * self.first.n_xi, LONG_BUBBLE_GROWTH * self.first.n_eta)

    def relative(self, forces: complex, error: complex) -> float:
        """The larger of the two errors in units of what is allowed."""
        scale = max(abs(forces.imag), LIFT_FLOOR * abs(forces.real))
        return max(abs(error.real) / (self.drag * abs(forces.real)), abs(error.imag) / (self.lift * scale))


ACCURACIES: dict[str, Accuracy] = {
    "coarse": Accuracy(DRAG_ERRORS["coarse"], 0.03, Resolution(40, 48)),
    "standard": Accuracy(DRAG_ERRORS["standard"], 0.01, Resolution(56, 64)),
    "fine": Accuracy(DRAG_ERRORS["fine"], 0.003, Resolution(72, 80)),
}


def solve_to_accuracy(
    coefficients: Tensor, reynolds: Tensor, accuracy: Accuracy, start: FlowBatch | None = None
) -> tuple[FlowBatch, ErrorEstimate, bool]:
    """The flow past one body, on a grid where its estimated error is below `accuracy`, with that estimate.

    `coefficients` (1, K), `reynolds` (1,). The last of the three says whether the accuracy was reached; the finest grid
    is `FINEST`.
    """
    resolution = accuracy.start(float(reynolds))
    while True:
        last = resolution == FINEST
        state = None
        if start is not None:
            state = transfer(start.state, start.problem, discretise(coefficients, reynolds, resolution))
        patient = last or resolution.n_eta >= CONTINUATION_ANGLES
        flow = solve_batch(coefficients, reynolds, resolution, state, continuation=patient and start is None)
        if start is not None and not bool(flow.converged):
            flow = solve_batch(coefficients, reynolds, resolution, continuation=patient)
        if bool(flow.converged):
            estimate = estimate_error(flow)
            pressure, friction = flow.force_coefficients
            forces = complex((pressure + friction)[0])
            shares = [SAFETY * accuracy.relative(forces, complex(e[0])) for e in (estimate.radial, estimate.angular)]
            met = SAFETY * accuracy.relative(forces, complex(estimate.total[0])) <= 1.0
            if met or last:
                return flow, estimate, met
            resolution, start = _finer(resolution, *shares), flow
        elif last:
            unknown = torch.full_like(coefficients[:, 0], torch.nan)
            return flow, ErrorEstimate(unknown, unknown), False
        else:
            resolution, start = _finer(resolution, math.inf, math.inf), None


def _rounded(n_xi: float, n_eta: float) -> Resolution:
    """At least so many lines and angles, in multiples of 8 and 16 up to `FINEST`."""
    return Resolution(min(FINEST.n_xi, math.ceil(n_xi / 8) * 8), min(FINEST.n_eta, math.ceil(n_eta / 16) * 16))


def _finer(resolution: Resolution, radial: float, angular: float) -> Resolution:
    """A resolution that should bring errors of so many times the allowed ones below half of it each."""
    n_xi, n_eta = float(resolution.n_xi), float(resolution.n_eta)
    if radial > 0.5:
        n_xi *= min(max((2.0 * radial) ** (1.0 / RADIAL_ORDER), 1.1), 1.5)
    if angular > 0.5:
        n_eta *= ANGULAR_GROWTH if angular < STRONG_ANGULAR_ERROR else STRONG_ANGULAR_GROWTH
    finer = _rounded(n_xi, n_eta)
    return FINEST if finer == resolution else finer

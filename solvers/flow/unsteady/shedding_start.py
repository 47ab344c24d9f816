"""The start of a flow in time: the steady flow on elements for its wake, with an eddy behind the body.

The step is 0.06 H/U, H the height across the stream: a hundred steps a period, since all bodies shed at 0.1 to 0.2 U/H.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from fusiform.solvers.flow.discretisation.extent import height
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.transfer import transfer
from fusiform.solvers.flow.equations.weak_form import force_coefficients
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.stability.base_flow import base_flow
from fusiform.solvers.flow.stability.sponge import sponge
from fusiform.solvers.flow.steady.flow_batch import FlowBatch
from fusiform.solvers.flow.unsteady.time_stepping import Moment, TimeStepping

WAKE_ELEMENTS = Resolution(8, 12, 8, 8)
STEP, MEMORY = 0.06, 10.0  # in H/U
EDDY_STRENGTH, EDDY_PLACE, EDDY_SIZE = 0.3, 0.7, 0.5  # ω in U/H; behind the body, and its radius, in H


@dataclass(frozen=True)
class SheddingStart:
    """`stepping` and the first `moment`; `steady` C_D + i C_L of the steady flow on these elements, None if Newton's
    method found none there: then the one on the elements of the solution is the start."""

    stepping: TimeStepping
    moment: Moment
    steady: complex | None


@torch.no_grad()
def shedding_start(flow: FlowBatch, resolution: Resolution = WAKE_ELEMENTS, step: float = STEP) -> SheddingStart:
    """The start from a steady `flow` of one plane body; `step` in H/U."""
    across = height(flow.coefficients)
    size = float(across)
    base = base_flow(flow.coefficients, flow.reynolds, resolution, Domain.PLANE, (flow.problem, flow.state))
    problem, state = base.problem, base.state
    if not base.solved:
        state = transfer(flow.state, flow.problem, problem, by_place=True)
    stepping = TimeStepping(problem, step * size, sponge(problem, across), MEMORY * size)
    z = problem.position
    centre = z[:, 0].real.amax() + EDDY_PLACE * size
    eddy = EDDY_STRENGTH / size * torch.exp(-(z - centre).abs().square() / (EDDY_SIZE * size) ** 2)
    moment = stepping.at_rest(stepping.disturbed(state, eddy))
    pressure, friction = force_coefficients(problem, state)
    return SheddingStart(stepping, moment, complex(pressure + friction) if base.solved else None)

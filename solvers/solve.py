"""The drag of a body, by name: `solve(body, conditions)`."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.errors import require
from fusiform.solvers.flow.equations import State
from fusiform.solvers.flow.fields import FlowField
from fusiform.solvers.flow.grid import Resolution, resolution_named
from fusiform.solvers.flow.newton import FlowBatch, solve_batch
from fusiform.solvers.flow.sensitivity import force_vjp
from fusiform.solvers.geometry import Body, laurent

UNSTABLE_REYNOLDS = 47.0
CONTINUATION_FACTORS = (0.05, 0.15, 0.35, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class ForceGradient:
    """Derivatives of a force coefficient: `coefficients` (K,) complex, ∂/∂Re a_k + i ∂/∂Im a_k of the body at zero
    incidence; `reynolds`; `alpha` per radian."""

    coefficients: Tensor
    reynolds: float
    alpha: float


@dataclass(frozen=True)
class Solution:
    """A solved flow. C = force / (½ ρ U² d) per unit span, d = √(4A/π); drag along the stream, lift along +y.

    `drag_coefficient` = `drag_pressure` + `drag_friction`; `status` is a sentence; `flow` holds the state and the
    factorised Jacobian; `seconds` is wall-clock time.
    """

    body: Body
    conditions: FlowConditions
    grid: str
    drag_coefficient: float
    drag_pressure: float
    drag_friction: float
    lift_coefficient: float
    converged: bool
    status: str
    seconds: float
    flow: FlowBatch

    @cached_property
    def field(self) -> FlowField:
        """Velocity, pressure, vorticity and stream function; the body turned by the incidence, lengths in d."""
        return FlowField(self.flow.problem, self.flow.state, self.flow.coefficients)

    def gradient(self, force: str = "drag") -> ForceGradient:
        """Adjoint gradient of the `drag` or the `lift` coefficient."""
        weight = torch.tensor([1.0 if force == "drag" else 1j], dtype=torch.complex128)
        turned, reynolds = force_vjp(self.flow, weight.to(self.flow.coefficients))
        coefficients = self.body.coefficients[None].to(self.flow.coefficients).requires_grad_()
        alpha = torch.full_like(reynolds, math.radians(self.conditions.alpha_deg)).requires_grad_()
        back = torch.autograd.grad(laurent.rotate(coefficients, alpha), (coefficients, alpha), turned)
        return ForceGradient(back[0][0], float(reynolds[0]), float(back[1][0]))

    def summary(self) -> dict[str, Any]:
        """The numbers with their conventions, ready for JSON."""
        return {
            "drag_coefficient": self.drag_coefficient,
            "drag_pressure": self.drag_pressure,
            "drag_friction": self.drag_friction,
            "lift_coefficient": self.lift_coefficient,
            **conventions(self.body, self.conditions),
            "grid": self.grid,
            "converged": self.converged,
            "status": self.status,
            "seconds": self.seconds,
        }


def conventions(body: Body, conditions: FlowConditions) -> dict[str, float]:
    """What the coefficients of an answer refer to, for its `summary`."""
    return {
        "reynolds": conditions.reynolds,
        "alpha_deg": conditions.alpha_deg,
        "reference_length": body.reference_length,
        "area": body.area,
        "fit_error": body.fit_error,
    }


def turned_coefficients(body: Body, conditions: FlowConditions, device: torch.device | str = "cpu") -> Tensor:
    """The body's coefficients at incidence as a batch of one, (1, K)."""
    alpha = torch.tensor([math.radians(conditions.alpha_deg)], dtype=torch.float64)
    return laurent.rotate(body.coefficients[None], alpha).to(device)


def solve(
    body: Body,
    conditions: FlowConditions,
    *,
    grid: str = "standard",
    start: State | None = None,
    device: torch.device | str = "cpu",
) -> Solution:
    """Solve the steady laminar flow past `body`.

    `grid` is coarse, standard or fine; `start` an approximate state on the same grid (default: a cold start, then
    continuation in the Reynolds number if that fails). The result says whether it converged; check `converged`.
    """
    begun = time.perf_counter()
    resolution = resolution_named(grid)
    shape = (1, resolution.n_xi, resolution.n_eta)
    require(
        start is None or tuple(start.psi.shape) == shape,
        f"expected a start on the {grid} grid, {shape}, got {None if start is None else tuple(start.psi.shape)}; "
        "solve on the same grid or leave start out",
    )
    coefficients = turned_coefficients(body, conditions, device)
    reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64, device=device)
    flow = solve_batch(coefficients, reynolds, resolution, start)
    how = "from a cold start" if start is None else "from the given state"
    if not bool(flow.converged):
        flow = _continue_in_reynolds(coefficients, reynolds, resolution)
        how = "by continuation in the Reynolds number"
    pressure, friction = (f[0].item() for f in flow.force_coefficients)
    return Solution(
        body=body,
        conditions=conditions,
        grid=grid,
        drag_coefficient=(pressure + friction).real,
        drag_pressure=pressure.real,
        drag_friction=friction.real,
        lift_coefficient=(pressure + friction).imag,
        converged=bool(flow.converged),
        status=_status(flow, conditions, how),
        seconds=time.perf_counter() - begun,
        flow=flow,
    )


def _continue_in_reynolds(coefficients: Tensor, reynolds: Tensor, resolution: Resolution) -> FlowBatch:
    state: State | None = None
    for factor in CONTINUATION_FACTORS:
        flow = solve_batch(coefficients, factor * reynolds, resolution, state)
        state = flow.state if bool(flow.converged) else None
    return flow


def _status(flow: FlowBatch, conditions: FlowConditions, how: str) -> str:
    if not bool(flow.converged):
        return (
            f"Newton's method did not converge (last relative change {float(flow.update):.1e}): the outline is "
            "probably sharper or the Reynolds number higher than this grid resolves; try a finer grid or fewer modes."
        )
    text = f"Converged {how} in {int(flow.linear_solves)} linear solves."
    if conditions.reynolds > UNSTABLE_REYNOLDS:
        text += " Steady flow past a bluff body is unstable in nature above Re of about 47: expect vortex shedding."
    return text

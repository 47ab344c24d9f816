"""The drag of a body, by name: `solve(body, conditions)`."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.flow import (
    ACCURACIES,
    Accuracy,
    FlowAnalysis,
    FlowBatch,
    FlowField,
    analyse,
    force_vjp,
    solve_to_accuracy,
)
from fusiform.solvers.geometry import Body, laurent
from fusiform.solvers.grids import check_grid

UNSTABLE_REYNOLDS = 47.0
LIFT_ALLOWANCE = 3.0


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

    `drag_coefficient` = `drag_pressure` + `drag_friction`; `drag_error`, `lift_error`: estimated exact minus computed
    coefficients (discretisation alone; NaN where there is no solution); `converged`: the discrete equations are solved;
    `accurate`: the estimated errors are as small as `grid` promises; `status` is a sentence; `flow` holds the state and
    the factorised Jacobian; `seconds` is wall-clock time.
    """

    body: Body
    conditions: FlowConditions
    grid: str
    drag_coefficient: float
    drag_pressure: float
    drag_friction: float
    lift_coefficient: float
    drag_error: float
    lift_error: float
    converged: bool
    accurate: bool
    status: str
    seconds: float
    flow: FlowBatch

    @cached_property
    def field(self) -> FlowField:
        """Velocity, pressure, vorticity and stream function; the body turned by the incidence, lengths in d."""
        return FlowField(self.flow.problem, self.flow.state, self.flow.coefficients)

    @cached_property
    def analysis(self) -> FlowAnalysis:
        """Separation, attachment, stagnation, recirculation and pressure extremes of `field`."""
        return analyse(self.field)

    def gradient(self, force: str = "drag") -> ForceGradient:
        """Adjoint gradient of the `drag` or the `lift` coefficient; `InputError` where there is no solution."""
        require(force in ("drag", "lift"), f"expected the force drag or lift, got {force!r}; choose one of them")
        require(self.converged, "expected a converged solution for a gradient, got one that is not; see its status")
        weight = torch.tensor([1.0 if force == "drag" else 1j], dtype=torch.complex128)
        turned, reynolds = force_vjp(self.flow, weight.to(self.flow.coefficients))
        coefficients = self.body.coefficients[None].to(self.flow.coefficients).requires_grad_()
        alpha = torch.full_like(reynolds, math.radians(self.conditions.alpha_deg)).requires_grad_()
        back = torch.autograd.grad(laurent.rotate(coefficients, alpha), (coefficients, alpha), turned)
        return ForceGradient(back[0][0], float(reynolds[0]), float(back[1][0]))

    def summary(self) -> dict[str, Any]:
        """The numbers with their conventions, ready for JSON; where it converged, those of `analysis` too."""
        return {
            "drag_coefficient": self.drag_coefficient,
            "drag_pressure": self.drag_pressure,
            "drag_friction": self.drag_friction,
            "lift_coefficient": self.lift_coefficient,
            "drag_error": self.drag_error if math.isfinite(self.drag_error) else None,
            "lift_error": self.lift_error if math.isfinite(self.lift_error) else None,
            **(self.analysis.summary() if self.converged else {}),
            **conventions(self.body, self.conditions),
            "grid": self.grid,
            "nodes": f"{self.flow.resolution.n_xi} x {self.flow.resolution.n_eta}",
            "converged": self.converged,
            "accurate": self.accurate,
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


def _accuracy(grid: str, tolerance: float | None) -> Accuracy:
    check_grid(grid, tolerance)
    if tolerance is None:
        return ACCURACIES[grid]
    first = next((a.first for a in ACCURACIES.values() if a.drag <= tolerance), ACCURACIES["fine"].first)
    return Accuracy(tolerance, LIFT_ALLOWANCE * tolerance, first)


def solve(
    body: Body,
    conditions: FlowConditions,
    *,
    grid: str = "standard",
    tolerance: float | None = None,
    start: Solution | None = None,
    device: torch.device | str = "cpu",
) -> Solution:
    """Solve the steady laminar flow past `body`.

    `grid` names the relative error of drag and lift that the solution may have: coarse 1 % and 3 %, standard 0.3 %
    and 1 %, fine 0.1 % and 0.3 %, or auto with a `tolerance` for the drag (and three times that for the lift; a lift
    below a tenth of the drag counts as that). Grids are refined until the estimated error is below it. `start` is a
    solution for a similar body or condition. Check `converged` and `accurate`. Raises `InputError` for an unknown grid
    and a tolerance outside 2e-4 to 0.1.
    """
    begun = time.perf_counter()
    accuracy = _accuracy(grid, tolerance)
    coefficients = turned_coefficients(body, conditions, device)
    reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64, device=device)
    flow, estimate, accurate = solve_to_accuracy(coefficients, reynolds, accuracy, start.flow if start else None)
    pressure, friction = (complex(f[0]) for f in flow.force_coefficients)
    error = complex(estimate.total[0])
    total = pressure + friction
    return Solution(
        body=body,
        conditions=conditions,
        grid=grid,
        drag_coefficient=total.real,
        drag_pressure=pressure.real,
        drag_friction=friction.real,
        lift_coefficient=total.imag,
        drag_error=error.real,
        lift_error=error.imag,
        converged=bool(flow.converged),
        accurate=accurate,
        status=_status(flow, total, error, accurate, conditions),
        seconds=time.perf_counter() - begun,
        flow=flow,
    )


def _status(flow: FlowBatch, forces: complex, error: complex, accurate: bool, conditions: FlowConditions) -> str:
    nodes = f"{flow.resolution.n_xi} x {flow.resolution.n_eta} nodes"
    if not bool(flow.converged):
        return (
            f"Newton's method did not converge (last relative change {float(flow.update):.1e} on {nodes}, from coarser "
            "grids, by continuation in the Reynolds number and in the shape): probably there is no steady flow that "
            "this grid resolves, because the body is bluff at this Reynolds number or its outline too sharp; try a "
            "lower Reynolds number, a smaller angle or fewer modes."
        )
    how = " by continuation" if bool(flow.continued) else ""
    text = f"Converged{how} on {nodes}; estimated error of the drag {abs(error.real / forces.real):.2%}"
    text += "." if flow.solved.symmetric else f", of the lift coefficient {abs(error.imag):.1e}."
    if not accurate:
        text += " With the safety factor of 1.5 the drag's or the lift's is more than this grid promises."
    if conditions.reynolds > UNSTABLE_REYNOLDS:
        text += " Steady flow past a bluff body is unstable in nature above Re of about 47: expect vortex shedding."
    return text

"""Derivatives of the forces by implicit differentiation: one transposed solve with factors that the solution holds.

With R(q; x) = 0 and F(q; x) the force, λ = J_R⁻ᵀ ∂F/∂q and dF/dx = ∂F/∂x − λᵀ ∂R/∂x, where the partial derivatives with
respect to the design (map coefficients, Reynolds number, and the grid, which follows both) come from autograd.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import (
    DYNAMIC_PRESSURE,
    Problem,
    State,
    discretise,
    force_coefficients,
    force_gradient,
    residual,
)
from fusiform.solvers.flow.half_plane import halve
from fusiform.solvers.flow.linear import Linearisation
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady import FlowBatch, solve_batch

MAX_REFINEMENTS, REFINEMENT_TOLERANCE = 30, 1e-10


def force_vjp(flow: FlowBatch, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Gradient of Σ Re(conj(weight) · (C_D + i C_L)) with respect to the turned coefficients and Re.

    `weight` (batch,) complex: 1 asks for drag, i for lift. Returns (batch, K) complex, ∂/∂Re a + i ∂/∂Im a (torch's
    convention), and (batch,). Of flows solved on the half plane, the drag does not depend on Im a to first order; the
    lift does, which takes the Jacobian of the whole plane.
    """
    problem, state, factors = flow.linearised_along(weight)
    half = problem.symmetric
    adjoint = solve_adjoint(problem, state, factors, weight)
    with torch.enable_grad():
        coefficients = flow.coefficients.detach().requires_grad_()
        reynolds = flow.reynolds.detach().requires_grad_()
        again = discretise(coefficients, reynolds, flow.resolution)
        again = halve(again) if half else again
        pressure, friction = force_coefficients(again, state.omega)
        objective = (weight.conj() * (pressure + friction)).real.sum()
        gradient = torch.autograd.grad(objective - dot(adjoint, residual(again, state)).sum(), (coefficients, reynolds))
    return gradient[0].real + 0j if half else gradient[0], gradient[1]


def dot(a: State, b: State) -> Tensor:
    """Σ a b over the unknowns of each case, (batch,)."""
    return (a.psi * b.psi).sum((1, 2)) + (a.omega * b.omega).sum((1, 2)) + (a.scalars * b.scalars).sum(1)


def solve_adjoint(
    problem: Problem, state: State, factors: Linearisation, weight: Tensor, tolerance: float = REFINEMENT_TOLERANCE
) -> State:
    """λ with J_Rᵀ λ = ∂F/∂q at the state, F = Re(conj(weight) · (C_D + i C_L)), to a relative `tolerance`.

    The factors may belong to a state close by: iterative refinement with the exact Jacobian, applied by autograd,
    removes that difference.
    """
    partial = (weight.conj()[:, None, None] * force_gradient(problem)[0]).real / DYNAMIC_PRESSURE
    rhs = State(torch.zeros_like(partial), partial, torch.zeros_like(state.scalars))
    minus = torch.full_like(state.scalars[:, 0], -1.0)
    adjoint = factors.solve_transposed(rhs)
    with torch.enable_grad():
        q = [t.detach().requires_grad_() for t in vars(state).values()]
        r = list(vars(residual(problem, State(*q))).values())
    for _ in range(MAX_REFINEMENTS):
        product = State(*torch.autograd.grad(r, q, list(vars(adjoint).values()), retain_graph=True))
        change = factors.solve_transposed(rhs + product.scaled(minus))
        adjoint = adjoint + change
        if bool((dot(change, change) <= tolerance**2 * dot(adjoint, adjoint)).all()):
            break
    return adjoint


class _SteadyForces(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, coefficients: Tensor, reynolds: Tensor, solved: list[FlowBatch], how: tuple[Any, ...]
    ) -> Tensor:
        resolution, start = how
        flow = solve_batch(coefficients, reynolds, resolution, start)
        solved.append(flow)
        ctx.flow = flow
        pressure, friction = flow.force_coefficients
        return pressure + friction

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None, None]:
        return *force_vjp(ctx.flow, grads[0]), None, None


def steady_forces(
    coefficients: Tensor, reynolds: Tensor, resolution: Resolution, start: State | None = None
) -> tuple[Tensor, FlowBatch]:
    """C_D + i C_L (batch,) of the solved flows, differentiable, and the flows themselves.

    `coefficients` (batch, K) turned by the incidence, `reynolds` (batch,). First derivatives only.
    """
    solved: list[FlowBatch] = []
    forces: Tensor = _SteadyForces.apply(  # type: ignore[no-untyped-call]
        coefficients, reynolds, solved, (resolution, start)
    )
    return forces, solved[0]

"""Derivatives of the forces by implicit differentiation: one transposed solve with factors that the solution holds.

With R(q; x) = 0 and F(q; x) the force, λ = J_R⁻ᵀ ∂F/∂q and dF/dx = ∂F/∂x − λᵀ ∂R/∂x, where the partial derivatives with
respect to the design (map coefficients, Reynolds number, and the grid, which follows both) come from autograd.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import State, force, force_gradient, make_problem, residual
from fusiform.solvers.flow.grid import Resolution, make_grid
from fusiform.solvers.flow.newton import FlowBatch, solve_batch

REFINEMENTS = 3


def force_vjp(flow: FlowBatch, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Gradient of Σ Re(conj(weight) · (C_D + i C_L)) with respect to the turned coefficients and Re.

    `weight` (batch,) complex: 1 asks for drag, i for lift. Returns (batch, K) complex, ∂/∂Re a + i ∂/∂Im a (torch's
    convention), and (batch,).
    """
    adjoint = _adjoint(flow, weight)
    with torch.enable_grad():
        coefficients = flow.coefficients.detach().requires_grad_()
        reynolds = flow.reynolds.detach().requires_grad_()
        resolution = Resolution(flow.problem.grid.n_xi, flow.problem.grid.n_eta)
        problem = make_problem(coefficients, reynolds, make_grid(coefficients, reynolds, resolution))
        pressure, friction = force(problem, flow.state.omega)
        objective = 2.0 * (weight.conj() * (pressure + friction)).real.sum()
        r = residual(problem, flow.state)
        gradient = torch.autograd.grad(objective - _dot(adjoint, r), (coefficients, reynolds))
    return gradient[0], gradient[1]


def _dot(a: State, b: State) -> Tensor:
    return (a.psi * b.psi).sum() + (a.omega * b.omega).sum() + (a.scalars * b.scalars).sum()


def _adjoint(flow: FlowBatch, weight: Tensor) -> State:
    """λ with J_Rᵀ λ = ∂F/∂q at the solution.

    The factors belong to the state before the last Newton step; a few rounds of iterative refinement with the exact
    Jacobian, applied by autograd, remove that difference.
    """
    partial = 2.0 * (weight.conj()[:, None, None] * force_gradient(flow.problem)[0]).real
    rhs = State(torch.zeros_like(partial), partial, torch.zeros_like(flow.state.scalars))
    adjoint = flow.linearisation.solve_transposed(rhs)
    minus = torch.full_like(flow.reynolds, -1.0)
    for _ in range(REFINEMENTS):
        with torch.enable_grad():
            q = [t.detach().requires_grad_() for t in vars(flow.state).values()]
            product = State(*torch.autograd.grad(_dot(adjoint, residual(flow.problem, State(*q))), q))
        adjoint = adjoint + flow.linearisation.solve_transposed(rhs + product.scaled(minus))
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

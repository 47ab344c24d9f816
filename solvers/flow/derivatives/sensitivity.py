"""Derivatives of the forces by implicit differentiation: transposed solves with factors that the solution holds.

With R(q; x) = 0, J = ∂R/∂q and F(q; x) the force, Jᵀλ = ∂F/∂q and dF/dx = ∂F/∂x − λᵀ ∂R/∂x, where the partial
derivatives with respect to the design x (map coefficients, Reynolds number, and the elements, which follow both) come
from autograd. The factors are those of a state close to the solution, J₀; a Krylov method solves J₀⁻ᵀJᵀλ = J₀⁻ᵀ ∂F/∂q.
Where that does not converge, the state was not close: J itself is factorised then.

The closure Q = D makes the drag an unknown: its ∂F/∂q is a unit vector, and its ∂F/∂x zero.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.derivatives.adjoint_equations import AdjointEquations
from fusiform.solvers.flow.derivatives.krylov import minimal_residual
from fusiform.solvers.flow.derivatives.lagrangian import lagrangian
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem, discretise
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.flow_batch import FlowBatch
from fusiform.solvers.flow.steady.newton import QUICK, NewtonSettings
from fusiform.solvers.flow.steady.steady import solve_batch

MOST_PRODUCTS, ADJOINT_TOLERANCE = 30, 1e-8
ADJOINT_ACCEPTED = 1e-5  # residual over |λ| up to which a gradient is given
WARM = NewtonSettings(chord_start=0.3, contraction=0.1)


def force_vjp(flow: FlowBatch, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Gradient of Σ Re(conj(weight) · (C_D + i C_L)) with respect to the turned coefficients and Re.

    `weight` (batch,) complex: 1 asks for drag, i for lift. Returns (batch, K) complex, ∂/∂Re a + i ∂/∂Im a (torch's
    convention), and (batch,); NaN for a case whose adjoint equations were not solved. Of flows solved on the half
    plane, the drag does not depend on Im a to first order; the lift does, which takes the Jacobian of the whole plane.
    """
    problem, state, factors = flow.linearised_along(weight)
    adjoint, left = solve_adjoint(problem, state, weight, factors)
    if not bool((left <= ADJOINT_ACCEPTED).all()):
        adjoint, left = solve_adjoint(problem, state, weight, linearise(problem, state))
    with torch.enable_grad():
        coefficients = flow.coefficients.detach().requires_grad_()
        reynolds = flow.reynolds.detach().requires_grad_()
        moving = discretise(coefficients, reynolds, flow.resolution, problem.domain)
        value = lagrangian(moving, state, adjoint, weight).sum()
        gradient = torch.autograd.grad(value, (coefficients, reynolds))
    by_coefficients = gradient[0] if problem.domain is Domain.PLANE else gradient[0].real + 0j
    solved = left <= ADJOINT_ACCEPTED
    return torch.where(solved[:, None], by_coefficients, torch.nan), torch.where(solved, gradient[1], torch.nan)


def solve_adjoint(
    problem: Problem, state: State, weight: Tensor, factors: Linearisation, tolerance: float = ADJOINT_TOLERANCE
) -> tuple[State, Tensor]:
    """λ with Jᵀλ = ∂F/∂q of a force, and its residual, as `solve_transposed`."""
    return solve_transposed(AdjointEquations(problem, state).force_gradient(weight), problem, state, factors, tolerance)


@torch.inference_mode()
def solve_transposed(
    gradient: State, problem: Problem, state: State, factors: Linearisation, tolerance: float = ADJOINT_TOLERANCE
) -> tuple[State, Tensor]:
    """λ with Jᵀλ = `gradient`, to a relative `tolerance` if `MOST_PRODUCTS` products suffice, and the residual over |λ|
    that is left, (batch,); the `factors` may belong to a state close by."""
    equations = AdjointEquations(problem, state)
    sizes = [t[0].numel() for t in vars(state).values()]

    def unstacked(vector: Tensor) -> State:
        pairs = zip(torch.split(vector, sizes, dim=1), vars(state).values(), strict=True)
        return State(*(part.reshape(like.shape) for part, like in pairs))

    def product(vector: Tensor) -> Tensor:
        return _stacked(factors.solve_transposed(equations.transposed_product(unstacked(vector))))

    rhs = _stacked(factors.solve_transposed(gradient))
    solution, left = minimal_residual(product, rhs, tolerance, MOST_PRODUCTS)
    with torch.inference_mode(False):
        return unstacked(solution.clone()), left.clone()


def _stacked(state: State) -> Tensor:
    """All numbers of each case, (batch, n)."""
    return torch.cat([t.flatten(1) for t in vars(state).values()], dim=1)


class _SteadyForces(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, coefficients: Tensor, reynolds: Tensor, solved: list[FlowBatch], how: dict[str, Any]
    ) -> Tensor:
        flow = solve_batch(coefficients, reynolds, **how)
        solved.append(flow)
        ctx.flow = flow
        pressure, friction = flow.force_coefficients
        return pressure + friction

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None, None]:
        return *force_vjp(ctx.flow, grads[0]), None, None


def steady_forces(
    coefficients: Tensor,
    reynolds: Tensor,
    resolution: Resolution,
    start: State | None = None,
    domain: Domain | None = None,
) -> tuple[Tensor, FlowBatch]:
    """C_D + i C_L (batch,) of the solved flows, differentiable, and the flows themselves.

    `coefficients` (batch, K) turned by the incidence, `reynolds` (batch,); the others as for `solve_batch`. First
    derivatives only. From a `start`, the Jacobian is factorised anew unless chord steps contract fast: as many solves
    are saved, and the adjoint, which needs the last factors, takes half the time.
    """
    solved: list[FlowBatch] = []
    how = {"resolution": resolution, "start": start, "domain": domain, "settings": QUICK if start is None else WARM}
    forces: Tensor = _SteadyForces.apply(coefficients, reynolds, solved, how)  # type: ignore[no-untyped-call]
    return forces, solved[0]

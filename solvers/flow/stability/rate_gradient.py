"""The gradient of a mode's complex growth rate with respect to the body and the Reynolds number.

With the vectors of the mode, yᵀM q' = 1, and G = yᵀ [J(q) + (σ + γ) M] q', which is zero,

    dσ = −∂G/∂x dx − ∂G/∂q dq,      J q' = R(q + q'/2) − R(q − q'/2)

exactly, since R is quadratic. The flow q follows the design x: with Jᵀλ = −∂G/∂q, dσ/dx = −∂G/∂x − λᵀ ∂R/∂x. The
elements, the sponge and the far field follow the design too.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import linearise
from fusiform.solvers.flow.derivatives.lagrangian import lagrangian, test_functions, wall_multiplier
from fusiform.solvers.flow.derivatives.sensitivity import ADJOINT_ACCEPTED, solve_transposed
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.stability.base_flow import BaseFlow, base_problem
from fusiform.solvers.flow.stability.disturbances import Disturbances
from fusiform.solvers.flow.stability.modes import Mode
from fusiform.solvers.flow.stability.sponge import sponge
from fusiform.solvers.flow.stability.wake_layout import height_in_d


@dataclass(frozen=True)
class RateGradient:
    """Of the growth rate and of the angular frequency: by the turned coefficients (K,), ∂/∂Re a + i ∂/∂Im a, and by
    Re; NaN where the adjoint equations were not solved."""

    growth: Tensor
    frequency: Tensor
    growth_by_reynolds: float
    frequency_by_reynolds: float


def rate_gradient(base: BaseFlow, disturbances: Disturbances, mode: Mode) -> RateGradient:
    """By one adjoint solve for each of the two; a flow symmetric about the stream changes by real coefficients only, to
    first order."""
    layout = base.problem.layout
    with torch.enable_grad():
        coefficients, reynolds = (t.detach().clone().requires_grad_() for t in (base.coefficients, base.reynolds))
        state = State(*(t.detach().clone().requires_grad_() for t in vars(base.state).values()))
        moving = base_problem(coefficients, reynolds, layout.resolution, base.problem.domain)
        here = moving
        if disturbances.problem.domain is not base.problem.domain:
            here = base_problem(coefficients, reynolds, layout.resolution, disturbances.problem.domain)
        damping = sponge(here, height_in_d(coefficients, here.domain))
        defect = _defect(here, state, mode, damping)
        parts = [_total(base, moving, state, coefficients, reynolds, -part) for part in (defect.real, defect.imag)]
    (growth, by_reynolds), (frequency, frequency_by_reynolds) = parts
    return RateGradient(growth, frequency, by_reynolds, frequency_by_reynolds)


def _defect(problem: Problem, state: State, mode: Mode, damping: Tensor) -> Tensor:
    """G, complex, differentiable."""
    weight = torch.zeros_like(problem.viscosity) + 0j
    lefts, rights = (
        [State(*(part(t) for t in vars(s).values())) for part in (torch.real, torch.imag)]
        for s in (mode.left, mode.right)
    )

    def product(left: State, right: State) -> Tensor:
        """yᵀ J q'; the Lagrangian is −yᵀR."""
        step = right.scaled(torch.full_like(problem.viscosity, 0.5))
        return (lagrangian(problem, state - step, left, weight) - lagrangian(problem, state + step, left, weight))[0]

    (yr, yi), (qr, qi) = lefts, rights
    jacobian = torch.complex(product(yr, qr) - product(yi, qi), product(yr, qi) + product(yi, qr))
    wr, wi = (test_functions(problem, y, wall_multiplier(problem, y, weight))[1] for y in lefts)
    layout = problem.layout
    w, omega = (layout.local(f) for f in (torch.complex(wr, wi), mode.right.omega))
    return jacobian + (problem.heavy * (damping + mode.rate) * w * omega).sum()


def _total(
    base: BaseFlow, moving: Problem, state: State, coefficients: Tensor, reynolds: Tensor, value: Tensor
) -> tuple[Tensor, float]:
    """d(value)/d(coefficients) (K,) and d/dRe, the flow following."""
    unknowns = list(vars(state).values())
    parts = torch.autograd.grad(value, [*unknowns, coefficients, reynolds], retain_graph=True, allow_unused=True)
    given = [
        torch.zeros_like(t) if p is None else p for p, t in zip(parts, [*unknowns, coefficients, reynolds], strict=True)
    ]
    gradient = State(*given[:3])
    adjoint, left = solve_transposed(gradient, base.problem, base.state, base.factors)
    if not bool((left <= ADJOINT_ACCEPTED).all()):
        adjoint, left = solve_transposed(gradient, base.problem, base.state, linearise(base.problem, base.state))
    constraint = lagrangian(moving, base.state, adjoint, torch.zeros_like(reynolds) + 0j).sum()
    more = torch.autograd.grad(constraint, (coefficients, reynolds), retain_graph=True)
    by_coefficients, by_reynolds = (a + b for a, b in zip(given[3:], more, strict=True))
    if base.problem.domain is not Domain.PLANE:
        by_coefficients = by_coefficients.real + 0j
    if not bool((left <= ADJOINT_ACCEPTED).all()):
        by_coefficients, by_reynolds = by_coefficients * torch.nan, by_reynolds * torch.nan
    return by_coefficients[0].detach(), float(by_reynolds)

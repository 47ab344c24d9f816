"""Discretisation error of the forces, direction by direction.

Radial: with q the solution, λ the adjoint, and R', F' the equations and the force with radial stencils of seven nodes
instead of five on the same nodes,

    F(exact) − F_h  ≈  F'(q) − F_h(q) − λᵀ R'(q),   J_Rᵀ λ = ∂F/∂q .

Source: Pierce and Giles, SIAM Rev. 42 (2000) 247. Angular: the same formula with R' on more angles, to which q and λ
are interpolated by Fourier series, is large where that direction matters; there it exaggerates (the adjoint
is not smooth at sharp edges) and the flow is solved once more with a quarter more angles, from the solution at
hand.
The truncation of the far field, 1e-4 of the drag, is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.equations import Problem, State, discretise, force_coefficients, residual
from fusiform.solvers.flow.half_plane import fold_state, halve, unfold_state
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.sensitivity import dot, solve_adjoint
from fusiform.solvers.flow.steady import FlowBatch, solve_batch
from fusiform.solvers.flow.transfer import resample, transfer

BETTER_WIDTH = 7
LOOK_REFINEMENT, SOLVE_REFINEMENT = 1.5, 1.25
ADJOINT_TOLERANCE = 0.03
NEGLIGIBLE_SHARE, NEGLIGIBLE = 0.3, 2e-5


@dataclass(frozen=True)
class ErrorEstimate:
    """Estimated exact minus computed C_D + i C_L (batch,), complex, by direction of the grid."""

    radial: Tensor
    angular: Tensor

    @property
    def total(self) -> Tensor:
        return self.radial + self.angular


@torch.no_grad()
def estimate_error(flow: FlowBatch) -> ErrorEstimate:
    """Error estimates of the force coefficients of a batch.

    Costs two adjoint solves (one for symmetric flows), and a flow on a quarter more angles where that is needed.
    """
    n_xi, n_eta = flow.resolution.n_xi, flow.resolution.n_eta
    same = discretise(flow.coefficients, flow.reynolds, flow.resolution, BETTER_WIDTH)
    more = discretise(flow.coefficients, flow.reynolds, Resolution(n_xi, _even(LOOK_REFINEMENT * n_eta)))
    moved = transfer(flow.state, flow.problem, more)
    if flow.solved.symmetric:
        same, more, moved = halve(same), halve(more), fold_state(moved)
    base = _total_force(flow.solved, flow.unknowns)
    radial, angular = torch.zeros_like(base), torch.zeros_like(base)
    for weight in (1.0,) if flow.solved.symmetric else (1.0, 1.0j):
        weights = torch.full_like(base, weight)
        adjoint = solve_adjoint(flow.solved, flow.unknowns, flow.linearisation, weights, ADJOINT_TOLERANCE)
        for problem, state, errors in ((same, flow.unknowns, radial), (more, moved, angular)):
            change = (weights.conj() * (_total_force(problem, state) - base)).real
            errors += weight * (change - dot(_adjoint_on(adjoint, problem, n_eta), residual(problem, state)))
    matters = _matters(angular.real, radial.real, base.real) | _matters(angular.imag, radial.imag, base.real)
    if bool(matters.any()):
        angular = torch.where(matters, _solved_with_more_angles(flow) - base, angular)
    return ErrorEstimate(radial, angular)


def _even(count: float) -> int:
    return int(count) // 2 * 2


def _matters(angular: Tensor, radial: Tensor, drag: Tensor) -> Tensor:
    return angular.abs() > NEGLIGIBLE_SHARE * radial.abs() + NEGLIGIBLE * drag.abs()


def _solved_with_more_angles(flow: FlowBatch) -> Tensor:
    finer = Resolution(flow.resolution.n_xi, _even(SOLVE_REFINEMENT * flow.resolution.n_eta))
    start = transfer(flow.state, flow.problem, discretise(flow.coefficients, flow.reynolds, finer))
    again = solve_batch(flow.coefficients, flow.reynolds, finer, start, continuation=False)
    forces = _total_force(again.solved, again.unknowns)
    return torch.where(again.converged, forces, torch.full_like(forces, torch.inf))


def _total_force(problem: Problem, state: State) -> Tensor:
    pressure, friction = force_coefficients(problem, state.omega)
    return pressure + friction


def _adjoint_on(adjoint: State, problem: Problem, n_eta: int) -> State:
    """The adjoint, of `n_eta` angles on the whole plane, as weights of the residuals of `problem` with the same lines.

    On the outer line the condition on ω changes its kind between in- and outflow: no smooth weight, left out.
    """
    if problem.metric.shape == adjoint.psi.shape:
        return adjoint
    whole = unfold_state(adjoint) if problem.symmetric else adjoint
    fine = _even(LOOK_REFINEMENT * n_eta)
    psi, omega = (resample(field, field.shape[1], fine) * (n_eta / fine) for field in (whole.psi, whole.omega))
    omega[:, -1] = 0.0
    moved = State(psi, omega, whole.scalars)
    return fold_state(moved) if problem.symmetric else moved

"""Bodies, random states and dense Jacobians for the tests of the flow solver."""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem, discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import residual
from fusiform.solvers.flow.resolution import Resolution

BENT = torch.tensor([[0.4 + 0.1j, 0.05 - 0.03j, -0.02j], [-0.2 + 0j, 0.0, 0.03 + 0j]], dtype=torch.complex128)
REYNOLDS = torch.tensor([12.0, 3.0], dtype=torch.float64)
SMALL = Resolution(2, 6, 4, 5)
STEADY = tuple(domain for domain in Domain if domain is not Domain.EVEN_HALF_PLANE)  # on which flows are solved


def bodies(domain: Domain) -> Tensor:
    """Two bodies that fit the domain, (2, 3)."""
    return BENT if domain is Domain.PLANE else BENT.real + 0j


def problem_on(domain: Domain, resolution: Resolution = SMALL) -> Problem:
    """The two bodies at two Reynolds numbers."""
    return discretise(bodies(domain), REYNOLDS, resolution, domain)


def random_state(problem: Problem, seed: int = 0, decay: float = 2.0) -> State:
    """The cold start with noise, which decays as e^{−decay ξ}, in everything that is free and in what is prescribed."""
    generator = torch.Generator().manual_seed(seed)
    start = cold_start(problem)
    noise = 0.1 * torch.randn(2, *start.phi.shape, dtype=torch.float64, generator=generator)
    noise = noise * torch.exp(-decay * problem.mesh.xi)[:, :, None]
    return State(start.phi + noise[0], start.omega + noise[1], start.scalars + 0.3)


def flat(state: State) -> Tensor:
    """All unknowns of each case in one row, (batch, unknowns)."""
    return torch.cat([state.phi.flatten(1), state.omega.flatten(1), state.scalars], dim=1)


def unflat(rows: Tensor, problem: Problem) -> State:
    """The inverse of `flat`."""
    shape = problem.area.shape[1:]
    count = shape[0] * shape[1]
    phi, omega, scalars = torch.split(rows, [count, count, 2], dim=1)
    return State(phi.unflatten(1, shape), omega.unflatten(1, shape), scalars)


def dense_jacobian(problem: Problem, state: State) -> Tensor:
    """∂R/∂q by automatic differentiation, (batch, unknowns, unknowns)."""

    def total(rows: Tensor) -> Tensor:
        return flat(residual(problem, unflat(rows, problem))).sum(0)

    return torch.autograd.functional.jacobian(total, flat(state), vectorize=True).permute(1, 0, 2)


def free_part(matrix: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The rows and columns of a Jacobian (n, n) that are not all zero, and their numbers."""
    rows, columns = matrix.ne(0.0).any(1).nonzero()[:, 0], matrix.ne(0.0).any(0).nonzero()[:, 0]
    return matrix[rows][:, columns], rows, columns

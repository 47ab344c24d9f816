"""The steady flow on the elements for its disturbances, from the solved one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import Problem, discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.transfer import transfer
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.stability.wake_layout import wake_mesh
from fusiform.solvers.flow.steady.newton import CAREFUL, QUICK, is_solution, newton
from fusiform.solvers.flow.steady.steady import along_paths

TOLERANCE = 1e-8


@dataclass(frozen=True)
class BaseFlow:
    """One steady flow, past `coefficients` (1, K) at `reynolds` (1,): the `problem`, the `state`, factors of a Jacobian
    close to it, and True if it was `solved`."""

    coefficients: Tensor
    reynolds: Tensor
    problem: Problem
    state: State
    factors: Linearisation
    solved: bool


def base_problem(coefficients: Tensor, reynolds: Tensor, resolution: Resolution, domain: Domain) -> Problem:
    """The problem on the elements for disturbances, differentiable by the design."""
    mesh = wake_mesh(coefficients, reynolds, resolution, domain)
    return discretise(coefficients, reynolds, resolution, domain, mesh)


@torch.no_grad()
def base_flow(
    coefficients: Tensor,
    reynolds: Tensor,
    resolution: Resolution,
    domain: Domain,
    near: tuple[Problem, State] | None = None,
) -> BaseFlow:
    """Solve from a flow `near`, with its problem, or cold; where that fails, with care and by continuation."""
    problem = base_problem(coefficients, reynolds, resolution, domain)
    starts = [] if near is None else [(transfer(near[1], near[0], problem, by_place=True), QUICK)]
    for start, settings in (*starts, (cold_start(problem), QUICK), (cold_start(problem), CAREFUL)):
        result = newton(problem, start, TOLERANCE, settings)
        if bool(is_solution(result, TOLERANCE)):
            break
    else:
        source, there, _ = along_paths(coefficients, reynolds, resolution, domain)
        if bool(is_solution(there, TOLERANCE)):
            result = newton(problem, transfer(there.state, source, problem, by_place=True), TOLERANCE, CAREFUL)
    solved = bool(is_solution(result, TOLERANCE))
    return BaseFlow(coefficients, reynolds, problem, result.state, result.linearisation, solved)

"""Steady flows of a batch of bodies: from a coarser level to the requested one, by continuation where that fails."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.mirror import fold_state
from fusiform.solvers.flow.equations.problem import Problem, discretise, is_symmetric
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.transfer import transfer
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.continuation import PATHS, follow
from fusiform.solvers.flow.steady.flow_batch import FlowBatch
from fusiform.solvers.flow.steady.levels import coarser, work
from fusiform.solvers.flow.steady.newton import CAREFUL, QUICK, NewtonResult, NewtonSettings, is_solution, newton

TOLERANCE, START_TOLERANCE = 1e-8, 1e-3


def domain_of(coefficients: Tensor) -> Domain:
    """The half plane if every body of the batch is symmetric about the stream, else the plane."""
    return Domain.HALF_PLANE if is_symmetric(coefficients) else Domain.PLANE


@torch.no_grad()
def solve_batch(
    coefficients: Tensor,
    reynolds: Tensor,
    resolution: Resolution,
    start: State | None = None,
    *,
    continuation: bool = True,
    domain: Domain | None = None,
    settings: NewtonSettings = QUICK,
) -> FlowBatch:
    """Solve the steady flow past a batch of bodies.

    `coefficients` (batch, K) complex, turned by the incidence (`laurent.rotate`); `reynolds` (batch,); `start` an
    approximate state of the whole plane on the same resolution (default: from a coarser level). A case that fails is
    tried again without the start, then by `continuation` in the Reynolds number, then in the shape. `domain`: by
    default `domain_of`. `settings`: of Newton's method on this resolution.
    """
    domain = domain or domain_of(coefficients)
    problem = discretise(coefficients, reynolds, resolution, domain)
    spent = torch.zeros_like(reynolds)
    if start is None:
        state, spent = start_from_coarser(coefficients, reynolds, problem)
    else:
        state = fold_state(start) if domain is Domain.HALF_PLANE else start
    flow = flow_of(coefficients, reynolds, problem, newton(problem, state, TOLERANCE, settings), spent)
    if bool(flow.converged.all()) or not continuation:
        return flow
    for index in torch.nonzero(~flow.converged)[:, 0].tolist():
        case = slice(index, index + 1)
        if start is None:
            problem, result, spent = along_paths(coefficients[case], reynolds[case], resolution, domain)
            answer = flow_of(coefficients[case], reynolds[case], problem, result, spent, continued=True)
        else:
            answer = solve_batch(coefficients[case], reynolds[case], resolution, domain=domain)
        flow.factorisations[case] += answer.factorisations
        if bool(answer.converged):
            flow = flow.replaced(index, answer)
    return flow


def along_paths(
    coefficients: Tensor, reynolds: Tensor, resolution: Resolution, domain: Domain
) -> tuple[Problem, NewtonResult, Tensor]:
    """The flow past one body by continuation, in the Reynolds number or else in the shape, as `follow` returns it."""
    before = torch.zeros_like(reynolds)
    for path in PATHS:
        problem, result, spent = follow(path(coefficients, reynolds), resolution, domain, TOLERANCE)
        before = before + spent
        if bool(is_solution(result, TOLERANCE)):
            break
        before = before + result.factorisations
    return problem, result, before


def start_from_coarser(coefficients: Tensor, reynolds: Tensor, problem: Problem) -> tuple[State, Tensor]:
    """A state of `problem` from the same elements of lower degrees, and its cost in factorisations, (batch,)."""
    resolution = coarser(problem.layout.resolution)
    coarse = discretise(coefficients, reynolds, resolution, problem.domain, problem.mesh)
    result = newton(coarse, cold_start(coarse), START_TOLERANCE)
    arrived = is_solution(result, START_TOLERANCE)
    spent = result.factorisations
    if not bool(arrived.all()):
        failed = torch.nonzero(~arrived)[:, 0]
        part = coarse.select(failed)
        again = newton(part, cold_start(part), START_TOLERANCE, CAREFUL)
        spent = spent.index_add(0, failed, again.factorisations)
        update = result.update.index_copy(0, failed, again.update)
        result = replace(result, state=result.state.replace(failed, again.state), update=update)
    moved = transfer(result.state, coarse, problem).where(is_solution(result, START_TOLERANCE), cold_start(problem))
    return moved, spent * (work(resolution) / work(problem.layout.resolution))


def flow_of(
    coefficients: Tensor,
    reynolds: Tensor,
    problem: Problem,
    result: NewtonResult,
    spent: Tensor,
    continued: bool = False,
    below: FlowBatch | None = None,
) -> FlowBatch:
    """The flows that Newton's method found, after `spent` (batch,) factorisations elsewhere, with the level `below`."""
    return FlowBatch(
        coefficients=coefficients,
        reynolds=reynolds,
        resolution=problem.layout.resolution,
        solved=problem,
        unknowns=result.state,
        linearisation=result.linearisation,
        converged=is_solution(result, TOLERANCE),
        update=result.update,
        factorisations=result.factorisations + spent,
        continued=torch.full_like(reynolds, continued, dtype=torch.bool),
        below=below,
    )

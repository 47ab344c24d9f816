"""Derivatives of a whole flow along directions of the design: forward differentiation with factors the solution holds.

Differentiating R(q(x); x) = 0 along a direction e gives J_R q' = −∂R/∂x·e. With the factors J₀ of the solution, which
belong to a state close to it, and

    D(q') = d/dε R(q + ε q'; x + ε e)  at ε = 0,      q' ← q' − J₀⁻¹ D(q')

starts at q' = 0, contracts as Newton's chord steps do, and ends at the exact derivative. All derivatives along x are
central differences of problems discretised at x ± ε e, so that whatever follows the design (elements, far field) is
differentiated with it. All directions together cost substitutions only. An output that has many more numbers than the
design has directions, such as the pressure along the wall, is differentiated this way; a single force is cheaper by
the adjoint (`sensitivity.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.mirror import unfold_state
from fusiform.solvers.flow.equations.problem import Problem, discretise
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import essential, residual
from fusiform.solvers.flow.steady.flow_batch import FlowBatch

TANGENT_STEP = 1e-5
MAX_REFINEMENTS, SETTLED = 12, 1e-7
TINY = 1e-12


@dataclass(frozen=True)
class FlowTangents:
    """A flow and its derivatives along m directions of the coefficients.

    `states`: q' (m, …) on the whole plane, at fixed nodes of the elements, which move with the body; `change` (m,):
    relative size of the last correction of each, below `SETTLED` where it converged. `sides`, `side_states`,
    `side_coefficients`: the designs x ± ε e and their states q ± ε q', (2m, …), first all with plus, for `derivative`.
    """

    states: State
    change: Tensor
    sides: Problem
    side_states: State
    side_coefficients: Tensor

    def derivative(self, values: Tensor) -> Tensor:
        """Derivatives (m, …) of any output of problem, state and coefficients, from its `values` (2m, …) on the sides.

        Right to about the square of `TANGENT_STEP`.
        """
        return side_differences(values)


@torch.no_grad()
def flow_tangents(flow: FlowBatch, directions: Tensor) -> FlowTangents:
    """Derivatives of the one `flow` along complex `directions` (m, K) of its coefficients at incidence.

    A flow solved on the half plane keeps to it where all directions are real; else the Jacobian of the whole plane is
    factorised once. Where the corrections do not settle, the factors were made too far away: the Jacobian of the flow
    itself is factorised then.
    """
    problem, state, factors = flow.linearised_along(directions)
    count = len(directions)
    moved_design = flow.coefficients + TANGENT_STEP * torch.cat([directions, -directions])
    moved_reynolds = flow.reynolds.expand(2 * count)

    def moved(at: Problem) -> Problem:
        sides = discretise(moved_design, moved_reynolds, flow.resolution, at.domain)
        return replace(sides, inflow=at.inflow.expand_as(sides.inflow))

    sides = moved(problem)
    fixed = tangent_states(factors, sides, state, MAX_REFINEMENTS, SETTLED)
    if not bool((fixed.change < SETTLED).all()):
        fixed = tangent_states(linearise(problem, state), sides, state, MAX_REFINEMENTS, SETTLED)
    states, side_states = fixed.states, fixed.side_states
    if problem.domain is Domain.HALF_PLANE:
        states, side_states, sides = unfold_state(states), unfold_state(side_states), moved(flow.problem)
    return FlowTangents(states, fixed.change, sides, side_states, moved_design)


@dataclass(frozen=True)
class TangentStates:
    """q' (m, …) along m directions, the relative size of the last correction of each, (m,), and q ± ε q' (2m, …)."""

    states: State
    change: Tensor
    side_states: State


def tangent_states(
    factors: Linearisation, sides: Problem, state: State, max_refinements: int, settled: float
) -> TangentStates:
    """The fixed point q' of the one case `state`, from `factors` made near it.

    `sides` (2m): the problems at x ± ε e, ε = `TANGENT_STEP`, first all with plus. Ends when every correction is below
    `settled`, or after `max_refinements`.
    """
    count = len(sides.viscosity) // 2
    here = state.select(torch.zeros(2 * count, dtype=torch.long, device=sides.viscosity.device))
    signed = torch.full_like(sides.viscosity, TANGENT_STEP)
    signed[count:] *= -1.0

    def moved(tangent: State) -> State:
        doubled = State(*(torch.cat([t, t]) for t in vars(tangent).values()))
        return here + doubled.scaled(signed)

    tangent = State(*(torch.zeros_like(t[:count]) for t in vars(here).values()))
    change = torch.full_like(signed[:count], torch.inf)
    for _ in range(max_refinements):
        r = [t.chunk(2) for t in vars(residual(sides, moved(tangent))).values()]
        step = factors.solve_columns(State(*((minus - plus) / (2.0 * TANGENT_STEP) for plus, minus in r)))
        tangent = tangent + step
        change = step.omega.abs().amax((1, 2)) / tangent.omega.abs().amax((1, 2)).clamp_min(TINY)
        if bool((change < settled).all()):
            break
    ends = moved(tangent)
    ends = State(*essential(sides, ends), ends.scalars)
    return TangentStates(State(*(side_differences(t) for t in vars(ends).values())), change, ends)


def side_differences(values: Tensor) -> Tensor:
    """Derivatives (m, …) of an output from its `values` (2m, …) on the sides; right to about the square of ε."""
    plus, minus = values.chunk(2)
    return (plus - minus) / (2.0 * TANGENT_STEP)

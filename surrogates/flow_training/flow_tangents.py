"""Derivatives of the flow with respect to the design, from the factors that the state inverse makes.

Differentiating R(q(x), x) = 0 along a direction e of the design gives J_R q' = −∂R/∂x·e. The factors J₀ of the state
inverse, made at the *predicted* flow, serve for this too: with

    D(q') = d/dε R(q + ε q', x + ε e)  at ε = 0,      q' ← q' − J₀⁻¹ D(q')

the iteration starts at q' = 0, converges as the chord steps do, and its solution is exact at q. All derivatives along x
are central differences of problems discretised at x ± ε e, so that whatever follows the design (the grid, the far
field, the scales of the outputs) is differentiated with it. A body then gives 2K + 1 vectors beside its own outputs for
the price of substitutions: Sobolev training (Czarnecki et al., NeurIPS 2017) without an adjoint.

Directions of the design are (Re a_1 … Re a_K, Im a_1 … Im a_K, ln Re), a turned by the incidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from fusiform.solvers.flow import (
    Linearisation,
    Problem,
    State,
    discretise,
    line_search,
    linearise,
    relative_update,
    residual,
    residual_norm,
    solve_columns,
)
from fusiform.surrogates.data.dataset import turned
from fusiform.surrogates.design_space import Designs
from fusiform.surrogates.flow_training.flow_physics import FlowPhysics
from fusiform.surrogates.model.features import features
from fusiform.surrogates.training.physics import Batch

DIFFERENCE = 1e-5
REFINEMENTS, SETTLED, ACCEPT = 8, 1e-3, 0.05
TINY = 1e-12


@dataclass(frozen=True)
class TangentTarget:
    """The answer of the inverse for one body, as the network gives it.

    `outputs` (m,); `accepted`: as in `FlowPhysics.inverse`; `slopes` (2K + 1, m): derivatives of the outputs along the
    design, zero where they are not `usable` (2K + 1,) because the iteration did not arrive; `updates`: factorisations.
    """

    outputs: Tensor
    accepted: bool
    slopes: Tensor
    usable: Tensor
    updates: int


@torch.no_grad()
def tangent_target(physics: FlowPhysics, outputs: Tensor, batch: Batch, max_updates: int) -> TangentTarget:
    """Target and tangents of the one body of `batch`, from the network's `outputs` (1, m)."""
    problem = physics.problem(batch)
    state = physics.state(problem, outputs)
    accepted, updates = False, 0
    for _ in range(max_updates):
        factors, updates = linearise(problem, state), updates + 1
        state, last, reduced = _chord_steps(problem, state, factors, physics.chord_steps)
        accepted = reduced and last < physics.accept
        if accepted or not reduced:
            break
    target = physics.outputs(problem, state)[0]
    if not accepted:
        directions = 2 * batch.data[0].shape[1] + 1
        return TangentTarget(
            target, False, target.new_zeros(directions, len(target)), torch.zeros(directions, dtype=torch.bool), updates
        )
    slopes, change = _slopes(physics, problem, state, factors, batch)
    usable = change < ACCEPT
    return TangentTarget(target, True, torch.where(usable[:, None], slopes, 0.0), usable, updates)


def _chord_steps(problem: Problem, state: State, factors: Linearisation, more: int) -> tuple[State, float, bool]:
    """One Newton step and up to `more` chord steps: the state, the last relative step, whether the first one helped."""
    norm = residual_norm(problem, residual(problem, state))
    last, reduced = torch.inf, False
    for count in range(1 + more):
        step = factors.solve(residual(problem, state))
        last = float(relative_update(step, state))
        state, norm, lowered = line_search(problem, state, step, norm)
        if not lowered:
            break
        reduced = reduced or count == 0
    return state, last, reduced


def _slopes(
    physics: FlowPhysics, problem: Problem, state: State, factors: Linearisation, batch: Batch
) -> tuple[Tensor, Tensor]:
    """Derivatives of the outputs (2K + 1, m), and the relative size of the last change of each q', (2K + 1,)."""
    coefficients, reynolds = perturbed(batch.data[0][0], batch.data[1][0], DIFFERENCE)
    count = len(reynolds) // 2
    sides = discretise(coefficients, reynolds, physics.basis.resolution)
    sides = replace(sides, outflow=problem.outflow.expand_as(sides.outflow))
    signed = torch.cat([torch.full((count,), DIFFERENCE), torch.full((count,), -DIFFERENCE)]).to(reynolds)
    here = state.select(torch.zeros(2 * count, dtype=torch.long))
    twice = torch.arange(count).repeat(2)

    def moved(tangent: State) -> State:
        return here + tangent.select(twice).scaled(signed)

    tangent = state.select(torch.zeros(count, dtype=torch.long)).scaled(torch.zeros_like(reynolds[:count]))
    change = torch.full_like(reynolds[:count], torch.inf)
    for _ in range(REFINEMENTS):
        r = residual(sides, moved(tangent))
        difference = r.select(twice[:count]) + r.select(twice[:count] + count).scaled(-torch.ones_like(change))
        step = solve_columns(factors, difference.scaled(torch.full_like(change, -0.5 / DIFFERENCE)))
        tangent = tangent + step
        change = step.omega.abs().amax((1, 2)) / tangent.omega.abs().amax((1, 2)).clamp_min(TINY)
        if bool((change < SETTLED).all()):
            break
    outputs = physics.outputs(sides, moved(tangent))
    return (outputs[:count] - outputs[count:]) / (2.0 * DIFFERENCE), change


def perturbed(coefficients: Tensor, reynolds: Tensor, size: float) -> tuple[Tensor, Tensor]:
    """Designs x ± size·e for all directions e, first all with plus: (2·(2K + 1), K) and (2·(2K + 1),) from one."""
    modes = coefficients.shape[0]
    unit = size * torch.eye(2 * modes + 1, dtype=reynolds.dtype)
    step = torch.complex(unit[:, :modes], unit[:, modes:-1])
    return (
        torch.cat([coefficients + step, coefficients - step]),
        reynolds * torch.exp(torch.cat([unit[:, -1], -unit[:, -1]])),
    )


def feature_slopes(coefficients: Tensor, reynolds: Tensor) -> Tensor:
    """Derivatives of `features` along the design, (2, batch, 2K + 1, inputs)."""
    modes = coefficients.shape[1]

    def of_design(design: Tensor) -> Tensor:
        turned = torch.complex(design[:modes], design[modes:-1])[None]
        return features(turned, design[-1:].exp())[:, 0]

    designs = torch.cat([coefficients.real, coefficients.imag, reynolds.log()[:, None]], dim=1)
    slopes: Tensor = torch.func.vmap(torch.func.jacfwd(of_design), chunk_size=512)(designs)
    return slopes.permute(1, 0, 3, 2)


def design_spread(designs: Designs) -> Tensor:
    """Standard deviation of the designs along each direction, (2K + 1,)."""
    coefficients = turned(designs)
    return torch.cat([coefficients.real.std(0), coefficients.imag.std(0), designs.reynolds.log().std()[None]])

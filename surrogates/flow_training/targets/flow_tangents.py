"""Derivatives of the flow with respect to the design, from the factors that the state inverse makes.

The factors of the state inverse, made at the *predicted* flow, also serve the fixed point of `flow.tangent_states` for
the derivative of the updated flow along each direction of the design. All derivatives along x are central differences
of problems discretised at x ± ε e, so that whatever follows the design (elements, far field, scales of the outputs) is
differentiated with it. A body then gives 2K + 1 vectors beside its own outputs for the price of substitutions: Sobolev
training (Czarnecki et al., NeurIPS 2017) without an adjoint.

Directions of the design are (Re a_1 … Re a_K, Im a_1 … Im a_K, ln Re), a turned by the incidence; of bodies of
revolution (a_1 … a_K, ln Re).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from fusiform.solvers.flow import (
    TANGENT_STEP,
    Linearisation,
    Problem,
    State,
    side_differences,
    tangent_states,
    updated_state,
)
from fusiform.surrogates.designs import Designs, turned
from fusiform.surrogates.flow_training.targets.flow_physics import FlowPhysics
from fusiform.surrogates.model.features import features
from fusiform.surrogates.model.layout import directions_of
from fusiform.surrogates.training import Batch


@dataclass(frozen=True)
class TangentIteration:
    """When the iteration for the tangents ends, and which of them are used.

    max_refinements: corrections of each tangent at most; settled: relative size of the corrections that ends it;
    accept: largest relative size of the last correction of a tangent that is used.
    """

    max_refinements: int = 8
    settled: float = 1e-3
    accept: float = 0.05


ITERATION = TangentIteration()


@dataclass(frozen=True)
class TangentTarget:
    """The answer of the inverse for one body, as the network gives it.

    `outputs` (m,); `accepted`: as in `FlowPhysics.inverse`; `slopes` (directions, m): derivatives of the outputs along
    the design, zero where they are not `usable` (directions,) because the iteration did not arrive; `updates`:
    factorisations.
    """

    outputs: Tensor
    accepted: bool
    slopes: Tensor
    usable: Tensor
    updates: int


@torch.no_grad()
def tangent_target(
    physics: FlowPhysics,
    outputs: Tensor,
    batch: Batch,
    max_updates: int,
    iteration: TangentIteration = ITERATION,
) -> TangentTarget:
    """Target and tangents of the one body of `batch`, from the network's `outputs` (1, m)."""
    problem = physics.problem(batch)
    state = physics.state(problem, outputs)
    updated = updated_state(
        problem, state, max_updates=max_updates, chord_steps=physics.chord_steps, tolerance=physics.accept
    )
    target = physics.outputs(problem, updated.state)[0]
    if not updated.arrived:
        directions = directions_of(batch.data[0].shape[1], physics.basis.revolution)
        return TangentTarget(
            target,
            False,
            target.new_zeros(directions, len(target)),
            torch.zeros(directions, dtype=torch.bool),
            updated.updates,
        )
    slopes, change = _slopes(physics, problem, updated.state, updated.linearisation, batch, iteration)
    usable = change < iteration.accept
    return TangentTarget(target, True, torch.where(usable[:, None], slopes, 0.0), usable, updated.updates)


def _slopes(
    physics: FlowPhysics,
    problem: Problem,
    state: State,
    factors: Linearisation,
    batch: Batch,
    iteration: TangentIteration,
) -> tuple[Tensor, Tensor]:
    """Derivatives of the outputs (directions, m), and the relative sizes of the last changes of q', (directions,)."""
    basis = physics.basis
    sides = basis.problem(*perturbed(batch.data[0][0], batch.data[1][0], TANGENT_STEP, basis.revolution))
    sides = replace(sides, inflow=problem.inflow.expand_as(sides.inflow))
    tangents = tangent_states(factors, sides, state, iteration.max_refinements, iteration.settled)
    return side_differences(physics.outputs(sides, tangents.side_states)), tangents.change


def perturbed(coefficients: Tensor, reynolds: Tensor, size: float, revolution: bool = False) -> tuple[Tensor, Tensor]:
    """Designs x ± size·e for all d directions e, first all with plus: (2d, K) and (2d,) from one."""
    modes = coefficients.shape[0]
    unit = size * torch.eye(directions_of(modes, revolution), dtype=reynolds.dtype)
    real = unit[:, :modes]
    step = torch.complex(real, torch.zeros_like(real) if revolution else unit[:, modes:-1])
    return (
        torch.cat([coefficients + step, coefficients - step]),
        reynolds * torch.exp(torch.cat([unit[:, -1], -unit[:, -1]])),
    )


def feature_slopes(coefficients: Tensor, reynolds: Tensor, revolution: bool = False) -> Tensor:
    """Derivatives of `features` along the design, (1 or 2, batch, directions, inputs)."""
    modes = coefficients.shape[1]

    def of_design(design: Tensor) -> Tensor:
        real = design[:modes]
        turned = torch.complex(real, torch.zeros_like(real) if revolution else design[modes:-1])[None]
        return features(turned, design[-1:].exp(), revolution)[:, 0]

    designs = _coordinates(coefficients, reynolds, revolution)
    slopes: Tensor = torch.func.vmap(torch.func.jacfwd(of_design), chunk_size=512)(designs)
    return slopes.permute(1, 0, 3, 2)


def design_spread(designs: Designs, revolution: bool = False) -> Tensor:
    """Standard deviation of the designs along each direction, (directions,)."""
    return _coordinates(turned(designs), designs.reynolds, revolution).std(0)


def _coordinates(coefficients: Tensor, reynolds: Tensor, revolution: bool) -> Tensor:
    """The coordinates of designs along the directions, (batch, directions)."""
    parts = [coefficients.real] if revolution else [coefficients.real, coefficients.imag]
    return torch.cat([*parts, reynolds.log()[:, None]], dim=1)

"""Elements assembled to sectors, and the elimination of a sector's arcs; see `numbering.py`.

The far field's columns Q, Γ and the harmonics h of φ on the outer line, the rows Q = D, Σ R_i = 0 and h = ∮ φ …, are
added here, each sector's share of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.elimination import Elimination
from fusiform.solvers.flow.condensation.numbering import Numbering
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.axis_ends import end_rows
from fusiform.solvers.flow.equations.problem import CLOSED, DIPOLE_DECAY, Problem
from fusiform.solvers.flow.equations.state import State


@dataclass(frozen=True)
class SectorFactors:
    """`arcs`: their elimination, whose rest is [left line | right line | scalars]. `entered` (batch, na, unknowns): 0
    for the equations that elements have no part in (ω = 0 at inflow, ω_η = 0 on an axis), else 1; `closures` (batch,
    na, 1 or 2, n2): what the rows of Q and Γ have of the R_i, −∂D/∂R_i and 1."""

    arcs: Elimination
    entered: Tensor
    closures: Tensor

    def select(self, index: Tensor) -> SectorFactors:
        """The cases of a boolean or integer index."""
        return SectorFactors(self.arcs.select(index), self.entered[index], self.closures[index])

    @staticmethod
    def concatenate(parts: list[SectorFactors]) -> SectorFactors:
        """The cases of all `parts` in one batch."""
        return SectorFactors(
            Elimination.concatenate([p.arcs for p in parts]),
            torch.cat([p.entered for p in parts]),
            torch.cat([p.closures for p in parts]),
        )


def factorise_sectors(
    problem: Problem, state: State, numbering: Numbering, elements: Tensor
) -> tuple[SectorFactors, Tensor]:
    """The elimination of all arcs, of the `elements`' matrices (batch, nr, na, 2 nB, 2 nB), and what is left,
    (batch, na, 2 line + scalars, same)."""
    layout, share = problem.layout, numbering.share
    na, total = layout.angular, numbering.unknowns
    a = elements.new_zeros(len(elements), na * numbering.height * numbering.width)
    entries = elements.flatten(1)
    a.scatter_add_(1, numbering.entries.expand_as(entries), entries)
    a = a.view(-1, na, numbering.height, numbering.width)
    wall_rows = a[:, :, total:-1, :total]
    first = total - numbering.scalars
    outer, out_omega = numbering.outer_phi, numbering.outer_omega

    weight = share * layout.by_sector(problem.outer_weight)
    far = layout.by_sector(problem.far_columns)
    closed = CLOSED[layout.domain]
    columns = (far[:, 0] + 2.0 * state.scalars[:, :1, None] * far[:, 2], far[:, 1])
    for number, column in enumerate(columns[closed]):
        a[..., outer, first + number] -= weight * column
    if layout.domain is Domain.MERIDIAN:
        a[..., outer, outer] += DIPOLE_DECAY * weight
    for number in range(problem.harmonics.shape[1]):
        wave, here = layout.by_sector(problem.harmonics[:, number]), total - problem.harmonics.shape[1] + number
        a[..., outer, here] += layout.copies / math.pi * weight * wave
        a[..., here, outer] -= weight * wave
        a[..., here, here] += 1.0 / na

    pressure, friction = drag_gradient(problem)
    by_drag = -layout.by_sector(pressure)
    closures = torch.stack([by_drag, torch.ones_like(by_drag)], dim=2)[:, :, closed].to(a)
    a[..., first : first + closures.shape[2], :total] += closures @ wall_rows
    if closed.start == 0:
        a[..., first, numbering.wall_omega] -= share * layout.by_sector(friction)
        a[..., first, first] += 1.0 / na
    keep = (~layout.by_sector(problem.inflow)).to(a)
    a[..., out_omega, :] *= keep[..., None]
    a[..., out_omega, out_omega] += (1.0 - keep) * share
    entered = torch.ones_like(a[..., 0, :total])
    entered[..., out_omega] = keep
    if layout.domain is Domain.MERIDIAN:
        _level_ends(problem, numbering, a, entered)
    arcs = numbering.arcs
    right, left = a[..., :arcs, arcs:total], a[..., arcs:total, :arcs]
    elimination = Elimination.of(a[..., :arcs, :arcs], right, left, layout.domain is Domain.MERIDIAN)
    return SectorFactors(elimination, entered, closures), elimination.remaining_(a[..., arcs:total, arcs:total])


def drag_gradient(problem: Problem) -> tuple[Tensor, Tensor]:
    """∂D/∂R_i and ∂D/∂ω_i at the wall nodes, (batch, n_eta), of the drag D of `wall_forces`."""
    pressure, friction = problem.weights.pressure.real, problem.weights.friction.real
    return pressure, torch.zeros_like(friction) if problem.domain is Domain.MERIDIAN else friction


def _level_ends(problem: Problem, numbering: Numbering, a: Tensor, entered: Tensor) -> None:
    """The rows ω_η = 0 of the two wall nodes on the axis, in the first and the last sector."""
    rows = end_rows(problem)[:, :, None].to(a)
    for sector, end in ((0, slice(0, 1)), (-1, slice(-1, None))):
        row = numbering.wall_omega[end]
        a[:, sector, row] = entered[:, sector, row] = 0.0
        a[:, sector, row[:, None], numbering.wall_omega] = rows[:, sector]

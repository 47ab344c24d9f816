"""The factorised Jacobian ∂R/∂q of the flow equations: solves with it and with its transpose, from the same factors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.element import ElementFactors, factorise_elements
from fusiform.solvers.flow.condensation.numbering import Numbering, make_numbering
from fusiform.solvers.flow.condensation.ring import Ring
from fusiform.solvers.flow.condensation.sectors import SectorFactors, factorise_sectors
from fusiform.solvers.flow.discretisation.layout import Layout
from fusiform.solvers.flow.equations.problem import CLOSED, Problem
from fusiform.solvers.flow.equations.state import State


@dataclass(frozen=True)
class Linearisation:
    """J = ∂R/∂q at the states of a batch, factorised by element, sector and ring.

    J takes States to States, complex ones where a complex rate was added; φ at the wall, E2 at the wall and the rays of
    a half plane take no part: they are ignored in a right-hand side, and zero in a solution.
    """

    layout: Layout
    elements: ElementFactors
    sectors: SectorFactors
    ring: Ring

    def select(self, index: Tensor) -> Linearisation:
        """The cases of a boolean or integer index."""
        return Linearisation(
            self.layout, self.elements.select(index), self.sectors.select(index), self.ring.select(index)
        )

    @staticmethod
    def concatenate(parts: list[Linearisation]) -> Linearisation:
        """The cases of all `parts` in one batch."""
        return Linearisation(
            parts[0].layout,
            ElementFactors.concatenate([p.elements for p in parts]),
            SectorFactors.concatenate([p.sectors for p in parts]),
            Ring.concatenate([p.ring for p in parts]),
        )

    def solve(self, rhs: State) -> State:
        """J⁻¹ rhs."""
        return self._solve(rhs, transposed=False)

    def solve_transposed(self, rhs: State) -> State:
        """J⁻ᵀ rhs, the adjoint solve."""
        return self._solve(rhs, transposed=True)

    def solve_columns(self, rhs: State) -> State:
        """J⁻¹ of a batch of one applied to many right-hand sides (columns, …) at once: the factors are read once."""
        fields, scalars = self._solve_fields(_flat(rhs).T[None], rhs.scalars.T[None], transposed=False)
        return _unflat(fields[0].T, scalars[0].T, self.layout)

    def _solve(self, rhs: State, transposed: bool) -> State:
        fields, scalars = self._solve_fields(_flat(rhs)[..., None], rhs.scalars[..., None], transposed)
        return _unflat(fields[..., 0], scalars[..., 0], self.layout)

    def _solve_fields(self, fields: Tensor, scalars: Tensor, transposed: bool) -> tuple[Tensor, Tensor]:
        """The same for `fields` (batch, 2 n_xi n_eta, columns) and `scalars` (batch, 2, columns)."""
        numbering, elements = make_numbering(self.layout), self.elements
        batch, columns = fields.shape[0], fields.shape[-1]
        shape = (batch, 2, self.layout.radial, self.layout.angular, -1, columns)
        first, second = fields[:, numbering.interior].view(shape).unbind(1)
        inside, edge = first.shape[-2], elements.interior.left.shape[-2] // 2
        if transposed:
            carried = second / elements.mass
            whole = elements.stiffness.mT @ carried
            kept, fill = elements.interior.reduced(first + whole[..., :inside, :], transposed)
        else:
            whole = elements.coupling @ first
            kept, fill = elements.interior.reduced(second + whole[..., :inside, :], transposed)
        fill[..., :edge, :] -= whole[..., inside:, :]
        sectors = self._solve_sectors(numbering, fields, scalars, fill, transposed)
        boundary = self._boundary(numbering, sectors, transposed)
        phi = elements.interior.restored(kept, boundary, transposed)
        both = torch.cat([phi, boundary[..., :edge, :]], dim=-2)
        if transposed:
            inner = (elements.coupling.mT @ both - carried, phi)
        else:
            inner = (phi, (elements.stiffness @ both - first) / elements.mass)
        everything = torch.cat(
            [*(part.flatten(1, 3) for part in inner), sectors.flatten(1, 2), fields.new_zeros(batch, 1, columns)], dim=1
        )
        owner = numbering.owner_rows if transposed else numbering.owner_columns
        start = numbering.unknowns - numbering.scalars
        scalars = scalars.clone()
        scalars[:, CLOSED[self.layout.domain]] = sectors[:, 0, start : start + self.sectors.closures.shape[2]]
        return everything[:, owner], scalars

    def _solve_sectors(
        self, numbering: Numbering, fields: Tensor, scalars: Tensor, fill: Tensor, transposed: bool
    ) -> Tensor:
        """The unknowns (batch, na, unknowns, columns) of the sectors; `fill` is subtracted on the right."""
        layout, sectors, total = self.layout, self.sectors, numbering.unknowns
        batch, columns, na = fields.shape[0], fields.shape[-1], layout.angular
        first, closed = total - numbering.scalars, sectors.closures.shape[2]
        padded = torch.cat([fields, fields.new_zeros(batch, 1, columns)], dim=1)
        gather = numbering.gather_columns if transposed else numbering.gather_rows
        rhs = padded[:, gather].view(batch, na, total, columns)
        rhs[:, :, first : first + closed] += scalars[:, None, CLOSED[layout.domain]] / na
        terms = torch.cat([fill.flatten(1, 3), fields.new_zeros(batch, 1, columns)], dim=1)
        one, other = numbering.column_terms if transposed else numbering.row_terms
        sums = (terms.index_select(1, one) + terms.index_select(1, other)).view(batch, na, -1, columns)
        if transposed:
            rhs -= sums
        else:
            rhs.addcmul_(sums[:, :, :total], sectors.entered[..., None], value=-1.0)
            rhs[:, :, first : first + closed] -= sectors.closures @ sums[:, :, total:]
        kept, reduced = sectors.arcs.reduced(rhs[:, :, : numbering.arcs], transposed)
        rest = self.ring.solve(rhs[:, :, numbering.arcs :] - reduced, transposed)
        return torch.cat([sectors.arcs.restored(kept, rest, transposed), rest], dim=2)

    def _boundary(self, numbering: Numbering, sectors: Tensor, transposed: bool) -> Tensor:
        """Values (batch, nr, na, 2 nB, columns) on the elements' boundaries, of their unknowns or their equations."""
        batch, na, _, columns = sectors.shape
        parts, places = [sectors], numbering.columns
        if transposed:
            places, closures = numbering.rows, self.sectors.closures
            first = numbering.unknowns - numbering.scalars
            wall = closures.mT @ sectors[:, :, first : first + closures.shape[2]]
            parts = [sectors * self.sectors.entered[..., None], wall]
        padded = torch.cat([*parts, sectors.new_zeros(batch, na, 1, columns)], dim=2)
        return padded.flatten(1, 2)[:, places].view(batch, self.layout.radial, na, -1, columns)


def _flat(state: State) -> Tensor:
    return torch.stack([state.phi, state.omega], dim=1).flatten(1)


def _unflat(fields: Tensor, scalars: Tensor, layout: Layout) -> State:
    phi, omega = fields.reshape(-1, 2, layout.n_xi, layout.n_eta).unbind(1)
    return State(phi, omega, scalars)


@torch.no_grad()
def linearise(problem: Problem, state: State, rate: Tensor | None = None) -> Linearisation:
    """Assemble and factorise ∂R/∂q at `state`, or J + M s with the mass matrix M and a complex `rate` s.

    `rate` (batch, nr, na, n1, n2) is that at the nodes of the elements; M is h² ω in E2, wall sums included. Of the
    even half plane, `state` is the one of the half plane.
    """
    numbering = make_numbering(problem.layout)
    elements, boundary = factorise_elements(problem, state, rate)
    sectors, lines = factorise_sectors(problem, state, numbering, boundary)
    return Linearisation(problem.layout, elements, sectors, Ring.of(lines, numbering.line, problem.domain))

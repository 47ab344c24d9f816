"""The factorised Jacobian of the flow equations: solves with it and with its transpose."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.block_tridiagonal import Factors, factorise
from fusiform.solvers.flow.equations import Problem, State, force_gradient
from fusiform.solvers.flow.jacobian import border_columns, jacobian, line_blocks


@dataclass(frozen=True)
class Linearisation:
    """J = ∂R/∂q at a state, factorised: block LU of the fields, bordered by the two scalars.

    J = [[A, B], [C, E]],   S = E − C A⁻¹ B (2 × 2)

    `columns`, `rows`: B and Cᵀ, (batch, n_eta, n_xi, 2, 2), fields before scalars; `corner`: E.
    """

    factors: Factors
    columns: Tensor
    rows: Tensor
    corner: Tensor

    def select(self, index: Tensor) -> Linearisation:
        """The cases of a boolean or integer index."""
        return Linearisation(self.factors.select(index), self.columns[index], self.rows[index], self.corner[index])

    @staticmethod
    def concatenate(parts: list[Linearisation]) -> Linearisation:
        """The cases of all `parts` in one batch."""
        border = ([getattr(p, name) for p in parts] for name in ("columns", "rows", "corner"))
        return Linearisation(Factors.concatenate([p.factors for p in parts]), *(torch.cat(b) for b in border))

    def _solve_fields(self, rhs: Tensor, transposed: bool) -> Tensor:
        """rhs and result (batch, n_eta, n_xi, 2, columns)."""
        solve = self.factors.solve_transposed if transposed else self.factors.solve
        batch, n_eta, n_xi, _, columns = rhs.shape
        parts = solve([rhs[:, :, lines].reshape(batch, -1, columns) for lines in line_blocks(n_xi)])
        return torch.cat([p.reshape(batch, n_eta, -1, 2, columns) for p in parts], dim=2)

    def _bordered(self, rhs: State, columns: Tensor, rows: Tensor, transposed: bool) -> State:
        stacked = torch.cat([_ordered(rhs)[..., None], columns], dim=-1)
        solved = self._solve_fields(stacked, transposed)
        corner = self.corner.mT if transposed else self.corner
        products = rows.flatten(1, 3).mT @ solved.flatten(1, 3)
        scalars = torch.linalg.solve(corner - products[..., 1:], rhs.scalars - products[..., 0])
        fields = solved[..., 0] - (solved[..., 1:] * scalars[:, None, None, None]).sum(-1)
        return State(fields[..., 0].mT, fields[..., 1].mT, scalars)

    def solve(self, rhs: State) -> State:
        """J⁻¹ rhs."""
        return self._bordered(rhs, self.columns, self.rows, transposed=False)

    def solve_transposed(self, rhs: State) -> State:
        """J⁻ᵀ rhs, the adjoint solve."""
        return self._bordered(rhs, self.rows, self.columns, transposed=True)


def _ordered(state: State) -> Tensor:
    """The fields by angle, line and field, (batch, n_eta, n_xi, 2)."""
    return torch.stack([state.psi.mT, state.omega.mT], dim=-1)


def linearise(problem: Problem, state: State) -> Linearisation:
    """Assemble and factorise ∂R/∂q at `state`."""
    columns = torch.stack([_ordered(c) for c in border_columns(problem, state)], dim=-1)
    forces, jump = force_gradient(problem)
    rows = torch.stack([torch.stack([torch.zeros_like(r), r], dim=-1) for r in (-forces.real.mT, jump.mT)], dim=-1)
    corner = torch.zeros(state.scalars.shape[0], 2, 2).to(state.scalars)
    corner[:, 0, 0] = 1.0
    corner[:, 1, 1] = float(problem.symmetric)
    return Linearisation(factorise(jacobian(problem, state)), columns, rows, corner)

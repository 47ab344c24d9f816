"""The factorised Jacobian of the flow equations: solves with it and with its transpose."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.block_tridiagonal import Factors, factorise
from fusiform.solvers.flow.equations import (
    Problem,
    State,
    border_columns,
    force_gradient,
    jacobian,
    line_blocks,
)


@dataclass(frozen=True)
class Linearisation:
    """J = ∂R/∂q at a state, factorised: block LU of the fields, bordered by the two scalars.

    J = [[A, B], [C, E]],   S = E − C A⁻¹ B (2 × 2)
    """

    blocks: list[slice]
    factors: Factors
    columns: Tensor
    rows: Tensor
    corner: Tensor
    shape: tuple[int, int, int]

    def select(self, index: Tensor) -> Linearisation:
        """The cases of a boolean or integer index."""
        corner = self.corner[index]
        shape = (corner.shape[0], *self.shape[1:])
        return Linearisation(
            self.blocks, self.factors.select(index), self.columns[index], self.rows[index], corner, shape
        )

    @staticmethod
    def concatenate(parts: list[Linearisation]) -> Linearisation:
        """The cases of all `parts` in one batch."""
        corner = torch.cat([p.corner for p in parts])
        return Linearisation(
            parts[0].blocks,
            Factors.concatenate([p.factors for p in parts]),
            torch.cat([p.columns for p in parts]),
            torch.cat([p.rows for p in parts]),
            corner,
            (corner.shape[0], *parts[0].shape[1:]),
        )

    def _split(self, fields: Tensor) -> list[Tensor]:
        return [fields[:, lines].flatten(1, 3) for lines in self.blocks]

    def _solve_fields(self, rhs: Tensor, transposed: bool) -> Tensor:
        """rhs and result (batch, n_xi, 2, n_eta, columns)."""
        solve = self.factors.solve_transposed if transposed else self.factors.solve
        batch, _, n_eta = self.shape
        parts = [p.reshape(batch, -1, 2, n_eta, rhs.shape[-1]) for p in solve(self._split(rhs))]
        return torch.cat(parts, dim=1)

    def _bordered(self, rhs: State, columns: Tensor, rows: Tensor, transposed: bool) -> State:
        stacked = torch.stack([rhs.psi, rhs.omega], dim=2)[..., None]
        solved = self._solve_fields(torch.cat([stacked, columns], dim=-1), transposed)
        corner = self.corner.mT if transposed else self.corner
        products = torch.einsum("bifjs,bifjc->bsc", rows, solved)
        scalars = torch.linalg.solve(corner - products[..., 1:], rhs.scalars - products[..., 0])
        fields = solved[..., 0] - (solved[..., 1:] * scalars[:, None, None, None]).sum(-1)
        return State(fields[:, :, 0], fields[:, :, 1], scalars)

    def solve(self, rhs: State) -> State:
        """J⁻¹ rhs."""
        return self._bordered(rhs, self.columns, self.rows, transposed=False)

    def solve_transposed(self, rhs: State) -> State:
        """J⁻ᵀ rhs, the adjoint solve."""
        return self._bordered(rhs, self.rows, self.columns, transposed=True)


def linearise(problem: Problem, state: State) -> Linearisation:
    """Assemble and factorise ∂R/∂q at `state`."""
    columns = torch.stack([torch.stack([c.psi, c.omega], dim=2) for c in border_columns(problem, state)], dim=-1)
    forces, jump = force_gradient(problem)
    omega_rows = torch.stack([-forces.real, jump], dim=-1)
    rows = torch.stack([torch.zeros_like(omega_rows), omega_rows], dim=2)
    corner = torch.zeros(state.scalars.shape[0], 2, 2).to(state.scalars)
    corner[:, 0, 0] = 1.0
    corner[:, 1, 1] = float(problem.symmetric)
    return Linearisation(
        line_blocks(problem.grid.n_xi),
        factorise(jacobian(problem, state)),
        columns,
        rows,
        corner,
        tuple(state.psi.shape),  # type: ignore[arg-type]
    )

"""Small disturbances q' e^{σt} of a steady flow: (J + (σ + γ) M) q' = 0.

J is the Jacobian of the flow equations, and M the mass matrix of ∂ω/∂t: h² ω tested with w, in the sums of E2 at the
nodes, at the wall too, whose sums are in the closures; there is none where ω is prescribed. γ is the sponge. Of a flow
symmetric about the stream the disturbances are those that a swinging wake has, ψ' and ω' even in η, on the half plane;
around an axis they are axisymmetric.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import CLOSED, Problem, discretise
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.stability.base_flow import BaseFlow
from fusiform.solvers.flow.stability.sponge import sponge
from fusiform.solvers.flow.stability.wake_layout import height_in_d


@dataclass(frozen=True)
class Disturbances:
    """Disturbances of one flow: `problem` that of their domain, `base` the steady state at its nodes, `damping` γ by
    element."""

    problem: Problem
    base: State
    damping: Tensor

    @classmethod
    def of(cls, base: BaseFlow) -> Disturbances:
        """Of a steady flow."""
        problem = base.problem
        if problem.domain is Domain.HALF_PLANE:
            resolution = problem.layout.resolution
            problem = discretise(base.coefficients, base.reynolds, resolution, Domain.EVEN_HALF_PLANE, problem.mesh)
        return cls(problem, base.state, sponge(problem, height_in_d(base.coefficients, problem.domain)))

    @cached_property
    def mass(self) -> Tensor:
        """h² dξ dη ρ at the nodes, (n_xi, n_eta)."""
        return self.problem.layout.assemble(self.problem.heavy)[0]

    @cached_property
    def damped_mass(self) -> Tensor:
        """The same times γ."""
        return self.problem.layout.assemble(self.problem.heavy * self.damping)[0]

    def factorised(self, rate: complex) -> Linearisation:
        """J + (s + γ) M for the growth rate s = `rate`."""
        return linearise(self.problem, self.base, self.damping + rate)

    @cached_property
    def closures(self) -> Tensor:
        """By what the sums of E2 at the wall enter the rows of Q and Γ, (2, n_eta); zero where that is none."""
        by_drag = -self.problem.weights.pressure[0].real
        rows, closed = torch.zeros_like(torch.stack([by_drag, by_drag])), CLOSED[self.problem.domain]
        rows[closed] = torch.stack([by_drag, torch.ones_like(by_drag)])[closed]
        return rows

    def mass_product(self, omega: Tensor) -> State:
        """M q' of disturbances with the vorticities `omega` (columns, n_xi, n_eta) complex."""
        sums = self.mass * omega
        scalars = sums[:, 0] @ self.closures.mT.to(sums.dtype)
        sums = torch.cat([torch.zeros_like(sums[:, :1]), sums[:, 1:-1], self._leaving(sums[:, -1:])], dim=1)
        return State(torch.zeros_like(sums), sums, scalars)

    def test_functions(self, left: State) -> Tensor:
        """w (columns, n_xi, n_eta) with yᵀ M q' = Σ h² ω w of multipliers y = `left` (columns, …) complex."""
        at_wall = left.scalars @ self.closures.to(left.scalars.dtype)
        return torch.cat([at_wall[:, None], left.omega[:, 1:-1], self._leaving(left.omega[:, -1:])], dim=1)

    def _leaving(self, line: Tensor) -> Tensor:
        return torch.where(self.problem.inflow[0], 0.0, line)

"""The steady flows of a batch of bodies, with what derivatives of them need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.mirror import unfold_state
from fusiform.solvers.flow.equations.problem import Problem, discretise
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import force_coefficients
from fusiform.solvers.flow.resolution import Resolution


@dataclass(frozen=True)
class FlowBatch:
    """Steady flows of a batch, ρ = U = d = 1.

    `coefficients` (batch, K) at incidence; `converged` (batch,) bool; `update` (batch,): a bound on the next
    relative change of the state; `factorisations` (batch,): how many, those on coarser levels counted by their share of
    the work; `continued` (batch,) bool: a path of neighbouring problems led there. `solved`, `unknowns`,
    `linearisation`: problem, state and factorised Jacobian as they were solved, on the half plane of flows symmetric
    about the stream; the Jacobian is that of a state close to the solution, or of a similar flow, and is shared with
    the adjoint.
    `below`: the flow on the level below, if there was one, from which a similar flow's solve starts.
    """

    coefficients: Tensor
    reynolds: Tensor
    resolution: Resolution
    solved: Problem
    unknowns: State
    linearisation: Linearisation
    converged: Tensor
    update: Tensor
    factorisations: Tensor
    continued: Tensor
    below: FlowBatch | None = None

    @property
    def symmetric(self) -> bool:
        """True if the flow was solved on the half plane."""
        return self.solved.domain is Domain.HALF_PLANE

    @property
    def without_lift(self) -> bool:
        """True if the flow is symmetric about the stream or around an axis."""
        return self.solved.domain is not Domain.PLANE

    @cached_property
    def problem(self) -> Problem:
        """The problem on the whole plane, or on the meridian."""
        if not self.symmetric:
            return self.solved
        with torch.inference_mode(False), torch.no_grad():  # kept, and used for derivatives later
            return discretise(self.coefficients, self.reynolds, self.resolution)

    @cached_property
    def state(self) -> State:
        """The state of `problem`."""
        with torch.inference_mode(False):
            return unfold_state(self.unknowns) if self.symmetric else self.unknowns

    @cached_property
    def force_coefficients(self) -> tuple[Tensor, Tensor]:
        """Pressure and friction parts, each (batch,), complex C_D + i C_L."""
        return force_coefficients(self.solved, self.unknowns)

    def linearised_along(self, direction: Tensor) -> tuple[Problem, State, Linearisation]:
        """Problem, state and factorised Jacobian for derivatives along a complex `direction` of any shape.

        On the half plane where the flow was solved there and the direction is real, along which it stays symmetric;
        else on the whole plane, whose Jacobian is factorised anew if the flow was solved on the half.
        """
        if not self.symmetric or not bool(direction.imag.any()):
            return self.solved, self.unknowns, self.linearisation
        return self.problem, self.state, linearise(self.problem, self.state)

    def replaced(self, index: int, answer: FlowBatch) -> FlowBatch:
        """The batch with one case replaced by the one of `answer`; its count of factorisations stays."""
        at = torch.tensor([index], device=self.reynolds.device)
        order = torch.arange(len(self.reynolds), device=at.device)
        order[at] = len(self.reynolds)
        new: dict[str, Any] = {
            name: torch.cat([getattr(self, name), getattr(answer, name)])[order] for name in OUTCOMES
        }
        return replace(
            self,
            unknowns=self.unknowns.replace(at, answer.unknowns),
            linearisation=Linearisation.concatenate([self.linearisation, answer.linearisation]).select(order),
            **new,
        )


OUTCOMES = ("converged", "update", "continued")

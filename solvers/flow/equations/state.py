"""The unknowns of a batch of flows."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class State:
    """Unknowns of a batch, or a right-hand side, or a residual.

    `phi`, `omega` (batch, n_xi, n_eta). In the plane φ = ψ − y, the disturbance of the stream function, and the
    vorticity ω; of a body of revolution g and χ = ω/s with Stokes' stream function Ψ = s² (½ + g). `scalars` (batch,
    2) = (Q, Γ): drag and lift of the far field over ρ U² d (revolution: drag over ρ U² d², and zero). In units of d
    and U.
    """

    phi: Tensor
    omega: Tensor
    scalars: Tensor

    def __add__(self, other: State) -> State:
        return State(self.phi + other.phi, self.omega + other.omega, self.scalars + other.scalars)

    def __sub__(self, other: State) -> State:
        return State(self.phi - other.phi, self.omega - other.omega, self.scalars - other.scalars)

    def scaled(self, factor: Tensor) -> State:
        """Each case multiplied by its own factor (batch,)."""
        field = factor[:, None, None]
        return State(self.phi * field, self.omega * field, self.scalars * factor[:, None])

    def select(self, index: Tensor) -> State:
        """The cases of a boolean or integer index."""
        return State(self.phi[index], self.omega[index], self.scalars[index])

    def where(self, choose: Tensor, other: State) -> State:
        """This state for the cases of the mask `choose` (batch,), `other` for the rest."""
        field = choose[:, None, None]
        return State(
            torch.where(field, self.phi, other.phi),
            torch.where(field, self.omega, other.omega),
            torch.where(choose[:, None], self.scalars, other.scalars),
        )

    def replace(self, index: Tensor, other: State) -> State:
        """A copy in which the cases `index` are those of `other`."""
        copy = State(self.phi.clone(), self.omega.clone(), self.scalars.clone())
        copy.phi[index], copy.omega[index], copy.scalars[index] = other.phi, other.omega, other.scalars
        return copy

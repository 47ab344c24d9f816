"""The force outputs of the network: their order, their parity, and their scale C₀(Re).

    y_F = (C_D pressure, C_D friction, C_L pressure, C_L friction) / C₀,    ln C₀ = Σ p_i (ln Re)^i,  i = 0, 1, 2

C₀ is a fit of the training set's drag: it takes the growth of the drag towards small Re away from the network.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.solvers.flow import Problem, coefficient_scale


def force_outputs(pressure: Tensor, friction: Tensor) -> Tensor:
    """Force coefficients (batch, 4) in the order of the outputs, of complex ones C_D + i C_L (batch,)."""
    return torch.stack([pressure.real, friction.real, pressure.imag, friction.imag], dim=1)


def force_scalars(problem: Problem, forces: Tensor) -> Tensor:
    """(Q, Γ) (batch, 2) of force coefficients (batch, 4): the drag and, as a start for Γ, the lift, as forces."""
    both = torch.stack([forces[:, 0] + forces[:, 1], forces[:, 2] + forces[:, 3]], dim=1)
    return both / coefficient_scale(problem)


def drag_scale(polynomial: Tensor, reynolds: Tensor) -> Tensor:
    """C₀(Re) (batch,) of the polynomial p (3,)."""
    log = torch.log(reynolds)[:, None]
    return torch.exp((polynomial.to(log) * log ** torch.arange(len(polynomial), device=log.device)).sum(1))


def fit_drag_scale(drag: Tensor, reynolds: Tensor) -> Tensor:
    """The polynomial p (3,) of a least-squares fit of ln C_D by a quadratic in ln Re."""
    log = torch.log(reynolds)
    powers = torch.stack([torch.ones_like(log), log, log.square()], dim=1)
    return torch.linalg.lstsq(powers, torch.log(drag)[:, None]).solution[:, 0]

"""Constants of a problem's weak form, gathered so that the residual takes few operations; see `weak_form.py`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from fusiform.solvers.flow.discretisation.layout import Domain

if TYPE_CHECKING:
    from fusiform.solvers.flow.equations.problem import Problem


@dataclass(frozen=True)
class Weights:
    """By element, n = n1 n2 nodes by (i, j), (batch, nr, na, …), the last but one index for ξ and η:

    `scales` (…, 2, 1): dx/dξ of the reference coordinates; `base` (…, 2, n): the slopes of y; `half` (…, n): ½ M;
    `diffusion` (…, 2, n): M times scale; `turn` (…, 2, 1): the scales with the signs of (−V_η, V_ξ), the places
    exchanged.

    At the nodes, (batch, 2, n_xi, n_eta) for φ and ω or E1 and E2: `free`, 0 where a value is `prescribed`;
    `constant`, terms without unknowns; `kept`, 0 for the sums that are no equation; `entering`, 1 where ω = 0 replaces
    E2.

    At the outer line: `outflow` (batch, na, n2), ½ ρ dη by element; `first_harmonics` (batch, 0 … 2, n_eta), by which
    φ's are taken. At the wall: `pressure`, `friction` (batch, n_eta) complex, by which R_i and ω_i make the forces.
    """

    scales: Tensor
    base: Tensor
    half: Tensor
    diffusion: Tensor
    turn: Tensor
    free: Tensor
    prescribed: Tensor
    constant: Tensor
    kept: Tensor
    entering: Tensor
    outflow: Tensor
    first_harmonics: Tensor
    pressure: Tensor
    friction: Tensor


def make_weights(problem: Problem) -> Weights:
    """The constants of `problem`."""
    layout = problem.layout
    scale_xi, scale_eta = (
        s[..., 0, 0].expand(-1, layout.radial, layout.angular) for s in (problem.scale_xi, problem.scale_eta)
    )
    scales = torch.stack([scale_xi, scale_eta], dim=-1)[..., None]
    mass = problem.mass.flatten(-2)
    nodes = torch.zeros_like(problem.area)
    free, kept, entering = (torch.ones_like(nodes)[:, None].repeat(1, 2, 1, 1) for _ in range(3))
    free[:, 0, 0] = kept[:, 1, 0] = 0.0
    if problem.domain is Domain.HALF_PLANE:
        for mask in (free, kept):
            mask[..., 0] = mask[..., -1] = 0.0
    entering[:, 0] = entering[:, 1, :-1] = 0.0
    entering[:, 1, -1] = problem.inflow.to(nodes)
    pressure, friction = _force_weights(problem)
    copies = layout.copies
    return Weights(
        scales=scales,
        base=torch.stack([problem.base_xi, problem.base_eta], dim=3).flatten(-2),
        half=0.5 * mass,
        diffusion=mass[..., None, :] * scales,
        turn=torch.stack([-scale_xi, scale_eta], dim=-1)[..., None],
        free=free,
        prescribed=_at_first_line(problem.wall_value * free[:, 1, 0], nodes),
        constant=_at_first_line(-wall_flux(problem), nodes),
        kept=kept * (1.0 - entering),
        entering=entering,
        outflow=0.5 * outer_arcs(problem),
        first_harmonics=copies / math.pi * problem.arc[:, None] * problem.harmonics,
        pressure=pressure,
        friction=friction,
    )


def outer_arcs(problem: Problem) -> Tensor:
    """ρ dη of the outer line by element, (batch, na, n2)."""
    return problem.mass[:, -1, :, -1] * (problem.scale_xi[:, -1, :, 0] / problem.layout.w_xi[-1])


def _at_first_line(line: Tensor, nodes: Tensor) -> Tensor:
    """(batch, 2, n_xi, n_eta), `line` (batch, n_eta) for the first field at the wall, else zero as `nodes` is."""
    first = torch.cat([line[:, None], nodes[:, 1:]], dim=1)
    return torch.stack([first, nodes], dim=1)


def wall_flux(problem: Problem) -> Tensor:
    """∮ y_ξ v dη at the wall, (batch, n_eta); zero around an axis."""
    if problem.domain is Domain.MERIDIAN:
        return torch.zeros_like(problem.arc)
    return problem.arc * problem.slope[:, 0].imag


def _force_weights(problem: Problem) -> tuple[Tensor, Tensor]:
    z, slope, copies = problem.position[:, 0], problem.slope[:, 0], problem.layout.copies
    shear = problem.viscosity[:, None] * problem.arc
    if problem.domain is Domain.MERIDIAN:
        friction = -2.0 * math.pi * shear * z.imag.square() * slope.imag
        return torch.full_like(friction, -math.pi) + 0j, friction + 0j
    pressure, friction = 1j * copies * z, 1j * copies * shear * slope
    return (pressure, friction) if problem.domain is Domain.PLANE else (pressure.real + 0j, friction.real + 0j)

"""The terminal speed of a body that falls by its weight: where the drag equals the weight.

The Best number N = C_D Re² is the weight in dimensionless form (`TerminalVelocity`). With u = ln Re and the residual

    f(x, u) = ln C_D(x, Re) + 2u − ln N,     f_u = 2 + ∂ln C_D/∂ln Re, between 1 (slow flow) and 2,

Newton's method finds the root u(x); since drag rises with speed, there is one. Its last step, u − f(x, u)/f_u with f_u
held, has the root's value to second order in what is left of f and, by implicit differentiation, its gradient
−f_x/f_u. The drag at the terminal speed is C_D = N e^{−2u}.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import REYNOLDS_RANGE


@dataclass(frozen=True)
class TerminalIteration:
    """Newton's method for the terminal speed."""

    steps: int = 20
    """Steps, at most."""
    close: float = 1e-4
    """Residual f from which the last step follows, which leaves about its square."""
    longest: float = 1.0
    """Longest step of ln Re."""


ITERATION = TerminalIteration()


class TerminalSpeed:
    """The terminal speed at a `best_number`, at least `least`; `reynolds` is where the next iteration begins."""

    def __init__(self, best_number: float, reynolds: float, least: float = 0.0) -> None:
        self.best_number, self.reynolds = best_number, reynolds
        low, high = REYNOLDS_RANGE
        self.range = max(low, least), high

    def require_speed(self, found: Sequence[Tensor], model: str) -> None:
        """`InputError` unless one of the `found` drags at a terminal speed is known."""
        low, high = self.range
        require(
            any(bool(drag.detach().abs().isfinite().all()) for drag in found),
            f"expected a weight at which the start falls at a Reynolds number of {low:g} to {high:g}, got C_D Re² = "
            f"{self.best_number:g}, for which {model} finds none; give another Best number, or a smoother body",
        )

    def forces(self, ask: Callable[[Tensor], Tensor], settings: TerminalIteration = ITERATION) -> Tensor:
        """C_D (1,) complex at the terminal speed, differentiable in the shape that `ask` knows.

        `ask` gives C_D + i C_L (1,) at Re (1,); it is asked once for each step. NaN where it has no answer, and where
        the terminal Re is outside of what can be solved.
        """
        low, high = (math.log(reynolds) for reynolds in self.range)
        u, goal = math.log(self.reynolds), math.log(self.best_number)
        for _ in range(settings.steps):
            reynolds = torch.tensor([math.exp(u)], dtype=torch.float64, requires_grad=True)
            drag = ask(reynolds).real
            if not bool((drag.detach() > 0.0).all()):
                break
            rate = 2.0 + float(torch.autograd.grad(drag.log().sum(), reynolds, retain_graph=True)[0]) * math.exp(u)
            off = drag.log() + (2.0 * u - goal)
            step = -float(off.detach()) / rate
            if not math.isfinite(step):
                break
            if abs(float(off.detach())) < settings.close:
                if not low <= u + step <= high:
                    break
                self.reynolds = math.exp(u)
                return torch.exp(goal - 2.0 * (u - off / rate)).to(torch.complex128)
            last, u = u, min(max(u + max(-settings.longest, min(step, settings.longest)), low), high)
            if u == last:
                break
        return torch.full((1,), torch.nan, dtype=torch.complex128)

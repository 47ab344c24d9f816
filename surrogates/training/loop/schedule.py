"""How the step size changes over a run: a factor for each share of the run that is done, 0 … 1."""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant(done: float) -> float:
    """1, whatever is done."""
    return 1.0


def one_cycle(warm_up: float = 0.05) -> Schedule:
    """Linear from near 0 to 1 over the share `warm_up`, then half a cosine to 0."""

    def factor(done: float) -> float:
        if done < warm_up:
            return (done + 1e-3) / (warm_up + 1e-3)
        return 0.5 * (1.0 + math.cos(math.pi * min(1.0, (done - warm_up) / (1.0 - warm_up))))

    return factor

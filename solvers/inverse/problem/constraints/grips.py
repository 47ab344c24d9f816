"""Grips of a constraint: from a pull at a mark to new numbers of the constraint's fields."""

from __future__ import annotations

import math
from dataclasses import dataclass

SNAP_STEPS = 20.0


@dataclass(frozen=True)
class Pull:
    """The change of one field when its grip is pulled by the vector w: `value` becomes value + Re(w · conj(rate)).

    The result lies between `least` and `most`. It is a multiple of `step`, or `snap` if that is nearer than 20 steps;
    without a step it has three significant digits.
    """

    field: str
    value: float
    rate: complex
    least: float = -math.inf
    most: float = math.inf
    step: float | None = None
    snap: float | None = None

    def after(self, way: complex) -> float:
        """The field's value after its grip was pulled by `way`."""
        value = min(max(self.value + (way * self.rate.conjugate()).real, self.least), self.most)
        if self.step is None:
            return float(f"{value:.3g}")
        near = self.snap is not None and abs(value - self.snap) < SNAP_STEPS * self.step
        value = self.snap if near and self.snap is not None else round(value / self.step) * self.step
        return float(f"{value:.6g}") + 0.0


@dataclass(frozen=True)
class Grip:
    """The fields that change when a mark is pulled; the grip "move" moves the whole constraint."""

    name: str
    pulls: tuple[Pull, ...]

"""What is minimised, and conditions on the forces: functions of the drag and lift coefficients at the design points.

An objective's `value(drag, lift, change, weights)` takes C_D and C_L (m,) at the m design points, in order, the change
of the scaled shape variables √k a_k since the start (n,), and the points' weights (m,), whose sum is one; it returns a
scalar that is made small. `size(value, slope)` is what a change of it is large against, from the value
and the gradient's norm at the start. A `ForceConstraint`'s
`residual(drag, lift)` (r,) is ≥ 0 where it holds, or = 0 where `equality`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.conditions import FlowConditions

NEAR, TINY = 0.1, 1e-300


@dataclass(frozen=True)
class DesignPoint:
    """Conditions under which the body works, and the `weight` of their drag in the objective."""

    conditions: FlowConditions
    weight: float = 1.0

    def __post_init__(self) -> None:
        require(0.0 < self.weight < 1e6, f"expected a positive weight of a design point, got {self.weight:g}; give 1")


class Objective(Protocol):
    """What the optimiser makes small, see above."""

    needs_lift: ClassVar[bool]

    def describe(self) -> str: ...

    def size(self, value: float, slope: float) -> float: ...

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor: ...


class ForceConstraint(Protocol):
    """A condition on the forces at design point number `point`, see above; `unit` is that of its limit."""

    unit: ClassVar[str]
    needs_lift: ClassVar[bool]

    @property
    def equality(self) -> bool: ...

    @property
    def point(self) -> int: ...

    def describe(self) -> str: ...

    def residual(self, drag: Tensor, lift: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Drag:
    """The weighted mean of the drag coefficients."""

    needs_lift: ClassVar[bool] = False

    def describe(self) -> str:
        return "least drag"

    def size(self, value: float, slope: float) -> float:
        return value

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        return (weights * drag).sum()


@dataclass(frozen=True)
class LiftToDrag:
    """Minus the weighted mean of C_L/C_D."""

    needs_lift: ClassVar[bool] = True

    def describe(self) -> str:
        return "greatest lift over drag"

    def size(self, value: float, slope: float) -> float:
        return max(1.0, abs(value))

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        return -(weights * lift / drag).sum()


@dataclass(frozen=True)
class Nearest:
    """½ |change of √k a_k|²: the body nearest to the start, for conditions on the forces (see `DragEquals`)."""

    needs_lift: ClassVar[bool] = False

    def describe(self) -> str:
        return "nearest body"

    def size(self, value: float, slope: float) -> float:
        return NEAR

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        return 0.5 * change.square().sum()


@dataclass(frozen=True)
class UserObjective:
    """`function(drag, lift)` of the coefficients (m,) at the design points, by torch operations, made small."""

    name: str
    function: Callable[[Tensor, Tensor], Tensor]
    needs_lift: ClassVar[bool] = True

    def describe(self) -> str:
        return self.name

    def size(self, value: float, slope: float) -> float:
        return max(abs(value), slope, TINY)

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        return self.function(drag, lift)


@dataclass(frozen=True)
class Lift:
    """Bounds on C_L at design point number `point`: `minimum`, `maximum`, or both the same for a prescribed lift."""

    minimum: float | None = None
    maximum: float | None = None
    point: int = 0
    unit: ClassVar[str] = "one of C_L"
    needs_lift: ClassVar[bool] = True

    def __post_init__(self) -> None:
        limits = [v for v in (self.minimum, self.maximum) if v is not None]
        require(
            len(limits) > 0 and limits == sorted(limits) and all(abs(v) < 100.0 for v in limits),
            f"expected bounds of the lift coefficient, in order, got {self.minimum} and {self.maximum}; correct them",
        )

    @property
    def equality(self) -> bool:
        return self.minimum is not None and self.minimum == self.maximum

    def describe(self) -> str:
        where = f" at point {self.point + 1}" if self.point else ""
        if self.equality:
            return f"lift coefficient {self.minimum:g}{where}"
        low = "" if self.minimum is None else f" at least {self.minimum:g}"
        high = "" if self.maximum is None else f" at most {self.maximum:g}"
        return f"lift coefficient{low}{' and' if low and high else ''}{high}{where}"

    def residual(self, drag: Tensor, lift: Tensor) -> Tensor:
        parts = []
        if self.minimum is not None:
            parts.append(lift[self.point] - self.minimum)
        if self.maximum is not None and not self.equality:
            parts.append(self.maximum - lift[self.point])
        return torch.stack(parts)


@dataclass(frozen=True)
class DragEquals:
    """C_D at design point number `point` is `value`: inverse design, with the objective `Nearest`."""

    value: float
    point: int = 0
    unit: ClassVar[str] = "one of C_D"
    needs_lift: ClassVar[bool] = False
    equality: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require(0.0 < self.value < 1e3, f"expected a positive drag, got {self.value:g}; correct it")

    def describe(self) -> str:
        return f"drag coefficient {self.value:g}{f' at point {self.point + 1}' if self.point else ''}"

    def residual(self, drag: Tensor, lift: Tensor) -> Tensor:
        return (drag[self.point] - self.value)[None]


@dataclass(frozen=True)
class Miss:
    """½ Σ of the squares of what `conditions` lack: the search for a body that meets them (restoration)."""

    conditions: tuple[ForceConstraint, ...]
    needs_lift: ClassVar[bool] = True

    def describe(self) -> str:
        return "least violation"

    def size(self, value: float, slope: float) -> float:
        return NEAR

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        lacks = []
        for condition in self.conditions:
            residual = condition.residual(drag, lift)
            lacks.append(residual if condition.equality else residual.clamp(max=0.0))
        return 0.5 * torch.cat(lacks).square().sum()

"""Conditions on the forces: bounds of the lift coefficient, and a prescribed drag coefficient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.common.errors import is_number, require, shown
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.inverse.problem.constraints.constraint import ForceConstraint
from fusiform.solvers.inverse.problem.constraints.forms import Field, Flag, Form, Sweep

if TYPE_CHECKING:
    from torch import Tensor

LARGEST_LIFT, LARGEST_DRAG = 100.0, 1e3


def _at(point: int) -> str:
    return f" at point {point + 1}" if point else ""


def _both(value: float) -> dict[str, float]:
    return {"minimum": value, "maximum": value}


@dataclass(frozen=True)
class Lift(ForceConstraint):
    """Bounds of the lift coefficient at a design point: `minimum` ≤ C_L ≤ `maximum`; both the same prescribe it.

    Parameters
    ----------
    minimum, maximum : float, optional
        Bounds of C_L (force over ½ U² d), positive upwards, below 100 in size; at least one of them.
    point : int
        Number of the design point, counted from 0.

    Raises
    ------
    InputError
        If no bound is given or the bounds are not numbers in order.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Lift
    >>> Lift(minimum=0.2).describe()
    'lift coefficient at least 0.2'
    >>> Lift(0.5, 0.5).describe(), Lift(0.5, 0.5).equality
    ('lift coefficient 0.5', True)
    """

    minimum: float | None = None
    maximum: float | None = None
    point: int = 0
    unit: ClassVar[str] = "C_L"
    coefficient: ClassVar[str] = "lift"
    needs_lift: ClassVar[bool] = True
    forms: ClassVar[tuple[Form, ...]] = (
        Form(
            "Lift",
            "Bounds of the lift coefficient; both the same prescribe it.",
            (
                Field("minimum", "Least C_L", "Least lift coefficient; empty for no bound.", True),
                Field("maximum", "Greatest C_L", "Greatest lift coefficient; empty for no bound.", True),
            ),
            lambda body: {"minimum": 0.2},
        ),
    )
    flag: ClassVar[Flag | None] = Flag("lift", "Prescribed lift coefficient.", "CL", _both)
    sweep: ClassVar[Sweep | None] = Sweep("lift", "Lift", "The lift coefficient is this.", entries=_both)

    def __post_init__(self) -> None:
        limits = [v for v in (self.minimum, self.maximum) if v is not None]
        require(
            len(limits) > 0
            and all(is_number(v) and abs(v) < LARGEST_LIFT for v in limits)
            and limits == sorted(limits),
            f"expected bounds of the lift coefficient, in order and below {LARGEST_LIFT:g} in size, got "
            f"{shown(self.minimum)} and {shown(self.maximum)}; correct them",
        )

    @property
    def bounds(self) -> tuple[float, float]:
        return -math.inf if self.minimum is None else self.minimum, math.inf if self.maximum is None else self.maximum

    def describe(self) -> str:
        if self.equality:
            return f"lift coefficient {self.minimum:g}{_at(self.point)}"
        low = "" if self.minimum is None else f" at least {self.minimum:g}"
        high = "" if self.maximum is None else f" at most {self.maximum:g}"
        return f"lift coefficient{low}{' and' if low and high else ''}{high}{_at(self.point)}"

    def residual(self, drag: Tensor, lift: Tensor) -> Tensor:
        parts = []
        if self.minimum is not None:
            parts.append(lift[self.point] - self.minimum)
        if self.maximum is not None and not self.equality:
            parts.append(self.maximum - lift[self.point])
        return torch.stack(parts)


@dataclass(frozen=True)
class DragEquals(ForceConstraint):
    """A prescribed drag coefficient at a design point: inverse design, with the objective `Nearest`.

    Parameters
    ----------
    value : float
        The prescribed C_D (force over ½ U² d), positive.
    point : int
        Number of the design point, counted from 0.

    Raises
    ------
    InputError
        If `value` is not a positive number.

    Examples
    --------
    >>> from fusiform.solvers.inverse import DragEquals
    >>> DragEquals(2.5).describe()
    'drag coefficient 2.5'
    """

    value: float
    point: int = 0
    unit: ClassVar[str] = "C_D"
    coefficient: ClassVar[str] = "drag"
    needs_lift: ClassVar[bool] = False
    forms: ClassVar[tuple[Form, ...]] = (
        Form(
            "Drag",
            "The drag coefficient is prescribed; for the objective “nearest body”.",
            (Field("value", "C_D", "The drag coefficient that the body is to have."),),
            lambda body: {"value": 2.5},
        ),
    )

    def __post_init__(self) -> None:
        require(
            is_number(self.value) and 0.0 < self.value < LARGEST_DRAG,
            f"expected a positive drag, got {self.value!r}; correct it",
        )

    @property
    def bounds(self) -> tuple[float, float]:
        return self.value, self.value

    def describe(self) -> str:
        return f"drag coefficient {self.value:g}{_at(self.point)}"

    def residual(self, drag: Tensor, lift: Tensor) -> Tensor:
        return (drag[self.point] - self.value)[None]

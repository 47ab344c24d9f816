"""Objectives: functions of the drag and lift coefficients at the design points, to be minimised."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.inverse.problem.constraints.constraint import ForceConstraint
from fusiform.solvers.inverse.problem.quantities import Quantity

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Sizes:
    """Scales of objectives whose value at the start says nothing."""

    change: float = 0.1
    """Scale of half the sum of squared changes or violations."""
    least: float = 1e-300
    """Least scale of a user's objective, so that none is zero."""


SIZES = Sizes()


@runtime_checkable
class Objective(Protocol):
    """The function that the optimiser minimises.

    `needs_lift` is True if it depends on the lift coefficients.
    """

    needs_lift: ClassVar[bool]

    @property
    def quantity(self) -> Quantity:
        """The quantity that reports show for it."""
        ...

    def measured(self, value: float) -> float:
        """The quantity's value from that of the function."""
        ...

    def describe(self) -> str:
        """The objective in words, for reports."""
        ...

    def size(self, value: float, slope: float) -> float:
        """Its scale, from the value and the gradient's norm at the start; residuals are relative to it."""
        ...

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        """The value to minimise.

        Parameters
        ----------
        drag, lift : Tensor, shape (m,)
            C_D and C_L at the m design points, in order.
        change : Tensor, shape (n,)
            Change of the scaled shape variables √k a_k since the start.
        weights : Tensor, shape (m,)
            Weights of the points, whose sum is one.

        Returns
        -------
        Tensor
            A scalar, differentiable in drag, lift and change.
        """
        ...


class Minimized:
    """Base of the objectives whose function is the quantity itself."""

    def measured(self, value: float) -> float:
        """The quantity's value from that of the function: the same."""
        return value


@dataclass(frozen=True)
class Drag(Minimized):
    """The weighted mean of the drag coefficients, Σ w_j C_D,j.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Drag
    >>> Drag().describe()
    'least drag'
    """

    needs_lift: ClassVar[bool] = False
    quantity: ClassVar[Quantity] = Quantity("drag", "C_D")

    def describe(self) -> str:
        return "least drag"

    def size(self, value: float, slope: float) -> float:
        return value

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        return (weights * drag).sum()


@dataclass(frozen=True)
class LiftToDrag:
    """Minus the weighted mean of lift over drag, −Σ w_j C_L,j / C_D,j.

    Examples
    --------
    >>> from fusiform.solvers.inverse import LiftToDrag
    >>> LiftToDrag().describe()
    'greatest lift over drag'
    """

    needs_lift: ClassVar[bool] = True
    quantity: ClassVar[Quantity] = Quantity("lift over drag", "C_L/C_D", rises=True)

    def measured(self, value: float) -> float:
        """Lift over drag."""
        return -value

    def describe(self) -> str:
        return "greatest lift over drag"

    def size(self, value: float, slope: float) -> float:
        return max(1.0, abs(value))

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        return -(weights * lift / drag).sum()


@dataclass(frozen=True)
class Nearest:
    """½ Σ k |Δa_k|²: the body nearest to the start, for conditions on the forces such as `DragEquals`.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Nearest
    >>> Nearest().describe()
    'nearest body'
    """

    needs_lift: ClassVar[bool] = False
    quantity: ClassVar[Quantity] = Quantity("change of shape", "√Σk|Δa_k|²")

    def measured(self, value: float) -> float:
        """√Σ k |Δa_k|²."""
        return math.sqrt(max(2.0 * value, 0.0))

    def describe(self) -> str:
        return "nearest body"

    def size(self, value: float, slope: float) -> float:
        return SIZES.change

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        return 0.5 * change.square().sum()


@dataclass(frozen=True)
class UserObjective(Minimized):
    """An objective of your own, a function of the force coefficients.

    Parameters
    ----------
    name : str
        The objective in words, for reports.
    function : callable
        From C_D (m,) and C_L (m,) at the m design points to a scalar, by torch operations.

    Examples
    --------
    >>> from fusiform.solvers.inverse import UserObjective
    >>> UserObjective("drag of the worst point", lambda drag, lift: drag.max()).describe()
    'drag of the worst point'
    """

    name: str
    function: Callable[[Tensor, Tensor], Tensor]
    needs_lift: ClassVar[bool] = True

    @property
    def quantity(self) -> Quantity:
        """Its name, without a unit."""
        return Quantity(self.name, "value")

    def describe(self) -> str:
        return self.name

    def size(self, value: float, slope: float) -> float:
        return max(abs(value), slope, SIZES.least)

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        return self.function(drag, lift)


@dataclass(frozen=True)
class LeastViolation(Minimized):
    """½ Σ of the squared violations of `conditions`: the search for a body that meets them (restoration)."""

    conditions: tuple[ForceConstraint, ...]
    needs_lift: ClassVar[bool] = True
    quantity: ClassVar[Quantity] = Quantity("violation", "½ Σ r²")

    def describe(self) -> str:
        return "least violation"

    def size(self, value: float, slope: float) -> float:
        return SIZES.change

    def value(self, drag: Tensor, lift: Tensor, change: Tensor, weights: Tensor) -> Tensor:
        violations = []
        for condition in self.conditions:
            residual = condition.residual(drag, lift)
            violations.append(residual if condition.equality else residual.clamp(max=0.0))
        return 0.5 * torch.cat(violations).square().sum()

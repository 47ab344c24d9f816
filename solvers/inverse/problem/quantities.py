"""The quantity that an objective is about, and its change from the start to the optimum in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST_START = 0.01  # of the optimum's value; a percentage of less says nothing


@dataclass(frozen=True)
class Quantity:
    """The quantity that an objective makes as small as possible, or as great if it `rises`.

    Attributes
    ----------
    noun : str
        The quantity in words.
    symbol : str
        Its symbol; coefficients have no unit.
    rises : bool
        True if greater is better.

    Examples
    --------
    >>> from fusiform.solvers.inverse import LiftToDrag
    >>> LiftToDrag().quantity
    Quantity(noun='lift over drag', symbol='C_L/C_D', rises=True)
    """

    noun: str
    symbol: str
    rises: bool = False

    @property
    def change(self) -> str:
        """The word for a change to the better."""
        return "increase" if self.rises else "reduction"


@dataclass(frozen=True)
class Gain:
    """The change of a quantity from the start to the best body; NaN where one is not known.

    Attributes
    ----------
    quantity : Quantity
    start, best : float
        Its values.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Drag, Gain, LiftToDrag
    >>> fall = Gain(Drag().quantity, start=2.76, best=2.39)
    >>> round(fall.percent, 1), fall.describe()
    (13.4, 'drag falls by 13.4 %')
    >>> Gain(LiftToDrag().quantity, start=1.0, best=1.12).describe()
    'lift over drag rises by 12.0 %'
    """

    quantity: Quantity
    start: float
    best: float

    @property
    def percent(self) -> float:
        """Percent of the start's value, positive where the best is better; NaN for a start near 0 or below."""
        if not (self.is_known and self.start > LEAST_START * abs(self.best)):
            return math.nan
        change = 100.0 * (self.best / self.start - 1.0)
        return change if self.quantity.rises else -change

    @property
    def is_known(self) -> bool:
        """True if both values are numbers."""
        return math.isfinite(self.start) and math.isfinite(self.best)

    def describe(self) -> str:
        """The change in words."""
        if not self.is_known:
            return f"the change of {self.quantity.noun} is not known"
        if self.best == self.start:
            return f"{self.quantity.noun} stays at {self.start:.4g}"
        verb = "rises" if self.best > self.start else "falls"
        if math.isnan(self.percent):
            return f"{self.quantity.noun} {verb} from {self.start:.4g} to {self.best:.4g}"
        return f"{self.quantity.noun} {verb} by {abs(self.percent):.1f} %"

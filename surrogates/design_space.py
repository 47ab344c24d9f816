"""The design space of the surrogate: bounds and shares of the sampler in `designs.py`, checked without torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.common.ranges import Range, require_ranges
from fusiform.solvers.conditions import ALPHA_RANGE_DEG, REYNOLDS_RANGE
from fusiform.solvers.geometry.limits import FINENESS_RANGE

DRAWN_SHARE = 0.9  # of the margin of the roundest ellipse: one candidate in twenty or more is a design


@dataclass(frozen=True)
class DesignSpace:
    """The designs on which a surrogate is trained: bounds and shares of the sampler.

    Attributes
    ----------
    modes : int
        Number K of map coefficients a_k, 1 to 32.
    fineness_min, fineness_max : float
        Length over height of the ellipses from which bodies depart, 0.1 to 20.
    reynolds_min, reynolds_max : float
        Reynolds number, 0.05 to 1000.
    alpha_max_deg : float
        Largest incidence to either side, 0 to 90 degrees.
    symmetric_share : float
        Share of bodies that are symmetric about the x axis at zero incidence, 0 to 1.
    margin : float
        Least |z'|/c on the outline, 0 to 0.2: sharper bodies are not drawn.
    revolution : bool
        True for bodies of revolution: then `alpha_max_deg` is 0 and `symmetric_share` 1, and ellipses are spheroids.

    Raises
    ------
    InputError
        If a value is outside its range or of another type, a minimum above its maximum, `margin` above that of every
        ellipse, or bodies of revolution are to have incidence or other sections than symmetric ones.

    Examples
    --------
    >>> from fusiform.surrogates import DesignSpace
    >>> space = DesignSpace(modes=4, reynolds_max=40.0)
    >>> space.modes, space.reynolds_min, space.reynolds_max
    (4, 0.5, 40.0)
    """

    modes: Annotated[int, Range(1, 32)] = 8
    fineness_min: Annotated[float, Range(*FINENESS_RANGE)] = 0.7
    fineness_max: Annotated[float, Range(*FINENESS_RANGE)] = 8.0
    reynolds_min: Annotated[float, Range(*REYNOLDS_RANGE)] = 0.5
    reynolds_max: Annotated[float, Range(*REYNOLDS_RANGE)] = 60.0
    alpha_max_deg: Annotated[float, Range(0, ALPHA_RANGE_DEG[1])] = 20.0
    symmetric_share: Annotated[float, Range(0, 1)] = 0.4
    margin: Annotated[float, Range(0, 0.2)] = 0.03
    revolution: bool = False

    def __post_init__(self) -> None:
        require_ranges(self, "a design space")
        require(
            isinstance(self.revolution, bool),
            f"expected revolution of a design space to be true or false, got {shown(self.revolution)}; choose one",
        )
        require(
            not self.revolution or (self.alpha_max_deg == 0.0 and self.symmetric_share == 1.0),
            "expected alpha_max_deg = 0 and symmetric_share = 1 of a design space of bodies of revolution, whose flow "
            f"is along the axis, got {self.alpha_max_deg:g} and {self.symmetric_share:g}; correct both",
        )
        for name, low, high in (
            ("fineness", self.fineness_min, self.fineness_max),
            ("reynolds", self.reynolds_min, self.reynolds_max),
        ):
            require(
                low <= high,
                f"expected {name}_min of a design space to be at most {name}_max, got {low:g} and {high:g}; correct "
                "one of them",
            )
        require(
            self.margin <= DRAWN_SHARE * _margin_of_an_ellipse(self.fineness_min, self.fineness_max),
            f"expected margin of a design space to be below that of its ellipses, got {self.margin:g}; lower it or "
            "fineness_min",
        )

    def table(self) -> dict[str, Any]:
        """The entries as files hold them and digests count them: `revolution` only where it is true.

        Examples
        --------
        >>> from fusiform.surrogates import DesignSpace
        >>> "revolution" in DesignSpace().table()
        False
        """
        return {name: value for name, value in asdict(self).items() if name != "revolution" or value}


def _margin_of_an_ellipse(fineness_min: float, fineness_max: float) -> float:
    """The largest min |z'|/c of the ellipses between both, 1 − |a₁|."""
    roundest = min(max(1.0, fineness_min), fineness_max)
    return 1.0 - abs(roundest - 1.0) / (roundest + 1.0)

"""The design space of the surrogate: bounds and shares of the sampler in `designs.py`, checked without torch."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusiform.solvers.common.errors import require


@dataclass(frozen=True)
class DesignSpace:
    """The designs on which a surrogate is trained: bounds and shares of the sampler.

    Attributes
    ----------
    modes : int
        Number K of map coefficients a_k, 1 to 32.
    fineness_min, fineness_max : float
        Length over height of the ellipses from which bodies depart.
    reynolds_min, reynolds_max : float
        Reynolds number.
    alpha_max_deg : float
        Largest incidence to either side, 0 to 30 degrees.
    symmetric_share : float
        Share of bodies that are symmetric about the x axis at zero incidence, 0 to 1.
    margin : float
        Least |z'|/c on the outline, 0 to 0.2: sharper bodies are not drawn.

    Raises
    ------
    InputError
        If a value is outside its range, or a minimum above its maximum.

    Examples
    --------
    >>> from fusiform.surrogates import DesignSpace
    >>> space = DesignSpace(modes=4, reynolds_max=40.0)
    >>> wider = space.widened()
    >>> wider.modes, wider.reynolds_max
    (4, 60.0)
    """

    modes: int = 8
    fineness_min: float = 0.7
    fineness_max: float = 8.0
    reynolds_min: float = 0.5
    reynolds_max: float = 60.0
    alpha_max_deg: float = 20.0
    symmetric_share: float = 0.4
    margin: float = 0.03

    def __post_init__(self) -> None:
        require(
            1 <= self.modes <= 32
            and 0 < self.fineness_min <= self.fineness_max
            and 0 < self.reynolds_min <= self.reynolds_max
            and 0 <= self.alpha_max_deg <= 30
            and 0 <= self.symmetric_share <= 1
            and 0 <= self.margin <= 0.2,
            "expected a design space with 1 to 32 modes, ordered positive ranges of fineness and Reynolds number, "
            "incidence up to 30 degrees, a share between 0 and 1 and a margin between 0 and 0.2, got "
            f"{self}; correct the [space] table",
        )

    def widened(self) -> DesignSpace:
        """A space beyond this one on all sides, to measure the errors of a model outside its training space.

        1.75 times in fineness, 2.5 times down and 1.5 times up in Re (within 0.1 to 100), 1.5 times in incidence (up to
        30 degrees).
        """
        return replace(
            self,
            fineness_min=self.fineness_min / 1.75,
            fineness_max=1.75 * self.fineness_max,
            reynolds_min=max(self.reynolds_min / 2.5, 0.1),
            reynolds_max=min(1.5 * self.reynolds_max, 100.0),
            alpha_max_deg=min(1.5 * self.alpha_max_deg, 30.0),
        )

"""The designs that resemble those a model is trained on; outside them no bound on its error is given.

Inside are bodies at a Reynolds number of the space, at most δ = 1.3 away from the nearest training design, whose
fineness is that of the space's ellipses up to 5 % and that lean at most 4° more than these, see `stance`; nearly round
bodies may lean as they like. Of the designs that the sampler draws for training 95 % are inside.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.model.stance import Stance


@dataclass(frozen=True)
class RangeMargins:
    """`fineness`: factor beyond the limits of the space; `lean`: degrees beyond them; `distance`: the largest δ."""

    fineness: float = 1.05
    lean: float = 4.0
    distance: float = 1.3


MARGINS = RangeMargins()


@dataclass(frozen=True)
class TrainedRange:
    """Masks (batch,): where the Reynolds number, the fineness, the lean and the distance δ are those of training."""

    reynolds: Tensor
    fineness: Tensor
    lean: Tensor
    distance: Tensor

    @classmethod
    def of(cls, space: DesignSpace, stance: Stance, reynolds: Tensor, distance: Tensor) -> TrainedRange:
        """Of bodies with a `stance` and a `distance`."""
        round_ones = stance.fineness <= MARGINS.fineness / min(space.fineness_min, 1.0)
        upper = stance.fineness <= MARGINS.fineness * space.fineness_max
        return cls(
            reynolds=(reynolds >= space.reynolds_min) & (reynolds <= space.reynolds_max),
            fineness=upper & (stance.fineness >= space.fineness_min / MARGINS.fineness) & (round_ones | ~_tall(stance)),
            lean=round_ones | _tall(stance) | (stance.lean.abs() <= space.alpha_max_deg + MARGINS.lean),
            distance=distance <= MARGINS.distance,
        )

    @property
    def inside(self) -> Tensor:
        """True where all hold, (batch,)."""
        return self.reynolds & self.fineness & self.lean & self.distance


def departures(space: DesignSpace, trained: TrainedRange, stance: Stance, reynolds: float, alpha_deg: float) -> str:
    """Why one body is outside the trained range, as a sentence; empty if it is inside.

    An incidence beyond that of the space counts too, however the body leans.
    """
    fineness, lean = float(stance.fineness), abs(float(stance.lean))
    reasons = []
    if not bool(trained.reynolds):
        reasons.append(f"Re {reynolds:g}, trained {space.reynolds_min:g} to {space.reynolds_max:g}")
    if abs(alpha_deg) > space.alpha_max_deg:
        reasons.append(f"incidence {alpha_deg:g} degrees, trained up to {space.alpha_max_deg:g}")
    elif not bool(trained.lean):
        reasons.append(f"a body that leans by {lean:.0f} degrees, trained up to {space.alpha_max_deg:g}")
    if not bool(trained.fineness):
        ratio = 1.0 / fineness if bool(_tall(stance)) else fineness
        across = "diameter" if space.revolution else "height"
        reasons.append(f"length over {across} {ratio:.2g}, trained {space.fineness_min:g} to {space.fineness_max:g}")
    if not reasons and not bool(trained.distance):
        reasons.append("a shape unlike all training designs")
    return f"Outside the trained range: no bound on the errors ({'; '.join(reasons)})." if reasons else ""


def _tall(stance: Stance) -> Tensor:
    """True for bodies whose principal axis is nearer to the vertical."""
    return stance.lean.abs() > 45.0

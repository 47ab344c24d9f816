"""The size that bodies of all shapes have in common, area, volume or wetted area, and the diameter d of that size.

    area A           d = √(4A/π)      of the circle of that area, in the plane
    volume V         d = (6V/π)^⅓     of the sphere of that volume
    wetted area S    d = √(S/π)       of the sphere of that surface

Coordinates in units of d are z/ρ, with ρ = d/d_s (`Held.ratio`) and d_s, the unit of the map, the diameter of the
circle of the section's area. The solver's Reynolds numbers and coefficients are on the body's own d, that of its area
or volume. With e = (own d)/d (`Held.own_ratio`), those on the d of a held wetted area are Re/e and C_D e²; e ≤ 1, since
no body has more volume than the sphere of its surface.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

from fusiform.solvers.common.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry.measures import Measures


class Held(StrEnum):
    """The size that is held: the area of plane bodies, the volume or the wetted area of bodies of revolution."""

    AREA = "area"
    VOLUME = "volume"
    WETTED_AREA = "wetted_area"

    @classmethod
    def by(cls, body: Measures) -> Held:
        """The size that the coefficients of `body` leave as it is."""
        return cls.VOLUME if body.revolution else cls.AREA

    @property
    def words(self) -> str:
        """The size in words."""
        return self.value.replace("_", " ")

    @property
    def formula(self) -> str:
        """d as a formula."""
        return {Held.AREA: "√(4A/π)", Held.VOLUME: "(6V/π)^⅓", Held.WETTED_AREA: "√(S/π)"}[self]

    @property
    def revolution(self) -> bool:
        """True for a size of bodies of revolution."""
        return self is not Held.AREA

    def diameter(self, body: Measures) -> float:
        """d of a body, in the user's unit."""
        return math.sqrt(body.wetted_area / math.pi) if self is Held.WETTED_AREA else body.reference_length

    def own_size(self, body: Measures) -> float:
        """e of a body."""
        return body.reference_length / self.diameter(body)

    def ratio(self, coefficients: Tensor) -> Tensor:
        """ρ of a batch of coefficients (batch, K), differentiable, (batch,)."""
        from fusiform.solvers.geometry.revolution import sphere_ratio, wetted_area

        if self is Held.AREA:
            return torch.ones_like(coefficients[:, 0].real)
        if self is Held.VOLUME:
            return sphere_ratio(coefficients)
        return (wetted_area(coefficients) / math.pi) ** 0.5

    def own_ratio(self, coefficients: Tensor) -> Tensor:
        """e of a batch of coefficients (batch, K), differentiable, (batch,)."""
        from fusiform.solvers.geometry.revolution import sphere_ratio

        if self is Held.WETTED_AREA:
            return sphere_ratio(coefficients) / self.ratio(coefficients)
        return torch.ones_like(coefficients[:, 0].real)

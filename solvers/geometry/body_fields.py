"""The fields of a body, checked."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import make_plain, require, require_kind
from fusiform.solvers.common.frozen import frozen_array, frozen_tensor
from fusiform.solvers.geometry.fitting.given_points import given_points
from fusiform.solvers.geometry.limits import (
    require_amount,
    require_fineness,
    require_length,
    require_modes,
    require_origin,
)
from fusiform.solvers.geometry.measures import Measures
from fusiform.solvers.geometry.validity import require_valid


def ellipse_map(fineness: float, modes: int) -> Tensor:
    """The `modes` coefficients of the ellipse of length over height `fineness`; `InputError` outside their ranges."""
    require_fineness(fineness)
    require_modes(modes)
    coefficients = torch.zeros(modes, dtype=torch.complex128)
    coefficients[0] = (fineness - 1.0) / (fineness + 1.0)
    return coefficients


@dataclass(frozen=True, eq=False)
class BodyFields(Measures):
    """The fields of `Body`, described there."""

    coefficients: Tensor = frozen_tensor(torch.complex128)  # noqa: RUF009, a descriptor without state
    reference_length: float = 1.0
    name: str = "body"
    fit_error: float = 0.0
    origin: complex = 0j
    source: str = ""
    given_outline: FloatArray | None = frozen_array(given_points)  # noqa: RUF009, a descriptor without state
    revolution: bool = False

    def __post_init__(self) -> None:
        require_kind(self.revolution, bool, "give True for a body of revolution")
        require_valid(self.coefficients, revolution=self.revolution)
        require_length(self.reference_length, "reference length", "give the equal-area diameter")
        require_kind(self.name, str, "give the name as a string")
        require_amount(self.fit_error, "fit error", "leave it out for an exact body")
        require_origin(self.origin)
        require_kind(self.source, str, "give the source as a string")
        make_plain(self, "reference_length", "fit_error", "origin")
        require(
            not self.revolution or complex(self.origin).imag == 0.0,
            "expected the origin of a body of revolution on the x axis, its axis, got one off it; give a real number",
        )
        for field in ("name", "source"):  # a name of a file may hold bytes that no file of text can
            object.__setattr__(self, field, getattr(self, field).encode("utf-8", "replace").decode())

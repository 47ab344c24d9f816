"""A body: the section of a planar obstacle, as the image of |ζ| > 1 under a Laurent map."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.formats.outline_files import read_outline
from fusiform.solvers.geometry.named_outlines import naca_outline
from fusiform.solvers.geometry.outline_fitting import (
    DEFAULT_MODES,
    MODES_RANGE,
    fit_fewer_modes,
    fit_outline,
    require_modes,
)
from fusiform.solvers.geometry.polygons import FloatArray
from fusiform.solvers.geometry.validity import is_valid

FINENESS_RANGE = (0.1, 20.0)
_EXTENT_POINTS = 2048


@dataclass(frozen=True, eq=False)
class Body:
    """The body whose outline is   origin + d · z(e^{iη}),   z(ζ) = c [ζ + a_1/ζ + … + a_K/ζ^K],   0 ≤ η < 2π.

    `coefficients` are a_1 … a_K at zero incidence, shape (K,), K from 1 to 64, kept as a detached complex128 copy on
    the CPU; c follows from them (`laurent.conformal_radius`), so that the area is π d²/4 whatever they are.
    `reference_length` is d, the diameter of the circle of equal area, and `origin` the centre a_0 of the map, both in
    the user's unit of length. `fit_error` is the Hausdorff distance between an imported outline and this body, divided
    by d; 0 for bodies that are exact. Raises `InputError` for coefficients that do not describe a simple outline
    (`validity.is_valid`).
    """

    coefficients: Tensor
    reference_length: float = 1.0
    name: str = "body"
    fit_error: float = 0.0
    origin: complex = 0j

    def __post_init__(self) -> None:
        a = torch.as_tensor(self.coefficients).detach().to(device="cpu", dtype=torch.complex128, copy=True)
        object.__setattr__(self, "coefficients", a)
        require(
            a.dim() == 1 and MODES_RANGE[0] <= len(a) <= MODES_RANGE[1],
            f"expected 1 to {MODES_RANGE[1]} coefficients in one row, got shape {tuple(a.shape)}; give a_1 … a_K",
        )
        require(
            bool(is_valid(a[None])[0]),
            "expected coefficients of an outline that does not cross itself, got a map that folds over; "
            "make the coefficients smaller",
        )
        require(
            math.isfinite(self.reference_length) and self.reference_length > 0.0,
            f"expected a positive reference length, got {self.reference_length:g}; give the equal-area diameter",
        )

    @classmethod
    def circle(cls, diameter: float = 1.0, *, modes: int = DEFAULT_MODES) -> Self:
        """The circle, with `modes` coefficients that are all zero."""
        require_modes(modes)
        return cls(torch.zeros(modes, dtype=torch.complex128), diameter, "circle")

    @classmethod
    def ellipse(cls, fineness: float, *, reference_length: float = 1.0, modes: int = DEFAULT_MODES) -> Self:
        """The ellipse of length over height `fineness`, 0.1 (broadside) to 20: a_1 = (f − 1)/(f + 1)."""
        low, high = FINENESS_RANGE
        require(
            low <= fineness <= high,
            f"expected a fineness (length over height) of {low:g} to {high:g}, got {fineness:g}; choose one in between",
        )
        require_modes(modes)
        a = torch.zeros(modes, dtype=torch.complex128)
        a[0] = (fineness - 1.0) / (fineness + 1.0)
        return cls(a, reference_length, f"ellipse {fineness:g}:1")

    @classmethod
    def naca(cls, digits: str, *, modes: int = DEFAULT_MODES, chord: float = 1.0) -> Self:
        """The NACA four-digit section, such as "0012" or "2412", with a closed trailing edge, fitted with `modes`."""
        require(math.isfinite(chord) and chord > 0.0, f"expected a positive chord, got {chord:g}; give a length")
        return cls.from_outline(chord * naca_outline(digits), name=f"NACA {digits}", modes=modes)

    @classmethod
    def from_outline(cls, points: ArrayLike, *, name: str = "outline", modes: int = DEFAULT_MODES) -> Self:
        """The body of `modes` coefficients nearest to the closed outline `points` (n, 2), of the same area.

        The points may run either way round, in any unit; see `fitting.fit_outline` for what is kept and refused.
        `fit_error` tells how near it is: raise `modes` where that is too far.
        """
        fit = fit_outline(points, modes)
        return cls(torch.from_numpy(fit.coefficients), fit.reference_length, name, fit.fit_error, fit.origin)

    @classmethod
    def from_file(
        cls, path: str | os.PathLike[str], *, modes: int = DEFAULT_MODES, axis: str = "z", at: float | None = None
    ) -> Self:
        """`from_outline` of a file (`files.read_outline`), named after it.

        .dat, .csv, .svg and .dxf hold outlines; a .stl, .obj or .ply mesh is cut at the plane where its coordinate
        `axis` ("x", "y", "z") is `at`, half way through if None.
        """
        return cls.from_outline(read_outline(path, axis=axis, at=at), name=Path(path).stem, modes=modes)

    @property
    def modes(self) -> int:
        """K, the number of coefficients."""
        return len(self.coefficients)

    @property
    def area(self) -> float:
        """π d²/4 in the user's unit squared."""
        return 0.25 * math.pi * self.reference_length**2

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        """Smallest and largest x, smallest and largest y, in the user's unit."""
        x, y = self.outline(_EXTENT_POINTS).T
        return -_peak(-x), _peak(x), -_peak(-y), _peak(y)

    @property
    def length(self) -> float:
        """Extent along x at zero incidence, in the user's unit."""
        return self._box[1] - self._box[0]

    @property
    def height(self) -> float:
        """Extent along y at zero incidence, in the user's unit."""
        return self._box[3] - self._box[2]

    @property
    def fineness(self) -> float:
        """Length over height."""
        return self.length / self.height

    def outline(self, count: int = 400) -> FloatArray:
        """`count` points of the outline (count, 2), counter-clockwise, at equal steps of η, in the user's unit."""
        plane = self.origin + self.reference_length * laurent.outline(self.coefficients[None], count)[0].numpy()
        return np.column_stack([plane.real, plane.imag])

    def is_symmetric(self, tolerance: float = 1e-9) -> bool:
        """Whether the body is its own mirror image about the x direction: every |Im a_k| ≤ `tolerance`."""
        return bool((self.coefficients.imag.abs() <= tolerance).all())

    def with_modes(self, modes: int) -> Self:
        """The same body with another number of coefficients (1 to 64).

        More: zeros are appended, nothing changes. Fewer: zeros are dropped, or else the nearest body of the same area
        is fitted, and its distance from this one is added to `fit_error`.
        """
        require_modes(modes)
        if modes == self.modes:
            return self
        kept = torch.nn.functional.pad(self.coefficients, (0, max(modes - self.modes, 0)))[:modes]
        if not self.coefficients[modes:].any():
            return replace(self, coefficients=kept)
        fit = fit_fewer_modes(self.coefficients.numpy(), modes)
        return replace(
            self,
            coefficients=torch.from_numpy(fit.coefficients),
            fit_error=self.fit_error + fit.fit_error,
            origin=self.origin + self.reference_length * fit.origin,
        )


def _peak(values: FloatArray) -> float:
    """Maximum of a smooth periodic function from its samples, by the parabola through the highest three."""
    top = int(np.argmax(values))
    before, peak, after = values[top - 1], values[top], values[(top + 1) % len(values)]
    bend = 2.0 * peak - before - after
    return float(peak + (after - before) ** 2 / (8.0 * bend)) if bend > 0.0 else float(peak)

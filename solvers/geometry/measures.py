"""Area, extents, points and symmetry of a body."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.curves import extent
from fusiform.solvers.geometry.limits import require_amount, require_count

_EXTENT_POINTS = 2048


class Measures:
    """Measures of a body, from its coefficients, reference length and origin."""

    coefficients: Tensor
    reference_length: float
    origin: complex

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
        return extent(self.outline(_EXTENT_POINTS))

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
        """Points of the outline at zero incidence.

        Parameters
        ----------
        count : int
            Number of points, at equal steps of η; 1 to 1 000 000, else `InputError`.

        Returns
        -------
        ndarray
            (count, 2), x and y in the user's unit, counter-clockwise from the rear (η = 0).

        Examples
        --------
        >>> from fusiform import Body
        >>> Body.circle(2.0).outline(4).round(6).tolist()
        [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.0, -1.0]]
        """
        require_count(count)
        plane = self.origin + self.reference_length * laurent.outline(self.coefficients[None], count)[0].numpy()
        return np.column_stack([plane.real, plane.imag])

    def is_symmetric(self, tolerance: float = 1e-9) -> bool:
        """True if the body is its own mirror image about a line along x: every |Im a_k| ≤ `tolerance`.

        Examples
        --------
        >>> from fusiform import Body
        >>> Body.ellipse(2.0).is_symmetric(), Body([0.1j]).is_symmetric()
        (True, False)
        """
        require_amount(tolerance, "tolerance", "leave it out for 1e-9")
        return bool((self.coefficients.imag.abs() <= tolerance).all())

"""The exterior map and its derivatives at many points, by Horner's rule in 1/ζ (see geometry/laurent.py)."""

from __future__ import annotations

import numpy as np

from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.geometry.laurent import radius_of


class ForwardMap:
    """z, z_ξ and z_ξξ of ζ = e^{ξ+iη}, of any shape, for the body with `coefficients` (K,) complex.

    `radius` is c, in d, by default with d of the circle of the body's area.

    Examples
    --------
    >>> import numpy as np
    >>> from fusiform.solvers.flow.fields.forward_map import ForwardMap
    >>> circle = ForwardMap(np.zeros(1, dtype=complex))
    >>> complex(circle.z(np.array(2.0 + 0j))), complex(circle.slope(np.array(2.0 + 0j)))
    ((1+0j), (1+0j))
    """

    def __init__(self, coefficients: ComplexArray, radius: float | None = None) -> None:
        self.radius = radius or radius_of(coefficients)
        self._a = coefficients
        self._k = np.arange(1, len(coefficients) + 1)

    def z(self, zeta: ComplexArray) -> ComplexArray:
        """Points x + iy, in d: c (ζ + Σ a_k ζ^−k)."""
        return self._sum(zeta, self._a)

    def slope(self, zeta: ComplexArray) -> ComplexArray:
        """z_ξ = c (ζ − Σ k a_k ζ^−k)."""
        return self._sum(zeta, -self._k * self._a)

    def bend(self, zeta: ComplexArray) -> ComplexArray:
        """z_ξξ = c (ζ + Σ k² a_k ζ^−k)."""
        return self._sum(zeta, self._k**2 * self._a)

    def _sum(self, zeta: ComplexArray, amplitudes: ComplexArray) -> ComplexArray:
        w = 1.0 / np.asarray(zeta)
        total = np.zeros_like(w)
        for amplitude in amplitudes[::-1]:
            total += amplitude
            total *= w
        return np.asarray(self.radius * (zeta + total))

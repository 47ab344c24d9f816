"""Area, volume, extents, points and symmetry of a body."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.curves import extent
from fusiform.solvers.geometry.limits import require_amount, require_count
from fusiform.solvers.geometry.revolution import centre_of_volume, sphere_ratio, wetted_area

_EXTENT_POINTS = 2048


class Measures:
    """Measures of a body, from its coefficients, reference length and origin."""

    coefficients: Tensor
    reference_length: float
    origin: complex
    revolution: bool

    @property
    def modes(self) -> int:
        """K, the number of coefficients."""
        return len(self.coefficients)

    @cached_property
    def scale(self) -> float:
        """The user's length of one unit of the map: d in the plane, d/λ for a body of revolution (`sphere_ratio`)."""
        ratio = float(sphere_ratio(self.coefficients[None])[0]) if self.revolution else 1.0
        return self.reference_length / ratio

    @property
    def area(self) -> float:
        """Area inside the outline, in the user's unit squared: π d²/4 in the plane, π `scale`²/4 for both kinds."""
        return 0.25 * math.pi * self.scale**2

    @property
    def reference_area(self) -> float:
        """π d²/4 of a body of revolution, in the user's unit squared: the frontal area of the sphere of equal volume.

        Its drag coefficient refers to this area. `InputError` in the plane, where coefficients refer to the length d.
        """
        self._require_revolution()
        return 0.25 * math.pi * self.reference_length**2

    @property
    def volume(self) -> float:
        """π d³/6 of a body of revolution, in the user's unit cubed; `InputError` in the plane."""
        self._require_revolution()
        return math.pi / 6.0 * self.reference_length**3

    @property
    def wetted_area(self) -> float:
        """Area of the surface of a body of revolution, in the user's unit squared; `InputError` in the plane."""
        self._require_revolution()
        return self.scale**2 * float(wetted_area(self.coefficients[None])[0])

    @property
    def centre_of_volume(self) -> float:
        """x of the centre of volume of a body of revolution, in the user's unit; `InputError` in the plane."""
        self._require_revolution()
        return complex(self.origin).real + self.scale * float(centre_of_volume(self.coefficients[None])[0])

    @property
    def diameter(self) -> float:
        """The greatest diameter of a body of revolution, which is its `height`; `InputError` in the plane."""
        self._require_revolution()
        return self.height

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
        """Extent along y at zero incidence, in the user's unit; the greatest diameter of a body of revolution."""
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
        plane = self.origin + self.scale * laurent.outline(self.coefficients[None], count)[0].numpy()
        return np.column_stack([plane.real, plane.imag])

    def meridian(self, count: int = 201) -> FloatArray:
        """Points of the meridian of a body of revolution, from the nose to the tail.

        Parameters
        ----------
        count : int
            Number of points, at equal steps of η from π to 0; 2 to 1 000 000, else `InputError`.

        Returns
        -------
        ndarray
            (count, 2), x and the radius r ≥ 0 in the user's unit; r = 0 at both ends.

        Examples
        --------
        >>> from fusiform import Body
        >>> Body.sphere(2.0).meridian(3).round(6).tolist()
        [[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
        """
        self._require_revolution()
        require_count(count, 2)
        x, r = self.outline(2 * (count - 1))[count - 1 :: -1].T
        return np.column_stack([x, np.r_[0.0, r[1:-1], 0.0]])

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

    def _require_revolution(self) -> None:
        require(
            self.revolution,
            "expected a body of revolution, got a plane section; make one with Body.revolved, Body.from_meridian, or "
            "the option revolution",
        )

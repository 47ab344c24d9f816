"""A body: a plane section, or a body of revolution, as the image of |ζ| > 1 under a Laurent map."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Self

import numpy as np
import torch
from numpy.typing import ArrayLike

from fusiform.solvers.common.errors import require_kind
from fusiform.solvers.common.files import file_path
from fusiform.solvers.geometry.body_fields import ellipse_map
from fusiform.solvers.geometry.fitting.outline_fitting import fit_fewer_modes, fit_outline
from fusiform.solvers.geometry.formats.meridian_files import find_section_in
from fusiform.solvers.geometry.formats.outline_files import find_outline_in
from fusiform.solvers.geometry.formats.simple_outline import simple_outline
from fusiform.solvers.geometry.laurent import radius_of
from fusiform.solvers.geometry.limits import (
    DEFAULT_MODES,
    FIT_WARNING,
    LARGEST_FIT_ERROR,
    require_fit,
    require_length,
    require_max_fit_error,
    require_modes,
)
from fusiform.solvers.geometry.meridian_bodies import MeridianBodies
from fusiform.solvers.geometry.named_outlines import naca_outline


class Body(MeridianBodies):
    """A body, the image of the outside of the unit circle under a Laurent map.

    The outline is   origin + d · z(e^{iη}),   z(ζ) = c [ζ + a_1/ζ + … + a_K/ζ^K],   0 ≤ η < 2π,  and c follows from the
    coefficients (`laurent.conformal_radius`), so that the area is π d²/4 for all coefficients. A body cannot be
    changed.

    A body of revolution is swept by the upper half of its outline about the x axis. Its coefficients are real, d is the
    diameter of the sphere of equal volume, and the outline is origin + (d/λ) z with λ = `revolution.sphere_ratio`, so
    that the volume is π d³/6 for all coefficients. `scale` is the factor of z for both kinds.

    Parameters
    ----------
    coefficients : Tensor
        a_1 … a_K at zero incidence, shape (K,), K from 1 to 64; kept as complex128 on the CPU. Each access returns a
        new copy.
    reference_length : float
        d > 0, the diameter of the circle of equal area, or of the sphere of equal volume, in the user's unit of length.
    name : str
    fit_error : float
        Hausdorff distance between an imported outline and this body, divided by d; 0 for exact bodies.
    origin : complex
        The centre a_0 of the map, x + iy, in the user's unit; real for a body of revolution.
    source : str
        One sentence about the file: the curve that is the body, those that are not, and repairs; "" without a file.
    given_outline : array_like, optional
        (n, 2), points of the outline to which the body was fitted, in order, in the user's unit, of a fit at most 400;
        None for exact bodies. Each access returns a new copy.
    revolution : bool
        True for a body of revolution, see `sphere`, `spheroid`, `from_meridian` and `revolved`.

    Raises
    ------
    InputError
        If the coefficients do not describe a simple outline (`is_valid`), or are not real for a body of revolution, d
        is not positive, or another argument is of the wrong type.

    Examples
    --------
    >>> from fusiform import Body
    >>> body = Body([0.3, 0.1j], reference_length=2.0)
    >>> body.modes, round(body.area, 4), body.is_symmetric()
    (2, 3.1416, False)
    >>> Body([1.5])
    Traceback (most recent call last):
        ...
    fusiform.solvers.common.errors.InputError: expected coefficients of an outline that does not cross itself, ...
    """

    @classmethod
    def circle(cls, diameter: float = 1.0, *, modes: int = DEFAULT_MODES) -> Self:
        """The circle, with `modes` coefficients that are all zero.

        Examples
        --------
        >>> from fusiform import Body
        >>> Body.circle(2.0).fineness
        1.0
        """
        require_modes(modes)
        return cls(torch.zeros(modes, dtype=torch.complex128), diameter, "circle")

    @classmethod
    def ellipse(cls, fineness: float, *, reference_length: float = 1.0, modes: int = DEFAULT_MODES) -> Self:
        """The ellipse of length over height f = `fineness`, a_1 = (f − 1)/(f + 1).

        Parameters
        ----------
        fineness : float
            0.1 (broadside to the stream) to 20; `InputError` outside.
        reference_length, modes : float, int
            d in the user's unit; the number of coefficients, 1 to 64.

        Examples
        --------
        >>> from fusiform import Body
        >>> round(Body.ellipse(4.0).length, 6), round(Body.ellipse(4.0).height, 6)
        (2.0, 0.5)
        """
        return cls(ellipse_map(fineness, modes), reference_length, f"ellipse {fineness:g}:1")

    @classmethod
    def naca(
        cls,
        digits: str,
        *,
        modes: int = DEFAULT_MODES,
        chord: float = 1.0,
        max_fit_error: float | None = LARGEST_FIT_ERROR,
    ) -> Self:
        """The NACA four-digit section with a closed trailing edge, fitted with `modes` coefficients.

        Parameters
        ----------
        digits : str
            Such as "2412": camber in % of the chord, its position in tenths, thickness in % (01 to 40).
        modes, max_fit_error, chord : int, float or None, float
            As in `from_outline`; the length along x in the user's unit.

        Examples
        --------
        >>> from fusiform import Body
        >>> Body.naca("0012").is_symmetric(), Body.naca("2412").is_symmetric()
        (True, False)
        """
        require_length(chord, "chord", "give a length")
        points = chord * naca_outline(digits)
        return cls.from_outline(points, name=f"NACA {digits}", modes=modes, max_fit_error=max_fit_error)

    @classmethod
    def from_outline(
        cls,
        points: ArrayLike,
        *,
        name: str = "outline",
        modes: int = DEFAULT_MODES,
        source: str = "",
        max_fit_error: float | None = LARGEST_FIT_ERROR,
    ) -> Self:
        """The body nearest to a closed outline, of the same area; the fit, its limits and errors: `fit_outline`.

        Parts that cross or double the outline, of at most 1 % of its area and extent, are cut off; `source` tells of
        more than 0.01 %.

        Parameters
        ----------
        points : array_like
            (n, 2), x and y in any unit, n from 5 to 10 000, in order around the body, in either direction.
        name, source : str
        modes : int
            Number of coefficients, 1 to 64. Raise it where `fit_error` is too large.
        max_fit_error : float or None
            `InputError` for a body that differs from the outline by more than that, over d; None allows any.

        Examples
        --------
        >>> from fusiform import Body
        >>> box = Body.from_outline([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)], name="box")
        >>> round(box.area, 6), box.fit_error < 0.05
        (2.0, True)
        """
        require_max_fit_error(max_fit_error)
        require_kind(source, str, "give the source as a string")
        found = simple_outline(points)
        fit = fit_outline(found.points, modes)
        require_fit(fit.fit_error, max_fit_error, modes)
        a, d = torch.from_numpy(fit.coefficients), fit.reference_length
        source = "; ".join(filter(None, (source, found.source)))
        return cls(a, d, name, fit.fit_error, fit.origin, source, fit.given_outline)

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        *,
        modes: int = DEFAULT_MODES,
        part: str | int | None = None,
        axis: str = "z",
        at: float | None = None,
        max_fit_error: float | None = LARGEST_FIT_ERROR,
        revolution: bool = False,
    ) -> Self:
        """The body nearest to the outline in a file, named after the file.

        Parameters
        ----------
        path : path-like
            .dat, .csv, .svg and .dxf hold outlines; a .stl, .obj or .ply mesh is cut by a plane.
        modes : int
            Number of coefficients, 1 to 64.
        max_fit_error : float or None
            See `from_outline`.
        part : str, int or None
            The layer, the id or the number of a curve of a drawing; the largest if None, see `source`.
        axis, at : str, float or None
            The plane of the cut: where the mesh's coordinate `axis` ("x", "y", "z") is `at`; its middle if None.
        revolution : bool
            True for the body of revolution in the file. A table holds a meridian, x and r, or a symmetric section, as a
            drawing does; a mesh may lie in any position, its axis is found, and `source` tells of it.

        Raises
        ------
        InputError
            If the file cannot be read (`read_outline`), its points do not bound a body (`fit_outline`), or the body
            differs from them by more than `max_fit_error`; with `revolution`, if there is no body of revolution in it.

        Examples
        --------
        >>> from fusiform import Body, export_body
        >>> export_body(Body.ellipse(2.0), "ellipse.csv")
        >>> body = Body.from_file("ellipse.csv")
        >>> body.name, round(body.fineness, 4)
        ('ellipse', 2.0)
        """
        name = file_path(path).stem
        require_kind(revolution, bool, "give True for a body of revolution")
        if revolution:
            found = find_section_in(path, part=part, axis=axis, at=at)
            return cls.from_section(
                found.points, name=name, modes=modes, max_fit_error=max_fit_error, source=found.source
            )
        found = find_outline_in(path, part=part, axis=axis, at=at)
        return cls.from_outline(found.points, name=name, modes=modes, max_fit_error=max_fit_error, source=found.source)

    @property
    def fit_warning(self) -> str:
        """One sentence if the body differs from the given outline by more than 0.02 d, else "".

        Examples
        --------
        >>> from fusiform import Body
        >>> box = Body.from_outline([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)], modes=4)
        >>> box.fit_warning
        'the body differs from the given outline by up to 2.1% of d'
        >>> Body.ellipse(2.0).fit_warning
        ''
        """
        words = f"the body differs from the given outline by up to {self.fit_error:.1%} of d"
        return words if self.fit_error > FIT_WARNING else ""

    def with_modes(self, modes: int) -> Self:
        """The same body with another number of coefficients.

        Parameters
        ----------
        modes : int
            1 to 64, else `InputError`. More than now: zeros are appended. Fewer: zeros are dropped, or else the nearest
            body of the same area (volume) is fitted, and its distance from this one is added to `fit_error`.

        Examples
        --------
        >>> from fusiform import Body
        >>> section = Body.naca("0012", modes=16)
        >>> section.with_modes(24).fit_error == section.fit_error < section.with_modes(6).fit_error
        True
        """
        require_modes(modes)
        if modes == self.modes:
            return self
        a = self.coefficients
        if not a[modes:].any():
            kept = torch.nn.functional.pad(a, (0, max(modes - len(a), 0)))[:modes]
            return replace(self, coefficients=kept)
        fewer, shift, distance = fit_fewer_modes(a.numpy(), modes)
        near = replace(self, coefficients=torch.from_numpy(fewer), origin=self.origin + self.scale * shift)
        farthest = radius_of(fewer) * (1.0 + float(np.abs(fewer).sum()))
        moved = distance * (self.scale / self.reference_length)
        rescaled = farthest * abs(near.scale - self.scale) / self.reference_length
        return replace(near, fit_error=self.fit_error + moved + rescaled)


def require_body(body: Body) -> None:
    """Raise `InputError` for anything that is no `Body`."""
    require_kind(body, Body, "make one with load_body(name), Body.ellipse or another constructor")

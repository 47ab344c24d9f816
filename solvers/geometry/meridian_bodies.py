"""Bodies of revolution: the constructors, and the ways to and from their symmetric sections."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import torch
from numpy.typing import ArrayLike

from fusiform.solvers.common.errors import require, require_kind
from fusiform.solvers.geometry.body_fields import BodyFields, ellipse_map
from fusiform.solvers.geometry.fitting.outline_fitting import fit_outline
from fusiform.solvers.geometry.limits import (
    DEFAULT_MODES,
    LARGEST_FIT_ERROR,
    require_fit,
    require_length,
    require_max_fit_error,
    require_modes,
)
from fusiform.solvers.geometry.meridians.mirrored_meridian import mirrored
from fusiform.solvers.geometry.revolution import sphere_ratio


class MeridianBodies(BodyFields):
    """The part of `Body` that makes bodies of revolution."""

    @classmethod
    def sphere(cls, diameter: float = 1.0, *, modes: int = DEFAULT_MODES) -> Self:
        """The sphere, with `modes` coefficients that are all zero.

        Examples
        --------
        >>> from fusiform import Body
        >>> ball = Body.sphere(2.0)
        >>> ball.revolution, round(ball.volume, 6), round(ball.wetted_area, 6)
        (True, 4.18879, 12.566371)
        """
        require_modes(modes)
        require_length(diameter, "diameter", "give a length")
        return cls(torch.zeros(modes, dtype=torch.complex128), diameter, "sphere", revolution=True)

    @classmethod
    def spheroid(cls, fineness: float, *, reference_length: float = 1.0, modes: int = DEFAULT_MODES) -> Self:
        """The spheroid of length over diameter f = `fineness`, a_1 = (f − 1)/(f + 1).

        Parameters
        ----------
        fineness : float
            0.1 (a disc broadside to the stream) to 20; `InputError` outside.
        reference_length, modes : float, int
            d, the diameter of the sphere of equal volume, in the user's unit; the number of coefficients, 1 to 64.

        Examples
        --------
        >>> from fusiform import Body
        >>> round(Body.spheroid(8.0).length, 6), round(Body.spheroid(8.0).diameter, 6)
        (4.0, 0.5)
        """
        return cls(ellipse_map(fineness, modes), reference_length, f"spheroid {fineness:g}:1", revolution=True)

    @classmethod
    def from_meridian(
        cls,
        points: ArrayLike,
        *,
        name: str = "meridian",
        modes: int = DEFAULT_MODES,
        source: str = "",
        max_fit_error: float | None = LARGEST_FIT_ERROR,
    ) -> Self:
        """The body of revolution nearest to a meridian; the fit, its limits and errors: `fit_outline`.

        The meridian is mirrored, and the closed section is fitted with real coefficients.

        Parameters
        ----------
        points : array_like
            (n, 2), x along the axis and the radius r ≥ 0 in any unit, from the nose to the tail or from the tail to the
            nose. An end with r > 0 is closed by a flat face. The stream comes from −x.
        name, source : str
        modes : int
            Number of coefficients, 1 to 64. Raise it where `fit_error` is too large.
        max_fit_error : float or None
            `InputError` for a body that differs from the meridian by more than that, over d; None allows any.

        Raises
        ------
        InputError
            For r < 0, r = 0 between the ends, points that are not (n, 2) and finite, fewer than two or more than 5000
            points, a meridian that crosses itself, and a poor fit.

        Examples
        --------
        >>> from fusiform import Body
        >>> cone = Body.from_meridian([(0, 0), (2, 1)], name="cone", modes=32)
        >>> cone.revolution, cone.fit_error < 0.02, abs(cone.volume / 2.0944 - 1.0) < 0.01
        (True, True, True)
        """
        section = mirrored(points)
        return cls.from_section(section, name=name, modes=modes, source=source, max_fit_error=max_fit_error)

    @classmethod
    def from_section(
        cls,
        points: ArrayLike,
        *,
        name: str = "section",
        modes: int = DEFAULT_MODES,
        source: str = "",
        max_fit_error: float | None = LARGEST_FIT_ERROR,
    ) -> Self:
        """The body of revolution nearest to a closed section through its axis, `from_outline` and `revolved` in one.

        Parameters
        ----------
        points : array_like
            (n, 2), x and y, in order around the section, symmetric about a line along x.
        name, source, modes, max_fit_error : str, str, int, float or None
            As in `from_meridian`.

        Examples
        --------
        >>> from fusiform import Body
        >>> drum = Body.from_section([(0, -1), (2, -1), (2, 1), (1, 1), (0, 1)], name="drum", modes=32)
        >>> abs(drum.volume / 6.2832 - 1.0) < 0.01
        True
        """
        require_max_fit_error(max_fit_error)
        require_kind(source, str, "give the source as a string")
        fit = fit_outline(points, modes)
        a, given = torch.from_numpy(fit.coefficients), fit.given_outline
        plane = cls(a, fit.reference_length, name, fit.fit_error, fit.origin, source, given)
        body = plane.revolved()
        require_fit(body.fit_error, max_fit_error, modes)
        return body

    def revolved(self) -> Self:
        """The body of revolution whose meridian is the upper half of this symmetric section.

        The section keeps its size and its place along x, and its axis becomes the x axis: `scale` stays, and
        `reference_length` becomes the diameter of the sphere of equal volume. A body of revolution stays as it is.

        Raises
        ------
        InputError
            For a section that is not symmetric about a line along x.

        Examples
        --------
        >>> from fusiform import Body
        >>> section = Body.ellipse(3.0)
        >>> section.revolved().revolution, section.revolved().height == section.height
        (True, True)
        >>> Body.naca("2412").revolved()
        Traceback (most recent call last):
            ...
        fusiform.solvers.common.errors.InputError: expected a section that is its own mirror image about ...
        """
        if self.revolution:
            return self
        require(
            self.is_symmetric(),
            "expected a section that is its own mirror image about a line along x, got one that is not; choose a "
            "symmetric section, or give the meridian alone (Body.from_meridian)",
        )
        a, given = self.coefficients.real + 0j, self.given_outline
        ratio = float(sphere_ratio(a[None])[0])
        return replace(
            self,
            coefficients=a,
            reference_length=ratio * self.reference_length,
            fit_error=self.fit_error / ratio,
            origin=complex(complex(self.origin).real),
            given_outline=None if given is None else given - [0.0, complex(self.origin).imag],
            revolution=True,
        )

    def section(self) -> Self:
        """The plane section through the axis of this body of revolution; a plane body is returned as it is.

        Examples
        --------
        >>> from fusiform import Body
        >>> section = Body.spheroid(3.0).section()
        >>> section.revolution, round(section.fineness, 6)
        (False, 3.0)
        """
        if not self.revolution:
            return self
        ratio = self.reference_length / self.scale
        return replace(self, reference_length=self.scale, fit_error=ratio * self.fit_error, revolution=False)

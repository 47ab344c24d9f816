"""Small changes of the outline along its normal, as changes of the map's coefficients.

An outline that moves by δn along its outward normal n = ζz'/|z'| is the image under z + δz with

    δz = ζ z'(ζ) p(ζ),   p analytic for |ζ| > 1,   Re p = δn/|z'| on |ζ| = 1,   Im p(∞) = 0

(Hadamard's variation of the exterior map; M. Schiffer, appendix to R. Courant, Dirichlet's Principle, 1950). With
p = p_0 + p_1/ζ + … and the area held by c,

    δa_k = p_{k+1} − p_0 a_k − Σ_{j=1}^{k} j a_j p_{k−j} .

Lengths are in units of d.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, is_number, require, shown
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.body import Body, require_body
from fusiform.solvers.geometry.validity import is_valid, univalence_margin

BUMP_POINTS = 256


@dataclass(frozen=True)
class DisplacementSteps:
    """Steps of a displacement."""

    substeps: int = 4
    """Equal steps into which a displacement is divided."""
    halvings: int = 12
    """Trials of a step, each half as long as the one before, until the body is valid."""
    least_margin: float = 0.02
    """Univalence margin that a body keeps; half its own where that is less."""


STEPS = DisplacementSteps()


def circle(count: int) -> Tensor:
    """ζ at `count` equal steps of η, (1, count)."""
    eta = 2.0 * math.pi * torch.arange(count, dtype=torch.float64) / count
    return torch.polar(torch.ones_like(eta), eta)[None]


def variation(coefficients: Tensor, displacement: Tensor) -> tuple[Tensor, Tensor]:
    """(δa (K,), δa_0) of an outline moved by `displacement` (n,) at n equal steps of η, to first order."""
    count, modes = len(displacement), len(coefficients)
    speed = laurent.z_prime(coefficients[None], circle(count))[0].abs()
    spectrum = 2.0 * torch.fft.rfft(displacement / speed, norm="forward").conj()
    p = torch.nn.functional.pad(spectrum, (0, max(0, modes + 2 - len(spectrum))))
    p = torch.cat([0.5 * p[:1].real + 0j, p[1 : modes + 2]])
    weighted = torch.cat([torch.zeros_like(coefficients[:1]), laurent.modes(coefficients[None]) * coefficients])
    product = torch.stack([(weighted[: k + 1] * p[: k + 1].flip(0)).sum() for k in range(1, modes + 1)])
    return p[2:] - p[0] * coefficients - product, laurent.conformal_radius(coefficients[None])[0] * p[1]


def _row(displacement: FloatArray) -> FloatArray:
    """A copy of the displacements; `InputError` for anything but one row of finite numbers."""
    try:
        given = np.asarray(displacement)
        row = np.array(given, dtype=np.float64) if given.dtype.kind in "iuf" else np.zeros(0)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"expected one row of displacements, got {shown(displacement)}; give an array of shape (n,)"
        ) from error
    require(
        row.ndim == 1 and len(row) > 0 and bool(np.isfinite(row).all()),
        f"expected one row of finite displacements, got {shown(displacement)}; give an array of shape (n,)",
    )
    return row


def displaced(body: Body, displacement: FloatArray) -> Body:
    """A body with its outline moved along the normal, of the same area (volume) and number of modes.

    The moved outline is scaled back to the area, and displacements finer than the modes resolve are smoothed. The move
    is shortened where the body would become invalid. A body of revolution stays one: the mean of the displacements at
    mirrored points counts.

    Parameters
    ----------
    body : Body
    displacement : ndarray
        (n,), outward, in units of d, at the points of `body.outline(n)`.

    Returns
    -------
    Body

    Raises
    ------
    InputError
        For anything but a body and one row of finite displacements.

    Examples
    --------
    >>> import numpy as np
    >>> from fusiform import Body
    >>> from fusiform.solvers.geometry import displaced
    >>> angle = 2.0 * np.pi * np.arange(64) / 64
    >>> longer = displaced(Body.circle(), 0.01 * np.cos(2.0 * angle))
    >>> round(longer.length - 1.0, 3), round(longer.height - 1.0, 3)
    (0.02, -0.02)
    """
    require_body(body)
    step = torch.from_numpy(_row(displacement)) / STEPS.substeps
    if body.revolution:
        step = 0.5 * (step + step.roll(-1).flip(0)) * (body.reference_length / body.scale)
    a, origin = body.coefficients, 0j
    floor = min(STEPS.least_margin, 0.5 * float(univalence_margin(a[None])))
    for _ in range(STEPS.substeps):
        change, shift = variation(a, step)
        if body.revolution:
            change, shift = change.real + 0j, shift.real + 0j
        for halving in range(STEPS.halvings):
            trial = a + 0.5**halving * change
            if bool(is_valid(trial[None])) and float(univalence_margin(trial[None])) >= floor:
                a, origin = trial, origin + 0.5**halving * complex(shift)
                break
    origin = body.origin + body.scale * origin
    return replace(body, coefficients=a, origin=origin, fit_error=0.0, given_outline=None)


def pulled(body: Body, eta: float, displacement: float, width: float = 0.35) -> Body:
    """`displaced` by a smooth bump, `displacement` · exp[(cos(η − eta) − 1)/width²].

    A body of revolution gets the bump and its mirror image, scaled to the same height at their tops.

    Parameters
    ----------
    body : Body
    eta : float
        Place of the bump on the outline, in radians from the rear, counter-clockwise.
    displacement : float
        Height of the bump, outward, in units of d.
    width : float
        Its width in radians of η.

    Returns
    -------
    Body

    Raises
    ------
    InputError
        For anything but a body and finite numbers, and a width that is not positive.

    Examples
    --------
    >>> import math
    >>> from fusiform import Body
    >>> from fusiform.solvers.geometry import pulled
    >>> body = pulled(Body.circle(), 0.5 * math.pi, 0.05)
    >>> body.is_symmetric(), round(body.area, 6) == round(Body.circle().area, 6)
    (False, True)
    """
    require(
        all(map(is_number, (eta, displacement, width))) and width > 0.0 and width**2 > 0.0,
        f"expected a place, a height and a positive width, got {shown((eta, displacement, width))}; give three numbers",
    )
    require_body(body)
    angle = 2.0 * np.pi * np.arange(BUMP_POINTS) / BUMP_POINTS
    return displaced(body, displacement * bump(angle, np.array(eta), width, mirrored=body.revolution))


def bump(angle: FloatArray, centre: FloatArray, width: float, *, mirrored: bool) -> FloatArray:
    """The bump of `pulled` around `centre` at the angles `angle`, arrays that are broadcast; `mirrored`: of a body of
    revolution."""
    one = _wave(angle - centre, width)
    return (one + _wave(angle + centre, width)) / (1.0 + _wave(2.0 * centre, width)) if mirrored else one


def _wave(angle: FloatArray, width: float) -> FloatArray:
    return np.asarray(np.exp((np.cos(angle) - 1.0) / width**2))

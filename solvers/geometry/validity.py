"""Univalence of the exterior Laurent map: the coefficients a_1 … a_K that describe a body.

    z(ζ) = c [ζ + Σ a_k ζ⁻ᵏ]   is one-to-one for |ζ| ≥ 1
    ⟺   z'(ζ) ≠ 0 for |ζ| ≥ 1   and   the outline z(|ζ| = 1) does not cross itself.

With w = 1/ζ the first condition says that P(w) = 1 − Σ k a_k w^(k+1) has no zero in the closed unit disc. The
Schur–Cohn recursion decides it from the coefficients alone, without sampling (P. Henrici, Applied and Computational
Complex Analysis I, 1974, §6.8). The second is decided on a polygon of at least 256 points. All functions take a
batch of coefficients, shape (batch, K), complex, at any incidence.
"""

from __future__ import annotations

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.geometry.laurent import modes
from fusiform.solvers.geometry.limits import MODES_RANGE

_OUTLINE_POINTS = 256
_MARGIN_POINTS = 1024
_BODIES_AT_ONCE = 64
COMPLEX = (torch.complex64, torch.complex128)


def _derivative_polynomial(coefficients: Tensor) -> Tensor:
    """Coefficients of P(w) = z'(1/w)/c in rising powers of w, shape (batch, K + 2)."""
    ones = torch.ones_like(coefficients[:, :1])
    return torch.cat([ones, torch.zeros_like(ones), -modes(coefficients) * coefficients], dim=1)


def has_regular_derivative(coefficients: Tensor) -> Tensor:
    """True where z'(ζ) ≠ 0 for all |ζ| ≥ 1, shape (batch,), by the Schur–Cohn recursion.

    With P scaled to P(0) = 1 and γ its leading coefficient, P has no zero in |w| ≤ 1 exactly when |γ| < 1 and the
    same holds for (P − γ P*) / (1 − |γ|²), whose degree is lower; P*(w) = wⁿ conj(P(1/conj w)).
    """
    p = _derivative_polynomial(coefficients.detach())
    regular = torch.ones(len(p), dtype=torch.bool, device=p.device)
    while p.shape[1] > 1:
        gamma = p[:, -1:]
        gap = 1.0 - gamma.real.square() - gamma.imag.square()
        regular &= gap[:, 0] > 0.0
        p = (p[:, :-1] - gamma * p[:, 1:].flip(1).conj()) / gap
    return regular


def _powers(coefficients: Tensor, lowest: int, least: int) -> Tensor:
    """w^k, k = `lowest` … K + 1, at `least` or more points w = e^(−iη) of the circle; shape (exponents, points)."""
    top = coefficients.shape[1] + 1
    count = max(least, 8 * top)
    step = -2.0 * torch.pi / count
    index = torch.arange(count, dtype=coefficients.real.dtype, device=coefficients.device)
    angle = step * index * torch.arange(lowest, top + 1, device=coefficients.device)[:, None]
    return torch.polar(torch.ones_like(angle), angle)


def _outlines(coefficients: Tensor) -> Tensor:
    """Polygons z/c on the outlines, shape (batch, points)."""
    powers = _powers(coefficients, 1, _OUTLINE_POINTS)
    return powers[0].conj() + coefficients @ powers[:-1]


def _is_simple(polygon: Tensor) -> Tensor:
    """True for each polygon (batch, points) of which no two sides cross, shape (batch,).

    left[i, j] is True if vertex j lies to the left of side i: Im[conj(e_i) (z_j − z_i)] > 0, e_i the side's vector.
    Sides i and j cross when each splits the other's ends.
    """
    edge = torch.roll(polygon, -1, 1) - polygon
    line = torch.stack([-edge.imag, edge.real, -(edge.conj() * polygon).imag], dim=2)
    vertex = torch.stack([polygon.real, polygon.imag, torch.ones_like(polygon.real)], dim=1)
    left = line @ vertex > 0.0
    splits = left ^ torch.roll(left, -1, 2)
    index = torch.arange(polygon.shape[1], device=polygon.device)
    distance = (index[:, None] - index[None, :]).abs()
    apart = (distance > 1) & (distance < polygon.shape[1] - 1)
    return ~(splits & splits.transpose(1, 2) & apart).flatten(1).any(dim=1)


def _require_rows(coefficients: Tensor) -> None:
    is_tensor = isinstance(coefficients, Tensor)
    require(
        is_tensor and coefficients.dim() == 2 and coefficients.shape[1] > 0 and coefficients.dtype in COMPLEX,
        "expected a complex tensor of shape (batch, K), got "
        f"{f'{coefficients.dtype} of shape {tuple(coefficients.shape)}' if is_tensor else shown(coefficients)}; "
        "give one row of coefficients for each body",
    )


def is_valid(coefficients: Tensor) -> Tensor:
    """True for each row of coefficients that is a body: the map univalent in |ζ| ≥ 1, the outline simple.

    NaN and infinity are not valid. Outlines that are star-shaped about the map's centre need no search for crossings,
    so that a batch of ordinary bodies costs one matrix product; the others are searched pairwise.

    Parameters
    ----------
    coefficients : Tensor
        (batch, K), complex, at any incidence.

    Returns
    -------
    Tensor
        (batch,), bool.

    Raises
    ------
    InputError
        For anything but a complex tensor of that shape, K > 0.

    Examples
    --------
    >>> import torch
    >>> from fusiform.solvers.geometry import is_valid
    >>> is_valid(torch.tensor([[0.3 + 0.1j], [1.2 + 0j]])).tolist()
    [True, False]
    """
    _require_rows(coefficients)
    a = coefficients.detach()
    valid = has_regular_derivative(a)
    polygon = _outlines(torch.where(valid[:, None], a, torch.zeros_like(a)))
    star = ((polygon.conj() * torch.roll(polygon, -1, 1)).imag > 0.0).all(dim=1)
    unsure = torch.nonzero(valid & ~star).flatten()
    for start in range(0, len(unsure), _BODIES_AT_ONCE):
        rows = unsure[start : start + _BODIES_AT_ONCE]
        valid[rows] = _is_simple(polygon[rows])
    return valid


def has_radius(coefficients: Tensor) -> Tensor:
    """True for each row of real coefficients whose upper half is a meridian: s > 0 between its ends, (batch,).

    s/(c sin η) = 1 − Σ a_k sin(kη)/sin η is compared with 0 at 256 or more angles. A map that is univalent has it
    anyway; the polygon that decides `is_valid` may be too coarse for a thin waist. Coefficients that are not real are
    those of no body of revolution.
    """
    a = coefficients.detach()
    count = max(_OUTLINE_POINTS, 8 * a.shape[1])
    eta = torch.pi * (torch.arange(count, dtype=a.real.dtype, device=a.device) + 0.5) / count
    radius = 1.0 - a.real @ (torch.sin(modes(a)[:, None] * eta) / torch.sin(eta))
    return (radius > 0.0).all(dim=1) & (a.imag == 0.0).all(dim=1)


def require_valid(coefficients: Tensor, *, revolution: bool = False) -> None:
    """Raise `InputError` unless the coefficients (K,) describe a body, or a body of `revolution`."""
    high = MODES_RANGE[1]
    require(
        coefficients.dim() == 1 and 1 <= len(coefficients) <= high,
        f"expected 1 to {high} coefficients in one row, got shape {tuple(coefficients.shape)}; give a_1 … a_K",
    )
    require(
        bool(is_valid(coefficients[None])[0]),
        "expected coefficients of an outline that does not cross itself, got a map that folds over; "
        "make the coefficients smaller",
    )
    require(
        not revolution or bool((coefficients.imag == 0.0).all()),
        "expected real coefficients, those of a symmetric section, for a body of revolution, got complex ones; leave "
        "the imaginary parts out",
    )
    require(
        not revolution or bool(has_radius(coefficients[None])[0]),
        "expected a meridian that stays above the axis between its ends, got one that crosses it; make the "
        "coefficients smaller",
    )


def univalence_margin(coefficients: Tensor) -> Tensor:
    """The distance from losing local univalence, min |z'(ζ)| / c over the outline; small at sharp edges.

    1 for the circle, 1 − a_1 for an ellipse, 0 for an outline with a cusp. Outlines that overlap themselves may have
    a positive margin; `is_valid` finds them.

    Parameters
    ----------
    coefficients : Tensor
        (batch, K), complex.

    Returns
    -------
    Tensor
        (batch,), differentiable; negative where z' vanishes at some |ζ| ≥ 1.

    Raises
    ------
    InputError
        For anything but a complex tensor of that shape, K > 0.

    Examples
    --------
    >>> import torch
    >>> from fusiform.solvers.geometry import univalence_margin
    >>> univalence_margin(torch.tensor([[0.25 + 0j]], dtype=torch.complex128)).tolist()
    [0.75]
    """
    _require_rows(coefficients)
    smallest = (_derivative_polynomial(coefficients) @ _powers(coefficients, 0, _MARGIN_POINTS)).abs().amin(dim=1)
    return torch.where(has_regular_derivative(coefficients), smallest, -smallest)

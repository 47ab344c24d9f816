"""Small changes of the outline along its normal, as changes of the map's coefficients, and the adjoint of that.

An outline that moves by δn along its outward normal n = ζz'/|z'| is the image under z + δz with

    δz = ζ z'(ζ) p(ζ),   p analytic for |ζ| > 1,   Re p = δn/|z'| on |ζ| = 1,   Im p(∞) = 0

(Hadamard's variation of the exterior map; M. Schiffer, appendix to R. Courant, Dirichlet's Principle, 1950). With
p = p_0 + p_1/ζ + … and the area held by c,

    δa_k = p_{k+1} − p_0 a_k − Σ_{j=1}^{k} j a_j p_{k−j} .

Lengths are in units of d.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.body import Body
from fusiform.solvers.geometry.polygons import FloatArray
from fusiform.solvers.geometry.validity import is_valid, univalence_margin

SUBSTEPS = 4
HALVINGS = 12
LEAST_MARGIN = 0.02
BUMP_POINTS = 256


def _circle(count: int) -> Tensor:
    eta = 2.0 * math.pi * torch.arange(count, dtype=torch.float64) / count
    return torch.polar(torch.ones_like(eta), eta)[None]


def _variation(coefficients: Tensor, displacement: Tensor) -> tuple[Tensor, Tensor]:
    """(δa (K,), δa_0) of an outline moved by `displacement` (n,) at n equal steps of η, to first order."""
    count, modes = len(displacement), len(coefficients)
    speed = laurent.z_prime(coefficients[None], _circle(count))[0].abs()
    spectrum = 2.0 * torch.fft.rfft(displacement / speed, norm="forward").conj()
    p = torch.nn.functional.pad(spectrum, (0, max(0, modes + 2 - len(spectrum))))
    p = torch.cat([0.5 * p[:1].real + 0j, p[1 : modes + 2]])
    weighted = torch.cat([torch.zeros_like(coefficients[:1]), laurent.modes(coefficients[None]) * coefficients])
    product = torch.stack([(weighted[: k + 1] * p[: k + 1].flip(0)).sum() for k in range(1, modes + 1)])
    return p[2:] - p[0] * coefficients - product, laurent.conformal_radius(coefficients[None])[0] * p[1]


def displaced(body: Body, displacement: FloatArray) -> Body:
    """`body` with its outline moved by `displacement` (n,), in units of d, outward, at the points of `outline(n)`.

    Area and number of modes are kept: the moved outline is scaled back, and displacements finer than the modes resolve
    are smoothed. The move is shortened to what leaves a valid body.
    """
    step = torch.from_numpy(np.asarray(displacement, dtype=np.float64)) / SUBSTEPS
    a, origin = body.coefficients, 0j
    floor = min(LEAST_MARGIN, 0.5 * float(univalence_margin(a[None])))
    for _ in range(SUBSTEPS):
        change, shift = _variation(a, step)
        for halving in range(HALVINGS):
            trial = a + 0.5**halving * change
            if bool(is_valid(trial[None])) and float(univalence_margin(trial[None])) >= floor:
                a, origin = trial, origin + 0.5**halving * complex(shift)
                break
    return replace(body, coefficients=a, origin=body.origin + body.reference_length * origin)


def pulled(body: Body, eta: float, displacement: float, width: float = 0.35) -> Body:
    """`displaced` by a smooth bump of height `displacement` around the outline's point at `eta` (radians).

    The bump is e^{(cos(η − eta) − 1)/width²}: `width` radians wide.
    """
    angle = 2.0 * np.pi * np.arange(BUMP_POINTS) / BUMP_POINTS - eta
    return displaced(body, displacement * np.exp((np.cos(angle) - 1.0) / width**2))


def drag_sensitivity(body: Body, gradient: Tensor, count: int = 400) -> FloatArray:
    """Density g (count,) with δC = ∮ g δn ds at the points of `outline(count)`, for a body's force `gradient` (K,).

    `gradient` is `ForceGradient.coefficients`, ∂C/∂Re a_k + i ∂C/∂Im a_k; lengths are in units of d. g > 0 where moving
    the outline outward raises C. The area is held: ∮ g n·(x, y) ds = 0, since a scaled body is the same body.
    """
    displacement = torch.zeros(count, dtype=torch.float64, requires_grad=True)
    change, _ = _variation(body.coefficients, displacement)
    (slope,) = torch.autograd.grad((gradient.conj() * change).real.sum(), displacement)
    arc = laurent.z_prime(body.coefficients[None], _circle(count))[0].abs() * (2.0 * math.pi / count)
    density: FloatArray = (slope / arc).numpy()
    return density

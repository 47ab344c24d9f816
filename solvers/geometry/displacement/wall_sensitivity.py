"""The sensitivity map: a gradient by the coefficients of a map as a density along the wall.

A functional of the coefficients is one of displacements of the outline along its normal by the adjoint of `variation`.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.geometry import laurent
from fusiform.solvers.geometry.body import Body, require_body
from fusiform.solvers.geometry.displacement.normal_displacement import circle, variation
from fusiform.solvers.geometry.displacement.ring_density import ring_density
from fusiform.solvers.geometry.limits import require_count


def drag_sensitivity(body: Body, gradient: Tensor, count: int = 400) -> FloatArray:
    """The density g along the outline with δC = ∮ g δn ds for displacements δn along the outward normal.

    g > 0 where moving the outline outward raises C. ∮ g n·(x, y) ds = 0, since a scaled body is the same body: the area
    is held. For a body of revolution g is per area of its surface, δC = ∫ g δn dA with dA = 2π r ds along the meridian,
    and the volume is held. For both kinds δC = Σ g δn w over the points of the outline, w from `wall_elements`.

    Parameters
    ----------
    body : Body
    gradient : Tensor
        (K,) complex, ∂C/∂Re a_k + i ∂C/∂Im a_k: the `coefficients` of a `ForceGradient`.
    count : int
        Number of points.

    Returns
    -------
    ndarray
        (count,), g at the points of `body.outline(count)`; lengths in units of d.

    Raises
    ------
    InputError
        For a gradient that is not finite or not of the length of the body's coefficients, and fewer points than 1.

    Examples
    --------
    >>> import torch
    >>> from fusiform import Body
    >>> from fusiform.solvers.geometry import drag_sensitivity
    >>> falls_with_length = torch.tensor([-1.0 + 0j])
    >>> g = drag_sensitivity(Body.circle(modes=1), falls_with_length, 4)
    >>> bool(g[0] < 0 < g[1])
    True
    """
    require_body(body)
    require_count(count)
    shape = tuple(gradient.shape) if isinstance(gradient, Tensor) else shown(gradient)
    require(
        shape == (body.modes,) and gradient.dtype is not torch.bool,
        f"expected a tensor of {body.modes} derivatives, one for each coefficient, got {shape}; "
        "give the coefficients of the gradient of a solution for this body",
    )
    require(
        bool(gradient.isfinite().all()),
        "expected finite derivatives, got NaN or infinity; give the gradient of a converged solution",
    )
    with torch.inference_mode(False):
        density = _ring_density if body.revolution else _density
        return density(body, gradient.detach().cpu(), count)


def wall_elements(body: Body, count: int = 400) -> FloatArray:
    """The part of the wall that each point of `body.outline(count)` stands for, (count,).

    In units of d: its length ds; of a body of revolution its area π r ds, half of the ring of which the other half
    belongs to the mirrored point.

    Parameters
    ----------
    body : Body
    count : int
        Number of points, as in `Body.outline`.

    Examples
    --------
    >>> from fusiform import Body
    >>> from fusiform.solvers.geometry import wall_elements
    >>> [round(float(wall_elements(body).sum()), 4) for body in (Body.circle(), Body.sphere())]
    [3.1416, 3.1415]
    """
    require_body(body)
    require_count(count)
    speed = laurent.z_prime(body.coefficients[None], circle(count))[0].abs().numpy()
    length: FloatArray = speed * (2.0 * math.pi / count) * (body.scale / body.reference_length)
    if not body.revolution:
        return length
    return np.pi * np.abs(body.outline(count)[:, 1]) / body.reference_length * length


def _density(body: Body, gradient: Tensor, count: int) -> FloatArray:
    slope = _slope(body, gradient, count)
    arc = laurent.z_prime(body.coefficients[None], circle(count))[0].abs() * (2.0 * math.pi / count)
    density: FloatArray = (slope / arc).numpy()
    return density


def _ring_density(body: Body, gradient: Tensor, count: int) -> FloatArray:
    a, harmonics = body.coefficients, body.modes + 2
    zeta = circle(4 * harmonics)[0]
    speed = laurent.z_prime(a[None], zeta[None])[0].abs()
    moments = torch.cos(torch.arange(harmonics)[:, None] * zeta.angle()) @ (_slope(body, gradient, len(zeta)) * speed)
    density: FloatArray = ring_density(a, moments, circle(count)[0].angle()).numpy()
    return (body.reference_length / body.scale) ** 3 * density


def _slope(body: Body, gradient: Tensor, count: int) -> Tensor:
    """∂C/∂δn at `count` points, (count,), of displacements in units of the map."""
    displacement = torch.zeros(count, dtype=torch.float64, requires_grad=True)
    change, _ = variation(body.coefficients, displacement)
    (slope,) = torch.autograd.grad((gradient.clone().conj() * change).real.sum(), displacement)
    return slope

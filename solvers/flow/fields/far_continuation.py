"""The flow beyond the elements: uniform stream and Oseenlet, and what differs from them at the outer line, decaying."""

from __future__ import annotations

import numpy as np
import torch

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.flow.equations.far_field import oseenlet

DECAY, QUADRATURE = 1.5, 32


def continued(
    points: ComplexArray, edge: ComplexArray, outer: FloatArray, scalars: FloatArray, viscosity: float
) -> FloatArray:
    """u, v, p, ω, ψ at `points` (n,) beyond the outer line, (5, n), from those `outer` (5, n) at points `edge` on it.

    The difference to the Oseenlet falls like r^(−3/2) along the ray from `edge`; ψ = ∫ u dy − v dx along it.
    """
    defect = outer[:4] - oseen(edge, scalars, viscosity)
    values = oseen(points, scalars, viscosity) + defect * np.abs(edge / points) ** DECAY
    node, weight = np.polynomial.legendre.leggauss(QUADRATURE)
    logarithm = np.log(points / edge)
    ray = edge * np.exp(0.5 * (1.0 + node[:, None]) * logarithm)
    u, v = oseen(ray, scalars, viscosity)[:2] + defect[:2, None] * np.abs(edge / ray) ** DECAY
    flux = ((u - 1j * v) * ray * logarithm).imag
    return np.concatenate([values, [outer[4] + 0.5 * weight @ flux]])


def oseen(points: ComplexArray, scalars: FloatArray, viscosity: float) -> FloatArray:
    """u, v, p, ω of the uniform stream and the Oseenlet of `scalars` (Q, Γ), (4, …)."""
    nu = torch.tensor([viscosity], dtype=torch.float64)
    velocity, vorticity = (part[0].numpy() for part in oseenlet(torch.from_numpy(points)[None], nu))
    w = 1.0 + np.tensordot(scalars, velocity, 1)
    drag, lift = scalars
    pressure = -(drag * points.real + lift * points.imag) / (2.0 * np.pi * np.abs(points) ** 2)
    return np.stack([w.real, w.imag, pressure, np.tensordot(scalars, vorticity, 1)])

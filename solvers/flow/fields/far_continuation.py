"""The flow beyond the elements: uniform stream and Oseenlet, and what differs from them at the outer line, decaying."""

from __future__ import annotations

import numpy as np
import torch

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.flow.equations.far_field import oseenlet

DECAY, QUADRATURE = 1.5, 32
AXIAL_DECAY = 2.0


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


def continued_around_the_axis(
    points: ComplexArray, edge: ComplexArray, outer: FloatArray, scalars: FloatArray, viscosity: float
) -> FloatArray:
    """The same of a body of revolution, with Stokes' stream function Ψ = ∫ s (u dy − v dx).

    The difference to Oseen's flow falls like r⁻² along the ray.
    """
    drag = float(scalars[0])
    defect = outer[:4] - axial_oseen(edge, drag, viscosity)
    values = axial_oseen(points, drag, viscosity) + defect * np.abs(edge / points) ** AXIAL_DECAY
    node, weight = np.polynomial.legendre.leggauss(QUADRATURE)
    logarithm = np.log(points / edge)
    ray = edge * np.exp(0.5 * (1.0 + node[:, None]) * logarithm)
    u, v = axial_oseen(ray, drag, viscosity)[:2] + defect[:2, None] * np.abs(edge / ray) ** AXIAL_DECAY
    flux = ray.imag * ((u - 1j * v) * ray * logarithm).imag
    return np.concatenate([values, [outer[4] + 0.5 * weight @ flux]])


def axial_oseen(points: ComplexArray, drag: float, viscosity: float) -> FloatArray:
    """u, v, p, ω of the uniform stream and a point force −Q on the axis, (4, …), at points x + is.

    With χ = (Q k/2πr) e^{−k(r−x)} and k = 1/(2ν):  u' = Q x/(4πr³) + χ_x/(2k) − χ,  v' = Q s/(4πr³) + χ_s/(2k),
    ω' = χ_s,  p' = −Q x/(4πr³). Source: as that of `axial_oseenlet` (Lamb, Hydrodynamics, 1932, §342).
    """
    k, r = 0.5 / viscosity, np.abs(points)
    x, s = points.real, points.imag
    source = drag / (4.0 * np.pi * r**3)
    wake = drag * k / (2.0 * np.pi * r) * np.exp(-k * (r - x))
    wake_x, wake_s = wake * (k - (k + 1.0 / r) * x / r), -wake * (k + 1.0 / r) * s / r
    u = 1.0 + source * x + wake_x / (2.0 * k) - wake
    v = source * s + wake_s / (2.0 * k)
    return np.stack([u, v, -source * x, wake_s])

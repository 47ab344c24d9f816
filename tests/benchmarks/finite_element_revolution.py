"""Axisymmetric flow past a body of revolution by the finite elements of `finite_element_flow.py`.

In the meridian plane x, s ≥ 0 with the weight 2π s, and u = (u_x, u_s):

    R = 2π ∫ s [ν ∇u:∇v + (u·∇u)·v] + ν u_s v_s/s − p (s ∇·v + v_s) − q (s ∇·u + u_s) dx ds,   u_s = 0 on the axis.

The stream is uniform on the outer circle: from a radius of 100 d to 400 d the drag of spheres and spheroids falls by
2e-5 to 7e-5 at Re 10 and 100. d is the diameter of the sphere of equal
volume, C_D = 8 D/π on its frontal area π d²/4.
"""

from __future__ import annotations

import math

import torch  # isort: skip  (before NGSolve, whose BLAS torch would call and crash)
import ngsolve as ng
import numpy as np
from finite_element_flow import FiniteElementFlow
from ngsolve import Grad, InnerProduct, y

from fusiform.solvers import Body
from fusiform.solvers.geometry import laurent

ON_FRONTAL_AREA = 8.0 / math.pi


class RevolutionFlow(FiniteElementFlow):
    """The discrete flow in the meridian plane."""

    turns = 2.0 * math.pi

    def integrand(self, flow: tuple[ng.CF, ng.CF], test: tuple[ng.CF, ng.CF]) -> ng.CF:
        """The integrand of R/2π."""
        (u, p), (v, q) = flow, test
        viscous = y * InnerProduct(Grad(u), Grad(v)) + u[1] * v[1] / y
        flux, test_flux = y * ng.Trace(Grad(u)) + u[1], y * ng.Trace(Grad(v)) + v[1]
        return self.viscosity * viscous + y * InnerProduct(Grad(u) * u, v) - p * test_flux - q * flux

    def _far_field_modes(self) -> list[ng.CF]:
        return []


def meridian_scale(body: Body) -> float:
    """The factor that turns the upper half of a symmetric plane body into a meridian of volume π/6.

    The volume of the meridian is π ∫ y² |dx| = −π ∫₀^π y² x_η dη, by Gauss's rule.
    """
    node, weight = np.polynomial.legendre.leggauss(400)
    zeta = torch.from_numpy(np.exp(0.5j * math.pi * (node + 1.0)))[None]
    position = laurent.z(body.coefficients[None], zeta)[0].numpy()
    slope = (1j * zeta * laurent.z_prime(body.coefficients[None], zeta))[0].numpy()
    volume = -math.pi * float(0.5 * math.pi * (weight * position.imag**2 * slope.real).sum())
    return float((math.pi / 6.0 / volume) ** (1.0 / 3.0))

"""Derivatives along x and y from those along ξ and η.

Of a real function D f = f_ξ − i f_η, and f_x − i f_y = D f / z_ξ since the map is conformal.
"""

from __future__ import annotations

import numpy as np

from fusiform.solvers.common.arrays import ComplexArray, FloatArray


def plane_gradients(
    functions: FloatArray, xi: FloatArray, slope: ComplexArray, bend: ComplexArray, radius: float
) -> FloatArray:
    """u_x, u_y, v_x, v_y, p_x, p_y, ω_x, ω_y, (8, n).

    `functions` (4, 3, n): ψ_ξ/ξ, ψ_η/ξ², p and q ω with q = h²/(c² + h²), each with its derivatives along ξ and η;
    `slope` z_ξ, `bend` z_ξξ, `radius` c. The velocity is u − iv = (ψ_η + iψ_ξ)/z_ξ.
    """
    (a, a_xi, a_eta), (b, b_xi, b_eta), pressure, weighted = functions
    velocity = (xi**2 * b + 1j * xi * a) / slope
    along_xi = (2.0 * xi * b + xi**2 * b_xi + 1j * (a + xi * a_xi) - velocity * bend) / slope
    along_eta = (xi**2 * b_eta + 1j * xi * a_eta - 1j * velocity * bend) / slope
    metric = slope.real**2 + slope.imag**2
    share = metric / (radius**2 + metric)
    share_slope = 2.0 * slope.conj() * bend * (share / metric) * (1.0 - share)
    omega = weighted[0] / share
    turned = (
        along_xi.real - 1j * along_eta.real,
        -along_xi.imag + 1j * along_eta.imag,
        pressure[1] - 1j * pressure[2],
        (weighted[1] - 1j * weighted[2] - omega * share_slope) / share,
    )
    along = [part / slope for part in turned]
    return np.stack([half for part in along for half in (part.real, -part.imag)])

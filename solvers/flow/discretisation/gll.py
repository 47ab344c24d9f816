"""Gauss-Lobatto-Legendre nodes: quadrature, differentiation and interpolation on the interval −1 … 1.

The nodes of degree p are −1, 1 and the zeros of P_p'; the quadrature is exact up to degree 2p − 1. Source: Canuto,
Hussaini, Quarteroni & Zang, Spectral Methods: Fundamentals in Single Domains (2006), section 2.3.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre
from scipy.interpolate import BarycentricInterpolator

from fusiform.solvers.common.arrays import FloatArray


@lru_cache(maxsize=32)
def nodes_and_weights(degree: int) -> tuple[FloatArray, FloatArray]:
    """The degree + 1 nodes, ascending, and the weights 2/(p (p + 1) P_p(x)²)."""
    series = np.eye(degree + 1)[degree]
    slope, bend = legendre.legder(series), legendre.legder(series, 2)
    inner = np.sort(legendre.legroots(slope).real)
    for _ in range(3):  # polished by Newton's method
        inner = inner - legendre.legval(inner, slope) / legendre.legval(inner, bend)
    nodes = np.concatenate([[-1.0], inner, [1.0]])
    return nodes, 2.0 / (degree * (degree + 1) * legendre.legval(nodes, series) ** 2)


@lru_cache(maxsize=32)
def differentiation(degree: int) -> FloatArray:
    """The matrix D (p + 1, p + 1) with (D f)_i = f'(x_i) for polynomials f of that degree."""
    nodes, _ = nodes_and_weights(degree)
    values = legendre.legval(nodes, np.eye(degree + 1)[degree])
    distance = nodes[:, None] - nodes
    np.fill_diagonal(distance, 1.0)
    matrix = values[:, None] / values / distance
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(1))
    return matrix


def interpolation(degree: int, points: FloatArray) -> FloatArray:
    """The matrix (len(points), p + 1) from nodal values to values at `points`."""
    nodes, _ = nodes_and_weights(degree)
    return np.asarray(BarycentricInterpolator(nodes, np.eye(degree + 1))(points))

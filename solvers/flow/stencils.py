"""Finite-difference weights of any order on any nodes, with Hermite data, and Fourier differentiation."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def hermite_weights(nodes: Array, at: float, order: int, slope_at: float | None = None) -> Array:
    """Weights w with Σ w_i f(x_i) ≈ f⁽ᵒʳᵈᵉʳ⁾(at), exact for the highest possible polynomial degree.

    With `slope_at` the polynomials are further required to have zero slope there: a known f'(slope_at) = 0 then
    serves as one more piece of data (the no-slip wall, where ψ_ξ = 0). Solved as a small Vandermonde system in
    the scaled distance from `at`.
    """
    scale = np.abs(nodes - at).max()
    x = (nodes - at) / scale
    count = len(nodes) + (slope_at is not None)
    powers = np.arange(count)
    rows = [x[:, None] ** powers]
    if slope_at is not None:
        s = (slope_at - at) / scale
        rows.append((powers * s ** np.maximum(powers - 1, 0))[None])
    target = np.zeros(count)
    target[order] = float(np.prod(np.arange(1, order + 1)))
    weights = np.linalg.solve(np.vstack(rows).T, target) / scale**order
    return weights[: len(nodes)]


@lru_cache(maxsize=16)
def fourier_matrices(count: int) -> tuple[Array, Array]:
    """First and second derivative on `count` (even) equidistant nodes of a 2π-periodic interval, (count, count).

    Source: Trefethen, Spectral Methods in MATLAB (2000), eqs. (3.7)-(3.12). The second matrix is not the square of
    the first: it keeps the sawtooth mode, which the first annihilates.
    """
    step = 2.0 * np.pi / count
    index = np.arange(1, count)
    first = np.zeros(count)
    first[1:] = 0.5 * (-1.0) ** index / np.tan(index * step / 2.0)
    second = np.full(count, -(np.pi**2) / (3.0 * step**2) - 1.0 / 6.0)
    second[1:] = -((-1.0) ** index) / (2.0 * np.sin(index * step / 2.0) ** 2)
    shift = (np.arange(count)[:, None] - np.arange(count)[None, :]) % count
    return first[shift], second[shift]

"""The exterior conformal map of a closed curve, from its equilibrium measure.

The map z(ζ) = c ζ + a_0 + Σ b_k ζ⁻ᵏ of |ζ| > 1 onto the outside of a curve carries equal steps of η = arg ζ to equal
amounts of the curve's equilibrium measure μ, which solves Symm's integral equation

    ∫ log|z − t| dμ(t) = log c   on the curve,   ∫ dμ = 1 .

It is solved by collocation with a constant density on straight panels, the logarithm integrated in closed form, so
that thin bodies, concave bodies and sharp edges need no special care. The panels are spaced by half arc length, half
equilibrium measure of a coarser solution, which grades them toward edges. Refinement ends early where the panels on
both sides of a cusp come so close that their measures cannot be told apart (one turns negative). The map is accurate
to about 1e-4 d: the starting point of `outline_fitting`, which ends at the accuracy of the curve itself.
Sources: G. T. Symm, Numer. Math. 10, 437 (1967); P. Henrici, Applied and Computational Complex Analysis III, §16.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.linalg import solve

from fusiform.solvers.common.arrays import ComplexArray, FloatArray
from fusiform.solvers.geometry.curves import OutlineCurve


@dataclass(frozen=True)
class Panels:
    """Resolution of the equilibrium measure and of the map."""

    counts: tuple[int, ...] = (256, 512, 640)
    """Numbers of panels, one for each refinement."""
    samples: int = 2048
    """Points at equal steps of η from which the series is computed."""
    least_measure: float = 1e-12
    """Least measure of a panel, which keeps η(s) strictly rising in deep bays."""


PANELS = Panels()


@dataclass(frozen=True)
class ExteriorMap:
    """z(ζ) = c ζ + a_0 + Σ b_k ζ⁻ᵏ with c > 0; `terms` holds b_1 … b_K, in the unit of the curve.

    `nodes` are parameters of the curve, denser at edges and in bays alike, at which to measure it.
    """

    conformal_radius: float
    centre: complex
    terms: ComplexArray
    nodes: FloatArray


def equilibrium_measure(vertices: ComplexArray) -> tuple[FloatArray, float]:
    """Equilibrium measure of each side of the closed polygon `vertices` (n,), summing to 1, and log capacity."""
    side = np.roll(vertices, -1) - vertices
    length = np.abs(side)
    middle = vertices + 0.5 * side
    w = (middle[:, None] - vertices[None, :]) * (length / side)[None, :]
    potential = ((w * np.log(w) - (w - length) * np.log(w - length)).real - length) / length
    n = len(vertices)
    system = np.block([[potential, -np.ones((n, 1))], [np.ones((1, n)), np.zeros((1, 1))]])
    solution = solve(system, np.r_[np.zeros(n), 1.0], overwrite_a=True, check_finite=False)
    return solution[:-1], float(solution[-1])


def _spaced(u: FloatArray, density: FloatArray, count: int) -> FloatArray:
    """`count` parameters that cut the running total of `density` (of the steps between `u` (n + 1,)) equally."""
    total = np.r_[0.0, np.cumsum(density)]
    return np.asarray(np.interp(np.arange(count) / count * total[-1], total, u))


def exterior_map(curve: OutlineCurve, modes: int) -> ExteriorMap:
    """The exterior map of `curve`, its series cut after `modes` terms (at most 512)."""
    end = float(len(curve.cubic))
    u = np.r_[curve.dense(8), end]
    density = np.abs(np.diff(curve.at(u)))
    for count in PANELS.counts:
        nodes = _spaced(u, density, count)
        vertices = curve.at(nodes)
        refined, log_refined = equilibrium_measure(vertices)
        if count > PANELS.counts[0] and refined.min() <= 0.0:
            break
        measure, log_capacity = np.maximum(refined, PANELS.least_measure), log_refined
        measure /= measure.sum()
        side = np.abs(np.roll(vertices, -1) - vertices)
        u, density = np.r_[nodes, end], measure + side / side.sum()
    eta = 2.0 * np.pi * np.r_[0.0, np.cumsum(measure)]
    at_eta = PchipInterpolator(eta, u)(2.0 * np.pi * np.arange(PANELS.samples) / PANELS.samples)
    series = np.fft.fft(curve.at(at_eta)) / PANELS.samples
    turn = series[1] / abs(series[1])
    terms = series[: -modes - 1 : -1] * turn ** np.arange(1, modes + 1)
    return ExteriorMap(float(np.exp(log_capacity)), complex(series[0]), terms, _spaced(u, density, PANELS.counts[-1]))

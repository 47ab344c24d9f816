"""Points off the wall where a flow is at rest: saddles and the centres of eddies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.flow.fields.element_polynomials import subdivided
from fusiform.solvers.flow.fields.flow_field import FlowField

SUBDIVISION, ANGULAR_SUBDIVISION, SHIFT = 3, 4, 0.37
NEWTON_STEPS, ARRIVED, SAME_POINT = 30, 1e-7, 1e-6


@dataclass(frozen=True)
class FreeStagnationPoint:
    """A point off the wall where u = v = 0: a saddle, where streamlines cross, or else the centre of an eddy."""

    position: complex
    saddle: bool
    streamfunction: float


def free_stagnation_points(field: FlowField) -> tuple[FreeStagnationPoint, ...]:
    """All points off the wall where u = v = 0, by x.

    They are the zeros of ψ_ξ/ξ and ψ_η/ξ², which stay regular at the wall, found by Newton from the cells in which both
    change sign. A saddle where the Hessian of ψ is indefinite, else a centre.
    """
    xi, eta, saddle = _newton(field, *_cells_with_zeros(field))
    zeta = np.exp(xi + 1j * eta)
    distinct = [i for i in range(zeta.size) if np.all(np.abs(zeta[:i] / zeta[i] - 1.0) > SAME_POINT)]
    position = field.z(zeta[distinct])
    psi = field.at(position).streamfunction
    points = zip(position, saddle[distinct], psi, strict=True)
    return tuple(
        sorted(
            (FreeStagnationPoint(complex(z), bool(crossing), float(value)) for z, crossing, value in points),
            key=lambda point: point.position.real,
        )
    )


def finer_grid(field: FlowField, subdivision: int) -> tuple[FloatArray, FloatArray]:
    """ξ (m,) of the nodes and between them, and η (n + 1,) of a finer, shifted grid, the last angle one turn on.

    It has no points on the rays of the nodes: in symmetric flows ψ vanishes all along some of them.
    """
    elements = field.elements
    eta = subdivided(elements.eta, elements.angular_degree, ANGULAR_SUBDIVISION)
    eta = eta[:-1] + SHIFT * np.diff(eta)
    return subdivided(elements.xi, elements.radial_degree, subdivision), np.append(eta, eta[0] + 2.0 * np.pi)


def _cells_with_zeros(field: FlowField) -> tuple[FloatArray, FloatArray]:
    """Centres (ξ, η) of the cells of a finer grid at whose corners both slopes take both signs."""
    xi, eta = finer_grid(field, SUBDIVISION)
    positive = field.on_grid(xi, eta)[1:] > 0.0
    corners = np.stack([positive[:, i : i + xi.size - 1, j : j + eta.size - 1] for i in (0, 1) for j in (0, 1)])
    i, j = np.nonzero((corners.any(0) & ~corners.all(0)).all(0))
    return 0.5 * (xi[i] + xi[i + 1]), 0.5 * (eta[j] + eta[j + 1])


def _newton(field: FlowField, xi: FloatArray, eta: FloatArray) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Zeros (ξ, η) near the starts that Newton's method reaches, and whether they are saddles."""
    reach_xi, reach_eta = np.interp(xi, field.xi, np.gradient(field.xi)), 2.0 * np.pi / field.eta.size
    size, determinant = np.full(xi.shape, np.inf), np.ones(xi.shape)
    for _ in range(NEWTON_STEPS):
        (first, a, b), (second, c, d) = field.slopes(xi, eta)
        determinant = a * d - b * c
        step_xi, step_eta = (d * first - b * second) / determinant, (a * second - c * first) / determinant
        size = np.maximum(np.abs(step_xi) / reach_xi, np.abs(step_eta) / reach_eta)
        fraction = 1.0 / np.maximum(size, 1.0)
        xi = np.clip(xi - fraction * step_xi, 0.0, field.xi_max)
        eta = np.mod(eta - fraction * step_eta, 2.0 * np.pi)
    found = (size < ARRIVED) & (xi > 0.0) & (xi < field.xi_max)
    return xi[found], eta[found], determinant[found] < 0.0

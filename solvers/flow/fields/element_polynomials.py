"""Functions of (ξ, η) that are polynomials in each element, evaluated at any points.

A point is found among the element boundaries by bisection; there the function is Σ_ij f_ij ℓ_i(ξ) ℓ_j(η) with
Lagrange's polynomials of the element's nodes, in barycentric form. Source: Berrut & Trefethen, SIAM Review 46 (2004)
501.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.flow.discretisation import gll

AT_NODE = 1e-290  # its reciprocal outweighs all others


@dataclass(frozen=True)
class Places:
    """Points sorted by element: `order` (n,) of them, `runs` of (element, first, last + 1), and the sorted points'
    places `along_xi` and `along_eta` (n,) in −1 … 1."""

    order: NDArray[np.intp]
    runs: list[tuple[int, int, int]]
    along_xi: FloatArray
    along_eta: FloatArray


@dataclass(frozen=True)
class ElementPolynomials:
    """The elements between the boundaries `xi` (nr + 1,) and `eta` (na + 1,), one turn in all, and their degrees.

    Fields of functions are (…, nr, na, n1, n2), by element and node.

    Examples
    --------
    >>> import numpy as np
    >>> from fusiform.solvers.flow.fields.element_polynomials import ElementPolynomials
    >>> elements = ElementPolynomials(np.array([0.0, 1.0, 3.0]), np.linspace(0.0, 2.0 * np.pi, 5), 3, 4)
    >>> xi, eta = elements.nodes
    >>> values = elements.by_element(xi[:, None] ** 3 + 0.0 * eta)
    >>> elements.at(values, elements.places(np.array([0.5, 2.0]), np.array([1.0, 7.0]))).round(12).tolist()
    [0.125, 8.0]
    """

    xi: FloatArray
    eta: FloatArray
    radial_degree: int
    angular_degree: int

    @property
    def nodes(self) -> tuple[FloatArray, FloatArray]:
        """ξ (n_xi,) and η (n_eta,) of the nodes."""
        return _nodes(self.xi, self.radial_degree), _nodes(self.eta, self.angular_degree)[:-1]

    def by_element(self, values: FloatArray) -> FloatArray:
        """Values (…, n_xi, n_eta) at the nodes, by element."""
        n1, n2 = self.radial_degree, self.angular_degree
        closed = np.concatenate([values, values[..., :1]], axis=-1)
        lines = np.arange(self.xi.size - 1)[:, None] * n1 + np.arange(n1 + 1)
        rays = np.arange(self.eta.size - 1)[:, None] * n2 + np.arange(n2 + 1)
        return np.ascontiguousarray(closed[..., lines[:, None, :, None], rays[None, :, None, :]])

    def slope_xi(self, local: FloatArray) -> FloatArray:
        """∂/∂ξ of functions at the nodes, by element."""
        scale = 2.0 / np.diff(self.xi)[:, None, None, None]
        return np.asarray(gll.differentiation(self.radial_degree) @ local * scale)

    def slope_eta(self, local: FloatArray) -> FloatArray:
        """∂/∂η of functions at the nodes, by element."""
        scale = 2.0 / np.diff(self.eta)[:, None, None]
        return np.asarray(local @ gll.differentiation(self.angular_degree).T * scale)

    def places(self, xi: FloatArray, eta: FloatArray) -> Places:
        """The places of points with ξ (n,) on the elements and any η (n,); beyond them those of the boundary."""
        k, at_xi = _element(self.xi, np.clip(xi, self.xi[0], self.xi[-1]))
        m, at_eta = _element(self.eta, self.eta[0] + np.mod(eta - self.eta[0], 2.0 * np.pi))
        element = k * (self.eta.size - 1) + m
        order = np.argsort(element.astype(np.int16), kind="stable")
        element = element[order]
        bounds = [*np.flatnonzero(np.diff(element, prepend=-1)).tolist(), xi.size]
        runs = [(int(element[first]), first, last) for first, last in pairwise(bounds)]
        return Places(order, runs, at_xi[order], at_eta[order])

    def at(self, local: FloatArray, places: Places) -> FloatArray:
        """Functions (…, nr, na, n1, n2) at points, (…, n)."""
        *front, n1, n2 = local.shape
        flat = local.reshape(-1, (self.xi.size - 1) * (self.eta.size - 1), n1, n2)
        table = np.ascontiguousarray(flat.transpose(1, 0, 2, 3)).reshape(flat.shape[1], -1, n2)
        values = np.empty((flat.shape[0], places.order.size))
        for element, first, last in places.runs:
            radial = lagrange(self.radial_degree, places.along_xi[first:last])
            arcs = table[element] @ lagrange(self.angular_degree, places.along_eta[first:last])
            values[:, places.order[first:last]] = (arcs.reshape(-1, n1, last - first) * radial).sum(1)
        return values.reshape(*front[:-2], -1)

    def on_grid(self, values: FloatArray, xi: FloatArray, eta: FloatArray) -> FloatArray:
        """Functions with `values` (…, n_xi, n_eta) at the nodes, on the grid of `xi` (m,) and `eta` (n,), (…, m, n)."""
        radial = _matrix(self.xi, self.radial_degree, xi)
        angular = _matrix(self.eta, self.angular_degree, self.eta[0] + np.mod(eta - self.eta[0], 2.0 * np.pi))
        angular[:, 0] += angular[:, -1]
        return np.asarray(radial @ values @ angular[:, :-1].T)

    def along_arc(self, values: FloatArray, eta: FloatArray) -> FloatArray:
        """A function with `values` (n_eta,) at the nodes of one line, at the angles `eta` (n,)."""
        angular = _matrix(self.eta, self.angular_degree, self.eta[0] + np.mod(eta - self.eta[0], 2.0 * np.pi))
        return np.asarray(angular @ np.append(values, values[0]))


def lagrange(degree: int, points: FloatArray) -> FloatArray:
    """Lagrange's polynomials of the nodes of an element at points of −1 … 1, (degree + 1, n); exact at the nodes."""
    nodes, weights = _barycentric(degree)
    gap = points - nodes
    np.copyto(gap, AT_NODE, where=gap == 0.0)
    shares = weights / gap
    shares /= shares.sum(0)
    return np.asarray(shares)


@lru_cache(maxsize=32)
def _barycentric(degree: int) -> tuple[FloatArray, FloatArray]:
    """The nodes and their weights 1/Π (x_i − x_j), both (degree + 1, 1)."""
    nodes = gll.nodes_and_weights(degree)[0][:, None]
    distance = nodes - nodes.T
    np.fill_diagonal(distance, 1.0)
    return nodes, 1.0 / distance.prod(1, keepdims=True)


def subdivided(breaks: FloatArray, degree: int, subdivision: int) -> FloatArray:
    """The nodes between `breaks` with `subdivision` steps from each to the next, ascending, both ends included."""
    nodes = _nodes(breaks, degree)
    share = np.arange(subdivision) / subdivision
    return np.append((nodes[:-1, None] + np.diff(nodes)[:, None] * share).ravel(), nodes[-1])


def _element(breaks: FloatArray, at: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
    """The numbers of the elements in which points lie, and their places there in −1 … 1."""
    number = np.clip(np.searchsorted(breaks, at, side="right") - 1, 0, breaks.size - 2)
    return number, 2.0 * (at - breaks[number]) / np.diff(breaks)[number] - 1.0


def _nodes(breaks: FloatArray, degree: int) -> FloatArray:
    place = 0.5 * (gll.nodes_and_weights(degree)[0] + 1.0)
    return np.append((breaks[:-1, None] + np.diff(breaks)[:, None] * place[:-1]).ravel(), breaks[-1])


def _matrix(breaks: FloatArray, degree: int, at: FloatArray) -> FloatArray:
    """The matrix (n, number of nodes) from values at the nodes between `breaks` to those at points (n,)."""
    element, place = _element(breaks, at)
    matrix = np.zeros((at.size, (breaks.size - 1) * degree + 1))
    np.put_along_axis(matrix, element[:, None] * degree + np.arange(degree + 1), lagrange(degree, place).T, axis=1)
    return matrix

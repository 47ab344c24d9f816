"""A state carried from the elements of one problem to those of another, of the same body or a similar one.

Elements of the same number correspond to each other, whatever their place; with another number of radial elements,
points of the same ξ do. Angular elements always correspond, in proportion. Polynomials are evaluated at the new nodes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.flow.discretisation import gll
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State


def transfer(state: State, source: Problem, target: Problem, *, by_place: bool = False) -> State:
    """`state` of the problem `source` on the nodes of `target`, both of one domain; φ at the wall is the target's.

    `by_place`: points of the same ξ correspond, even if the radial elements are as many.
    """
    radial = _radial_matrix(source, target, by_place)
    angular = _angular_matrix(source, target).mT
    phi, omega = (radial @ field @ angular for field in (state.phi, state.omega))
    return State(torch.cat([target.wall_value[:, None], phi[:, 1:]], dim=1), omega, state.scalars)


def _radial_matrix(source: Problem, target: Problem, by_place: bool) -> Tensor:
    """From values at the source's radial nodes to the target's, (batch or 1, target n_xi, source n_xi)."""
    degree, after = source.layout.resolution.radial_degree, target.layout
    if source.layout.radial == after.radial and not by_place:
        place = _Places(after.n_xi, after.n1, 1.0)
        return _between(degree, after.radial, place, after.w_xi.dtype, after.w_xi.device)[None]
    rows = []
    for xi, breaks in zip(target.mesh.xi.detach().cpu().numpy(), _breaks(source.mesh.xi_step), strict=True):
        place_in_source = np.interp(xi, breaks, np.arange(len(breaks)))
        rows.append(_evaluation(degree, source.layout.radial, place_in_source))
    return torch.tensor(np.stack(rows)).to(target.viscosity)


def _angular_matrix(source: Problem, target: Problem) -> Tensor:
    """The same for angles, (1, target n_eta, source n_eta)."""
    before, after = source.layout, target.layout
    place = _Places(after.n_eta, after.n2, before.angular / after.angular)
    matrix = _between(before.resolution.angular_degree, before.angular, place, after.w_xi.dtype, after.w_xi.device)
    if matrix.shape[1] > before.n_eta:  # the last node is the first
        matrix = torch.cat([matrix[:, :1] + matrix[:, -1:], matrix[:, 1:-1]], dim=1)
    return matrix[None]


class _Places(NamedTuple):
    """`nodes` nodes of elements of `per_element` each, their places multiplied by `scale`."""

    nodes: int
    per_element: int
    scale: float


@lru_cache(maxsize=64)
@ordinary_tensors()
def _between(degree: int, elements: int, places: _Places, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The matrix (places, elements degree + 1) from nodal values to values at `places`, kept."""
    number = np.arange(places.nodes) / (places.per_element - 1)
    matrix = _evaluation(degree, elements, places.scale * _at(number, places.per_element))
    return torch.tensor(matrix, dtype=dtype, device=device)


def _at(place: FloatArray, count: int) -> FloatArray:
    """Places of nodes, in units of elements, of their numbers over the degree."""
    nodes = 0.5 * (gll.nodes_and_weights(count - 1)[0] + 1.0)
    number = np.rint(place * (count - 1)).astype(int)
    return number // (count - 1) + nodes[number % (count - 1)]


def _evaluation(degree: int, elements: int, place: FloatArray) -> FloatArray:
    """The matrix (len(place), elements degree + 1) from nodal values to values at places in units of elements."""
    element = np.clip(place.astype(int), 0, elements - 1)
    matrix = np.zeros((len(place), elements * degree + 1))
    columns = element[:, None] * degree + np.arange(degree + 1)
    np.put_along_axis(matrix, columns, gll.interpolation(degree, 2.0 * (place - element) - 1.0), axis=1)
    return matrix


def _breaks(steps: Tensor) -> list[FloatArray]:
    """ξ_0 = 0 … of each case."""
    return [np.concatenate([[0.0], np.cumsum(row)]) for row in steps.detach().cpu().numpy()]

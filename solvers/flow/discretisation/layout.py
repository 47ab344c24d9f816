"""Numbering of the nodes of nr x na elements, and the constant matrices of one element.

Nodes of a field are (n_xi, n_eta), those of an element (n1, n2), n = n1 n2 of them. Inside an element the dense
matrices order the nodes [interior | wall-side arc | outer arc | left radial line | right radial line], arcs without
end points.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.common.memory import keep_freed_memory
from fusiform.solvers.flow.discretisation import gll
from fusiform.solvers.flow.resolution import Resolution


class Domain(StrEnum):
    """The part of the plane on which a flow is solved."""

    PLANE = "plane"
    """All of it, 0 ≤ η < 2π."""
    HALF_PLANE = "half plane"
    """0 ≤ η ≤ π, for a plane flow symmetric about the stream: ψ and ω are odd in η."""
    EVEN_HALF_PLANE = "half plane, even"
    """0 ≤ η ≤ π, for small disturbances of a flow on the half plane whose ψ and ω are even in η, as of a wake that
    swings up and down."""
    MERIDIAN = "meridian"
    """0 ≤ η ≤ π, for the axisymmetric flow past a body of revolution."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Static data of the elements of a domain.

    `nodes` (nr na n,): number of each element's nodes in a flattened field (n_xi, n_eta), elements radial first, nodes
    of an element by (i, j). `order` (n,): the element's nodes in the order of its dense matrices, `interior` of them
    first. `d_xi` (n1, n1), `d_eta` (n2, n2), `w_xi`, `w_eta`: differentiation and weights on −1 … 1. In the order of
    the dense matrices: `slope_xi`, `slope_eta` (n, n): D ⊗ 1 and 1 ⊗ D; `stiffness_xi`, `stiffness_eta`: their K for
    weights one; and for ∂_ξᵀ diag(w) ∂_η, whose entry for (i, j), (k, l) is D_ki w_kj D_jl: `mixed` D_ki D_jl,
    `mixed_node` the place of (k, j). `gradient` (n, 2 n): of values by (i, j), as a row, their derivatives along ξ,
    then η, on −1 … 1. `rows`: numbers of the sums at the nodes (E1, E2, flattened) to which the elements' (2, nr, na,
    n), the outflow's (na, n2) and the far field's terms (n_eta,) go, one after the other.
    `outer_nodes` (n2,): places of the element's nodes farthest out. `angles` (na, n2): angular number of each sector's
    nodes.
    """

    resolution: Resolution
    domain: Domain
    nodes: Tensor
    rows: Tensor
    order: Tensor
    w_xi: Tensor
    w_eta: Tensor
    d_xi: Tensor
    d_eta: Tensor
    gradient: Tensor
    slope_xi: Tensor
    slope_eta: Tensor
    stiffness_xi: Tensor
    stiffness_eta: Tensor
    mixed: Tensor
    mixed_node: Tensor
    outer_nodes: Tensor
    angles: Tensor

    @property
    def radial(self) -> int:
        """Number nr of radial elements."""
        return self.resolution.radial_elements

    @property
    def angular(self) -> int:
        """Number na of angular elements of the domain."""
        whole = self.resolution.angular_elements
        return whole if self.domain is Domain.PLANE else whole // 2

    @property
    def n1(self) -> int:
        return self.resolution.radial_degree + 1

    @property
    def n2(self) -> int:
        return self.resolution.angular_degree + 1

    @property
    def n_xi(self) -> int:
        return self.resolution.n_xi

    @property
    def n_eta(self) -> int:
        """Number of angular nodes of the domain; a half plane has those of both rays."""
        return self.angular * self.resolution.angular_degree + (self.domain is not Domain.PLANE)

    @property
    def interior(self) -> int:
        """Number of interior nodes of an element."""
        return (self.n1 - 2) * (self.n2 - 2)

    @property
    def copies(self) -> float:
        """Number of copies of the domain that make the plane, by which integrals along η are multiplied."""
        return 2.0 if self.domain in (Domain.HALF_PLANE, Domain.EVEN_HALF_PLANE) else 1.0

    def local(self, field: Tensor) -> Tensor:
        """A field (…, n_xi, n_eta) by element, (…, nr, na, n1, n2)."""
        shape = (*field.shape[:-2], self.radial, self.angular, self.n1, self.n2)
        return field.flatten(-2).gather(-1, self.nodes.expand(*field.shape[:-2], -1)).view(shape)

    def assemble(self, parts: Tensor) -> Tensor:
        """Sums (…, n_xi, n_eta) at the nodes of contributions (…, nr, na, n1, n2) of the elements."""
        flat = parts.flatten(-4)
        total = torch.zeros((*flat.shape[:-1], self.n_xi * self.n_eta), dtype=flat.dtype, device=flat.device)
        sums = total.scatter_add(-1, self.nodes.expand_as(flat), flat)
        return sums.reshape(*flat.shape[:-1], self.n_xi, self.n_eta)

    def ordered(self, parts: Tensor) -> Tensor:
        """Values (…, n1, n2) at an element's nodes in the order of its dense matrices, (…, n)."""
        flat = parts.flatten(-2)
        return flat.gather(-1, self.order.expand_as(flat))

    def mixed_product(self, weights: Tensor) -> Tensor:
        """∂_ξᵀ diag(w) ∂_η on −1 … 1 for ordered weights (…, n), (…, n, n)."""
        count = self.n1 * self.n2
        gathered = weights.gather(-1, self.mixed_node.expand(*weights.shape[:-1], -1))
        return gathered.reshape(*weights.shape[:-1], count, count).mul_(self.mixed)

    def by_arc(self, parts: Tensor) -> Tensor:
        """Sums (…, n_eta) of contributions (…, na, n2) of the sectors' arcs."""
        flat = parts.flatten(-2)
        total = torch.zeros((*flat.shape[:-1], self.n_eta), dtype=flat.dtype, device=flat.device)
        return total.scatter_add(-1, self.angles.flatten().expand_as(flat), flat)

    def by_sector(self, line: Tensor) -> Tensor:
        """Values (…, n_eta) along an arc by sector, (…, na, n2)."""
        values = line.gather(-1, self.angles.flatten().expand(*line.shape[:-1], -1))
        return values.reshape(*line.shape[:-1], *self.angles.shape)


def local_order(n1: int, n2: int) -> np.ndarray:
    """The nodes of an element in the order of its dense matrices, as numbers i n2 + j, (n1 n2,)."""
    number = np.arange(n1 * n2).reshape(n1, n2)
    parts = [number[1:-1, 1:-1].ravel(), number[0, 1:-1], number[-1, 1:-1], number[:, 0], number[:, -1]]
    return np.concatenate(parts)


@lru_cache(maxsize=64)
@ordinary_tensors()
def make_layout(resolution: Resolution, domain: Domain, dtype: torch.dtype, device: torch.device) -> Layout:
    """The layout of a domain, its constants of that type on that device.

    They are copies in torch's own memory: products round differently in memory that is aligned differently, and equal
    questions should have equal answers.
    """
    keep_freed_memory()
    n1, n2 = resolution.radial_degree + 1, resolution.angular_degree + 1
    nr = resolution.radial_elements
    na = resolution.angular_elements if domain is Domain.PLANE else resolution.angular_elements // 2
    n_eta = na * (n2 - 1) + (domain is not Domain.PLANE)
    lines = np.arange(nr)[:, None] * (n1 - 1) + np.arange(n1)
    angles = (np.arange(na)[:, None] * (n2 - 1) + np.arange(n2)) % n_eta
    nodes = (lines[:, None, :, None] * n_eta + angles[None, :, None, :]).ravel()
    count, last = resolution.n_xi * n_eta, (resolution.n_xi - 1) * n_eta
    order = local_order(n1, n2)
    (_, w1), (_, w2) = (gll.nodes_and_weights(n - 1) for n in (n1, n2))
    d1, d2 = gll.differentiation(n1 - 1), gll.differentiation(n2 - 1)

    def dense(radial: np.ndarray, angular: np.ndarray) -> np.ndarray:
        return np.kron(radial, angular)[np.ix_(order, order)]

    i, j = order[:, None] // n2, order[:, None] % n2
    k, m = i.T, j.T
    constants = {
        "w_xi": w1,
        "w_eta": w2,
        "d_xi": d1,
        "d_eta": d2,
        "gradient": np.hstack([np.kron(d1, np.eye(n2)).T, np.kron(np.eye(n1), d2).T]),
        "slope_xi": dense(d1, np.eye(n2)),
        "slope_eta": dense(np.eye(n1), d2),
        "stiffness_xi": dense(d1.T @ np.diag(w1) @ d1, np.diag(w2)),
        "stiffness_eta": dense(np.diag(w1), d2.T @ np.diag(w2) @ d2),
        "mixed": d1[k, i] * d2[j, m],
    }
    place = np.argsort(order)
    maps = {
        "nodes": nodes,
        "rows": np.concatenate([nodes, count + nodes, last + count + angles.ravel(), last + np.arange(n_eta)]),
        "order": order,
        "mixed_node": place[k * n2 + j].ravel(),
        "outer_nodes": place[-n2:],
        "angles": angles,
    }
    tensors: dict[str, Any] = {
        name: torch.tensor(array, dtype=dtype, device=device) for name, array in constants.items()
    } | {name: torch.tensor(array, device=device) for name, array in maps.items()}
    return Layout(resolution=resolution, domain=domain, **tensors)

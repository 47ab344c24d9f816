"""Block Arnoldi method: the largest eigenvalues of an operator, from few products with several vectors at once.

With an orthonormal basis V of the space of S, A S, A² S … of a block S of b vectors, and the block Hessenberg matrix
H = V* A V, an eigenvector y of H with eigenvalue θ gives the Ritz pair (θ, V y), whose residual is |A V y − θ V y| =
|H_{m+1,m} y_m|, y_m the part of the last block. A block of two costs hardly more than a vector here.

Source: Y. Saad, Numerical Methods for Large Eigenvalue Problems, 2nd ed., SIAM 2011, section 6.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class RitzPairs:
    """`values` θ (m,), the largest first; `vectors` (m, n), of length 1; `residuals` (m,), relative to |θ|."""

    values: Tensor
    vectors: Tensor
    residuals: Tensor


class BlockArnoldi:
    """The space of a block of vectors and its products, which `extend_to` makes larger."""

    def __init__(self, product: Callable[[Tensor], Tensor], start: Tensor) -> None:
        """`product` takes complex rows (b, n) to (b, n), `start` is the first block."""
        self._product, self._width = product, len(start)
        self._basis = _orthonormal(start)[0]
        self._columns: list[Tensor] = []

    def extend_to(self, steps: int) -> None:
        """Make products with blocks until there are `steps`."""
        while len(self._columns) < steps:
            image, columns = self._product(self._basis[-self._width :]), torch.zeros((), dtype=self._basis.dtype)
            for _ in range(2):  # the second time for what rounding left of the first
                along = image @ self._basis.mH
                image, columns = image - along @ self._basis, columns + along.mT
            block, rest = _orthonormal(image)
            self._basis = torch.cat([self._basis, block])
            self._columns.append(torch.cat([columns, rest]))

    def pairs(self) -> RitzPairs:
        """The Ritz pairs of the space, b for each product."""
        width, count = self._width, len(self._columns) * self._width
        hessenberg = self._basis.new_zeros(count + width, count)
        for number, columns in enumerate(self._columns):
            hessenberg[: len(columns), number * width : (number + 1) * width] = columns
        values, vectors = torch.linalg.eig(hessenberg[:count])
        order = values.abs().argsort(descending=True)
        values, vectors = values[order], vectors[:, order]
        residuals = (hessenberg[count:] @ vectors).norm(dim=0) / values.abs()
        return RitzPairs(values, vectors.mT @ self._basis[:count], residuals)


def _orthonormal(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Q (b, n) and R with rowsᵀ = Qᵀ R."""
    q, r = torch.linalg.qr(rows.mT)
    return q.mT, r

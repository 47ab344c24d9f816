"""f(A) g for a symmetric A ≥ 0 that is known by its products only: the Lanczos method.

    A V = V T + β v eᵀ,   Vᵀ V = 1,   v₁ = g/|g|      ⇒      f(A) g ≈ |g| V f(T) e₁

exact after as many steps as A has distinct eigenvalues in g, and near the best polynomial of degree steps − 1 before.
Source: Saad, SIAM J. Numer. Anal. 29 (1992) 209. The basis is re-orthogonalised twice in every step, without
which small eigenvalues come out wrong; that costs steps² · rows, and steps · rows numbers of memory.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

BREAKDOWN = 1e-14


def lanczos_function(
    product: Callable[[Tensor], Tensor], g: Tensor, weights: Callable[[Tensor], Tensor], steps: int
) -> Tensor:
    """f(A) g (rows,), float64; `product(v)` = A v, `weights` maps eigenvalues, ascending, to f of them.

    Stops early where the Krylov space is exhausted. Zero for g = 0.
    """
    g = g.double()
    norm = torch.linalg.vector_norm(g)
    if float(norm) == 0.0:
        return torch.zeros_like(g)
    basis = torch.empty(min(steps, len(g)), len(g), dtype=g.dtype, device=g.device)
    diagonal: list[float] = []
    off_diagonal: list[float] = []
    v = g / norm
    for k in range(len(basis)):
        basis[k] = v
        w = product(v).double()
        diagonal.append(float(v @ w))
        for _ in range(2):
            w = w - basis[: k + 1].mT @ (basis[: k + 1] @ w)
        beta = float(torch.linalg.vector_norm(w))
        if beta <= BREAKDOWN * max(diagonal):
            break
        off_diagonal.append(beta)
        v = w / beta
    k = len(diagonal)
    sides = torch.tensor(off_diagonal[: k - 1], dtype=g.dtype, device=g.device)
    t = (
        torch.diag(torch.tensor(diagonal, dtype=g.dtype, device=g.device))
        + torch.diag(sides, 1)
        + torch.diag(sides, -1)
    )
    eigenvalues, vectors = torch.linalg.eigh(t)
    return norm * (basis[:k].mT @ (vectors @ (weights(eigenvalues) * vectors[0])))

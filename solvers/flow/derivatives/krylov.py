"""Generalised conjugate residuals: linear systems whose matrix is close to the identity, by few products with it.

    A x = b,   A = J₀⁻¹ J   with J the Jacobian at the solution and J₀ a factorised one nearby

x minimises |b − A x| over the Krylov space of b, in which the plain iteration x ← x + (b − A x) moves as well, but more
slowly. Source: S. Eisenstat, H. Elman & M. Schultz, SIAM J. Numer. Anal. 20 (1983) 345.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

TINY = 1e-300


def minimal_residual(
    product: Callable[[Tensor], Tensor], rhs: Tensor, tolerance: float, most: int
) -> tuple[Tensor, Tensor]:
    """Solutions x (batch, n) of A x = b, and their residuals' norms over |x|, (batch,).

    `product` takes v (batch, n) to A v, `rhs` is b. Ends when every residual is at most `tolerance` |x|, or after
    `most` products.
    """
    solution, rest = torch.zeros_like(rhs), rhs
    directions: list[tuple[Tensor, Tensor]] = []
    for _ in range(most):
        step, image = rest, product(rest)
        for earlier, its_image in directions:
            along = (image * its_image).sum(1, keepdim=True)
            step, image = step - along * earlier, image - along * its_image
        size = image.norm(dim=1, keepdim=True).clamp_min(TINY)
        step, image = step / size, image / size
        directions.append((step, image))
        along = (rest * image).sum(1, keepdim=True)
        solution, rest = solution + along * step, rest - along * image
        if not bool((rest.norm(dim=1) > tolerance * solution.norm(dim=1)).any()):
            break
    return solution, rest.norm(dim=1) / solution.norm(dim=1).clamp_min(TINY)

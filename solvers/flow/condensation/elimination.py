"""Elimination of one group of unknowns, e, from a block system, leaving the rest, r:

    [D  U] [x_e]   [b_e]            S = W − V D⁻¹ U,   S x_r = b_r − V D⁻¹ b_e,   x_e = D⁻¹ b_e − D⁻¹ U x_r
    [V  W] [x_r] = [b_r]

The transposed system is solved with the same factors: Sᵀ x_r = b_r − (D⁻¹U)ᵀ b_e,  x_e = D⁻ᵀ (b_e − Vᵀ x_r).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


def inverse_of(matrices: Tensor, uneven: bool) -> Tensor:
    """D⁻¹ of each; `uneven`: of rows of very different sizes, which are divided by their largest entry before.

    Around an axis rows have the weight s³, on which pivots do not depend then: at the tips of pointed bodies four more
    digits of ω remain. A singular D gives infinities, which the line search refuses.
    """
    if not uneven:
        return torch.linalg.inv_ex(matrices)[0]
    scale = 1.0 / matrices.abs().amax(-1, keepdim=True)
    return torch.linalg.inv_ex(matrices * scale)[0].mul_(scale.mT)


@dataclass(frozen=True)
class Elimination:
    """`inverse` D⁻¹, `right` D⁻¹U and `left` V, batches of matrices."""

    inverse: Tensor
    right: Tensor
    left: Tensor

    @classmethod
    def of(cls, block: Tensor, right: Tensor, left: Tensor, uneven: bool) -> Elimination:
        """From D, U and V; `uneven`: see `inverse_of`."""
        inverse = inverse_of(block, uneven)
        return cls(inverse, inverse @ right, left)

    def remaining_(self, rest: Tensor) -> Tensor:
        """S in the place of W, the matrices `rest`."""
        matrices = (part.flatten(0, -3) for part in (self.left, self.right))
        rest.view(-1, *rest.shape[-2:]).baddbmm_(*matrices, alpha=-1.0)
        return rest

    def reduced(self, eliminated: Tensor, transposed: bool) -> tuple[Tensor, Tensor]:
        """What is kept of b_e for `restored`, and what is subtracted from b_r."""
        if transposed:
            return eliminated, self.right.mT @ eliminated
        solved = self.inverse @ eliminated
        return solved, self.left @ solved

    def restored(self, kept: Tensor, rest: Tensor, transposed: bool) -> Tensor:
        """x_e, of what `reduced` kept, and x_r."""
        if transposed:
            return self.inverse.mT @ (kept - self.left.mT @ rest)
        return kept - self.right @ rest

    def select(self, index: Tensor) -> Elimination:
        """The cases of a boolean or integer index."""
        return Elimination(self.inverse[index], self.right[index], self.left[index])

    @staticmethod
    def concatenate(parts: list[Elimination]) -> Elimination:
        """The cases of all `parts` in one batch."""
        return Elimination(*(torch.cat([getattr(p, n) for p in parts]) for n in ("inverse", "right", "left")))

"""The ring of sectors: neighbours are merged in pairs, their shared radial line eliminated, until one is left.

A sector is [left line | right line | scalars]. Of the last one, in the plane its two lines are the same one; on a half
plane both are rays on which φ = ω = 0, and only the scalars are left; around an axis all remain.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fusiform.solvers.flow.condensation.elimination import Elimination, inverse_of
from fusiform.solvers.flow.discretisation.layout import Domain


@dataclass(frozen=True)
class Ring:
    """`merges`: of each round; `last`: inverse of the last matrix, (batch, unknowns, unknowns); `line`: unknowns of a
    radial line."""

    merges: tuple[Elimination, ...]
    last: Tensor
    line: int
    domain: Domain

    @classmethod
    def of(cls, sectors: Tensor, line: int, domain: Domain) -> Ring:
        """From the sectors' matrices (batch, na, 2 line + scalars, same)."""
        merges, uneven = [], domain is Domain.MERIDIAN
        while sectors.shape[1] > 1:
            sectors, merge = _merged(sectors, line, uneven)
            merges.append(merge)
        last = sectors[:, 0]
        if domain is Domain.PLANE:
            last = _joined(_joined(last, line).mT, line).mT
        elif domain is Domain.HALF_PLANE:
            last = last[:, 2 * line :, 2 * line :]
        return cls(tuple(merges), inverse_of(last, uneven), line, domain)

    def solve(self, rhs: Tensor, transposed: bool) -> Tensor:
        """The unknowns (batch, na, 2 line + scalars, columns) of all sectors, of right-hand sides of that shape."""
        m, kept = self.line, []
        for merge in self.merges:
            even = rhs.shape[1] // 2 * 2
            left, right, odd = rhs[:, 0:even:2], rhs[:, 1:even:2], rhs[:, even:]
            solved, fill = merge.reduced(left[..., m : 2 * m, :] + right[..., :m, :], transposed)
            kept.append(solved)
            ends = torch.cat(
                [left[..., :m, :], right[..., m : 2 * m, :], left[..., 2 * m :, :] + right[..., 2 * m :, :]], -2
            )
            rhs = torch.cat([ends - fill, odd], dim=1) if odd.shape[1] else ends - fill
        x = self._last(rhs[:, 0], transposed)[:, None]
        scalars = x[..., 2 * m :, :]
        for merge, solved in zip(reversed(self.merges), reversed(kept), strict=True):
            pairs = solved.shape[1]
            outer = x[:, :pairs]
            middle = merge.restored(solved, outer, transposed)
            border = scalars.expand(-1, pairs, -1, -1)
            left = torch.cat([outer[..., :m, :], middle, border], dim=-2)
            right = torch.cat([middle, outer[..., m : 2 * m, :], border], dim=-2)
            both = torch.stack([left, right], dim=2).flatten(1, 2)
            x = torch.cat([both, x[:, pairs:]], dim=1) if x.shape[1] > pairs else both
        return x

    def _last(self, rhs: Tensor, transposed: bool) -> Tensor:
        m, inverse = self.line, self.last.mT if transposed else self.last
        if self.domain is Domain.PLANE:
            x = inverse @ _joined(rhs, m)
            return torch.cat([x[:, :m], x], dim=1)
        if self.domain is Domain.HALF_PLANE:
            return torch.cat([torch.zeros_like(rhs[:, : 2 * m]), inverse @ rhs[:, 2 * m :]], dim=1)
        return inverse @ rhs

    def select(self, index: Tensor) -> Ring:
        """The cases of a boolean or integer index."""
        return Ring(tuple(m.select(index) for m in self.merges), self.last[index], self.line, self.domain)

    @staticmethod
    def concatenate(parts: list[Ring]) -> Ring:
        """The cases of all `parts` in one batch."""
        merges = zip(*(p.merges for p in parts), strict=True)
        last = torch.cat([p.last for p in parts])
        return Ring(tuple(Elimination.concatenate(list(m)) for m in merges), last, parts[0].line, parts[0].domain)


def _joined(rows: Tensor, line: int) -> Tensor:
    """Rows (batch, 2 line + scalars, …) of a sector whose left and right lines are one."""
    return torch.cat([rows[:, :line] + rows[:, line : 2 * line], rows[:, 2 * line :]], dim=1)


def _merged(sectors: Tensor, m: int, uneven: bool) -> tuple[Tensor, Elimination]:
    """Pairs of neighbours as one sector each, (batch, half as many, …), an odd one last, and the eliminations."""
    even = sectors.shape[1] // 2 * 2
    a, b, odd = sectors[:, 0:even:2], sectors[:, 1:even:2], sectors[:, even:]
    left, right, border, far = slice(0, m), slice(m, 2 * m), slice(2 * m, None), slice(m, None)
    block = a[..., right, right] + b[..., left, left]
    across = torch.cat([a[..., right, left], b[..., left, far]], dim=-1)
    across[..., border] += a[..., right, border]
    down = torch.cat([a[..., left, right], b[..., far, left]], dim=-2)
    down[..., border, :] += a[..., border, right]
    pair = a.clone(memory_format=torch.contiguous_format)
    pair[..., far, far] = b[..., far, far]
    pair[..., left, right] = pair[..., right, left] = 0.0
    pair[..., border, border] += a[..., border, border]
    merge = Elimination.of(block, across, down, uneven)
    merge.remaining_(pair)
    return (torch.cat([pair, odd], dim=1) if odd.shape[1] else pair), merge

"""Numbering of the unknowns and equations of a sector, an angular column of elements.

A sector's unknowns are [arcs | left radial line | right radial line | scalars]. An arc between two layers, without end
points, has φ and ω, the wall's only ω; a radial line has φ and ω at each node, ω alone at the wall: 2 n_xi − 1
unknowns. Scalars are Q, then Γ and the two harmonics of φ on the outer line (plane), one harmonic (half plane), Γ and
one harmonic without Q (half plane, even), or no more (meridian); they make the far field, which couples all angles, a
border of the matrix. The equation of an unknown is E1 of φ and E2 of ω, but E1 for ω at the wall. The sums of E2 at the
wall go to spare rows, n2 of them; what is prescribed, to a last, unused one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.flow.discretisation.layout import Domain, Layout, local_order

SCALARS = {Domain.PLANE: 4, Domain.HALF_PLANE: 2, Domain.EVEN_HALF_PLANE: 2, Domain.MERIDIAN: 1}


@dataclass(frozen=True, eq=False)
class Numbering:
    """Index maps of a layout.

    `arcs`, `line`, `scalars`: numbers of unknowns of each kind in a sector. `rows`, `columns` (nr na 2 nB,): places of
    the equations E2, then E1, and of the unknowns φ, then ω, of each element's boundary, elements radial first, in
    sectors of `height` rows and `width` columns one after the other; `row_terms` (2, na (unknowns + n2)),
    `column_terms` (2, na unknowns): the numbers among those of the two that each equation or unknown is the sum of;
    where there are fewer, the number after the last one. `entries` (nr na (2 nB)²,): the places of the elements'
    matrices in the sectors' matrices. `gather_rows`, `gather_columns` (na unknowns,): where the equations and unknowns
    of sectors stand in a flattened state (φ, ω), each once, the others at its end, where there is a zero. `owner_rows`,
    `owner_columns`: where the entries of a flattened state stand in [interior φ | interior ω | sectors | zero].
    `interior` (2 nr na nI,): where the interior φ, then ω, of the elements stand in a flattened state. `outer_phi`,
    `outer_omega`, `wall_omega` (n2,): unknowns of a sector's outer and wall arcs, ends included. `share` (na, n2): the
    part of a node's terms that goes to each sector.
    """

    arcs: int
    line: int
    scalars: int
    height: int
    width: int
    rows: Tensor
    columns: Tensor
    row_terms: Tensor
    column_terms: Tensor
    entries: Tensor
    gather_rows: Tensor
    gather_columns: Tensor
    owner_rows: Tensor
    owner_columns: Tensor
    interior: Tensor
    outer_phi: Tensor
    outer_omega: Tensor
    wall_omega: Tensor
    share: Tensor

    @property
    def unknowns(self) -> int:
        """Number of a sector's unknowns."""
        return self.arcs + 2 * self.line + self.scalars


@lru_cache(maxsize=64)
@ordinary_tensors()
def make_numbering(layout: Layout) -> Numbering:
    """The index maps of a layout, on its device."""
    nr, na, n1, n2, n_xi, n_eta = layout.radial, layout.angular, layout.n1, layout.n2, layout.n_xi, layout.n_eta
    inner = n2 - 2
    arcs, line, scalars = inner * (1 + 2 * nr), 2 * n_xi - 1, SCALARS[layout.domain]
    total = arcs + 2 * line + scalars
    unused_row, unused_column = total + n2, total

    def unknown(field: np.ndarray | int, lines: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Number in the sector of a field (0: φ, 1: ω) at radial node `lines` and local angle j; at the wall of ω."""
        level = lines // (n1 - 1)
        arc = np.where(level == 0, j - 1, inner * (2 * level - 1 + field) + j - 1)
        radial = arcs + np.where(j == 0, 0, line) + np.where(lines == 0, 0, 2 * lines - 1 + field)
        return np.where((j > 0) & (j < n2 - 1), arc, radial)

    order = local_order(n1, n2)
    interior, boundary = np.split(order, [layout.interior])
    lines = np.arange(nr)[:, None] * (n1 - 1) + np.tile(boundary // n2, 2)
    field = np.repeat([0, 1], len(boundary))[None]
    j = np.tile(boundary % n2, 2)[None]
    wall = lines == 0
    by_column = unknown(np.where(wall, 1, field), lines, j)
    columns = np.where(wall & (field == 0), unused_column, by_column)
    rows = np.roll(np.where(wall & (field == 1), total + j, by_column), len(boundary), axis=1)
    rows, columns = (np.repeat(m[None], na, axis=0) for m in (rows, columns))
    if layout.domain is Domain.HALF_PLANE:
        for end, first in ((0, arcs), (na - 1, arcs + line)):
            for numbers, unused in ((rows, unused_row), (columns, unused_column)):
                on_ray = (numbers[end] >= first) & (numbers[end] < first + line)
                numbers[end][on_ray] = unused

    all_lines, all_j, sector = np.meshgrid(np.arange(n_xi), np.arange(n2), np.arange(na), indexing="ij")
    angle = sector * (n2 - 1) + all_j
    kept = (all_lines % (n1 - 1) == 0) | (all_j == 0)
    if layout.domain in (Domain.MERIDIAN, Domain.EVEN_HALF_PLANE):
        kept |= (all_j == n2 - 1) & (sector == na - 1)
    if layout.domain is Domain.HALF_PLANE:
        kept &= (angle != 0) & (angle != n_eta - 1)
    kept &= (all_j < n2 - 1) | (angle == n_eta - 1)
    gathers, owners = [], []
    for at_wall in (0, 1):  # the field whose entry at the wall is an equation (E1), or an unknown (ω)
        gather = np.full((na, total), 2 * n_xi * n_eta)
        owner = np.full(2 * n_xi * n_eta, 2 * nr * na * len(interior) + na * total)
        for f in (0, 1):
            here = kept & ((all_lines > 0) | (f == at_wall))
            number = unknown(f, all_lines, all_j)[here]
            entry = (f * n_xi * n_eta + all_lines * n_eta + angle)[here]
            gather[sector[here], number] = entry
            owner[entry] = 2 * nr * na * len(interior) + sector[here] * total + number
        gathers.append(gather)
        owners.append(owner)
    nodes = layout.nodes.reshape(nr * na, n1 * n2).cpu().numpy()[:, interior].ravel()
    for owner in owners:
        owner[nodes] = np.arange(len(nodes))
        owner[n_xi * n_eta + nodes] = len(nodes) + np.arange(len(nodes))
    nodes = np.concatenate([nodes, n_xi * n_eta + nodes])

    ends = np.arange(n2)
    outermost = np.array(n_xi - 1)
    share = np.ones((na, n2))
    share[:, 0] = share[:, -1] = 0.5
    if layout.domain is not Domain.PLANE:
        share[0, 0] = share[-1, -1] = float(layout.domain is not Domain.HALF_PLANE)
    height, width = unused_row + 1, unused_column + 1
    rows, columns = (
        (numbers + np.arange(na)[:, None, None] * count).swapaxes(0, 1)
        for numbers, count in ((rows, height), (columns, width))
    )
    first_entry = rows // height * (height * width)
    entries = first_entry[..., None] + (rows % height)[..., :, None] * width + (columns % width)[..., None, :]
    maps = {
        "rows": rows.ravel(),
        "columns": columns.ravel(),
        "row_terms": _terms(rows.ravel(), na, height, total + n2),
        "column_terms": _terms(columns.ravel(), na, width, total),
        "entries": entries.ravel(),
        "gather_rows": gathers[0].ravel(),
        "gather_columns": gathers[1].ravel(),
        "owner_rows": owners[0],
        "owner_columns": owners[1],
        "interior": nodes,
        "outer_phi": unknown(0, outermost, ends),
        "outer_omega": unknown(1, outermost, ends),
        "wall_omega": unknown(1, np.array(0), ends),
    }
    device = layout.nodes.device
    tensors: dict[str, Any] = {name: torch.tensor(m, device=device) for name, m in maps.items()}
    sizes: dict[str, Any] = {"arcs": arcs, "line": line, "scalars": scalars, "height": height, "width": width}
    return Numbering(**sizes, **tensors, share=torch.tensor(share).to(layout.w_xi))


def _terms(places: np.ndarray, na: int, count: int, used: int) -> np.ndarray:
    """The numbers of the at most two of `places` that are each of the first `used` of a sector's `count`, (2, na used);
    where there are fewer, the number after the last one."""
    order, wanted = np.argsort(places, kind="stable"), (np.arange(na)[:, None] * count + np.arange(used)).ravel()
    first = np.searchsorted(places[order], wanted)
    order = np.append(order, [len(places)] * 2)
    there = np.append(places, -1)[order]
    return np.stack([np.where(there[first + k] == wanted, order[first + k], len(places)) for k in (0, 1)])

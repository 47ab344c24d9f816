"""Ends of curves that nearly meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from fusiform.solvers.common.arrays import ComplexArray
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve

_SAME = 1e-9  # of the extent: ends that are nearer are the same
_SHORT = 3.0  # a curve that is not so many times longer than the gap between its ends is not closed


@dataclass(frozen=True)
class Joined:
    """Curves in order, the number of the chain that each belongs to, and width and middle of the gaps closed."""

    curves: list[Curve]
    chains: list[int]
    gaps: list[tuple[float, complex]]


def joined(curves: list[Curve], reach: float) -> Joined:
    """The curves whose loose ends within `reach` meet: with each other in their middle, or else at the nearest end.

    Only loose ends move, so that an outline of sides shorter than `reach` stays as it is. The
    extent of all curves is one.
    """
    ends = np.array([end for curve in curves for end in curve.ends])
    lengths = [curve.length for curve in curves]
    count, label = _clusters(len(ends), _pairs(ends, _SAME))
    loose = np.flatnonzero(np.bincount(label)[label] == 1)
    gaps = _matched(ends, loose, lengths, reach)
    touching = _attached(ends, np.setdiff1d(loose, np.array(gaps, dtype=np.intp).ravel()), lengths, reach)
    new = np.array(gaps + touching, dtype=np.intp).reshape(-1, 2)
    count, label = _clusters(len(ends), np.concatenate([_representatives(label, count), new]))
    place = ends[np.unique(label, return_index=True)[1]]
    for a, b in touching:
        place[label[a]] = ends[b]
    for a, b in gaps:
        place[label[a]] = 0.5 * (ends[a] + ends[b])
    links = coo_array((np.ones(len(curves)), (label[0::2], label[1::2])), shape=(count, count))
    chains = connected_components(links, directed=False)[1][label[0::2]]
    moved = [
        curve.moved(complex(place[a]), complex(place[b]))
        for curve, a, b in zip(curves, label[0::2], label[1::2], strict=True)
    ]
    closed = [(float(abs(ends[a] - ends[b])), complex(0.5 * (ends[a] + ends[b]))) for a, b in gaps + touching]
    return Joined(moved, chains.tolist(), closed)


def _pairs(points: ComplexArray, reach: float) -> NDArray[np.intp]:
    """Indices (n, 2) of the points within `reach` of each other."""
    return KDTree(np.column_stack([points.real, points.imag])).query_pairs(reach, output_type="ndarray")


def _clusters(count: int, pairs: NDArray[np.intp]) -> tuple[int, NDArray[np.intp]]:
    """How many clusters `pairs` make of `count` points, and the cluster of each."""
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    number, label = connected_components(links, directed=False)
    return int(number), label


def _representatives(label: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Pairs of each point and the first one of its cluster."""
    first = np.full(count, len(label))
    np.minimum.at(first, label, np.arange(len(label)))
    return np.column_stack([first[label], np.arange(len(label))])


def _matched(ends: ComplexArray, loose: NDArray[np.intp], lengths: list[float], reach: float) -> list[tuple[int, int]]:
    """Pairs of loose ends, the nearest first; the two ends of a short curve are no pair."""
    pairs = loose[_pairs(ends[loose], reach)] if len(loose) > 1 else np.empty((0, 2), dtype=np.intp)
    width = np.abs(ends[pairs[:, 0]] - ends[pairs[:, 1]])
    taken: set[int] = set()
    gaps = []
    for k in np.argsort(width, kind="stable"):
        a, b = int(pairs[k, 0]), int(pairs[k, 1])
        short = a // 2 == b // 2 and lengths[a // 2] < _SHORT * width[k]
        if not (short or a in taken or b in taken):
            taken |= {a, b}
            gaps.append((a, b))
    return gaps


def _attached(ends: ComplexArray, loose: NDArray[np.intp], lengths: list[float], reach: float) -> list[tuple[int, int]]:
    """Pairs of a loose end and the nearest other one within `reach`; the two ends of a short curve are no pair."""
    tree = KDTree(np.column_stack([ends.real, ends.imag]))
    pairs = []
    for a in loose.tolist():
        near = np.array(tree.query_ball_point([ends[a].real, ends[a].imag], reach))
        width = np.abs(ends[near] - ends[a])
        short = (near // 2 == a // 2) & (lengths[a // 2] < _SHORT * width)
        usable = np.flatnonzero((near != a) & ~short)
        if usable.size:
            pairs.append((a, int(near[usable[np.argmin(width[usable])]])))
    return pairs

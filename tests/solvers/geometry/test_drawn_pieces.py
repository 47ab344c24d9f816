"""A drawing's curves in any order, direction, number, place and scale give the same body."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve, Drawing
from fusiform.solvers.geometry.formats.drawings.drawn_body import body_outline
from fusiform.solvers.geometry.polygons import signed_area

PLACES = st.complex_numbers(max_magnitude=1e3)
SCALES = st.floats(-6.0, 6.0).map(lambda exponent: 10.0**exponent)


@st.composite
def polygons(draw):
    """Corners of a star-shaped polygon of extent about 2, with sides longer than 0.1."""
    count = draw(st.integers(5, 24))
    radii = draw(st.lists(st.floats(0.5, 1.0), min_size=count, max_size=count))
    stretch = draw(st.floats(1.0, 6.0))
    turned = np.array(radii) * np.exp(2j * np.pi * np.arange(count) / count)
    return [complex(stretch * z.real, z.imag) for z in turned]


@st.composite
def drawings(draw):
    """Corners, and the sides between them cut, doubled, turned and permuted, with a hair of noise."""
    corners = draw(polygons())
    sides = []
    for a, b in pairwise([*corners, corners[0]]):
        cuts = sorted(draw(st.lists(st.floats(0.2, 0.8), max_size=2)))
        sides += list(pairwise([a, *(a + cut * (b - a) for cut in cuts), b]))
        sides += draw(st.sampled_from([[], [(a, b)], [(a, 0.5 * (a + b))]]))
    turned = [side[:: draw(st.sampled_from([1, -1]))] for side in sides]
    return corners, draw(st.permutations(turned))


def exact_area(corners: list[complex]) -> float:
    return 0.5 * abs(sum((a.conjugate() * b).imag for a, b in pairwise([*corners, corners[0]])))


@settings(max_examples=60, deadline=None)
@given(drawings(), PLACES, SCALES)
def test_pieces_of_a_polygon_give_the_polygon(drawing, place, scale):
    corners, sides = drawing
    curves = [Curve((tuple(scale * (z + place) for z in side),), element=k) for k, side in enumerate(sides)]
    found = body_outline(Drawing(curves))
    assert abs(signed_area(found.points[:-1])) == pytest.approx(scale**2 * exact_area(corners), rel=1e-6)
    assert found.points.mean(axis=0) == pytest.approx(
        scale * np.array([place.real, place.imag]), abs=4.0 * scale * (1.0 + 1e-9 * abs(place))
    )


@settings(max_examples=60, deadline=None)
@given(polygons(), st.lists(st.floats(0.0, 4e-4), min_size=24, max_size=24), PLACES)
def test_small_gaps_are_closed_and_named(corners, gaps, place):
    """Each side falls short of the next corner by up to 4e-4 of the extent."""
    size = max(np.ptp(np.real(corners)), np.ptp(np.imag(corners)))
    sides = [
        (a + place, b + place + gap * size * (a - b) / abs(a - b))
        for (a, b), gap in zip(pairwise([*corners, corners[0]]), gaps, strict=False)
    ]
    found = body_outline(Drawing([Curve((side,)) for side in sides]))
    assert abs(signed_area(found.points[:-1])) == pytest.approx(exact_area(corners), rel=5e-3)
    assert ("joined" in found.source) == (max(gaps[: len(corners)]) > 1e-6)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0.05, 0.95), min_size=1, max_size=6, unique_by=lambda t: round(t, 2)),
    st.floats(1.0, 8.0),
    SCALES,
    st.randoms(use_true_random=False),
)
def test_arcs_of_an_ellipse_give_the_ellipse(cuts, fineness, scale, random):
    """An ellipse of cubic curves, cut anywhere, its parts turned and permuted, one of them drawn twice."""
    ends = [2.0 * math.pi * t for t in (0.0, *sorted(cuts), 1.0)]
    parts = [arc(a, b, fineness, scale) for a, b in pairwise(ends)]
    parts = [part if random.random() < 0.5 else reversed_curve(part) for part in [*parts, parts[0]]]
    random.shuffle(parts)
    found = body_outline(Drawing(parts))
    assert abs(signed_area(found.points[:-1])) == pytest.approx(math.pi * fineness * scale**2, rel=3e-4)


def arc(begin: float, end: float, fineness: float, scale: float) -> Curve:
    """Cubic curves of at most 22.5 degrees each."""
    times = np.linspace(begin, end, math.ceil((end - begin) / (math.pi / 8)) + 1)
    pieces = []
    for a, b in pairwise(times):
        reach = 4.0 / 3.0 * math.tan(0.25 * (b - a))
        ahead, behind = (1.0 + 1j * reach) * np.exp(1j * a), (1.0 - 1j * reach) * np.exp(1j * b)
        controls = (np.exp(1j * a), ahead, behind, np.exp(1j * b))
        pieces.append(tuple(scale * complex(fineness * z.real, z.imag) for z in controls))
    return Curve(tuple(pieces))


def reversed_curve(curve: Curve) -> Curve:
    return Curve(tuple(piece[::-1] for piece in curve.pieces[::-1]))

"""Outlines of points, however they are listed and written: the same area and the same centroid."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from fusiform.solvers.geometry import parse_outline
from fusiform.solvers.geometry.polygons import clean_outline

NUMBERS = st.floats(0.0, 1.0)


@st.composite
def polygons(draw):
    """Star-shaped polygons (n, 2) of extent 1 or so and 24 to 60 points; the last side is the shortest."""
    count = draw(st.integers(24, 60))
    angle = (
        2.0
        * np.pi
        * (np.arange(count) + 0.3 * np.array(draw(st.lists(NUMBERS, min_size=count, max_size=count))))
        / count
    )
    radius = 1.0 + sum(
        0.25 * draw(NUMBERS) * np.cos(order * angle + 2.0 * np.pi * draw(NUMBERS)) for order in range(1, 4)
    )
    points = 0.5 * radius[:, None] * np.column_stack([np.cos(angle), draw(st.floats(0.2, 1.0)) * np.sin(angle)])
    return np.roll(points, -1 - int(np.argmin(sides(points))), axis=0)


def sides(points):
    """Their lengths, the last one back to the first point."""
    return np.linalg.norm(np.roll(points, -1, axis=0) - points, axis=1)


def same(outline, points, scale=1.0):
    """Same area and centroid, over the scale, to ten digits."""
    found, given = shapely.Polygon(outline), shapely.Polygon(points)
    assert abs(found.area - given.area) < 1e-9 * given.area
    assert found.centroid.distance(given.centroid) < 1e-9 * scale


@given(polygons(), st.integers(0, 60), st.booleans(), st.booleans(), st.lists(st.integers(0, 23), max_size=5))
def test_start_direction_closure_and_doubled_points_change_nothing(points, start, turned, closed, doubled):
    listed = np.roll(points, start, axis=0)[:: -1 if turned else 1]
    assume(closed or sides(listed)[-1] <= 0.05 * sides(listed).sum())  # wider ends are open
    listed = np.insert(listed, doubled, listed[doubled], axis=0)
    same(clean_outline(np.concatenate([listed, listed[:1]]) if closed else listed), points)


@given(polygons(), st.integers(0, 60), st.booleans())
def test_clean_outlines_are_clean(points, start, turned):
    """Closed at any side, and then no longer: the same points, which are accepted again as they are."""
    listed = np.roll(points, start, axis=0)[:: -1 if turned else 1]
    outline = clean_outline(np.concatenate([listed, listed[:1]]))
    assert (clean_outline(outline) == outline).all()
    same(outline, points)


@given(polygons(), st.floats(-6.0, 6.0), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_scale_and_place_change_nothing(points, power, x, y):
    moved = 10.0**power * (points + np.array([x, y]))
    centred = clean_outline(moved) - 10.0**power * np.array([x, y])
    same(centred / 10.0**power, points)


TITLES = ["", "NACA 2412", "my section, drawn 2001", "first\n\nsecond", "# a comment", "! x y", "2412", "% x/c  y/c"]
NOTES = ["", "the end", "see page 12, 13", "# 1 2", "drawn by hand\n1999"]
WORDS = [" ", "\t", "   ", ";", "; ", ",", ", "]
FORMS = ["{:.9f}", "{: .9f}", "{:+.9f}", "{:.9e}", "{:.12g}", "{:.9E}"]


@st.composite
def tables(draw):
    """A polygon and the bytes of a table of it in a random dialect."""
    points = draw(polygons())
    between, form = draw(st.sampled_from(WORDS)), draw(st.sampled_from(FORMS))
    rows = [between.join(form.format(value) for value in point) for point in points]
    if "," not in between and draw(st.booleans()):
        rows = [row.replace(".", ",") for row in rows]
    if draw(st.booleans()):
        rows = [f"{number}{between}{row}" for number, row in enumerate(rows, start=draw(st.integers(0, 1)))]
    if draw(st.booleans()):
        rows.insert(draw(st.integers(1, len(rows) - 1)), draw(st.sampled_from(["# page 2", "! page 2", "// page 2"])))
    if draw(st.booleans()):
        rows = [draw(st.sampled_from(["", " ", "\t"])) + row + " " for row in rows]
    lines = "\n".join([draw(st.sampled_from(TITLES)), *rows, draw(st.sampled_from(NOTES))])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    return points, lines.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"]))).encode(encoding)


@given(tables(), st.sampled_from([".dat", ".csv"]))
def test_every_dialect_gives_the_points(table, suffix):
    points, content = table
    outline = parse_outline(content, suffix)
    assert len(outline) == len(points)
    assert np.abs(outline - points).max() < 2e-9

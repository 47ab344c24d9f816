"""How far a body is from its outline: kept with it, pointed out above 0.02 d, refused above 0.1 d unless allowed."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, displaced, load_body
from fusiform.solvers.geometry.named_outlines import naca_outline
from fusiform.solvers.inverse.problem.body_table import body_from, body_to_dict

BOX = np.array([(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)], dtype=float)
SPIKE = np.array([(0, 0), (1, 0), (1, 0.02), (0.51, 0.02), (0.5, 0.6), (0.49, 0.02), (0, 0.02)])


def test_a_body_keeps_the_outline_that_was_given() -> None:
    body = Body.from_outline(BOX[::-1])
    outline = body.given_outline
    assert outline is not None
    assert sorted(map(tuple, outline)) == sorted(map(tuple, BOX))
    outline[:] = 0.0
    for other in (body, copy.deepcopy(body), pickle.loads(pickle.dumps(body)), body.with_modes(4), replace(body)):
        assert np.array_equal(other.given_outline, Body.from_outline(BOX[::-1]).given_outline)


def test_a_body_is_printed_without_its_given_outline() -> None:
    assert len(repr(Body.naca("2412"))) < 2000


def test_exact_and_changed_bodies_have_no_given_outline() -> None:
    assert Body.ellipse(2.0).given_outline is None
    moved = displaced(Body.from_outline(BOX), np.full(32, 0.01))
    assert (moved.given_outline, moved.fit_error) == (None, 0.0)


def test_of_many_points_at_most_400_are_kept_corners_among_them() -> None:
    corners = np.array([(0, 0), (5, 0), (5, 1), (0, 1)], dtype=float)
    sides = [
        a + (b - a) * t
        for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)
        for t in np.arange(300)[:, None] / 300
    ]
    kept = Body.from_outline(np.array(sides)).given_outline
    assert kept is not None
    assert 150 < len(kept) <= 400
    assert {tuple(corner) for corner in corners} <= {tuple(point) for point in kept}
    assert len(Body.from_outline(naca_outline("2412", 3000)).given_outline) > 300  # type: ignore[arg-type]


def test_the_given_outline_is_kept_in_problem_files() -> None:
    body = Body.from_outline(BOX)
    again = body_from(body_to_dict(body), Path())
    assert np.array_equal(again.given_outline, body.given_outline)
    assert again.fit_error == body.fit_error


def test_a_fit_worse_than_a_tenth_is_refused_unless_allowed(tmp_path: Path) -> None:
    sentence = r"expected a body within 0.1 d .* with 16 modes .* up to \d\.\d+ d; give more modes, or allow a poor fit"
    with pytest.raises(InputError, match=sentence):
        Body.from_outline(SPIKE)
    file = tmp_path / "spike.csv"
    file.write_text("\n".join(f"{x},{y}" for x, y in SPIKE))
    for load in (Body.from_file, load_body):
        with pytest.raises(InputError, match=sentence):
            load(file if load is Body.from_file else str(file))
    bodies = [Body.from_outline(SPIKE, max_fit_error=None), Body.from_file(file, max_fit_error=2.0)]
    bodies.append(load_body(str(file), max_fit_error=None))
    assert [body.fit_error for body in bodies] == [bodies[0].fit_error] * 3
    assert bodies[0].fit_error > 0.1


@pytest.mark.parametrize("name", ["naca0012", "rounded-square"])
def test_sections_and_samples_keep_the_largest_fit_error_too(name: str) -> None:
    fit_error = load_body(name, modes=4).fit_error
    assert load_body(name, modes=4, max_fit_error=1.01 * fit_error).fit_error == fit_error
    with pytest.raises(InputError, match=r"expected a body within .* with 4 modes"):
        load_body(name, modes=4, max_fit_error=0.99 * fit_error)


def test_a_fit_worse_than_a_fiftieth_says_so() -> None:
    assert "differs from the given outline by up to 3.0% of d" in Body([0.1], fit_error=0.03).fit_warning
    assert Body([0.1], fit_error=0.02).fit_warning == ""


@pytest.mark.parametrize(
    ("name", "bound"),
    [("f01_thin_blunt_tail", 0.005), ("f02_thin_sharp_tail", 1.2e-4), ("f03_hinged_thin_blunt_tail", 0.0025)],
)
def test_thin_tails_keep_their_length(name: str, bound: float) -> None:
    body = Body.from_file(Path(__file__).parent / "cases" / f"{name}.dat")
    assert body.fit_error < bound
    assert body.length == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize(("modes", "bound"), [(8, 1.8e-3), (16, 1.4e-3), (32, 6e-4)])
def test_the_standard_section_with_its_blunt_tail_is_fitted_as_its_tail_allows(modes: int, bound: float) -> None:
    sharp = naca_outline("0012", 200)
    blunt = sharp + np.column_stack([np.zeros(200), np.where(np.arange(200) < 100, 1, -1) * 0.00126 * sharp[:, 0] ** 4])
    body = Body.from_outline(np.concatenate([blunt, [[1.0, -0.00126]]]), modes=modes)
    assert body.fit_error < bound
    assert body.length == pytest.approx(1.0, abs=2e-3)


def test_points_too_few_for_a_curve_are_measured_from_the_lines_between_them() -> None:
    """A hull of eight corners with an area of 22 as a table: the curve through them has another one, and says so."""
    corners = [(-5, 0), (-4, -1), (0, -1.5), (4, -1), (5, 0), (4, 1), (0, 1.5), (-4, 1)]
    body = Body.from_outline(corners)
    polygon = shapely.segmentize(shapely.Polygon(corners), 0.01).exterior
    farthest = shapely.hausdorff_distance(shapely.Polygon(body.outline(4000)).exterior, polygon)
    assert body.area > 24.0
    assert body.fit_error == pytest.approx(farthest / body.reference_length, rel=2e-2)
    assert "differs from the given outline by up to 4.7% of d" in body.fit_warning


def closed(points: FloatArray) -> FloatArray:
    return np.concatenate([points, points[:1]])


def outlines() -> st.SearchStrategy[FloatArray]:
    """Star-shaped outlines of 12 to 60 points."""

    def points(radii: list[float]) -> FloatArray:
        angle = 2.0 * np.pi * np.arange(len(radii)) / len(radii)
        return np.array(radii)[:, None] * np.column_stack([2.0 * np.cos(angle), np.sin(angle)])

    return st.lists(st.floats(0.7, 1.3), min_size=12, max_size=60).map(points)


@settings(max_examples=6, print_blob=False, deadline=None, derandomize=True)
@given(
    points=outlines(),
    shift=st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
    scale=st.sampled_from([1e-6, 1.0, 1e6]),
    start=st.integers(0, 60),
    backwards=st.booleans(),
)
def test_a_moved_scaled_and_renumbered_outline_is_the_same_body(
    points: FloatArray, shift: tuple[float, float], scale: float, start: int, backwards: bool
) -> None:
    body = Body.from_outline(closed(points), max_fit_error=None)
    moved = scale * (np.roll(points, start, axis=0)[:: -1 if backwards else 1] + shift)
    again = Body.from_outline(closed(moved), max_fit_error=None)
    d = body.reference_length
    assert again.reference_length == pytest.approx(scale * d, rel=1e-9)
    assert np.isfinite(again.fit_error)
    assert again.fit_error == pytest.approx(body.fit_error, rel=0.05, abs=1e-4)
    here, there = body.outline(400), again.outline(400) / scale - shift
    assert (
        shapely.hausdorff_distance(shapely.LinearRing(here), shapely.LinearRing(there))
        < 2.5 * body.fit_error * d + 1e-5
    )


@pytest.mark.parametrize("place", [0.0, 100.0 + 50.0j, 1e6 - 1e6j])
def test_an_ellipse_far_away_is_the_same_ellipse(place: complex) -> None:
    angle = 2.0 * np.pi * np.arange(400) / 400
    body = Body.from_outline(np.column_stack([2.0 * np.cos(angle) + place.real, np.sin(angle) + place.imag]))
    assert (body.coefficients - Body.ellipse(2.0).coefficients).abs().max() < 1e-8
    assert body.fit_error < 1e-6
    assert body.origin == pytest.approx(place, abs=1e-8)

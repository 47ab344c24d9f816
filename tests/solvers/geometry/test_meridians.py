"""Bodies of revolution from points x, r: the volume and the shape are those of the solid that the points bound."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fusiform.solvers import Body, InputError, load_body
from fusiform.solvers.geometry.meridians.mirrored_meridian import mirrored
from fusiform.solvers.geometry.meridians.named_meridians import NAMED_MERIDIANS
from fusiform.solvers.geometry.meridians.raindrop import raindrop

FOOT = 0.3048


def spheroid(fineness: float, count: int = 100) -> np.ndarray:
    t = np.linspace(0.0, math.pi, count)
    return np.column_stack([-fineness * np.cos(t), np.sin(t) * (t > 0.0) * (t < math.pi)])


@pytest.mark.parametrize("fineness", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("order", [1, -1])
def test_a_spheroid_is_fitted_as_well_as_an_ellipse(fineness: float, order: int) -> None:
    body = Body.from_meridian(spheroid(fineness)[::order] + np.array([4.0, 0.0]))
    exact = Body.spheroid(fineness)
    assert body.revolution
    assert not body.coefficients.imag.any()
    assert body.fit_error < 1e-6
    assert (body.coefficients - exact.coefficients).abs().max() < 1e-6
    assert body.reference_length == pytest.approx(2.0 * fineness ** (1.0 / 3.0), rel=1e-6)
    assert body.origin == pytest.approx(4.0, abs=1e-6)
    assert isinstance(body.origin, complex)
    assert body.origin.imag == 0.0


SOLIDS = {
    "cone": ([(0, 0), (2, 1)], 2.0 * math.pi / 3.0),
    "cone ahead": ([(2, 0), (0, 1)], 2.0 * math.pi / 3.0),
    "drum": ([(0, 1), (2, 1)], 2.0 * math.pi),
    "drum with drawn ends": ([(0, 0), (0, 1), (1, 1), (2, 1), (2, 0)], 2.0 * math.pi),
    "drum with its axis": ([(0, 0), (0, 1), (2, 1), (2, 0), (0, 0)], 2.0 * math.pi),
    "bicone": ([(0, 0), (1, 1), (3, 0)], math.pi),
    "frustum": ([(0, 0.5), (1, 1.0)], 1.75 * math.pi / 3.0),
}


@pytest.mark.parametrize(("points", "volume"), SOLIDS.values(), ids=SOLIDS)
def test_solids_with_edges_have_their_volume(points, volume: float) -> None:
    """With 32 modes to the fit error."""
    body = Body.from_meridian(points, modes=32)
    assert body.volume == pytest.approx(volume, rel=1e-3)
    assert body.fit_error < 2e-3


def test_the_section_is_exactly_symmetric_and_closed() -> None:
    loop = mirrored([(0, 0.2), (1, 0.7), (3, 0.1)])
    assert (loop[0] == loop[-1]).all()
    assert {(x, -y + 0.0) for x, y in loop.tolist()} == {(x, y + 0.0) for x, y in loop.tolist()}
    assert loop[loop[:, 1] == 0.0, 0].tolist() == [0.0, 3.0, 0.0]


def test_the_scale_of_the_points_does_not_matter() -> None:
    small, large = (Body.from_meridian(scale * spheroid(2.0)) for scale in (1e-6, 1e6))
    assert small.coefficients.tolist() == pytest.approx(large.coefficients.tolist(), abs=1e-9)
    assert small.reference_length == pytest.approx(1e-12 * large.reference_length, rel=1e-9)


BAD = {
    "negative radius": ([(0, 0), (1, 1), (2, -0.1)], "radii r of 0 or more, got x, r = 2, -0.1 in point 3"),
    "NaN": ([(0, 0), (1, math.nan), (2, 0)], "finite coordinates up to 1e.100, got 1, nan in point 2"),
    "one point": ([(0, 1)], "at least 2 points of a meridian, got 1"),
    "one point twice": ([(0, 1), (0, 1)], "at least 2 points of a meridian, got 1"),
    "nothing": (np.zeros((0, 2)), "at least 2 points of a meridian, got 0"),
    "the axis": ([(0, 0), (1, 0)], "radius above 0, got points on the axis"),
    "a disc without thickness": ([(0, 0), (0, 1)], "encloses an area, got points on a line"),
    "two bodies": ([(0, 0), (1, 1), (2, 0), (3, 1), (4, 0)], "meets the axis at its ends alone, got r = 0 at x = 2"),
    "crossing": ([(0, 0), (2, 1), (1, 0.2), (1, 1), (3, 0)], "does not cross itself"),
    "three columns": ([(0, 0, 0), (1, 1, 1)], "rows of two numbers"),
    "text": ("sphere", "rows of two numbers"),
    "many points": (np.ones((5001, 2)), "at most 5000 points of a meridian, got 5001"),
}


@pytest.mark.parametrize(("points", "sentence"), BAD.values(), ids=BAD)
def test_points_that_are_no_meridian_give_one_sentence(points, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Body.from_meridian(points)


def test_a_poor_fit_is_refused_in_units_of_the_sphere() -> None:
    needle = [(0.0, 0.0), (9.0, 1.0), (9.5, 0.05), (12.0, 0.0)]
    with pytest.raises(InputError, match="got one with 2 modes that differs"):
        Body.from_meridian(needle, modes=2)
    body = Body.from_meridian(needle, modes=2, max_fit_error=None)
    plane = Body.from_outline(mirrored(needle), modes=2, max_fit_error=None)
    assert body.fit_error * body.reference_length == pytest.approx(plane.fit_error * plane.reference_length, rel=1e-9)


def solid(points: np.ndarray) -> tuple[float, float, float]:
    """Length over diameter, volume and surface of the polygon of a meridian."""
    (x, r), step = points.T, np.diff(points, axis=0)
    volume = math.pi / 3.0 * np.sum(step[:, 0] * (r[1:] ** 2 + r[1:] * r[:-1] + r[:-1] ** 2))
    return np.ptp(x) / (2.0 * r.max()), volume, math.pi * np.sum((r[1:] + r[:-1]) * np.hypot(*step.T))


def test_myring_has_the_size_of_remus() -> None:
    """1.386 m x 0.191 m; Prestero (2001) estimates 3.15e-2 m³ of it without 17 mm of the nose and 37 mm of the tail."""
    fineness, volume, surface = solid(0.191 * NAMED_MERIDIANS["myring"].points(1.386 / 0.191))
    assert fineness == pytest.approx(1.386 / 0.191, rel=1e-12)
    assert volume == pytest.approx(3.15e-2, rel=0.01)
    assert surface == pytest.approx(0.709, rel=0.03)
    x, r = NAMED_MERIDIANS["myring"].points(10.0).T
    assert (r[-2] - r[-1]) / (x[-1] - x[-2]) == pytest.approx(math.tan(math.radians(25.0)), rel=1e-3)


def test_suboff_has_the_published_dimensions_and_surface() -> None:
    """Groves, Huang & Chang (1989): 4.356 m x 0.508 m; the wetted surface of the bare hull is 5.988 m²."""
    points = NAMED_MERIDIANS["suboff"].points(0.0)
    fineness, volume, surface = solid(points)
    assert np.ptp(points[:, 0]) == pytest.approx(4.356, abs=5e-4)
    assert 2.0 * points[:, 1].max() == pytest.approx(0.508, abs=1e-6)
    assert fineness == pytest.approx(8.575, rel=1e-4)
    assert surface == pytest.approx(5.988, rel=2e-4)
    assert volume == pytest.approx(0.699, rel=1e-3)
    at_end = points[np.argmin(np.abs(points[:, 0] - 13.979167 * FOOT)), 1]
    assert at_end == pytest.approx(0.1175 * 0.254, rel=1e-6)


@pytest.mark.parametrize("fineness", [2.0, 6.0, 15.0])
def test_sears_haack_has_its_volume(fineness: float) -> None:
    """V = 3π²/16 R² L, prismatic coefficient 3π/16."""
    length, volume, _ = solid(NAMED_MERIDIANS["sears-haack"].points(fineness))
    assert length == pytest.approx(fineness, rel=1e-12)
    assert volume / (0.25 * math.pi * fineness) == pytest.approx(3.0 * math.pi / 16.0, rel=1e-4)


def test_von_karman_nose_has_half_the_volume_of_its_cylinder() -> None:
    fineness, volume, _ = solid(NAMED_MERIDIANS["von-karman"].points(7.0))
    tail = (0.25 + 0.5 * 0.35 + 0.35**2) / 3.0
    assert fineness == pytest.approx(7.0, rel=1e-12)
    assert volume / math.pi == pytest.approx(0.25 * (0.5 * 3.0 + 3.0) + tail, rel=1e-4)


def test_capsule_has_its_volume_and_surface() -> None:
    fineness, volume, surface = solid(NAMED_MERIDIANS["capsule"].points(3.0))
    assert fineness == pytest.approx(3.0, rel=1e-12)
    assert volume == pytest.approx(math.pi / 6.0 + math.pi / 2.0, rel=1e-4)
    assert surface == pytest.approx(3.0 * math.pi, rel=1e-4)


def test_teardrop_has_its_volume() -> None:
    """2π k²/3 for length 2 and 8k/√27 = diameter."""
    fineness, volume, _ = solid(NAMED_MERIDIANS["teardrop"].points(4.0))
    assert fineness == pytest.approx(4.0, rel=1e-4)
    assert volume == pytest.approx(2.0 * math.pi / 3.0 * 27.0 / 64.0 * 2.0, rel=1e-4)


@pytest.mark.parametrize("diameter", np.arange(2.0, 6.1, 0.25))
def test_raindrops_have_the_volume_of_their_sphere_and_the_published_axis_ratio(diameter: float) -> None:
    """Polynomial of Beard & Chuang (1987) for the axis ratio, D in mm."""
    fineness, volume, _ = solid(raindrop(diameter))
    ratio = 1.0048 + 5.7e-4 * diameter - 2.628e-2 * diameter**2 + 3.682e-3 * diameter**3 - 1.677e-4 * diameter**4
    assert volume == pytest.approx(math.pi / 6.0 * diameter**3, rel=2e-3)
    assert fineness == pytest.approx(ratio, rel=5e-3)


def test_the_flat_side_of_a_raindrop_faces_the_stream() -> None:
    body = load_body("raindrop:5")
    x, r = body.meridian().T
    assert x[np.argmax(r)] - x[0] < x[-1] - x[np.argmax(r)]


@pytest.mark.parametrize(
    "name",
    [
        "sphere",
        "spheroid:3",
        *(f"{n}" if m.default else f"{n}:3" for n, m in NAMED_MERIDIANS.items() if n != "suboff"),
        "suboff",
        "Myring:8",
    ],
)
def test_every_name_is_a_body_of_revolution(name: str) -> None:
    body = load_body(name)
    assert body.revolution
    assert body.fit_error < 0.005
    assert not body.coefficients.imag.any()


SECTIONS = {"circle": "sphere", "ellipse:3": "spheroid:3"}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_with_a_name_may_be_revolved(name: str) -> None:
    body, exact = load_body(name, revolution=True), load_body(SECTIONS[name])
    assert body.revolution
    assert (body.coefficients == exact.coefficients).all()
    assert body.fineness == pytest.approx(exact.fineness, rel=1e-12)


def test_samples_stay_sections_and_may_be_revolved() -> None:
    assert not load_body("capsule").revolution
    assert load_body("capsule", revolution=True).coefficients.tolist() == pytest.approx(
        load_body("capsule:3").coefficients.tolist(), abs=2e-3
    )


WRONG = {
    "capsule:0.5": "expected capsule with a length over diameter of 1 to 20, got 'capsule:0.5'",
    "raindrop:9": "expected raindrop with a diameter in mm of 2 to 6, got 'raindrop:9'",
    "suboff:3": "expected suboff without a number, got 'suboff:3'",
    "spheroid:30": "fineness .* of 0.1 to 20, got 30",
    "spheriod:3": "did you mean spheroid:3",
    "capsule:": "expected circle, .* or the path",
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_names_give_one_sentence(name: str) -> None:
    with pytest.raises(InputError, match=WRONG[name]):
        load_body(name)


@pytest.mark.parametrize("name", ["naca2412", "bean"])
def test_an_asymmetric_section_with_a_name_is_not_revolved(name: str) -> None:
    with pytest.raises(InputError, match="its own mirror image about a line along x"):
        load_body(name, revolution=True)

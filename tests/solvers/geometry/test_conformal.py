"""The exterior map of an outline: closed forms, equivariance, round trips, and how the fit falls with the modes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
import torch

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, fit_outline, is_valid, laurent
from fusiform.solvers.geometry.curves import outline_curve
from fusiform.solvers.geometry.fitting.conformal import equilibrium_measure, exterior_map
from fusiform.solvers.geometry.fitting.distances import PolygonDistance
from fusiform.solvers.geometry.fitting.misfit import Misfit
from fusiform.solvers.geometry.named_outlines import naca_outline
from fusiform.solvers.geometry.polygons import clean_outline, signed_area


def plane(points):
    return np.column_stack([points.real, points.imag])


def angles(count):
    return 2.0 * np.pi * np.arange(count) / count


def ellipse_outline(fineness, count=400):
    """Points of the ellipse of unit length along x and height 1/`fineness`, at equal eccentric angles."""
    return np.column_stack([0.5 * np.cos(angles(count)), 0.5 / fineness * np.sin(angles(count))])


def worm():
    """A snake with round ends around y = 0.8 sin 1.5 x: no centre sees all of it."""
    x = np.linspace(-2.0, 2.0, 150)
    return np.array(shapely.LineString(np.column_stack([x, 0.8 * np.sin(1.5 * x)])).buffer(0.25).exterior.coords)


def kidney(count=400):
    t = angles(count)
    return np.column_stack([0.5 * np.cos(t) + 1.1 * np.sin(t) ** 2, 1.2 * np.sin(t)])


L_SHAPE = np.array([(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)], dtype=float)
SQUARE = np.array([(0, 0), (1, 0), (2, 0), (2, 2), (0, 2)], dtype=float)


@pytest.mark.parametrize(
    ("points", "capacity", "tolerance"),
    [
        (ellipse_outline(1.0), 0.5, 1e-5),
        (ellipse_outline(5.0), 0.3, 1e-5),
        (SQUARE, 2.0 * math.gamma(0.25) ** 2 / (4.0 * math.pi**1.5), 1e-4),
    ],
    ids=["circle", "ellipse", "square"],
)
def test_conformal_radius_is_the_logarithmic_capacity(points, capacity, tolerance):
    mapped = exterior_map(outline_curve(clean_outline(points)), 8)
    assert mapped.conformal_radius == pytest.approx(capacity, rel=tolerance * 4)


def test_equilibrium_measure_of_a_regular_polygon_is_uniform():
    measure, _ = equilibrium_measure(np.exp(1j * angles(40)))
    assert measure == pytest.approx(np.full(40, 1.0 / 40.0), rel=1e-12)


@pytest.mark.parametrize("fineness", [0.1, 0.5, 1.0, 2.0, 6.0, 20.0])
def test_ellipse_imports_reproduce_the_exact_coefficients(fineness):
    body = Body.from_outline(3.0 * ellipse_outline(fineness, 400))
    exact = Body.ellipse(fineness, reference_length=3.0 / math.sqrt(fineness))
    assert (body.coefficients - exact.coefficients).abs().max() < 1e-7
    assert body.reference_length == pytest.approx(exact.reference_length, rel=1e-6)
    assert body.fit_error < 3e-6
    assert body.is_symmetric(0.0)


def test_joukowski_section_has_its_series():
    """z = s + 1/s with s = m + R ζ: a_k = (−m)^(k−1) / R^(k+1), and a cusp at the trailing edge."""
    m, k = -0.1 + 0.05j, np.arange(1, 33)
    radius = abs(1.0 - m)
    turn = (1.0 - m) / radius
    s = m + radius * turn * np.exp(1j * angles(600))
    a = (-m) ** (k - 1) / radius ** (k + 1.0)
    fit = fit_outline(plane(s + 1.0 / s), modes=32)
    assert abs(fit.coefficients - a).max() < 5e-5
    assert fit.origin == pytest.approx(m, abs=5e-5)
    assert fit.fit_error < 3e-4


def test_random_bodies_survive_the_round_trip():
    generator = torch.Generator().manual_seed(5)
    a = torch.randn(40, 8, dtype=torch.complex128, generator=generator) * 0.3 / torch.arange(1, 9) ** 1.5
    for row in a[is_valid(a)][:8]:
        body = Body(row, 2.5, origin=3.0 - 4.0j)
        again = Body.from_outline(body.outline(400), modes=8)
        assert (again.coefficients - row).abs().max() < 2e-5
        assert again.reference_length == pytest.approx(2.5, rel=1e-6)
        assert abs(again.origin - body.origin) < 1e-4
        assert again.fit_error < 1e-4


SHAPES = {"section": naca_outline("4415", 300), "worm": worm(), "kidney": kidney(), "L": L_SHAPE, "square": SQUARE}


@pytest.mark.parametrize("points", SHAPES.values(), ids=SHAPES)
def test_fit_is_valid_has_the_area_and_tells_its_distance(points):
    fit = fit_outline(points, modes=12)
    body = Body(torch.from_numpy(fit.coefficients), fit.reference_length, origin=fit.origin)
    mapped, given = shapely.Polygon(body.outline(1000)), shapely.segmentize(shapely.Polygon(points), 0.02)
    assert mapped.is_valid
    assert mapped.area == pytest.approx(given.area, rel=1e-3)
    distance = shapely.hausdorff_distance(mapped.exterior, given.exterior) / fit.reference_length
    assert fit.fit_error == pytest.approx(distance, rel=0.02, abs=3e-4)


@pytest.mark.parametrize(
    ("digits", "modes", "bound"),
    [(d, k, e) for d in ("0012", "2412") for k, e in ((8, 1.2e-3), (16, 3.6e-4), (32, 9e-5), (48, 5e-5))],
)
def test_fit_error_of_sharp_sections_falls_with_the_modes(digits, modes, bound):
    body = Body.naca(digits, modes=modes)
    assert 0.3 * bound < body.fit_error < bound
    assert body.area == pytest.approx(signed_area(naca_outline(digits, 4000)), rel=1e-6)
    assert body.is_symmetric(0.0) == (digits == "0012")


def test_a_worm_is_reached_with_enough_modes():
    errors = [fit_outline(worm(), modes=k).fit_error for k in (8, 16, 32)]
    assert errors[0] > 1.5 * errors[1] > 2.0 * errors[2]


def test_moving_and_scaling_the_outline_changes_no_coefficient():
    points = naca_outline("2412", 200)
    fit, moved = fit_outline(points), fit_outline(1e-3 * points + np.array([5.0, -2.0]))
    assert moved.coefficients == pytest.approx(fit.coefficients, abs=1e-7)
    assert moved.reference_length == pytest.approx(1e-3 * fit.reference_length)
    assert moved.origin == pytest.approx(5.0 - 2.0j + 1e-3 * fit.origin, abs=1e-9)


def test_turning_the_outline_turns_the_coefficients():
    points, alpha = naca_outline("2412", 200), 0.3
    turned = plane((points[:, 0] + 1j * points[:, 1]) * np.exp(-1j * alpha))
    a = torch.from_numpy(fit_outline(points).coefficients)[None]
    expected = laurent.rotate(a, torch.tensor([alpha], dtype=torch.float64))[0].numpy()
    assert fit_outline(turned).coefficients == pytest.approx(expected, abs=1e-5)


def test_mirrored_and_reversed_outlines():
    points = naca_outline("4412", 200)
    a = fit_outline(points).coefficients
    assert fit_outline(points[::-1]).coefficients == pytest.approx(a, abs=1e-6)
    assert fit_outline(points * [1.0, -1.0]).coefficients == pytest.approx(a.conj(), abs=1e-6)


def test_curve_keeps_corners_and_straight_sides_and_rounds_the_rest():
    assert outline_curve(SQUARE).area == pytest.approx(4.0, rel=1e-12)
    assert outline_curve(L_SHAPE).area == pytest.approx(3.0, rel=1e-12)
    assert outline_curve(ellipse_outline(1.0, 24)).area == pytest.approx(math.pi / 4.0, rel=1e-4)
    arc = np.exp(1j * np.linspace(-np.pi / 2.0, np.pi / 2.0, 21)) + 3.0
    capsule = outline_curve(plane(np.r_[arc, -arc]))
    assert capsule.area == pytest.approx(12.0 + math.pi, rel=1e-6)
    assert abs(capsule.at(capsule.dense(50)).imag).max() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("count", [24, 48, 96])
def test_curve_through_points_of_a_smooth_outline_is_of_fourth_order(count):
    def error(n):
        curve = outline_curve(ellipse_outline(1.0, n))
        return float(abs(abs(curve.at(curve.dense(10))) - 0.5).max())

    order = math.log2(error(count) / error(2 * count))
    assert order > 3.8, f"observed order {order:.2f}"


@pytest.mark.parametrize("factor", [0.9, 1.001, 1.1])
def test_fit_derivatives_are_those_of_finite_differences(factor):
    rng = np.random.default_rng(0)
    a = 0.1 * (rng.normal(size=4) + 1j * rng.normal(size=4)) / np.arange(1, 5)
    curve = factor * laurent.outline(torch.from_numpy(a[None]), 20_000)[0].numpy()
    misfit = Misfit(curve[::1000], PolygonDistance(curve))
    distance, jacobian = misfit(a, 0j)
    assert abs(distance[:20]) == pytest.approx(abs(factor - 1.0) * abs(curve[::1000]) / factor, rel=0.5)
    direction, step = rng.normal(size=10), 1e-5

    def moved(t):
        shift = t * direction
        return misfit(a + shift[:4] + 1j * shift[4:8], complex(*shift[8:]))[0]

    rates = (moved(step) - moved(-step)) / (2.0 * step)
    assert jacobian[:20] @ direction == pytest.approx(rates[:20], abs=1e-4, rel=1e-4)
    assert jacobian[20:] @ direction == pytest.approx(rates[20:], abs=1e-3), "kinks of the polygon"


def test_a_spiral_bay_is_filled_and_owned_up_to():
    """Inside the spiral the equilibrium measure is smaller than rounding errors."""
    turn = np.linspace(1.0, 4.0 * np.pi, 160)
    path = np.column_stack([turn * np.cos(turn), turn * np.sin(turn)])
    points = np.array(shapely.LineString(path).buffer(1.0).exterior.coords)
    assert 0.2 < fit_outline(points).fit_error < 1.0


@pytest.mark.parametrize("modes", [0, 65])
def test_the_number_of_modes_is_bounded(modes):
    with pytest.raises(InputError, match="expected 1 to 64 modes"):
        fit_outline(ellipse_outline(2.0), modes)

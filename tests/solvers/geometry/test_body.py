"""Bodies: closed forms, invariants, what is a body and what is not, and bodies by name."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import shapely
import torch

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, is_valid, laurent, load_body, sample_names, univalence_margin, write_outline
from fusiform.solvers.geometry.named_outlines import naca_outline
from fusiform.solvers.geometry.polygons import find_crossing, signed_area
from fusiform.solvers.geometry.validity import has_regular_derivative

CROSSED_WAIST = torch.tensor([[0.9, 0.0, -0.13]], dtype=torch.complex128)


def random_coefficients(batch, modes, size, seed=0):
    generator = torch.Generator().manual_seed(seed)
    a = torch.randn(batch, modes, dtype=torch.complex128, generator=generator)
    return size * a / torch.arange(1, modes + 1) ** 1.5


@pytest.mark.parametrize("fineness", [0.1, 0.5, 1.0, 3.0, 20.0])
def test_ellipse_has_the_extents_and_area_of_its_formula(fineness):
    body = Body.ellipse(fineness, reference_length=2.0)
    assert body.length == pytest.approx(2.0 * math.sqrt(fineness), rel=1e-9)
    assert body.height == pytest.approx(2.0 / math.sqrt(fineness), rel=1e-9)
    assert body.fineness == pytest.approx(fineness, rel=1e-9)
    assert body.area == pytest.approx(math.pi)
    assert body.is_symmetric(0.0)


def test_circle_is_a_circle():
    body = Body.circle(3.0)
    assert np.linalg.norm(body.outline(50), axis=1) == pytest.approx(np.full(50, 1.5))
    assert (body.modes, body.fit_error, body.name) == (16, 0.0, "circle")


def test_outline_runs_counter_clockwise_around_the_area():
    body = Body(random_coefficients(1, 6, 0.2)[0], reference_length=0.7, origin=2.0 + 1.0j)
    assert signed_area(body.outline(4000)) == pytest.approx(body.area, rel=1e-5)
    assert body.outline(64).mean(axis=0) == pytest.approx([2.0, 1.0])


def test_extents_are_those_of_a_fine_outline():
    body = Body(random_coefficients(1, 8, 0.25, seed=3)[0], 1.3)
    assert [body.length, body.height] == pytest.approx(np.ptp(body.outline(20_000), axis=0), rel=1e-7)


def test_body_keeps_its_own_coefficients():
    a = torch.tensor([0.3], dtype=torch.float32)
    body = Body(a)
    a[0] = 5.0
    assert body.coefficients.dtype == torch.complex128
    assert body.coefficients[0].real == pytest.approx(0.3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        body.name = "other"


@pytest.mark.parametrize(
    ("coefficients", "length", "sentence"),
    [
        ([1.2], 1.0, "folds over"),
        ([float("nan")], 1.0, "folds over"),
        (CROSSED_WAIST[0], 1.0, "does not cross itself"),
        ([], 1.0, "expected 1 to 64 coefficients"),
        ([[0.1]], 1.0, "in one row"),
        ([0.1], 0.0, "positive reference length"),
        ([0.1], math.inf, "positive reference length"),
    ],
)
def test_what_is_no_body_is_refused(coefficients, length, sentence):
    with pytest.raises(InputError, match=sentence):
        Body(torch.as_tensor(coefficients), length)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Body.ellipse(0.05), "expected a fineness"),
        (lambda: Body.ellipse(math.nan), "expected a fineness"),
        (lambda: Body.circle(-1.0), "positive reference length"),
        (lambda: Body.circle(modes=0), "expected 1 to 64 modes"),
        (lambda: Body.naca("12"), "four NACA digits"),
        (lambda: Body.naca("0000"), "thickness of 01 to 40"),
        (lambda: Body.naca("2012"), "position of the camber"),
        (lambda: Body.naca("0012", chord=0.0), "positive chord"),
        (lambda: Body.circle().with_modes(65), "expected 1 to 64 modes"),
    ],
)
def test_arguments_out_of_range_are_refused(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()


def test_naca_sections_have_their_thickness_camber_and_closed_edge():
    points = naca_outline("0012", 400)
    assert points[0] == pytest.approx([1.0, 0.0], abs=1e-12)
    assert np.ptp(points[:, 1]) == pytest.approx(0.12, abs=2e-4)
    upper, lower = naca_outline("4412", 4000)[1:2000], naca_outline("4412", 4000)[:2000:-1]
    middle = 0.5 * (upper + lower)
    assert middle[:, 1].max() == pytest.approx(0.04, abs=1e-6)
    assert middle[middle[:, 1].argmax(), 0] == pytest.approx(0.4, abs=1e-3)
    assert Body.naca("4412", chord=2.0).length == pytest.approx(2.0, rel=2e-3)


@pytest.mark.parametrize(("modes", "size"), [(1, 0.8), (4, 0.5), (8, 0.4), (16, 0.3), (48, 0.2)])
def test_validity_agrees_with_polynomial_roots_and_shapely(modes, size):
    a = random_coefficients(40, modes, size, seed=modes)
    k = np.arange(modes, 0, -1)
    ones = [np.r_[-k * row[::-1], 0.0, 1.0] for row in a.numpy()]
    regular = torch.tensor([bool((np.abs(np.roots(p)) > 1.0).all()) for p in ones])
    circle = torch.polar(torch.ones(800, dtype=torch.float64), torch.arange(800, dtype=torch.float64) * math.pi / 400)
    shapes = torch.stack([circle + (row * circle.conj()[:, None] ** torch.arange(1, modes + 1)).sum(1) for row in a])
    simple = torch.tensor([shapely.LinearRing(torch.view_as_real(z).numpy()).is_simple for z in shapes])
    assert torch.equal(has_regular_derivative(a), regular)
    assert torch.equal(is_valid(a), regular & simple)
    assert 0 < is_valid(a).sum() < 40
    assert torch.equal(is_valid(a), torch.cat([is_valid(row[None]) for row in a]))


def test_overlap_is_found_where_the_derivative_is_regular():
    assert has_regular_derivative(CROSSED_WAIST).item()
    assert not is_valid(CROSSED_WAIST).item()
    assert is_valid(CROSSED_WAIST * torch.tensor([1.0, 1.0, 0.7])).item()


def test_validity_and_margin_do_not_depend_on_incidence():
    a = torch.cat([random_coefficients(30, 8, 0.45), torch.nn.functional.pad(CROSSED_WAIST, (0, 5))])
    turned = laurent.rotate(a, torch.linspace(-0.5, 0.5, 31, dtype=torch.float64))
    assert torch.equal(is_valid(turned), is_valid(a))
    assert univalence_margin(turned).numpy() == pytest.approx(univalence_margin(a).numpy(), abs=1.5e-2)


def test_margin_of_ellipses_is_one_minus_the_coefficient():
    a = torch.tensor([[0.0], [0.5], [-0.9], [1.25]], dtype=torch.complex128)
    assert univalence_margin(a).tolist() == pytest.approx([1.0, 0.5, 0.1, -0.25])
    assert is_valid(a).tolist() == [True, True, True, False]


def test_margin_has_the_gradient_of_finite_differences():
    a = random_coefficients(1, 5, 0.2, seed=1).requires_grad_()
    direction = random_coefficients(1, 5, 1.0, seed=2)
    (gradient,) = torch.autograd.grad(univalence_margin(a).sum(), a)
    step = 1e-6
    with torch.no_grad():
        change = (univalence_margin(a + step * direction) - univalence_margin(a - step * direction)) / (2.0 * step)
    assert (gradient.conj() * direction).sum().real == pytest.approx(change.item(), rel=1e-6)


def test_infinite_coefficients_are_not_valid():
    a = torch.tensor([[math.inf, 0.0], [math.nan, 0.0], [0.1, 0.0]], dtype=torch.complex128)
    assert is_valid(a).tolist() == [False, False, True]


def test_more_modes_change_nothing_and_come_off_again():
    body = Body(random_coefficients(1, 4, 0.3)[0], 2.0, "sample", 0.01, 1j, "curve 2")
    more = body.with_modes(12)
    assert more.modes == 12
    assert more.outline(40) == pytest.approx(body.outline(40))
    back = more.with_modes(4)
    assert torch.equal(back.coefficients, body.coefficients)
    assert (back.reference_length, back.name, back.fit_error, back.origin) == (2.0, "sample", 0.01, 1j)
    assert back.source == more.source == more.with_modes(3).source == "curve 2"


def test_fewer_modes_are_the_best_fit_and_own_up_to_it():
    body = Body.naca("2412", modes=32)
    fewer, direct = body.with_modes(8), Body.naca("2412", modes=8)
    assert (fewer.coefficients - direct.coefficients).abs().max() < 1e-4
    assert fewer.origin == pytest.approx(direct.origin, abs=1e-4)
    assert fewer.area == body.area
    assert direct.fit_error <= fewer.fit_error < 1.2 * direct.fit_error
    assert Body.naca("0012", modes=32).with_modes(8).is_symmetric(0.0)


@pytest.mark.parametrize(
    ("spec", "name"),
    [("circle", "circle"), (" Ellipse:2.5 ", "ellipse 2.5:1"), ("NACA 0012", "NACA 0012"), ("kidney", "kidney")],
)
def test_bodies_by_name(spec, name):
    body = load_body(spec, modes=8)
    assert (body.name, body.modes) == (name, 8)


@pytest.mark.parametrize("name", sample_names())
def test_samples_are_within_one_percent_of_their_outlines(name):
    body = load_body(name)
    assert body.fit_error < 0.01
    assert body.is_symmetric(0.0) == (name not in ("bean", "naca2412"))


def test_bodies_by_path(tmp_path):
    path = tmp_path / "Mine.dat"
    path.write_text("my section\n" + "\n".join(f"{x} {y}" for x, y in naca_outline("0015", 80)))
    body = load_body(str(path))
    assert body.name == "Mine"
    assert body.height == pytest.approx(0.15, rel=1e-2)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("elipse:2", "did you mean ellipse:2"),
        ("kidny", "did you mean kidney"),
        ("", "samples bean, capsule"),
        ("qqqq", "file, got 'qqqq'; check the spelling"),
        ("x" * 5000, "check the spelling"),
        ("bad\0name", "expected circle"),
        ("missing.dat", "no file at 'missing.dat'"),
        ("ellipse:90", "fineness"),
        ("naca0099", "thickness"),
    ],
)
def test_unknown_names_are_answered_with_the_possibilities(spec, sentence):
    with pytest.raises(InputError, match=sentence):
        load_body(spec)


@pytest.mark.parametrize("seed", range(8))
def test_crossings_agree_with_shapely(seed):
    rng = np.random.default_rng(seed)
    for count in (5, 7, 12, 60):
        angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, count)) + rng.normal(0.0, 0.3 / count, count)
        points = rng.uniform(0.8, 1.2, (count, 1)) * np.column_stack([np.cos(angle), np.sin(angle)])
        crossing = find_crossing(points)
        assert (crossing is None) == shapely.LinearRing(points).is_simple
        if crossing is not None:
            first, second = (shapely.LineString([points[i], points[(i + 1) % count]]) for i in crossing)
            assert first.intersects(second)


def test_a_figure_eight_crosses_itself_although_its_area_cancels() -> None:
    t = np.linspace(0.0, 2.0 * np.pi, 80, endpoint=False) + 0.01
    with pytest.raises(InputError, match="does not cross itself"):
        Body.from_outline(np.column_stack([np.cos(t), np.sin(2.0 * t)]))


def test_a_name_with_bytes_that_are_no_text_becomes_text(tmp_path):
    path = tmp_path / "ellipse\udcff.csv"
    write_outline(path, Body.ellipse(2.0).outline(100))
    assert Body.from_file(path).name == "ellipse?"

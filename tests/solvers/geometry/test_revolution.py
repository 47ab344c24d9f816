"""Bodies of revolution: volume, surface and centre in closed form, the fields, and the ways to and from a section."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
import torch

from fusiform.solvers import Body, InputError
from fusiform.solvers.geometry import (
    displaced,
    drag_sensitivity,
    is_valid,
    laurent,
    pulled,
    revolution,
    wall_elements,
)
from fusiform.solvers.geometry.validity import has_radius

EGG = [0.3, 0.08, 0.02, -0.01]


def spheroid_surface(fineness: float) -> float:
    """Surface over π b², b the equatorial radius, of the spheroid of length over diameter f."""
    if fineness == 1.0:
        return 4.0
    if fineness > 1.0:
        e = math.sqrt(1.0 - fineness**-2)
        return 2.0 * (1.0 + fineness / e * math.asin(e))
    e = math.sqrt(1.0 - fineness**2)
    return 2.0 + fineness**2 / e * math.log((1.0 + e) / (1.0 - e))


@pytest.mark.parametrize("fineness", [0.1, 0.5, 1.0, 3.0, 10.0, 20.0])
def test_spheroids_have_their_volume_surface_and_extents(fineness: float) -> None:
    body = Body.spheroid(fineness, reference_length=2.0)
    radius = fineness ** (-1.0 / 3.0)
    assert body.revolution
    assert body.volume == pytest.approx(4.0 / 3.0 * math.pi, rel=1e-14)
    assert body.reference_area == pytest.approx(math.pi, rel=1e-14)
    assert body.length == pytest.approx(2.0 * fineness * radius, rel=1e-9)
    assert body.diameter == body.height == pytest.approx(2.0 * radius, rel=1e-9)
    assert body.wetted_area == pytest.approx(math.pi * radius**2 * spheroid_surface(fineness), rel=1e-7)
    assert body.centre_of_volume == pytest.approx(0.0, abs=1e-12)
    assert body.area == pytest.approx(math.pi * fineness * radius**2, rel=1e-12)  # of the section
    assert body.scale == pytest.approx(2.0 * fineness ** (1.0 / 6.0), rel=1e-12)


def test_volume_surface_and_centre_agree_with_the_polygon_of_a_body_without_symmetry_fore_and_aft() -> None:
    body = Body(EGG, 3.0, origin=0.7, revolution=True)
    x, r = body.meridian(100_001).T
    step, mean = np.diff(x), 0.5 * (r[1:] + r[:-1])
    ring = math.pi * (mean**2 + np.diff(r) ** 2 / 12.0) * step
    assert body.volume == pytest.approx(ring.sum(), rel=1e-8)
    assert body.wetted_area == pytest.approx(float(np.sum(2.0 * math.pi * mean * np.hypot(step, np.diff(r)))), rel=1e-8)
    assert body.centre_of_volume == pytest.approx(float(ring @ (0.5 * (x[1:] + x[:-1]))) / body.volume, rel=1e-7)


def test_the_quadrature_of_the_volume_is_exact_for_the_highest_modes() -> None:
    """π c³ ∫ S² S_ξ dη by a much finer rule, for 64 modes that all matter."""
    k = torch.arange(1, 65, dtype=torch.float64)
    a = (0.5 / k**2 * torch.cos(1.7 * k) + 0j)[None]
    nodes, weights = np.polynomial.legendre.leggauss(1500)
    eta = torch.arccos(torch.from_numpy(nodes))
    s = torch.sin(eta) - a.real @ torch.sin(k[:, None] * eta)
    s_xi = torch.sin(eta) + (k * a.real) @ torch.sin(k[:, None] * eta)
    integral = (s**2 * s_xi / torch.sin(eta)) @ torch.from_numpy(weights)
    exact = math.pi * laurent.conformal_radius(a) ** 3 * integral
    assert float(revolution.volume(a)) == pytest.approx(float(exact), rel=1e-13)


@pytest.mark.parametrize("function", [revolution.sphere_ratio, revolution.wetted_area, revolution.centre_of_volume])
def test_rows_of_a_batch_do_not_mix_and_derivatives_are_those_of_differences(function) -> None:
    rows = torch.tensor([EGG, [0.0, 0.0, 0.0, 0.0], [-0.2, 0.05, 0.0, 0.03]], dtype=torch.complex128)
    values = function(rows)
    assert values.shape == (3,)
    assert values.tolist() == pytest.approx([float(function(row[None])) for row in rows], rel=1e-14, abs=1e-16)
    assert torch.autograd.gradcheck(lambda real: function(real + 0j), rows.real.clone().requires_grad_())


def test_single_precision_stays_single() -> None:
    ratio = revolution.sphere_ratio(torch.tensor([EGG], dtype=torch.complex64))
    assert ratio.dtype is torch.float32
    assert float(ratio) == pytest.approx(float(revolution.sphere_ratio(torch.tensor([EGG]) + 0j)), rel=1e-6)


def test_the_volume_is_held_for_all_coefficients() -> None:
    volumes = [Body(a, 2.0, revolution=True).volume for a in ([0.0], EGG, [-0.4, 0.1])]
    assert volumes == pytest.approx([4.0 / 3.0 * math.pi] * 3, rel=1e-14)


def test_a_section_revolved_keeps_its_size_and_comes_back() -> None:
    section = Body(EGG, 2.0, "egg", fit_error=0.01, origin=1.0 + 5.0j)
    body = section.revolved()
    assert body.revolution
    assert body.scale == pytest.approx(2.0, rel=1e-15)
    assert body.outline() + np.array([0.0, 5.0]) == pytest.approx(section.outline(), abs=1e-14)
    assert body.fit_error * body.reference_length == pytest.approx(0.02)
    assert body.origin == 1.0
    assert body.revolved() is body
    back = body.section()
    assert not back.revolution
    assert back.reference_length == pytest.approx(2.0, rel=1e-15)
    assert back.fit_error == pytest.approx(0.01)
    assert back.section() is back


def test_the_meridian_runs_from_nose_to_tail_on_the_axis_at_both_ends() -> None:
    body = Body(EGG, 2.0, revolution=True)
    x, r = body.meridian(101).T
    assert (np.diff(x) > 0.0).all()
    assert r[0] == r[-1] == 0.0
    assert (r[1:-1] > 0.0).all()
    assert x[0] == pytest.approx(body.outline(2)[1, 0])


def test_the_kind_is_part_of_text_copies_and_pickles() -> None:
    body = Body.spheroid(2.0)
    assert "revolution=True" in repr(body)
    assert "revolution=False" in repr(Body.ellipse(2.0))
    again = pickle.loads(pickle.dumps(body))
    assert again.revolution
    assert again.scale == body.scale


def test_other_numbers_of_modes_keep_kind_and_volume() -> None:
    body = Body(EGG, 2.0, revolution=True)
    assert body.with_modes(9).revolution
    assert body.with_modes(9).outline() == pytest.approx(body.outline(), abs=1e-14)
    fewer = body.with_modes(2)
    assert fewer.revolution
    assert fewer.volume == body.volume
    gap = max(np.min(np.abs(fewer.outline(4000) @ [1, 1j] - point)) for point in body.outline(200) @ [1, 1j])
    assert 0.3 * fewer.fit_error < gap / 2.0 < 1.05 * fewer.fit_error


def test_a_pull_acts_on_the_meridian() -> None:
    body = Body(EGG, 2.0, revolution=True)
    for eta in (0.0, 0.9, math.pi):
        moved = pulled(body, eta, 0.01)
        mirrored = pulled(body, -eta, 0.01)
        assert moved.revolution
        assert moved.volume == body.volume
        assert (moved.coefficients - mirrored.coefficients).abs().max() < 1e-12
        place = torch.polar(torch.ones(1, 1, dtype=torch.float64), torch.tensor([[eta]], dtype=torch.float64))
        before, after = (
            complex(one.origin + one.scale * laurent.z(one.coefficients[None], place)[0, 0]) for one in (body, moved)
        )
        normal = complex((place * laurent.z_prime(body.coefficients[None], place))[0, 0])
        gain = ((after - before) * normal.conjugate()).real / abs(normal) / 2.0
        assert 0.004 < gain < 0.011  # of 0.01 d, less what the rest shrinks to hold the volume


def test_the_sensitivity_gives_the_change_of_a_displacement() -> None:
    """∫ g δn dA, in d, for C = the wetted area over d²."""
    body = Body(EGG, 2.0, revolution=True).with_modes(16)
    a = body.coefficients.requires_grad_()
    surface = revolution.wetted_area(a[None]) / revolution.sphere_ratio(a[None]) ** 2
    (gradient,) = torch.autograd.grad(surface.sum(), a)
    count = 512
    eta = 2.0 * math.pi * np.arange(count) / count
    move = 1e-5 * (np.cos(eta) + 0.5 * np.cos(2.0 * eta))
    expected = float(np.sum(drag_sensitivity(body, gradient, count) * move * wall_elements(body, count)))
    moved = displaced(body, move)
    assert moved.wetted_area / 4.0 - body.wetted_area / 4.0 == pytest.approx(expected, rel=2e-3)
    assert expected == pytest.approx(0.0, abs=1e-4)
    assert abs(expected) > 1e-7


PLANE_ONLY = ["volume", "wetted_area", "centre_of_volume", "diameter", "reference_area"]


@pytest.mark.parametrize("name", PLANE_ONLY)
def test_a_plane_section_has_no_measures_of_space(name: str) -> None:
    with pytest.raises(InputError, match="expected a body of revolution, got a plane section; make one with"):
        getattr(Body.circle(), name)
    with pytest.raises(InputError, match="expected a body of revolution"):
        Body.circle().meridian()


BAD = {
    "asymmetric": (lambda: Body([0.3, 0.1j], revolution=True), "real coefficients, those of a symmetric section"),
    "turned": (lambda: Body.naca("2412").revolved(), "its own mirror image about a line along x"),
    "beside the axis": (lambda: Body(EGG, origin=1j, revolution=True), "origin of a body of revolution on the x axis"),
    "no kind": (lambda: Body(EGG, revolution=1), "expected a bool, got 1; give True"),
    "fineness": (lambda: Body.spheroid(0.05), "fineness .* of 0.1 to 20, got 0.05"),
    "diameter": (lambda: Body.sphere(-1.0), "positive diameter, got -1"),
    "modes": (lambda: Body.sphere(modes=0), "1 to 64 modes, got 0"),
    "one point": (lambda: Body.sphere().meridian(1), "2 to 1000000 points, got 1"),
}


@pytest.mark.parametrize(("make", "sentence"), BAD.values(), ids=BAD)
def test_every_refusal_is_one_sentence(make, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        make()


def test_a_meridian_below_the_axis_is_no_body_even_where_the_polygon_is_too_coarse_to_see_it() -> None:
    """A dumbbell whose waist shrinks: the radius at the middle, 1 − Σ a_k sin(kπ/2), passes 0."""
    rows = torch.zeros(2, 3, dtype=torch.complex128)
    rows[:, 2] = -0.2
    rows[0, 0], rows[1, 0] = 0.7, 0.81
    assert has_radius(rows).tolist() == [True, False]
    assert not has_radius(rows[:1] + 0.1j).any()
    assert has_radius(torch.tensor([EGG], dtype=torch.complex128)).all()
    assert not (is_valid(rows) & ~has_radius(rows)).any()

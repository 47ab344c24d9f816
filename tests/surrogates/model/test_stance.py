"""Fineness, lean, slenderness and lopsidedness of bodies in the stream."""

import math

import pytest
import torch

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.solution import turned_coefficients
from fusiform.surrogates.model.stance import stance


@pytest.mark.parametrize(("fineness", "alpha"), [(1.5, 3.0), (3.0, 10.0), (8.0, -20.0), (20.0, 0.0)])
def test_an_ellipse_leans_by_its_incidence(fineness, alpha):
    found = stance(turned_coefficients(Body.ellipse(fineness), FlowConditions(1.0, alpha)))
    assert float(found.fineness) == pytest.approx(fineness, rel=1e-9)
    assert float(found.lean) == pytest.approx(alpha, abs=1e-5)
    c, s = math.cos(math.radians(alpha)), math.sin(math.radians(alpha))
    along, across = math.hypot(fineness * c, s), math.hypot(fineness * s, c)
    assert float(found.slenderness) == pytest.approx(along / across, rel=1e-9)
    assert (float(found.lopsidedness) == 0.0) == (alpha == 0.0)


def test_a_tall_ellipse_stands_upright():
    found = stance(turned_coefficients(Body.ellipse(0.5), FlowConditions(1.0)))
    assert (float(found.fineness), abs(float(found.lean))) == pytest.approx((2.0, 90.0))
    assert float(found.slenderness) == pytest.approx(0.5)


def test_the_centroid_does_not_matter():
    """A bean's map is not centred on its area; its moments are taken about the centroid all the same."""
    coefficients = torch.tensor([[0.3 + 0.1j, 0.15 - 0.1j, 0.05j]], dtype=torch.complex128)
    outline = Body(coefficients[0]).outline(20000)
    x, y = (outline / Body(coefficients[0]).reference_length).T if outline.ndim == 2 else (outline.real, outline.imag)
    dx, dy = (torch.roll(torch.as_tensor(v), -1) - torch.as_tensor(v) for v in (x, y))
    x, y = torch.as_tensor(x) + dx / 2, torch.as_tensor(y) + dy / 2
    area = (x * dy - y * dx).sum() / 2
    x, y = x - (x * x * dy).sum() / 2 / area, y + (y * y * dx).sum() / 2 / area
    along, across = (x**3 * dy).sum() / 3, -(y**3 * dx).sum() / 3
    assert float(stance(coefficients).slenderness) == pytest.approx(math.sqrt(float(along / across)), rel=1e-4)


def test_derivatives_exist_for_the_circle():
    coefficients = torch.zeros(1, 4, dtype=torch.complex128, requires_grad=True)
    found = stance(coefficients)
    (found.slenderness + found.lopsidedness).sum().backward()
    assert bool(torch.isfinite(torch.view_as_real(coefficients.grad)).all())
    assert float(coefficients.grad[0, 0].real) > 0.0

"""Drags that are known: by theory, or from computations with other methods.

Circle, Re 10 and 40: an independent high-resolution computation; 40 also Gautier, Biau & Lamballais (2013). Ellipse 4:1
at 10°, sphere and spheroids at Re 10 and 100: velocity-pressure finite elements. Re → 0: Oseen (1910), C_D = 24/Re K
(1 + 3/16 Re K), K = 1 for the sphere and Oberbeck's resistance of a spheroid (Happel & Brenner, Low Reynolds Number
Hydrodynamics, 1973, section 5.11).
"""

import math

import pytest
import torch

from fusiform.solvers import Body
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.levels import level
from fusiform.solvers.flow.steady.steady import solve_batch
from fusiform.solvers.geometry import laurent

PLANE = {
    "circle 10": (1.0, 10.0, 0.0, 2.75435, 0.0),
    "circle 40": (1.0, 40.0, 0.0, 1.49730, 0.0),
    "ellipse 4:1 at 10 degrees": (4.0, 40.0, 10.0, 1.18074, 0.74429),
}
SPHERE = {10.0: 4.3080, 40.0: 1.7892, 100.0: 1.0882}
FRICTION = {10.0: 2.7810, 40.0: 1.0615, 100.0: 0.5764}


def drag_around_the_axis(fineness, reynolds, number=2):
    """Drag and its friction part of a spheroid, in units of the sphere of equal volume."""
    coefficients = Body.ellipse(fineness).coefficients[None]
    own = torch.tensor([reynolds], dtype=torch.float64)
    flow = solve_batch(coefficients, own, level(float(own), number), domain=Domain.MERIDIAN)
    assert bool(flow.converged)
    pressure, friction = (float(part.real) for part in flow.force_coefficients)
    return pressure + friction, friction


@pytest.mark.parametrize("case", PLANE)
def test_plane_bodies(case):
    fineness, reynolds, alpha, drag, lift = PLANE[case]
    angle = torch.tensor([math.radians(alpha)], dtype=torch.float64)
    coefficients = laurent.rotate(Body.ellipse(fineness).coefficients[None], angle)
    flow = solve_batch(coefficients, torch.tensor([reynolds], dtype=torch.float64), level(reynolds, 3))
    forces = complex(sum(flow.force_coefficients))
    assert forces.real == pytest.approx(drag, rel=5e-4)
    assert forces.imag == pytest.approx(lift, rel=5e-4, abs=1e-12)


@pytest.mark.parametrize("reynolds", SPHERE)
def test_the_sphere(reynolds):
    drag, friction = drag_around_the_axis(1.0, reynolds)
    assert drag == pytest.approx(SPHERE[reynolds], rel=1e-3)
    assert friction == pytest.approx(FRICTION[reynolds], rel=2e-3)


def test_the_sphere_in_creeping_flow():
    assert drag_around_the_axis(1.0, 0.1, 3)[0] == pytest.approx(244.178, rel=5e-4)
    drag, friction = drag_around_the_axis(1.0, 0.02, 4)
    assert drag == pytest.approx(24.0 / 0.02 * (1.0 + 3.0 / 16.0 * 0.02), rel=5e-4)
    assert friction / drag == pytest.approx(2.0 / 3.0, rel=5e-4)


@pytest.mark.parametrize(("reynolds", "drag"), [(10.0, 3.8601), (100.0, 0.78777)])
def test_a_prolate_spheroid(reynolds, drag):
    assert drag_around_the_axis(3.0, reynolds)[0] == pytest.approx(drag, rel=1e-3)


@pytest.mark.parametrize("fineness", [1.5, 2.0, 4.0])
def test_spheroids_in_creeping_flow(fineness):
    e = math.sqrt(1.0 - fineness**-2)
    resistance = 8.0 / 3.0 * e**3 / ((1.0 + e**2) * math.log((1.0 + e) / (1.0 - e)) - 2.0 * e) * fineness ** (2.0 / 3.0)
    reynolds = 0.02
    exact = 24.0 / reynolds * resistance * (1.0 + 3.0 / 16.0 * reynolds * resistance)
    assert drag_around_the_axis(fineness, reynolds, 3)[0] == pytest.approx(exact, rel=3e-3)


def test_a_body_turned_back_to_front_has_the_same_drag_in_the_stokes_limit_and_another_one_later():
    """The reversal theorem: the difference falls faster than Re, and is large where inertia counts."""
    front = torch.tensor([[0.3, 0.08, 0.02]], dtype=torch.complex128)
    bodies = torch.cat([front, front * torch.tensor([1.0, -1.0, 1.0])])
    difference = []
    for reynolds in (0.1, 1.0, 10.0):
        flow = solve_batch(bodies, torch.full((2,), reynolds, dtype=torch.float64), Resolution(4, 12, 6, 8))
        one, two = sum(flow.force_coefficients).real.tolist()
        difference.append(abs(one - two) / one)
    assert difference[0] < 1e-5, difference
    assert difference[1] < 5e-4, difference
    assert difference[2] > 3e-3, difference


@pytest.mark.slow
def test_continuation_reaches_the_broadside_ellipse_where_a_cold_start_fails():
    """A bubble of more than ten diameters, which takes seven radial elements: C_D 1.4358."""
    coefficients, reynolds = Body.ellipse(0.5).coefficients[None], torch.tensor([100.0], dtype=torch.float64)
    fine = Resolution(7, 12, 7, 10)
    cold = solve_batch(coefficients, reynolds, fine, continuation=False)
    assert not bool(cold.converged)
    flow = solve_batch(coefficients, reynolds, fine)
    assert bool(flow.converged)
    assert bool(flow.continued)
    assert float(sum(flow.force_coefficients).real) == pytest.approx(1.4358, rel=5e-4)

"""Moving the outline along its normal, and what that does to the drag."""

import numpy as np
import pytest

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.geometry import displaced, drag_sensitivity, wall_elements
from fusiform.solvers.geometry.displacement.normal_displacement import pulled

BODIES = [Body.circle(modes=24), Body.ellipse(2, modes=24), Body.ellipse(0.5, modes=24)]


def _normals(body: Body, count: int) -> np.ndarray:
    points = body.outline(count)
    tangent = np.roll(points, -1, 0) - np.roll(points, 1, 0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


@pytest.mark.parametrize("body", BODIES, ids=lambda b: b.name)
def test_the_outline_moves_by_the_displacement_but_for_the_area(body: Body) -> None:
    count, size = 512, 1e-4
    eta = 2 * np.pi * np.arange(count) / count
    prescribed = size * np.cos(2 * eta + 0.3)
    before, after = body.outline(count), displaced(body, prescribed).outline(count)
    moved = ((after - before) * _normals(body, count)).sum(1)
    normal_extent = (before * _normals(body, count)).sum(1)
    arc = np.linalg.norm(np.roll(before, -1, 0) - np.roll(before, 1, 0), axis=1) / 2
    growth = (prescribed * arc).sum() / (2 * body.area)
    error = moved - (prescribed - growth * normal_extent)
    assert np.abs(error).max() < 0.01 * size, np.abs(error).max() / size


def test_a_uniform_displacement_does_nothing_to_a_circle() -> None:
    body = displaced(Body.circle(), np.full(64, 0.1))
    assert float(body.coefficients.abs().max()) < 1e-12


def test_a_pulled_point_goes_where_it_is_pulled() -> None:
    body = Body.ellipse(2, modes=16)
    new = pulled(body, np.pi / 2, 0.05)
    assert new.area == pytest.approx(body.area, rel=1e-12)
    assert new.outline(4)[1, 1] - body.outline(4)[1, 1] == pytest.approx(0.05, rel=0.35)


@pytest.mark.parametrize("amount", [-3.0, 3.0])
def test_a_pull_that_is_too_strong_is_shortened(amount: float) -> None:
    new = pulled(Body.ellipse(4, modes=16), 1.0, amount)
    assert new.height > 0.01


def test_the_sensitivity_is_the_derivative_of_the_drag() -> None:
    body, conditions = Body.ellipse(1.7, modes=16), FlowConditions(10)
    count, size = 256, 1e-4
    eta = 2 * np.pi * np.arange(count) / count
    shape = np.exp((np.cos(eta - 2.0) - 1) / 0.4**2)
    flow = solve(body, conditions, grid="coarse")
    density = drag_sensitivity(body, flow.gradient().coefficients, count)
    arc = wall_elements(body, count)
    predicted = (density * shape * arc).sum()
    scaling = (body.outline(count) * _normals(body, count)).sum(1)
    assert abs((density * scaling * arc).sum()) < 1e-3 * np.abs(density * arc).sum()
    values = [
        solve(displaced(body, sign * size * shape), conditions, grid="coarse", start=flow).drag_coefficient
        for sign in (1, -1)
    ]
    assert predicted == pytest.approx((values[0] - values[1]) / (2 * size), rel=2e-3)


def test_around_an_axis_the_sensitivity_is_per_area_of_the_surface_at_equal_volume() -> None:
    body, conditions = Body([0.3, 0.06] + 14 * [0], 2.0, revolution=True), FlowConditions(20)
    count, size = 400, 1e-4
    eta = 2 * np.pi * np.arange(count) / count
    flow = solve(body, conditions)
    weight = drag_sensitivity(body, flow.gradient().coefficients, count) * wall_elements(body, count)
    scaling = (body.outline(count) * _normals(body, count)).sum(1)
    assert abs((weight * scaling).sum()) < 1e-3 * np.abs(weight).sum()
    for place in (0.0, 1.5, np.pi):  # the tail, the side, the nose
        shape = np.exp((np.cos(eta - place) - 1) / 0.5**2) + np.exp((np.cos(eta + place) - 1) / 0.5**2)
        ends = [
            solve(displaced(body, sign * size * shape), conditions, start=flow).drag_coefficient for sign in (1, -1)
        ]
        assert (weight * shape).sum() == pytest.approx((ends[0] - ends[1]) / (2 * size), rel=5e-3)


def test_the_sensitivity_of_the_sphere_in_creeping_flow_is_known_up_to_the_axis() -> None:
    """δD = μ ∫ |∂u/∂n|² δn dA with |∂u/∂n| = 3 sin θ, less the scaling to equal volume: g = C_D (3 sin²θ − 2)/π."""
    flow = solve(Body.sphere(), FlowConditions(0.05), grid="fine")
    density = drag_sensitivity(flow.body, flow.gradient().coefficients, 64)
    angle = 2 * np.pi * np.arange(64) / 64
    expected = flow.drag_coefficient * (3 * np.sin(angle) ** 2 - 2) / np.pi
    assert np.abs(density - expected).max() < 0.02 * np.abs(expected).max()

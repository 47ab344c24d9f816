"""Constraints on the shape: they measure what they say, hold at the optimum, and contradictions are told in words."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
import torch

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.geometry import is_valid
from fusiform.solvers.inverse import (
    Circle,
    DesignPoint,
    KeepOut,
    Lift,
    MaxHeight,
    MaxLength,
    MaxPerimeter,
    MinRadius,
    MinThickness,
    Payload,
    Problem,
    Rectangle,
    UserConstraint,
    WedgeAngle,
    minimize_drag,
    optimize,
)
from fusiform.solvers.inverse.problem.constraints.regions import boundary
from fusiform.solvers.inverse.problem.trial_shape import CHECK_POINTS, SEARCH_POINTS, shape_of
from fusiform.solvers.inverse.search.feasibility import contradiction, nearest_feasible
from fusiform.solvers.inverse.search.symmetry import is_symmetric
from fusiform.solvers.inverse.search.variables import Variables
from fusiform.surrogates import load_surrogate

ROUND = torch.tensor([0.5, 0.06 + 0.05j, 0.01, 0.01j, *8 * [0.0]], dtype=torch.complex128)
BODY = Body(ROUND, 0.6, "round", origin=0.4 + 0.01j)
AT = FlowConditions(10.0)
EVERY = [
    MaxLength(1.1),
    MaxHeight(0.2),
    MinThickness(0.05),
    MinThickness(0.1, at=0.3),
    MaxPerimeter(2.2),
    MinRadius(0.01),
    WedgeAngle("tail", maximum=40.0),
    WedgeAngle("nose", minimum=20.0, maximum=120.0),
    Payload(Rectangle(0.4, 0.02, 0.2, 0.05, 5.0)),
    Payload(Circle(0.3, 0.0, 0.03), clearance=0.005),
    KeepOut(Circle(1.3, 0.0, 0.1)),
    UserConstraint("lowest point above -0.2", lambda z: z.imag + 0.2),
]


@pytest.fixture(scope="module")
def surrogate():
    return load_surrogate()


def test_an_ellipse_measures_what_an_ellipse_is():
    shape = shape_of(Body.ellipse(2.0, modes=1))
    long, short = 0.5 * math.sqrt(2.0), 0.5 / math.sqrt(2.0)
    assert float(shape.length) == pytest.approx(2 * long, rel=1e-12)
    assert float(shape.nose) == pytest.approx(-long, rel=1e-12)
    assert float(shape.curvature.max()) == pytest.approx(long / short**2, rel=1e-9)
    assert float(shape.perimeter) == pytest.approx(shapely.Polygon(Body.ellipse(2.0).outline(4000)).length, rel=1e-6)
    x = torch.tensor([[0.0, 0.5 * long, 0.99 * long, 1.01 * long]], dtype=torch.float64)
    thickness = 2 * short * torch.sqrt(torch.clamp(1 - (x / long) ** 2, min=0))
    torch.testing.assert_close(shape.thickness(x), thickness, rtol=1e-6, atol=1e-9)


def test_regions_know_their_distance():
    z = torch.tensor([2.0 + 0j, 0.9 + 0.4j, 1.0 + 1.0j, 0j], dtype=torch.complex128)
    box = Rectangle(0.0, 0.0, 2.0, 1.0)
    assert box.distance(z).tolist() == pytest.approx([1.0, -0.1, 0.5, -0.5])
    turned = Rectangle(0.0, 0.0, 1.0, 2.0, 90.0)
    assert turned.distance(z).tolist() == pytest.approx(box.distance(z).tolist())
    assert Circle(1.0, 0.0, 0.5).distance(z).tolist() == pytest.approx([0.5, abs(-0.1 + 0.4j) - 0.5, 0.5, 0.5])


def test_depth_is_the_distance_from_the_outline_and_not_from_its_points():
    inner = torch.tensor([0.2 + 0.1j, 0.5 * math.cos(0.01) + 0.5j * math.sin(0.01), 0.3 - 0.6j], dtype=torch.complex128)
    circle = shape_of(Body.circle(modes=1), SEARCH_POINTS)
    torch.testing.assert_close(circle.depth(inner)[0], 0.5 - inner.abs(), rtol=0, atol=1e-12)
    found = shape_of(BODY, SEARCH_POINTS).depth(inner)
    outline = shapely.Polygon(BODY.outline(40_000))
    for z, depth in zip(inner.tolist(), found[0].tolist(), strict=True):
        point = shapely.Point(z.real, z.imag)
        sign = 1.0 if outline.contains(point) else -1.0
        assert depth == pytest.approx(sign * outline.exterior.distance(point), abs=1e-7)


@pytest.mark.parametrize("grown", [0.0, 0.1])
@pytest.mark.parametrize("region", [Rectangle(0.1, 0.2, 1.0, 0.5, 30.0), Circle(0.0, 0.1, 0.3), Circle(0.1, 0.0)])
def test_the_rim_of_a_grown_region_lies_at_that_distance_in_even_steps(region, grown):
    rim = torch.tensor(boundary(region, grown, 0.02), dtype=torch.complex128)
    torch.testing.assert_close(region.distance(rim), torch.full(rim.shape, grown, dtype=torch.float64))
    assert float((rim - rim.roll(1)).abs().max()) < 0.0201
    assert all(
        float((rim - corner).abs().min()) == pytest.approx(region.hull()[1] + grown) for corner in region.hull()[0]
    )


@pytest.mark.parametrize("constraint", EVERY, ids=lambda c: c.describe())
def test_residuals_agree_on_coarse_and_fine_outlines_and_with_their_slopes(constraint):
    variables = Variables(BODY, 12, False, (constraint,))
    x = variables.pack(BODY.coefficients, BODY.origin)
    coarse, fine = (variables.residuals(torch.from_numpy(x)[None], n)[1].min() for n in (SEARCH_POINTS, CHECK_POINTS))
    assert float(coarse) == pytest.approx(float(fine), abs=6e-3)
    assert (variables.slacks(x)[0] >= 0.0) is (variables.violations(x)[0] == 0.0)
    direction = np.random.default_rng(0).standard_normal(len(x)) * 1e-3
    moved = variables.values(x + direction) - variables.values(x - direction)
    linear = 2.0 * variables.jacobian(x) @ direction
    assert np.median(np.abs(moved - linear)) < 1e-3 * np.abs(moved).max()


GAINS = {
    "length": (lambda v: MaxLength(v), 1.5, 0.01),
    "thickness": (lambda v: MinThickness(v), 0.55, -0.004),
    "thickness at a station": (lambda v: MinThickness(v, at=0.3), 0.7, -0.005),
    "perimeter": (lambda v: MaxPerimeter(v), 3.4, 0.01),
    "radius": (lambda v: MinRadius(v), 0.1, -0.001),
    "wedge angle": (lambda v: WedgeAngle("tail", minimum=v), 70.0, -0.5),
    "clearance of a rectangle": (lambda v: Payload(Rectangle(0.1, 0.0, 1.1, 0.4), v), 0.025, -0.002),
    "clearance of a circle": (lambda v: Payload(Circle(-0.3, 0.0, 0.3), v), 0.05, -0.002),
    "clearance outside": (lambda v: KeepOut(Rectangle(0.8, 0.0, 0.4, 0.3), v), 0.05, -0.002),
    "lift": (lambda v: Lift(v), 0.6, -0.005),
    "prescribed lift": (lambda v: Lift(v, v), 0.6, -0.005),
}


@pytest.mark.parametrize("name", GAINS)
def test_an_active_constraint_holds_and_relaxing_it_gains_what_the_multiplier_says(surrogate, name):
    """The gain against the drag of optima with the limit a little tighter and a little looser."""
    constraint, limit, ease = GAINS[name]
    body, at = (Body.ellipse(3.0), FlowConditions(10.0, 5.0)) if "lift" in name else (Body.circle(), AT)

    def optimum(limit):
        held = constraint(limit)
        kind = "force_constraints" if isinstance(held, Lift) else "constraints"
        problem = Problem(body, (DesignPoint(at),), verify=None, tolerance=1e-9, **{kind: (held,)})
        return optimize(problem, model=surrogate)

    result, tighter, looser = optimum(limit), optimum(limit - ease), optimum(limit + ease)
    (report,) = result.constraints
    assert result.success, result.status
    assert report.active
    assert abs(report.slack) < 1e-4 * max(1.0, limit)
    assert result.body.area == pytest.approx(body.area)
    assert (tighter.fun - looser.fun) / abs(2.0 * ease) == pytest.approx(report.gain, rel=0.01)


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 80))])
def test_payloads_are_contained_and_beat_the_smallest_enclosing_ellipse(surrogate, seed):
    random = np.random.default_rng(seed)
    if seed % 2:
        length, height = random.uniform(0.6, 1.5), random.uniform(0.3, 0.6)
        loads = [Rectangle(0.0, 0.0, length, height)]
        fineness, diameter = length / height, math.sqrt(2.0 * length * height)
        solids = [shapely.box(-length / 2, -height / 2, length / 2, height / 2)]
    else:
        radius, gap = random.uniform(0.15, 0.3), random.uniform(0.4, 0.8)
        loads = [Circle(-gap / 2, 0.0, radius), Circle(gap / 2, 0.0, radius)]
        solids = [shapely.Point(load.x, 0.0).buffer(radius, 256) for load in loads]
        long, short = _ellipse_around(solids)
        fineness, diameter = long / short, 2.0 * math.sqrt(long * short)
    start = Body.ellipse(fineness, reference_length=diameter * 1.0001)
    payload = tuple(Payload(load) for load in loads)
    result = minimize_drag(start, AT, model=surrogate, verify=None, constraints=payload)
    assert result.feasible, result.status
    outline = shapely.Polygon(result.body.outline(2000))
    assert all(outline.contains(solid) for solid in solids), [c.slack for c in result.constraints]
    assert result.fun < result.predicted_initial_drag_coefficient


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 30))])
def test_turned_rectangles_anywhere_are_contained_or_kept_out(surrogate, seed, inside):
    random = np.random.default_rng(seed)
    width, height, angle = random.uniform(0.3, 1.0), random.uniform(0.15, 0.5), random.uniform(-60.0, 60.0)
    at = random.uniform(0.0, 0.25) if inside else random.uniform(0.65, 0.9)
    x, y = at * math.cos(turn := random.uniform(0.0, 2.0 * math.pi)), at * math.sin(turn)
    region = Rectangle(x, y, width, height, angle)
    constraint = Payload(region) if inside else KeepOut(region)
    result = minimize_drag(Body.circle(), AT, model=surrogate, verify=None, constraints=(constraint,))
    assert result.feasible, result.status
    outline = shapely.Polygon(result.body.outline(2000))
    solid = shapely.Polygon([(z.real, z.imag) for z in region.hull()[0]])
    assert outline.contains(solid) if inside else not outline.intersects(solid)


def test_a_needle_between_two_points_of_the_outline_is_seen():
    needle = KeepOut(Rectangle(0.5, 0.0, 0.6, 1e-9))
    body = Body.ellipse(1.5, modes=4)
    assert float(needle.slack(shape_of(body))[0]) < -0.3
    assert float(needle.slack(shape_of(replace(body, origin=-0.42 + 0j)))[0]) == pytest.approx(0.0076, abs=1e-3)


def _ellipse_around(solids):
    """Half axes of the smallest ellipse about the origin, along the axes, that holds all solids."""
    points = np.concatenate([np.array(solid.exterior.coords) for solid in solids])
    best = min(
        (
            (ratio * (scale := math.sqrt((points[:, 0] ** 2 / ratio**2 + points[:, 1] ** 2).max())), scale)
            for ratio in np.linspace(1.0, 6.0, 400)
        ),
        key=lambda axes: axes[0] * axes[1],
    )
    return best


@pytest.mark.parametrize(
    ("constraints", "words"),
    [
        ((MaxLength(1.0), MaxHeight(0.5)), "holds an area of 0.5"),
        ((MaxPerimeter(3.0),), "no outline shorter than the circle's"),
        ((MinRadius(0.6),), "contains a circle of that radius"),
        ((MinThickness(0.9), MaxHeight(0.8)), "does not fit"),
        ((Payload(Rectangle(0, 0, 2.0, 0.1)), MaxLength(1.5)), "longer or higher than 1.5"),
        ((Payload(Circle(0, 0, 0.6)),), "cannot hold a region"),
        ((Payload(Circle(0, 0, 0.1)), KeepOut(Rectangle(0, 0, 1, 1))), "cannot be one that stays clear"),
        ((MinRadius(0.4), MaxHeight(0.6)), "no body of 8 modes"),
        ((Payload(Rectangle(0, 0, 1.0, 0.1), clearance=0.3), MaxLength(1.5)), "longer or higher than 1.5"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_contradictions_are_told_before_anything_is_iterated(surrogate, constraints, words):
    result = minimize_drag(Body.circle(), AT, model=surrogate, constraints=constraints, certify=True)
    assert not result.feasible
    assert not result.success
    assert words in result.status
    assert result.history == ()
    assert bool(is_valid(result.body.coefficients[None]))


def test_constraints_that_agree_are_no_contradiction():
    assert contradiction(Body.circle(), (MaxLength(1.4), MaxHeight(0.7), MinThickness(0.3))) is None


def test_a_start_that_violates_is_moved_to_the_nearest_feasible_body():
    variables = Variables(Body.ellipse(6.0), 8, True, (MaxLength(1.5),))
    start = variables.pack(Body.ellipse(6.0, modes=8).coefficients, 0j)
    found = nearest_feasible(variables, start)
    assert found.problem is None
    body = variables.body_at(found.x, "nearest")
    assert body.length == pytest.approx(1.5, abs=1e-3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MaxLength(-1.0), "positive length"),
        (lambda: MinThickness(0.1, at=1.5), "station between 0"),
        (lambda: WedgeAngle("side", maximum=30.0), "nose or the tail"),
        (lambda: WedgeAngle("tail"), "minimum or a maximum"),
        (lambda: Circle(0.0, math.nan, 0.1), "finite centre"),
        (lambda: Rectangle(0.0, 0.0, 0.0, 1.0), "positive width"),
        (lambda: Payload(Circle(0, 0, 1), clearance=-1.0), "clearance of at least 0"),
    ],
)
def test_constraints_without_sense_are_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_a_payload_that_the_sampled_outline_cuts_is_contained_in_the_end(surrogate):
    load = Rectangle(0.448649, -0.188169, 1.0630037871702824, 0.5777086633466708, -42.70084647364395)
    result = minimize_drag(Body.circle(1.141495), AT, model=surrogate, verify=None, constraints=(Payload(load),))
    assert result.feasible, result.status


def test_only_mirror_images_make_a_problem_symmetric():
    load = Payload(Circle(0.2, 0.25, 0.1))
    image = Payload(Circle(0.2, -0.25, 0.1))
    at = (DesignPoint(AT),)

    def symmetric(*constraints):
        return is_symmetric(Problem(Body.circle(), at, constraints=constraints))

    assert symmetric()
    assert symmetric(load, image)
    assert symmetric(Payload(Rectangle(0.0, 0.0, 1.0, 0.3)))
    assert not symmetric(load)
    assert not symmetric(load, load)
    assert not symmetric(load, KeepOut(Circle(0.2, -0.25, 0.1)))
    assert not symmetric(load, Payload(Circle(0.2, -0.25, 0.1), clearance=0.1))


def test_the_slack_of_a_radius_is_a_radius():
    shape = shape_of(Body.ellipse(4.0, modes=1))
    least = 0.5 * 0.5**2 / 2.0
    assert float(MinRadius(0.02).slack(shape)[0]) == pytest.approx(least - 0.02, rel=1e-6)

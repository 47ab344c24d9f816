"""Optima under constraints: they hold, relaxing them gains what the multiplier says, and contradictions are told."""

import math

import numpy as np
import pytest
import shapely
from constraint_cases import CASES

from fusiform.solvers import Body, FlowConditions
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
    minimize_drag,
    optimize,
)
from fusiform.solvers.inverse.problem.symmetry import is_symmetric
from fusiform.solvers.inverse.search.feasibility import nearest_feasible
from fusiform.solvers.inverse.search.variables import Variables

AT = FlowConditions(10.0)


ACTIVE = [case for case in CASES if case.tight is not None]


@pytest.mark.parametrize("case", ACTIVE, ids=lambda case: case.tight[0](case.tight[1]).describe())
def test_an_active_constraint_holds_and_relaxing_it_gains_what_the_multiplier_says(surrogate, case):
    """The gain against the drag of optima with the limit a little tighter and a little looser, sought from this one:
    a multiplier speaks of its own optimum, and there may be others."""
    constraint, limit, ease = case.tight
    lifts = isinstance(case.constraint, Lift)
    body, at = (Body.ellipse(3.0), FlowConditions(10.0, 5.0)) if lifts else (Body.circle(), AT)

    def optimum(limit, body=body):
        problem = Problem(body, (DesignPoint(at),), verify=None, tolerance=1e-9)
        return optimize(problem.with_constraints([constraint(limit)]), model=surrogate)

    result = optimum(limit)
    tighter, looser = (optimum(limit + change, result.body) for change in (-ease, ease))
    (report,) = result.constraints
    assert result.success, result.status
    assert report.active
    assert abs(report.slack) < 1e-4 * max(1.0, limit)
    assert result.body.area == pytest.approx(body.area)
    assert (tighter.fun - looser.fun) / abs(2.0 * ease) == pytest.approx(report.gain, rel=0.01)


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 32))])
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
@pytest.mark.parametrize("seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))])
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
        ((MinRadius(0.4), MaxHeight(0.6)), "does not fit into a height at most 0.6"),
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


def test_limits_that_only_a_search_can_tell_are_reported_as_infeasible(surrogate):
    result = minimize_drag(Body.circle(), AT, model=surrogate, constraints=(KeepOut(Rectangle(0, 0, 30.0, 30.0)),))
    assert not result.feasible
    assert "no body of 8 modes" in result.status
    assert result.history == ()


def test_a_start_that_violates_is_moved_to_the_nearest_feasible_body():
    variables = Variables(Body.ellipse(6.0), 8, True, (MaxLength(1.5),))
    start = variables.pack(Body.ellipse(6.0, modes=8).coefficients, 0j)
    found = nearest_feasible(variables, start)
    assert found.problem is None
    body = variables.body_at(found.x, "nearest")
    assert body.length == pytest.approx(1.5, abs=1e-3)


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

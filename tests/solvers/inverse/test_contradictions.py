"""Limits that exclude each other or the body are told at once, and limits that a body satisfies never are."""

import math
from contextlib import suppress

import numpy as np
import pytest
import torch
from constraint_cases import BODY

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.geometry import is_valid
from fusiform.solvers.inverse import (
    Circle,
    Cone,
    Cylinder,
    DesignPoint,
    KeepOut,
    MaxHeight,
    MaxLength,
    MaxPerimeter,
    MaxWettedArea,
    MinBase,
    MinRadius,
    MinThickness,
    OptimizationOutcome,
    Payload,
    Problem,
    Rectangle,
    Sphere,
    WedgeAngle,
    optimize,
)
from fusiform.solvers.inverse.problem.constraints.attainable_sizes import (
    MOST_FILL,
    longest,
    perimeter_around,
    perimeter_in_strip,
)
from fusiform.solvers.inverse.problem.contradictions import contradiction, contradiction_in
from fusiform.solvers.inverse.problem.trial_shape import shape_of

# Limits that no body of the area of `BODY` (d = 0.6) satisfies, and the words of the sentence that says so.
CONTRADICTIONS = [
    ((MaxLength(0.02),), "has an extent of 14.14 across it"),
    ((MaxHeight(0.03),), "the optimiser's bodies have one of 6.928"),
    ((MinThickness(7.0),), "more than the greatest extent of the optimiser's bodies"),
    (
        (MinThickness(1.2, at=0.5), MaxPerimeter(2.2)),
        "that has a thickness at least 1.2 at 50% of the length is longer",
    ),
    ((MaxPerimeter(1.95), MaxLength(0.4)), "an outline of length at most 0.4 around that area is longer than 2.042"),
    ((MaxPerimeter(1.95), MaxHeight(0.4)), "an outline of height at most 0.4"),
    ((MinRadius(0.2), MaxHeight(0.35)), "does not fit into a height at most 0.35"),
    ((MinRadius(0.2), MaxLength(0.35)), "does not fit into a length at most 0.35"),
    ((WedgeAngle("tail", minimum=80.0), WedgeAngle("tail", maximum=60.0)), "is none that is a wedge angle"),
    ((WedgeAngle("tail", minimum=179.9),), "needs a height of at least 8.05"),
    ((WedgeAngle("nose", minimum=150.0), MaxHeight(0.4)), "needs a height of at least 0.4594"),
    ((WedgeAngle("nose", maximum=2.0), MinThickness(0.3)), "exclude each other at any length up to 1.178"),
    ((Payload(Circle(0, 0, 0.1)), Payload(Circle(1.0, 0, 0.1)), MaxLength(1.1)), "is longer or higher than 1.1"),
    ((Payload(Circle(0, 0, 0.1)), Payload(Circle(8.0, 0, 0.1))), "is larger than the optimiser's bodies"),
    ((Payload(Rectangle(0, 0, 2.0, 0.1)), MinThickness(0.2)), "has not the area for a thickness at least 0.2"),
    ((Payload(Circle(0, 0, 0.28), 0.03),), "cannot hold a region of area 0.3019"),
    ((Payload(Rectangle(0, 0, 1.0, 0.1)), MaxPerimeter(2.1)), "is longer than 2.1"),
    ((Payload(Circle(0, 0, 0.0)), Payload(Circle(0.9, 0.0, 0.0)), MaxPerimeter(2.0)), "is longer than 2.086"),
    ((Payload(Rectangle(0, 0, 0.4, 0.1)), KeepOut(Rectangle(0.3, 0, 0.2, 0.1, 45.0))), "cannot be one that stays"),
    ((Payload(Circle(0, 0, 0.1), 0.1), KeepOut(Circle(0.35, 0, 0.1), 0.06)), "cannot be one that stays clear"),
]
# Limits close to those, which some body satisfies.
POSSIBLE = [
    (MaxLength(0.1),),
    (MinThickness(0.9, at=0.5), MaxPerimeter(2.3)),
    (MaxPerimeter(2.06), MaxLength(0.4)),
    (MinRadius(0.2), MaxHeight(0.45)),
    (WedgeAngle("tail", minimum=60.0), WedgeAngle("tail", maximum=80.0)),
    (WedgeAngle("tail", minimum=80.0), WedgeAngle("nose", maximum=60.0)),
    (Payload(Circle(0, 0, 0.1)), Payload(Circle(1.0, 0, 0.1)), MaxLength(1.3)),
    (Payload(Rectangle(0, 0, 0.4, 0.1)), KeepOut(Rectangle(0.4, 0, 0.2, 0.1, 45.0))),
    (Payload(Circle(0, 0, 0.1), 0.1), KeepOut(Circle(0.37, 0, 0.1), 0.06)),
]


@pytest.mark.parametrize(("limits", "words"), CONTRADICTIONS)
def test_limits_that_no_body_satisfies_are_one_sentence(limits, words):
    for order in (limits, limits[::-1]):
        sentence = contradiction(BODY, order)
        assert words in str(sentence)
        assert not str(sentence).endswith(".")


# Limits that no body of revolution of the volume of `AXIAL` (d = 2, V = 4.189, sphere's surface 12.57) satisfies.
AXIAL = Body.spheroid(2.0, reference_length=2.0)
AXIAL_CONTRADICTIONS = [
    ((MaxLength(3.0), MaxHeight(1.3)), "a cylinder of 3 and diameter 1.3 holds a volume of 3.982"),
    ((MaxWettedArea(12.5),), "no surface smaller than the sphere's, 12.57, encloses"),
    ((MaxWettedArea(16.0), MaxHeight(1.0)), "a surface of height at most 1 around the body's volume is larger than 16"),
    ((MinRadius(1.1),), "contains a circle of that radius, which has more than the body's volume"),
    ((MinRadius(0.7), MaxHeight(1.3)), "does not fit into a height at most 1.3"),
    ((MinThickness(1.4), MaxHeight(1.3)), "does not fit into a height at most 1.3"),
    ((MinBase(1.4), MaxHeight(1.3)), "does not fit into a height at most 1.3"),
    ((WedgeAngle("tail", minimum=160.0), MaxHeight(1.3)), "needs a height of at least 1.822"),
    ((WedgeAngle("nose", maximum=5.0), MinThickness(1.0)), "exclude each other at any length up to 6.667"),
    ((Payload(Sphere(0.0, 2.01)),), "cannot hold a region of volume 4.2"),
    ((Payload(Cylinder(0.0, 3.0, 1.35)),), "cannot hold a region of volume 4.294"),
    ((Payload(Cone(0.0, 4.0, 0.0, 2.01)),), "cannot hold a region of volume 4.231"),
    ((Payload(Cylinder(0.0, 3.0, 0.1)), MaxLength(2.9)), "is longer or higher than 2.9"),
    ((Payload(Cylinder(0.0, 7.0, 0.1)), MinThickness(1.0)), "has not the volume for a thickness at least 1"),
    ((Payload(Circle(0.0, 0.0, 0.2)), KeepOut(Circle(0.0, 0.5, 0.4))), "cannot be one that stays clear of"),
]
AXIAL_POSSIBLE = [
    (MaxLength(3.0), MaxHeight(1.4)),
    (MaxWettedArea(12.6),),
    (MinRadius(0.99),),
    (WedgeAngle("tail", minimum=160.0),),
    (Payload(Sphere(0.0, 1.99)),),
    (Payload(Cylinder(0.0, 3.0, 1.32)),),
    (KeepOut(Circle(0.0, 0.9, 0.1)),),
    (MaxPerimeter(6.0),),
]


@pytest.mark.parametrize(("limits", "words"), AXIAL_CONTRADICTIONS)
def test_limits_that_no_body_of_that_volume_satisfies_are_one_sentence(limits, words):
    for order in (limits, limits[::-1]):
        assert words in str(contradiction(AXIAL, order))


@pytest.mark.parametrize("limits", AXIAL_POSSIBLE)
def test_limits_that_some_body_of_that_volume_satisfies_are_none(limits):
    assert contradiction(AXIAL, limits) is None


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ((MaxLength(2.0), MaxHeight(1.0)), "has a surface of 7.854, and the wetted area, which is held, is 13.53"),
        ((MaxWettedArea(13.0),), "the wetted area, which is held, is 13.53, and it is to be at most 13"),
        (
            (Payload(Sphere(0.0, 2.1)),),
            "no body of the wetted area 13.53, which is held, has more volume than its sphere: ",
        ),
        ((MinRadius(1.1),), "contains a circle of that radius"),
        ((MaxLength(6.0), MaxHeight(0.8)), None),
        ((WedgeAngle("tail", minimum=160.0), MaxHeight(0.8)), None),
    ],
)
def test_limits_that_no_body_of_that_surface_satisfies_are_one_sentence(limits, words):
    points = (DesignPoint(FlowConditions(10.0)),)
    found = contradiction_in(Problem(AXIAL, points, constraints=limits, hold="wetted_area"))
    assert found is None if words is None else words in str(found)


@pytest.mark.parametrize("limits", POSSIBLE)
def test_limits_that_some_body_satisfies_are_none(limits):
    assert contradiction(BODY, limits) is None


def random_bodies(count):
    random = np.random.default_rng(5)
    while count:
        modes = int(random.integers(1, 7))
        size = random.uniform(0.1, 1.0) * math.sqrt(MOST_FILL)
        scaled = random.standard_normal((modes, 2)) / np.arange(1, modes + 1)[:, None]
        scaled *= size / np.linalg.norm(scaled)
        a = torch.from_numpy(scaled @ [1.0, 1.0j] / np.sqrt(np.arange(1, modes + 1)))
        if bool(is_valid(a[None])[0]):
            count -= 1
            yield Body(a, float(random.uniform(0.1, 10.0)))


def bodies_of_revolution(count):
    random = np.random.default_rng(6)
    while count:
        a = random.standard_normal(int(random.integers(1, 7)))
        a *= random.uniform(0.1, 0.95) / np.linalg.norm(a * np.sqrt(np.arange(1, len(a) + 1)))
        with suppress(InputError):
            yield Body(a, float(random.uniform(0.1, 10.0)), revolution=True)
            count -= 1


def limits_of(body):
    """Limits that the body satisfies, with little to spare."""
    shape, ease = shape_of(body, 1024), 1e-3 * body.reference_length
    thinnest = float(MinThickness(1e-9).slack(shape)[0])
    middle = float(MinThickness(1e-9, at=0.5).slack(shape)[0])
    inside = 0.9 * float(shape.depth(torch.tensor([body.origin], dtype=torch.complex128))[0].max())
    limits = [
        MaxLength(body.length + ease),
        MaxHeight(body.height + ease),
        MaxPerimeter(float(shape.perimeter[0]) + ease),
        MinRadius(0.99 / float(shape.curvature.abs().max())),
    ]
    if body.revolution:
        tail = float((shape.nose + shape.length)[0])
        base = float(shape.thickness(torch.tensor([[tail - 0.1 * body.height]], dtype=torch.float64)))
        limits += [MaxWettedArea(body.wetted_area * 1.001), MinBase(base)]
    limits += [MinThickness(thinnest)] if thinnest > ease else []
    limits += [MinThickness(middle, at=0.5)] if middle > ease else []
    limits += [Payload(Circle(body.origin.real, body.origin.imag, inside))] if inside > ease else []
    for end in ("nose", "tail"):
        angle = float(WedgeAngle(end, minimum=1e-6).slack(shape)[0])
        limits += [WedgeAngle(end, angle - 0.1, angle + 0.1)] if 1.0 < angle < 179.0 else []
    return limits


def test_no_body_is_told_that_its_own_measures_contradict_each_other():
    for body in (*random_bodies(40), *bodies_of_revolution(20)):
        limits = limits_of(body)
        assert contradiction(body, limits) is None, (body.coefficients, limits)


def test_no_body_reaches_over_the_greatest_extent():
    plate = math.sqrt(MOST_FILL)
    for body in (*random_bodies(20), Body([plate]), Body([-plate])):
        assert max(body.length, body.height) < longest(body)
    assert Body([plate]).length > 0.98 * longest(Body([plate]))


def test_the_least_perimeters_are_those_of_the_stadium_and_the_lens():
    circle = Body.circle()
    assert perimeter_in_strip(circle, 1.0) == pytest.approx(math.pi)
    assert perimeter_around(circle, 1.0) == pytest.approx(math.pi)
    radius, straight = 0.3, (circle.area - math.pi * 0.3**2) / 0.6
    assert perimeter_in_strip(circle, 0.6) == pytest.approx(2.0 * math.pi * radius + 2.0 * straight)
    angle, span = 0.7, 2.0
    area = span**2 * (2.0 * angle - math.sin(2.0 * angle)) / (4.0 * math.sin(angle) ** 2)
    lens = Body.circle(math.sqrt(4.0 * area / math.pi))
    assert perimeter_around(lens, span) == pytest.approx(2.0 * span * angle / math.sin(angle))


def test_a_contradiction_is_told_without_a_search(surrogate):
    points = (DesignPoint(FlowConditions(10.0)),)
    problem = Problem(Body.circle(), points, constraints=(MinThickness(20.0), MaxLength(1.2)), certify=True)
    result = optimize(problem, model=surrogate)
    assert result.outcome is OptimizationOutcome.CONTRADICTION
    assert (result.feasible, result.evaluations, result.solver_solves) == (False, 0, 0)
    assert result.body.coefficients[: surrogate.modes].abs().max() == 0.0
    assert result.status.count(".") == result.status.count("11.55") + 1  # one sentence

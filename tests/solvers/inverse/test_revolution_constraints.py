"""Constraints on bodies of revolution: active at a certified optimum, where the meridian measures what they say."""

import math

import numpy as np
import pytest
import shapely

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.inverse import (
    Circle,
    Cone,
    Cylinder,
    DesignPoint,
    KeepOut,
    MaxHeight,
    MaxLength,
    MaxWettedArea,
    MinBase,
    MinRadius,
    MinThickness,
    Payload,
    Problem,
    Rectangle,
    SolverModel,
    Sphere,
    UserConstraint,
    WedgeAngle,
    minimize_drag,
    problem_from,
)

BODY = Body.spheroid(2.0, reference_length=2.0)
slow = pytest.mark.slow


def diameter_at(x, r, station):
    return 2.0 * np.interp(station, x, r)


def at_tip(x, r):
    """Radius of curvature at x[0] on the axis, where r² ≈ 2 R (x − x[0])."""
    return 0.5 * r[3] ** 2 / abs(x[3] - x[0])


def surface(x, r):
    return float((math.pi * (r[1:] + r[:-1]) * np.hypot(np.diff(x), np.diff(r))).sum())


def section(x, r):
    return shapely.Polygon(np.r_[np.c_[x, r], np.c_[x, -r][::-1]])


def apart(region):
    return lambda x, r: section(x, r).distance(region)


CYLINDER = shapely.box(-1.5, -0.45, 1.5, 0.45)
CONE = shapely.Polygon([(-1.0, 0.0), (1.4, 0.75), (1.4, -0.75)])
RING = shapely.Point(0.0, 0.85).buffer(0.15, 64)
# A constraint, and what is left to its limit on the meridian x, r of the optimum from `BODY`, in the body's own unit.
CASES = [
    (MaxLength(3.0), lambda x, r: 3.0 - np.ptp(x)),
    pytest.param(MaxHeight(1.3), lambda x, r: 1.3 - 2.0 * r.max(), marks=slow),
    pytest.param(MinThickness(1.75, at=0.5), lambda x, r: diameter_at(x, r, 0.5 * (x[0] + x[-1])) - 1.75, marks=slow),
    (MaxWettedArea(13.0), lambda x, r: 13.0 - surface(x, r)),
    (MinRadius(0.8, end="nose"), lambda x, r: at_tip(x, r) - 0.8),
    pytest.param(MinRadius(0.9, end="tail"), lambda x, r: at_tip(x[::-1], r[::-1]) - 0.9, marks=slow),
    (MinBase(0.9, before=0.1), lambda x, r: diameter_at(x, r, x[-1] - 0.09) - 0.9),
    pytest.param(
        WedgeAngle("nose", minimum=110.0),
        lambda x, r: diameter_at(x, r, x[0] + 0.1 * np.ptp(x)) - 0.2 * np.ptp(x) * math.tan(math.radians(55.0)),
        marks=slow,
    ),
    pytest.param(Payload(Sphere(0.0, 1.9)), lambda x, r: np.hypot(x, r).min() - 0.95, marks=slow),
    (Payload(Cylinder(0.0, 3.0, 0.9)), lambda x, r: section(x, r).exterior.distance(CYLINDER)),
    pytest.param(Payload(Cone(0.2, 2.4, 0.0, 1.5)), lambda x, r: section(x, r).exterior.distance(CONE), marks=slow),
    (KeepOut(Circle(0.0, 0.85, 0.15)), apart(RING)),
    pytest.param(KeepOut(Cylinder(1.9, 0.6, 0.6)), apart(shapely.box(1.6, -0.3, 2.2, 0.3)), marks=slow),
]


@pytest.mark.parametrize(("constraint", "left"), CASES, ids=lambda value: getattr(value, "describe", str)())
def test_an_active_constraint_is_met_by_the_meridian(constraint, left):
    best = minimize_drag(
        BODY, FlowConditions(1.0), model=SolverModel(modes=6), constraints=constraint, certify=True, verify=None
    )
    assert best.certified, best.status
    assert best.constraints[0].active
    assert abs(float(left(*best.body.meridian(8001).T))) < 2e-3
    assert best.body.volume == pytest.approx(BODY.volume)
    assert best.body.origin.imag == 0.0


def test_a_function_of_your_own_acts_on_the_section():
    ahead = UserConstraint("tail end before 1.5", lambda z: 1.5 - z.real)
    problem = Problem(BODY, (DesignPoint(FlowConditions(1.0)),), constraints=(ahead,))
    assert problem.constraints == (ahead,)


@pytest.mark.parametrize(
    ("body", "constraint", "words"),
    [
        (BODY, Payload(Circle(0.0, 0.3, 0.2)), "expected payloads that are symmetric about the axis"),
        (BODY, Payload(Rectangle(0.0, 0.0, 1.0, 0.4, 20.0)), "turn it along the axis"),
        (Body.circle(), MaxWettedArea(4.0), "expected a body of revolution for a wetted area at most 4"),
    ],
)
def test_what_has_no_meaning_around_an_axis_is_refused(body, constraint, words):
    with pytest.raises(InputError, match=words):
        Problem(body, (DesignPoint(FlowConditions(1.0)),), constraints=(constraint,))


def test_a_cone_without_a_diameter_is_refused(tmp_path):
    with pytest.raises(InputError, match="of a positive diameter at one end"):
        KeepOut(Cone(1.5, 1.0, 0.0, 0.0))
    entry = {"type": "payload", "shape": "cone", "x": 0.0, "length": 0.5, "front": 0.0, "rear": 0.0}
    with pytest.raises(InputError, match=r"of a positive diameter at one end, got .*\(constraint 1\)"):
        problem_from({"body": "sphere", "reynolds": 10.0, "constraints": [entry]}, tmp_path)

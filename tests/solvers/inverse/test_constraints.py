"""Constraints: each measures what it says and knows its slopes, table, form, marks and contradictions."""

import cmath
import dataclasses
import json
import math
import tomllib
from dataclasses import replace

import numpy as np
import pytest
import shapely
import torch
from constraint_cases import BODY, CASES, Case

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.inverse import (
    Circle,
    DesignPoint,
    ForceConstraint,
    KeepOut,
    Lift,
    MaxHeight,
    MaxLength,
    MinRadius,
    MinThickness,
    Payload,
    Problem,
    Rectangle,
    ShapeConstraint,
    Symmetry,
    UserConstraint,
    WedgeAngle,
)
from fusiform.solvers.inverse.problem.constraints.marks import Outline, grips_of
from fusiform.solvers.inverse.problem.constraints.regions.plane_regions import boundary
from fusiform.solvers.inverse.problem.contradictions import contradiction
from fusiform.solvers.inverse.problem.registry import CONSTRAINTS, FORMS, constraint_from, constraint_to_dict
from fusiform.solvers.inverse.problem.trial_shape import SAMPLING, shape_of
from fusiform.solvers.inverse.search.variables import Variables

AT = FlowConditions(10.0)
OWN = UserConstraint("lowest point above -0.2", lambda z: z.imag + 0.2)
SHAPE = [case.constraint for case in CASES if isinstance(case.constraint, ShapeConstraint)]
FORCE = [case.constraint for case in CASES if isinstance(case.constraint, ForceConstraint)]


def named(value):
    return value.constraint.describe() if isinstance(value, Case) else value.describe()


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
    circle = shape_of(Body.circle(modes=1), SAMPLING.search_points)
    torch.testing.assert_close(circle.depth(inner)[0], 0.5 - inner.abs(), rtol=0, atol=1e-12)
    found = shape_of(BODY, SAMPLING.search_points).depth(inner)
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


@pytest.mark.parametrize("constraint", [c for c in (*SHAPE, OWN) if not isinstance(c, Symmetry)], ids=named)
def test_residuals_agree_on_coarse_and_fine_outlines_and_with_their_slopes(constraint):
    variables = Variables(BODY, 12, False, (constraint,))
    x = variables.pack(BODY.coefficients, BODY.origin)
    coarse, fine = (
        variables.residuals(torch.from_numpy(x)[None], n)[1].min()
        for n in (SAMPLING.search_points, SAMPLING.check_points)
    )
    assert float(coarse) == pytest.approx(float(fine), abs=6e-3)
    assert (variables.slacks(x)[0] >= 0.0) is (variables.violations(x)[0] == 0.0)
    direction = np.random.default_rng(0).standard_normal(len(x)) * 1e-3
    moved = variables.values(x + direction) - variables.values(x - direction)
    linear = 2.0 * variables.jacobian(x) @ direction
    assert np.median(np.abs(moved - linear)) < 1e-3 * np.abs(moved).max()


@pytest.mark.parametrize("constraint", FORCE, ids=named)
def test_residuals_of_forces_agree_with_their_slopes(constraint):
    forces = torch.tensor([[1.3, 0.4]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda f: constraint.residual(f[:, 0], f[:, 1]), forces)


def test_every_constraint_of_problem_files_is_a_case():
    assert {type(case.constraint) for case in CASES} == set(CONSTRAINTS.values())


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_constraint_survives_a_problem_file(case):
    entry = constraint_to_dict(case.constraint)
    text = "\n".join(f"{key} = {json.dumps(value)}" for key, value in entry.items())
    assert constraint_from(tomllib.loads(text)) == case.constraint


@pytest.mark.parametrize("kind", FORMS)
def test_the_first_values_of_a_form_are_a_constraint_of_its_fields(kind):
    form = FORMS[kind]
    first = form.first(BODY)
    made = constraint_from({**form.fixed, **first})
    assert {field.key for field in form.fields if not field.optional} <= set(first) <= {f.key for f in form.fields}
    assert contradiction(BODY, (made,)) is None
    assert form.fixed.items() <= constraint_to_dict(made).items()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_marks_are_finite_and_every_grip_gives_another_constraint_of_the_same_kind(case):
    marks = case.constraint.marks(Outline.of(BODY))
    assert len(marks) == case.marks
    assert all(cmath.isfinite(z) for mark in marks for z in mark.reach)
    grips = grips_of(marks)
    assert set(grips) == case.grips
    for grip in grips.values():
        pulled = {pull.field: pull.after(0.07 + 0.05j) for pull in grip.pulls}
        entry = constraint_to_dict(case.constraint)
        assert all(entry[field] != value for field, value in pulled.items())
        changed = constraint_from(entry | pulled)
        assert {pull.field: pull.value for pull in grips_of(changed.marks(Outline.of(BODY)))[grip.name].pulls} == pulled


@pytest.mark.parametrize("case", [case for case in CASES if case.impossible], ids=named)
def test_impossible_constraints_are_told_in_a_sentence(case):
    assert case.words in str(contradiction(BODY, case.impossible))
    assert contradiction(BODY, (case.constraint,)) is None


def wrong_values():
    """Every number of every case, replaced by what is no number."""
    for case in CASES:
        thing = getattr(case.constraint, "region", case.constraint)
        for entry in dataclasses.fields(thing):
            if entry.type.startswith("float"):
                wrong = ["a", True, math.nan, [1.0], *([] if "None" in entry.type else [None])]
                yield from (pytest.param(thing, entry.name, w, id=f"{named(case)}-{entry.name}-{w}") for w in wrong)


@pytest.mark.parametrize(("thing", "name", "wrong"), list(wrong_values()))
def test_a_number_of_the_wrong_type_is_refused_in_a_sentence(thing, name, wrong):
    with pytest.raises(InputError, match=r"expected .*, got .*; "):
        replace(thing, **{name: wrong})


def test_a_needle_between_two_points_of_the_outline_is_seen():
    needle = KeepOut(Rectangle(0.5, 0.0, 0.6, 1e-9))
    body = Body.ellipse(1.5, modes=4)
    assert float(needle.slack(shape_of(body))[0]) < -0.3
    assert float(needle.slack(shape_of(replace(body, origin=-0.42 + 0j)))[0]) == pytest.approx(0.0076, abs=1e-3)


def test_constraints_that_agree_are_no_contradiction():
    assert contradiction(Body.circle(), (MaxLength(1.4), MaxHeight(0.7), MinThickness(0.3))) is None


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
        (lambda: Payload(Circle(0, 0, 1), clearance="a"), "clearance of at least 0"),
        (lambda: KeepOut("circle"), "a region such as Circle"),
        (lambda: DesignPoint(10.0), "expected the conditions"),
        (lambda: DesignPoint(AT, weight=None), "a positive weight"),
        (lambda: Problem(Body.circle(), (DesignPoint(AT),), force_constraints=(Lift(0.1, point="a"),)), "count from 0"),
        (lambda: Problem(Body.circle(), (DesignPoint(AT),), force_constraints=(MaxLength(1.0),)), "go into `constr"),
    ],
)
def test_constraints_without_sense_are_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_the_slack_of_a_radius_is_a_radius():
    shape = shape_of(Body.ellipse(4.0, modes=1))
    least = 0.5 * 0.5**2 / 2.0
    assert float(MinRadius(0.02).slack(shape)[0]) == pytest.approx(least - 0.02, rel=1e-6)


def test_the_box_of_an_outline_has_the_proportions_of_the_body() -> None:
    left, right, bottom, top = Outline.of(Body.ellipse(2.0)).box
    assert (right - left) / (top - bottom) == pytest.approx(2.0, rel=1e-3)
    assert (left + right, bottom + top) == pytest.approx((0.0, 0.0), abs=1e-6)

"""Searches for bodies of revolution: known optima at equal volume, constraints on the meridian, and refusals."""

import json

import numpy as np
import pytest
from command_line import run

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.common.errors import InputError
from fusiform.solvers.inverse import (
    Circle,
    DesignPoint,
    Lift,
    MaxLength,
    MinRadius,
    MinThickness,
    Payload,
    Problem,
    SolverModel,
    minimize_drag,
    optimize,
)
from fusiform.solvers.inverse.problem.trial_shape import shape_of
from fusiform.surrogates import load_surrogate

AT = FlowConditions(10.0)
POINTS = (DesignPoint(AT),)
LEAST = {0.1: 232.825, 1.0: 25.878, 10.0: 3.8439, 100.0: 0.77232}
"""Least drag at equal volume, by an independent code on another discretisation, at Re 10 and 100 by finite elements."""


def search(body, at=AT, **options):
    return minimize_drag(body, at, model=SolverModel(modes=8), certify=True, verify=None, **options)


@pytest.mark.parametrize("body", [Body.sphere(), Body.spheroid(4.0)], ids=["sphere", "4:1"])
@pytest.mark.parametrize(
    "reynolds", [10.0, *(pytest.param(reynolds, marks=pytest.mark.slow) for reynolds in (0.1, 1.0, 100.0))]
)
def test_the_least_drag_at_equal_volume(body, reynolds):
    best = search(body, FlowConditions(reynolds))
    assert best.certified, best.status
    assert best.fun == pytest.approx(LEAST[reynolds], rel=5e-4)
    assert best.body.revolution
    assert best.body.volume == pytest.approx(body.volume)


def test_constraints_act_on_the_meridian_in_the_users_unit():
    body = Body.sphere(2.0)
    limits = (MaxLength(2.6), MinRadius(0.3), Payload(Circle(0.0, 0.0, 0.9)))
    best = search(body, constraints=limits)
    assert best.certified, best.status
    assert best.body.length <= 2.6 + 1e-3
    assert best.body.volume == pytest.approx(body.volume)
    assert abs(best.body.origin.imag) == 0.0
    outline = best.body.outline(2000)
    free = best.body.origin.real
    assert np.hypot(*outline.T).min() >= 0.9 - 1e-3, free
    assert all(report.slack >= -1e-4 for report in best.constraints)
    assert any(report.active for report in best.constraints)


def test_a_station_is_a_diameter():
    best = search(Body.spheroid(3.0), constraints=MinThickness(0.9, at=0.5))
    x, r = best.body.meridian(4000).T
    middle = 0.5 * (x.min() + x.max())
    assert 2.0 * np.interp(middle, x if x[0] < x[-1] else x[::-1], r if x[0] < x[-1] else r[::-1]) >= 0.9 - 1e-3


def test_trial_shapes_have_the_size_of_the_body():
    body = Body.spheroid(5.0, reference_length=3.0)
    shape = shape_of(body)
    assert float(shape.length) == pytest.approx(body.length, rel=1e-9)
    assert float(shape.points.imag.max()) == pytest.approx(0.5 * body.diameter, rel=1e-6)
    step = 2.0 * np.pi / shape.points_count
    np.testing.assert_allclose(
        shape.normals[0, 1:-1].numpy() * 1j,
        (shape.points[0, 2:] - shape.points[0, :-2]).numpy() / (2.0 * step),
        atol=1e-4,
    )


def test_an_interrupted_search_goes_on(tmp_path):
    problem = Problem(Body.sphere(), POINTS, constraints=(MaxLength(1.6),), verify=None)
    kept = tmp_path / "run.json"
    model = SolverModel(modes=4)
    stopped = optimize(problem, model=model, callback=lambda it: it.evaluation >= 4, checkpoint=kept)
    assert not stopped.success
    whole, resumed = optimize(problem, model=model), optimize(problem, model=model, resume=kept)
    assert resumed.fun == pytest.approx(whole.fun, rel=1e-9)
    assert resumed.solver_solves < whole.solver_solves


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: search(Body.sphere(), FlowConditions(10.0, 3.0)), "expected an angle of attack of 0 for a body of"),
        (
            lambda: Problem(Body.sphere(), POINTS, force_constraints=(Lift(0.1),)),
            "expected an objective and cond",
        ),
        (
            lambda: search(Body.sphere(), constraints=Payload(Circle(0.0, 0.2, 0.2))),
            "expected payloads that are symmetric about the axis",
        ),
        (lambda: minimize_drag(Body.sphere(), AT, model=load_surrogate()), "expected a model of bodies of revolution"),
        (lambda: optimize(Problem(Body.sphere(), POINTS), start=Body.circle()), "expected a start of the kind"),
    ],
)
def test_what_no_flow_along_the_axis_has_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_the_command_line_finds_a_body_of_revolution(tmp_path):
    arguments = ("sphere", "--reynolds", "10", "--max-length", "1.5", "--json", "--out", str(tmp_path / "out"))
    found = run("optimize", *arguments, "--model", "solver", "--modes", "6")
    assert found.exit_code == 0, found.output
    numbers = json.loads(found.stdout)
    assert numbers["revolution"]
    assert numbers["drag_coefficient"] < 4.0
    again = Body.from_file(tmp_path / "out" / "optimum.csv", revolution=True)
    assert again.length == pytest.approx(1.5, abs=2e-3)
    by_surrogate = run("optimize", *arguments, "--force")
    assert by_surrogate.exit_code == 0, by_surrogate.output
    assert json.loads(by_surrogate.stdout)["drag_coefficient"] == pytest.approx(numbers["drag_coefficient"], rel=3e-3)

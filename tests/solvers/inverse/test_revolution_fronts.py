"""Fronts of bodies of revolution: drag against length and against the Reynolds number."""

import pytest

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.inverse import DesignPoint, Payload, Problem, SolverModel, Sphere, pareto_front


@pytest.mark.parametrize("hold", ["volume", pytest.param("wetted_area", marks=pytest.mark.slow)])
def test_the_shorter_a_body_the_more_drag_it_has(hold):
    problem = Problem(Body.spheroid(2.0), (DesignPoint(FlowConditions(1.0)),), hold=hold)
    front = pareto_front(problem, "length", [1.6, 1.4, 1.2], model=SolverModel(modes=4))
    drags = [point.result.fun for point in front]
    assert drags == sorted(drags)
    assert drags[-1] > 1.005 * drags[0]
    for point in front:
        assert point.result.success, point.result.status
        assert point.result.body.length == pytest.approx(point.value, abs=2e-3)
        assert point.result.body.revolution


def test_a_front_of_diameter_goes_around_a_payload_and_ends_where_none_fits():
    load = Payload(Sphere(0.0, 0.7))
    problem = Problem(Body.spheroid(2.0), (DesignPoint(FlowConditions(1.0)),), constraints=(load,))
    front = pareto_front(problem, "height", [0.8, 0.6], model=SolverModel(modes=4))
    assert [point.result.feasible for point in front] == [True, False]
    assert "is longer or higher than 0.6" in front[1].result.status

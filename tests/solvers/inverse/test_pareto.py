"""Pareto fronts."""

import pytest

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.inverse import (
    DesignPoint,
    Lift,
    Problem,
    TerminalVelocity,
    pareto_front,
)

AT = FlowConditions(10.0)


def test_a_front_of_length_is_monotone_and_certified_where_asked(surrogate):
    problem = Problem(Body.circle(), (DesignPoint(AT),))
    front = pareto_front(problem, "length", [1.2, 1.4, 1.7], model=surrogate, certify=[1.4])
    drags = [p.result.fun for p in front]
    assert drags == sorted(drags, reverse=True)
    assert [p.result.certified for p in front] == [False, True, False]
    assert front[1].result.verified is not None
    with pytest.raises(InputError, match="sweep over"):
        pareto_front(problem, "colour", [1.0])


def test_a_sweep_replaces_the_limit_that_the_problem_has(surrogate):
    problem = Problem(Body.ellipse(2.0), (DesignPoint(FlowConditions(10.0, 4.0)),), force_constraints=(Lift(0.2, 0.2),))
    front = pareto_front(problem, "lift", [0.1, 0.3], model=surrogate)
    assert all(p.result.feasible for p in front)
    with pytest.raises(InputError, match="values of the sweep to certify"):
        pareto_front(problem, "lift", [0.1], model=surrogate, certify=[0.2])


def test_the_speed_of_a_body_that_falls_is_not_swept():
    problem = Problem(Body.circle(), (DesignPoint(AT),), TerminalVelocity(100.0))
    with pytest.raises(InputError, match="which follows from the weight"):
        pareto_front(problem, "reynolds", [5.0, 10.0])

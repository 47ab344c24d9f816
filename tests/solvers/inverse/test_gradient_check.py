"""The Taylor test of a model's gradients."""

import math

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.inverse import (
    SolverModel,
    check_gradient,
)


def test_gradients_pass_the_taylor_test_and_wrong_ones_fail(surrogate):
    conditions = FlowConditions(10.0, 3.0)
    assert check_gradient(Body.ellipse(2.0), conditions, model=surrogate).passed
    solver = check_gradient(Body.ellipse(2.0), conditions, model=SolverModel(modes=6))
    assert solver.passed, solver

    class Wrong:
        name, modes = "wrong", 4

        def force_coefficients(self, coefficients, reynolds):
            drag = 2.0 + coefficients.abs().square().sum(1) + coefficients[:, 0].real.detach()
            return drag.to(torch.complex128)

    assert check_gradient(Body.ellipse(2.0), conditions, model=Wrong()).drag_order < 1.5


def test_the_check_works_without_gradients_around_it(surrogate):
    body, conditions = Body.ellipse(2.0), FlowConditions(10.0, 3.0)
    plain = check_gradient(body, conditions, model=surrogate)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert check_gradient(body, conditions, model=surrogate) == plain


POINTED = Body([0.4666, 0.0028, 0.1632], revolution=True)
AROUND_AN_AXIS = {"3:1": Body.spheroid(3.0), "egg": Body([0.4, 0.05, -0.02], revolution=True), "pointed": POINTED}


@pytest.mark.parametrize("name", AROUND_AN_AXIS)
@pytest.mark.parametrize("reynolds", [1.0, 100.0])
def test_gradients_around_an_axis_pass_too(name, reynolds):
    check = check_gradient(AROUND_AN_AXIS[name], FlowConditions(reynolds), model=SolverModel(modes=6))
    assert check.drag_order >= 1.9, check
    assert (check.lift_order, set(check.lift_errors)) == (math.inf, {0.0})


def test_bodies_of_revolution_have_no_incidence_and_models_of_their_own(surrogate):
    with pytest.raises(InputError, match="expected an angle of attack of 0 for a body of revolution, got 3 degrees"):
        check_gradient(POINTED, FlowConditions(10.0, 3.0))
    with pytest.raises(InputError, match="expected a model of bodies of revolution"):
        check_gradient(POINTED, FlowConditions(10.0), model=surrogate)

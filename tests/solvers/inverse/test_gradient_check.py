"""The Taylor test of a model's gradients."""

import torch

from fusiform.solvers import Body, FlowConditions
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

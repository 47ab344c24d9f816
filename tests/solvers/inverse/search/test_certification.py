"""Certified optima: the solver's own conditions, few solves, whatever the model is."""

import math

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.inverse import (
    DesignPoint,
    Lift,
    Nearest,
    OptimizationOutcome,
    Phase,
    Problem,
    SolverModel,
    minimize_drag,
    optimize,
)

AT = FlowConditions(10.0)


def test_a_certified_optimum_satisfies_the_solvers_own_conditions_within_eight_solves(surrogate):
    result = minimize_drag(Body.naca("0012"), AT, model=surrogate, certify=True)
    assert result.certified, result.status
    assert result.kkt_residual <= 1e-3
    assert result.solver_solves <= 8
    assert result.verified is not None
    assert result.verified.drag_coefficient <= 2.391
    assert result.outcome is OptimizationOutcome.CERTIFIED
    assert {it.phase for it in result.history} == set(Phase)


def test_a_bad_surrogate_is_corrected_to_the_solvers_optimum():
    """A model that prefers bodies with the wrong fineness, and whose curvature is wrong as well."""

    class Crude:
        name, modes = "crude", 4

        def force_coefficients(self, coefficients, reynolds):
            drag = 2.5 + 2.0 * (coefficients[:, 0].real - 0.3) ** 2 + 3.0 * coefficients[:, 1:].abs().square().sum(1)
            return drag.to(torch.complex128)

    found = minimize_drag(Body.circle(), AT, model=Crude(), certify=True, verify=None)
    own = minimize_drag(Body.circle(), AT, model=SolverModel(modes=4), verify=None)
    assert found.certified, found.status
    assert found.fun == pytest.approx(own.fun, rel=2e-5)


def test_prescribed_lift_is_met_by_the_solver(surrogate):
    result = minimize_drag(Body.ellipse(3.0), FlowConditions(10.0, 5.0), model=surrogate, lift=0.5, certify=True)
    assert result.certified, result.status
    assert result.verified is not None
    assert result.verified.lift_coefficient == pytest.approx(0.5, abs=0.01)
    (report,) = result.constraints
    assert report.description == "lift coefficient 0.5"


def test_a_start_that_is_the_optimum_is_certified(surrogate):
    result = optimize(Problem(Body.circle(), (DesignPoint(AT),), Nearest(), certify=True, verify=None), model=surrogate)
    assert result.certified, result.status
    assert result.fun == 0.0


@pytest.mark.slow
def test_several_lift_constraints_are_certified_with_few_solves(surrogate):
    points = tuple(DesignPoint(FlowConditions(re, alpha)) for re, alpha in ((10.0, 4.0), (30.0, 6.0)))
    for limits in ((Lift(0.4), Lift(0.8, point=1)), (Lift(0.4, 0.45), Lift(0.8, 0.85, point=1))):
        problem = Problem(Body.ellipse(3.0), points, force_constraints=limits, certify=True, verify=None)
        result = optimize(problem, model=surrogate)
        assert result.certified, result.status
        assert result.solver_solves <= 12


def test_the_certified_fun_is_the_solvers_drag(surrogate):
    result = minimize_drag(Body.circle(), AT, model=surrogate, certify=True, verify=None)
    assert result.fun == pytest.approx(solve(result.body, AT, grid="fine").drag_coefficient, rel=2e-3)
    assert math.isfinite(result.fun)

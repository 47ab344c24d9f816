"""The solver as a drag model: no memory, warm starts, the resolution; results whatever the modes of torch around it."""

import pytest
import torch
from torch_modes import AROUND

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.flow import ACCURACIES, level
from fusiform.solvers.inverse import DesignPoint, MaxLength, SolverModel, minimize_drag
from fusiform.solvers.inverse.search.evaluations import ForceModel
from fusiform.solvers.inverse.search.variables import Variables

REYNOLDS = torch.tensor([60.0], dtype=torch.float64)


def test_solver_model_recovers_from_a_useless_warm_start():
    model = SolverModel(level(20.0, 1), 3)
    reynolds = torch.tensor([20.0], dtype=torch.float64)
    slender, other = (torch.tensor([[a, b, 0]], dtype=torch.complex128) for a, b in ((0.6, 0.0), (-0.5, 0.1)))
    cold = model.force_coefficients(slender, reynolds)
    useless = model.forces_near(other, reynolds, None)[1]
    assert useless is not None
    warm, state = model.forces_near(slender, reynolds, useless)
    assert state is not None
    torch.testing.assert_close(cold, warm, rtol=1e-7, atol=1e-7)


def test_solver_model_gives_the_same_answer_the_second_time():
    model = SolverModel(level(20.0, 1), 3)
    reynolds = torch.tensor([20.0], dtype=torch.float64)
    slender, other = (torch.tensor([[a, b, 0]], dtype=torch.complex128) for a, b in ((0.6, 0.0), (0.5, 0.1)))
    first = model.force_coefficients(slender, reynolds)
    model.force_coefficients(other, reynolds)
    assert torch.equal(model.force_coefficients(slender, reynolds), first)
    results = [minimize_drag(Body.circle(), FlowConditions(20.0), model=model, verify=None) for _ in range(2)]
    assert results[0].fun == results[1].fun


def test_the_drag_of_a_tall_body_is_as_right_as_the_grid_promises():
    """Behind an ellipse 4:1 broadside on, the four radial layers that serve flat bodies are 1 % off."""
    broadside, reynolds = Body.ellipse(0.25).coefficients[None], torch.tensor([40.0], dtype=torch.float64)
    drag = float(SolverModel().force_coefficients(broadside, reynolds).real)
    assert drag == pytest.approx(solve(Body.ellipse(0.25), FlowConditions(40.0)).drag_coefficient, rel=3e-3)


def test_a_search_keeps_the_resolution_of_the_tallest_body_that_it_begins_at():
    tall, flat = Body.ellipse(0.4, modes=1), Body.ellipse(2.0, modes=1)
    variables = Variables(tall, 1, True, ())
    x, y = (variables.pack(body.coefficients, 0.0) for body in (tall, flat))
    forces = ForceModel(SolverModel(modes=1), variables, (DesignPoint(FlowConditions(60.0)),))
    forces.fix_resolution(x, y)
    kept = SolverModel(ACCURACIES["standard"].resolution(tall.coefficients[None], REYNOLDS), 1)
    own = SolverModel(ACCURACIES["standard"].resolution(flat.coefficients[None], REYNOLDS), 1)
    drag = float(forces(y).drag[0])
    assert drag == pytest.approx(float(kept.force_coefficients(flat.coefficients[None], REYNOLDS).real), rel=1e-9)
    assert drag != pytest.approx(float(own.force_coefficients(flat.coefficients[None], REYNOLDS).real), rel=1e-9)


@pytest.fixture(scope="module")
def plain(surrogate):
    return certified(surrogate)


@pytest.mark.parametrize("mode", ["no grad", "inference mode", "double precision"])
def test_results_do_not_depend_on_the_modes_of_torch_around_them(surrogate, plain, mode):
    with AROUND[mode]():
        within = certified(surrogate)
    assert within.certified, within.status
    assert within.fun == plain.fun
    assert within.kkt_residual == plain.kkt_residual
    assert within.constraints == plain.constraints


def certified(model):
    """The optimum of a cambered body away from the origin, under a limit that is active."""
    body = Body([0.3, 0.05j], origin=0.1 + 0.2j)
    limit = MaxLength(body.length)
    return minimize_drag(body, FlowConditions(10.0), model=model, constraints=limit, certify=True, verify="coarse")


@pytest.mark.parametrize("revolution", [False, True])
def test_bodies_of_many_modes_have_eight_nodes_a_mode(revolution):
    """With four nodes a mode, a search of 24 modes at Re 0.1 ended 0.3 % below the drag of its body."""
    reynolds = torch.tensor([10.0], dtype=torch.float64)
    few, many = (
        SolverModel(modes=modes, revolution=revolution).fixed_for(
            torch.zeros(1, modes, dtype=torch.complex128), reynolds
        )
        for modes in (8, 24)
    )
    assert few.resolution.angular_elements == 12
    assert many.resolution.n_eta >= 8 * 24
    assert many.resolution.n_xi == few.resolution.n_xi

"""The answer for one body: fields, gradient, correction."""

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.flow import solve_batch
from fusiform.solvers.solution import turned_coefficients
from fusiform.surrogates import load_surrogate


def test_predicted_fields_look_like_solved_ones(surrogate):
    body, conditions = Body.ellipse(3.0), FlowConditions(20.0, 5.0)
    predicted, solved = surrogate.evaluate(body, conditions), solve(body, conditions)
    points = torch.complex(torch.linspace(-2, 4, 25), torch.full((25,), 0.7)).numpy()
    one, two = predicted.field.at(points), solved.field.at(points)
    assert abs(one.u - two.u).max() < 0.03
    assert abs(one.pressure - two.pressure).max() < 0.03
    assert predicted.drag_coefficient == pytest.approx(solved.drag_coefficient, rel=0.01)
    assert predicted.summary().keys() >= {"drag_coefficient", "confidence", "reference_length", "converged", "seconds"}


def test_gradient_of_a_prediction_resembles_the_solvers_adjoint(surrogate):
    body, conditions = Body.ellipse(3.0, modes=8), FlowConditions(10.0, 5.0)
    for force in ("drag", "lift"):
        predicted = surrogate.evaluate(body, conditions).gradient(force)
        solved = solve(body, conditions).gradient(force)
        assert predicted.alpha == pytest.approx(solved.alpha, rel=0.1)
        assert predicted.reynolds == pytest.approx(solved.reynolds, rel=0.1, abs=2e-3)
        first, exact = complex(predicted.coefficients[0]), complex(solved.coefficients[0])
        assert abs(first - exact) < 0.15 * abs(exact)


def test_imported_bodies_are_reduced_to_the_models_modes_and_the_misfit_is_reported(surrogate):
    prediction = surrogate.evaluate(Body.naca("2412"), FlowConditions(20.0, 3.0))
    assert prediction.body.modes == surrogate.modes
    assert prediction.body.fit_error > 0.0
    assert prediction.summary()["fit_error"] == prediction.body.fit_error


def test_a_corrected_drag_is_the_solvers_on_the_same_elements():
    surrogate, body, conditions = load_surrogate(), Body.ellipse(3.0), FlowConditions(20.0, 5.0)
    fixed = surrogate.evaluate(body, conditions).correction
    flow = solve_batch(
        turned_coefficients(body.with_modes(8), conditions),
        torch.tensor([20.0], dtype=torch.float64),
        surrogate.basis.resolution,
    )
    assert fixed.answered
    assert fixed.updates >= 1
    assert complex(fixed.drag_coefficient, fixed.lift_coefficient) == pytest.approx(
        complex(sum(flow.force_coefficients)[0]), rel=1e-4
    )


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_gradient_is_the_same_without_autograd_around_it(surrogate, mode):
    conditions = FlowConditions(10.0, 5.0)
    expected = surrogate.evaluate(Body.ellipse(3.0), conditions).gradient()
    with mode():
        prediction = surrogate.evaluate(Body.ellipse(3.0), conditions)
        inside = prediction.gradient()
    for found in (inside, prediction.gradient()):
        assert found.coefficients.tolist() == expected.coefficients.tolist()
        assert (found.reynolds, found.alpha) == (expected.reynolds, expected.alpha)


def test_an_unknown_force_is_a_sentence(surrogate):
    with pytest.raises(InputError, match="expected the force drag or lift, got 'thrust'"):
        surrogate.evaluate(Body.ellipse(3.0), FlowConditions(10.0)).gradient("thrust")


def test_a_prediction_is_printed_without_its_surrogate(surrogate):
    assert len(repr(surrogate.evaluate(Body.circle(), FlowConditions(20.0)))) < 3000

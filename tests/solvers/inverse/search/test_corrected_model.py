"""The corrected model: the solver's values and slopes at the current body, and errors learnt from the others."""

import numpy as np
import pytest

from fusiform.solvers.inverse.search import corrected_model
from fusiform.solvers.inverse.search.corrected_model import LENGTHS, CorrectedModel, Regression, covariance
from fusiform.solvers.inverse.search.evaluations import Forces

SIZE = 3


def waves(length: float):
    """Two outputs and their gradients (1 + n, 2) at x, that vary over `length`."""
    directions = np.array([[1.0, -0.5, 0.3], [0.2, 0.7, -1.0]]) / length

    def at(x: np.ndarray) -> np.ndarray:
        phase = directions @ x
        return np.concatenate([np.sin(phase)[None], (np.cos(phase)[:, None] * directions).T])

    return at


def forces(values: np.ndarray) -> Forces:
    ones, flat = np.ones(1), np.zeros((1, SIZE))
    return Forces(values[0, :1], values[0, 1:], values[1:, :1].T, values[1:, 1:].T, ones, flat)


def bodies(count: int, spread: float) -> np.ndarray:
    return spread * np.random.default_rng(3).standard_normal((count, SIZE))


def test_the_covariance_of_slopes_is_the_derivative_of_that_of_values():
    x, y, step = bodies(1, 0.3), bodies(2, 0.2), 1e-6
    block = covariance(x, y, 0.4)
    for k in range(SIZE):
        shift = np.eye(SIZE)[k] * step
        difference = (covariance(x + shift, y, 0.4) - covariance(x - shift, y, 0.4))[0] / (2.0 * step)
        np.testing.assert_allclose(block[1 + k], difference, atol=1e-7)
    np.testing.assert_allclose(covariance(y, x, 0.4), block.T, atol=1e-15)


@pytest.mark.parametrize("length", [0.05, 0.2])
def test_the_likeliest_length_follows_the_errors_and_predicts_them(length):
    at = waves(length)
    points = bodies(16, 0.6 * length)
    regression = Regression(points, np.stack([at(x) for x in points]))
    assert 0.5 * length <= regression.length <= 4.0 * length
    assert regression.length in LENGTHS
    for x in bodies(20, 0.4 * length)[16:]:
        assert np.abs(regression(x)[0] - at(x)[0]).max() < 0.1


def test_a_corrected_model_has_the_solvers_value_and_slope_at_the_last_body_and_learns_from_the_others():
    solver, model = waves(0.1), waves(0.3)
    points = bodies(10, 0.05)
    evaluated = [(x, forces(solver(x))) for x in points]
    corrected = CorrectedModel(lambda x: forces(model(x)), evaluated)
    here = corrected(points[-1])
    np.testing.assert_allclose(here.drag, solver(points[-1])[0, :1], atol=1e-12)
    np.testing.assert_allclose(here.lift_slope[0], solver(points[-1])[1:, 1], atol=1e-11)
    alone = CorrectedModel(lambda x: forces(model(x)), evaluated[-1:])
    errors = [abs(each(points[0]).drag - solver(points[0])[0, 0])[0] for each in (corrected, alone)]
    assert errors[0] < 0.02
    assert errors[0] < 0.3 * errors[1]


def test_the_slopes_of_a_corrected_model_are_its_derivatives():
    solver, model = waves(0.1), waves(0.3)
    corrected = CorrectedModel(lambda x: forces(model(x)), [(x, forces(solver(x))) for x in bodies(5, 0.05)])
    x, step = np.array([0.02, -0.01, 0.03]), 1e-6
    slope = corrected(x).drag_slope[0]
    for k in range(SIZE):
        shift = np.eye(SIZE)[k] * step
        difference = (corrected(x + shift).drag - corrected(x - shift).drag)[0] / (2.0 * step)
        assert slope[k] == pytest.approx(difference, abs=1e-6)


def test_a_model_without_an_answer_has_none_when_corrected():
    evaluated = [(np.zeros(SIZE), forces(waves(0.1)(np.zeros(SIZE))))]
    corrected = CorrectedModel(lambda x: None if x.any() else forces(waves(0.3)(x)), evaluated)
    assert corrected(np.ones(SIZE)) is None


def test_the_oldest_bodies_are_left_out_where_the_regression_would_be_large(monkeypatch):
    evaluated = [(x, forces(waves(0.1)(x))) for x in bodies(5, 0.05)]
    x, model = np.full(SIZE, 0.01), lambda x: forces(waves(0.3)(x))
    monkeypatch.setattr(corrected_model, "LARGEST", 3 * (1 + SIZE))
    few, last, fewer = (CorrectedModel(model, each)(x) for each in (evaluated, evaluated[-3:], evaluated[-2:]))
    np.testing.assert_array_equal(few.drag_slope, last.drag_slope)
    assert abs(few.drag - fewer.drag)[0] > 1e-9

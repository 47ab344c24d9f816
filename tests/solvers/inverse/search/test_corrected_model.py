"""The corrected model is the solver to first order at its centre; elsewhere its slopes belong to its values."""

import numpy as np
import pytest

from fusiform.solvers.inverse.search.corrected_model import CorrectedModel
from fusiform.solvers.inverse.search.evaluations import Forces

SIZE = 4
RANDOM = np.random.default_rng(0)
CENTRE, CURVATURE = RANDOM.standard_normal(SIZE), RANDOM.standard_normal((2, 1, SIZE, SIZE))
CURVATURE = CURVATURE + CURVATURE.swapaxes(2, 3)


def crude(x):
    """C_D = 1 + |x|², C_L = x₀ x₁."""
    lift_slope = np.zeros((1, SIZE))
    lift_slope[0, :2] = x[1], x[0]
    sure = np.ones(1), np.zeros((1, SIZE))
    return Forces(np.array([1.0 + x @ x]), np.array([x[0] * x[1]]), 2.0 * x[None], lift_slope, *sure)


@pytest.fixture
def solver():
    sure = np.ones(1), np.zeros((1, SIZE))
    slopes = RANDOM.standard_normal((2, 1, SIZE))
    return Forces(np.array([2.3]), np.array([-0.4]), *slopes, *sure)


def test_at_its_centre_it_is_the_solver_to_first_order(solver):
    there = CorrectedModel(crude, CENTRE, solver, CURVATURE)(CENTRE)
    for name in ("drag", "lift", "drag_slope", "lift_slope"):
        np.testing.assert_allclose(getattr(there, name), getattr(solver, name), atol=1e-14)


def test_its_slopes_are_the_derivatives_of_its_values_and_change_by_the_curvature(solver):
    model, step = CorrectedModel(crude, CENTRE, solver, CURVATURE), RANDOM.standard_normal(SIZE)
    x, h = CENTRE + step, 1e-5
    for value, slope in (("drag", "drag_slope"), ("lift", "lift_slope")):
        ends = [getattr(model(x + sign * h * np.eye(SIZE)[i]), value)[0] for i in range(SIZE) for sign in (1, -1)]
        difference = np.array(ends).reshape(SIZE, 2) @ [1.0, -1.0] / (2.0 * h)
        np.testing.assert_allclose(getattr(model(x), slope)[0], difference, atol=1e-8)
    flat = CorrectedModel(crude, CENTRE, solver, 0.0 * CURVATURE)
    np.testing.assert_allclose(model(x).drag_slope - flat(x).drag_slope, CURVATURE[0] @ step, atol=1e-13)

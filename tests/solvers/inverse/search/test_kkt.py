"""Optimality by the KKT residual, and the program that it is of."""

import numpy as np
import pytest

from fusiform.solvers import Body
from fusiform.solvers.inverse import Drag, Lift, MaxLength
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.kkt import optimality
from fusiform.solvers.inverse.search.program import TOLERANCES, Program
from fusiform.solvers.inverse.search.variables import Variables

MODES = 4


def _program(constraints=(), conditions=()):
    """A program at an ellipse, and its variables there."""
    body = Body.ellipse(2.0, modes=MODES)
    variables = Variables(body, MODES, False, constraints)
    x = variables.pack(body.coefficients, body.origin)
    return Program(variables, Drag(), conditions, np.ones(1), x[: variables.shape_size]), x


def _forces(drag_slope, lift=0.0, lift_slope=None):
    flat = np.zeros((1, len(drag_slope)))
    slope = flat if lift_slope is None else lift_slope[None]
    return Forces(np.array([2.0]), np.array([lift]), drag_slope[None], slope, np.ones(1), flat)


def test_without_active_constraints_the_residual_is_the_gradient_over_the_scale():
    program, x = _program()
    slope = np.random.default_rng(0).standard_normal(2 * MODES)
    state = optimality(program, x, _forces(slope), 4.0)
    assert state.residual == pytest.approx(np.linalg.norm(slope) / 4.0)
    assert state.force_multiplier_sum == 0.0


def test_a_gradient_along_an_active_constraint_has_its_multiplier_and_no_residual():
    program, x = _program((MaxLength(Body.ellipse(2.0).length),))
    variables = program.variables
    active = np.flatnonzero(variables.values(x) < TOLERANCES.active)
    rows = variables.jacobian(x)[active]
    pull = np.array([3.0] * len(rows)) @ rows  # moves no box: both ends of the extent pull alike
    assert np.abs(pull[variables.shape_size :]).max() < 1e-6
    towards = optimality(program, x, _forces(pull[: variables.shape_size]), 1.0)
    assert towards.residual < 1e-6
    assert towards.shape_multipliers.sum() == pytest.approx(3.0 * len(rows), rel=1e-6)
    away = optimality(program, x, _forces(-pull[: variables.shape_size]), 1.0)
    assert away.residual == pytest.approx(np.linalg.norm(pull), rel=1e-6)


def test_an_equality_has_a_multiplier_of_either_sign():
    program, x = _program(conditions=(Lift(0.5, 0.5),))
    lift_slope = np.random.default_rng(1).standard_normal(2 * MODES)
    for multiplier in (2.0, -2.0):
        state = optimality(program, x, _forces(multiplier * lift_slope, 0.5, lift_slope), 1.0)
        assert state.residual < 1e-12
        assert state.equality_multipliers == pytest.approx([multiplier])
    assert program.force_violation(x, _forces(lift_slope, 0.2)) == pytest.approx(0.3)


def test_a_candidate_is_better_if_it_violates_less_and_then_if_it_is_lower():
    program, x = _program(conditions=(Lift(0.5, 0.5),))
    flat = np.zeros(2 * MODES)
    near, far = (program.candidate(x, _forces(flat, lift)) for lift in (0.4, 0.2))
    held = program.candidate(x, _forces(flat, 0.5))
    assert held.feasible
    assert not near.feasible
    assert near.better_than(far)
    assert held.better_than(near)
    assert not held.better_than(held)

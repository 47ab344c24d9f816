"""Gauss-Lobatto-Legendre nodes against closed forms and exact polynomials."""

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from fusiform.solvers.flow.discretisation.gll import differentiation, interpolation, nodes_and_weights

DEGREES = [2, 3, 5, 8, 12, 16]


def polynomial(degree: int) -> Polynomial:
    return Polynomial(np.random.default_rng(degree).normal(size=degree + 1))


def test_the_nodes_of_low_degrees_are_those_of_the_tables():
    nodes, weights = nodes_and_weights(4)
    np.testing.assert_allclose(nodes, [-1, -np.sqrt(3 / 7), 0, np.sqrt(3 / 7), 1], atol=1e-15)
    np.testing.assert_allclose(weights, [1 / 10, 49 / 90, 32 / 45, 49 / 90, 1 / 10], atol=1e-15)


@pytest.mark.parametrize("degree", DEGREES)
def test_quadrature_is_exact_up_to_degree_2p_minus_1_and_not_beyond(degree):
    nodes, weights = nodes_and_weights(degree)
    for power in range(2 * degree):
        assert weights @ nodes**power == pytest.approx((1 + (-1) ** power) / (power + 1), abs=1e-13)
    assert abs(weights @ nodes ** (2 * degree) - 2 / (2 * degree + 1)) > 1e-12


@pytest.mark.parametrize("degree", DEGREES)
def test_derivatives_of_polynomials_are_exact(degree):
    f = polynomial(degree)
    nodes, _ = nodes_and_weights(degree)
    np.testing.assert_allclose(differentiation(degree) @ f(nodes), f.deriv()(nodes), atol=1e-11)


@pytest.mark.parametrize("degree", DEGREES)
def test_polynomials_are_interpolated_exactly_at_nodes_and_between(degree):
    f = polynomial(degree)
    nodes, _ = nodes_and_weights(degree)
    points = np.concatenate([nodes, np.linspace(-1, 1, 7)])
    np.testing.assert_allclose(interpolation(degree, points) @ f(nodes), f(points), atol=1e-12)

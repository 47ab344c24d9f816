"""Forces of solved flows: by sums of the weak form, by integrals along the wall, and of the far field."""

import math
from functools import lru_cache

import pytest
import torch
from flow_cases import STEADY

from fusiform.solvers import Body
from fusiform.solvers.flow.discretisation.layout import Domain
from fusiform.solvers.flow.equations.problem import discretise
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.equations.weak_form import (
    coefficient_scale,
    essential,
    force_coefficients,
    slopes,
    wall_forces,
)
from fusiform.solvers.flow.resolution import Resolution
from fusiform.solvers.flow.steady.newton import newton
from fusiform.solvers.geometry import laurent

DEGREES = ((4, 5), (6, 8), (8, 11))
FINEST = (10, 13)


@lru_cache
def solved(degrees, domain=Domain.PLANE):
    """An ellipse of fineness 4 at Re 40, in the plane at an incidence of 10°."""
    angle = torch.tensor([math.radians(10.0) if domain is Domain.PLANE else 0.0], dtype=torch.float64)
    coefficients = laurent.rotate(Body.ellipse(4.0).coefficients[None], angle)
    problem = discretise(coefficients, torch.tensor([40.0]).double(), Resolution(4, 12, *degrees), domain)
    result = newton(problem, cold_start(problem), 1e-9)
    assert float(result.update) < 1e-9
    return problem, result.state


def consistent(degrees, domain):
    return complex(sum(force_coefficients(*solved(degrees, domain))))


def direct(degrees, domain):
    """−ν ∮ ω_ξ w_i ρ dη of the computed vorticity's own slope in place of the sums R_i."""
    problem, state = solved(degrees, domain)
    layout = problem.layout
    length = 0.5 * problem.mesh.eta_step[:, :, None] * layout.w_eta
    weight = 1.0 if problem.radius is None else problem.radius[:, 0, :, 0] ** 3
    sums = -problem.viscosity * layout.by_arc(weight * length * slopes(problem, state).omega_xi[:, 0, :, 0])
    parts = wall_forces(problem, sums, essential(problem, state)[1])
    return complex(sum(parts)) * coefficient_scale(problem)


@pytest.mark.parametrize("domain", STEADY)
def test_forces_by_sums_converge_at_once_and_integrals_along_the_wall_come_after_them(domain):
    exact = consistent(FINEST, domain)
    sums = [abs(consistent(degrees, domain) - exact) / abs(exact) for degrees in DEGREES]
    integrals = [abs(direct(degrees, domain) - exact) / abs(exact) for degrees in DEGREES]
    assert 0.1 * sums[0] > sums[1] > 5.0 * sums[2], sums
    assert 0.2 * integrals[0] > integrals[1] > 2.0 * integrals[2], integrals
    assert sums[2] < 0.3 * integrals[2], (sums, integrals)
    assert integrals[2] < 1e-3, integrals


def test_the_plane_and_the_half_plane_have_the_same_drag():
    problem, _ = solved((6, 8), Domain.HALF_PLANE)
    whole = discretise(Body.ellipse(4.0).coefficients[None], 1.0 / problem.viscosity, problem.layout.resolution)
    result = newton(whole, cold_start(whole), 1e-9)
    pressure, friction = force_coefficients(whole, result.state)
    for part, half in zip((pressure, friction), force_coefficients(*solved((6, 8), Domain.HALF_PLANE)), strict=True):
        assert float(part.real) == pytest.approx(float(half.real), rel=1e-9)
        assert float(part.imag) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("domain", STEADY)
def test_the_far_field_has_the_drag_of_the_wall_and_nearly_its_lift(domain):
    """Q = D is an equation; Γ closes the pressure around the wall, and is the lift up to the far field's truncation."""
    problem, state = solved((8, 11), domain)
    forces = complex(sum(force_coefficients(problem, state))) / coefficient_scale(problem)
    assert float(state.scalars[0, 0]) == pytest.approx(forces.real, rel=1e-8)
    if domain is Domain.PLANE:
        assert float(state.scalars[0, 1]) == pytest.approx(forces.imag, rel=0.03)
        assert forces.imag > 0.1


def test_the_pressure_comes_back_to_itself_around_the_wall():
    """dp/dη = ν ω_ξ: its integral around the body, which Γ makes vanish in the sums, vanishes with the degree."""
    jumps = []
    for degrees in DEGREES:
        problem, state = solved(degrees)
        length = 0.5 * problem.mesh.eta_step[:, :, None] * problem.layout.w_eta
        slope = slopes(problem, state).omega_xi[:, 0, :, 0]
        jumps.append(float((length * slope).sum().abs() / (length * slope.abs()).sum()))
    assert jumps[2] < 0.2 * jumps[1] < 0.1 * jumps[0], jumps
    assert jumps[2] < 1e-3

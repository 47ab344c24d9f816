"""Derivatives of flows: adjoint, tangents and differences agree, remainders are of second order."""

import math
from dataclasses import dataclass, replace

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, SolveOutcome, solve
from fusiform.solvers.flow import (
    Domain,
    flow_tangents,
    force_coefficients,
    force_vjp,
    level,
    linearise,
    solve_batch,
    steady_forces,
)
from fusiform.solvers.flow.derivatives.sensitivity import solve_adjoint
from fusiform.solvers.flow.discretisation.layout import make_layout
from fusiform.solvers.geometry import laurent

LOPSIDED = [0.45, 0.03 + 0.02j, -0.02 + 0.01j]
PARTS = {"drag": 1.0 + 0.0j, "lift": 1.0j}


@dataclass(frozen=True)
class Case:
    """A flow at incidence `alpha`, and the direction in which coefficients and ln Re move."""

    coefficients: list
    reynolds: float
    alpha: float
    direction: list
    faster: float
    parts: tuple = ("drag", "lift")
    domain: Domain | None = None

    def forces(self, step=0.0):
        return steady_forces(*self.design(step), level(self.reynolds, 0), domain=self.domain)[0]

    def design(self, step=0.0):
        a = torch.tensor([self.coefficients], dtype=torch.complex128)
        move = torch.tensor([self.direction], dtype=torch.complex128)
        alpha = torch.tensor([self.alpha], dtype=torch.float64)
        reynolds = torch.tensor([self.reynolds * math.exp(self.faster * step)], dtype=torch.float64)
        return laurent.rotate(a + step * move, alpha), reynolds

    def slope(self, part):
        """Derivative of a force along the direction, by the adjoint."""
        coefficients, reynolds = (t.requires_grad_() for t in self.design())
        forces = steady_forces(coefficients, reynolds, level(self.reynolds, 0), domain=self.domain)[0]
        value = (PARTS[part].conjugate() * forces[0]).real
        by_a, by_re = torch.autograd.grad(value, (coefficients, reynolds))
        move = laurent.rotate(
            torch.tensor([self.direction], dtype=torch.complex128), torch.tensor([self.alpha], dtype=torch.float64)
        )
        return float((by_a.conj() * move).real.sum() + by_re[0] * self.reynolds * self.faster)

    def value(self, part, step=0.0):
        return float((PARTS[part].conjugate() * self.forces(step)[0]).real)


CASES = {
    "first mode": Case(LOPSIDED, 12.0, 0.1, [1, 0, 0], 0.0),
    "imaginary second mode": Case(LOPSIDED, 12.0, 0.1, [0, 1j, 0], 0.0),
    "third mode": Case(LOPSIDED, 12.0, 0.1, [0, 0, 1 - 1j], 0.0),
    "Reynolds number": Case(LOPSIDED, 12.0, 0.1, [0, 0, 0], 1.0),
    "all, Re 90, blunt": Case([0.05, 0.02, -0.01j], 90.0, 0.05, [0.3, 0.2j, 0.1], 0.5),
    "all, Re 300": Case([0.7, -0.02, 0.01j], 300.0, 0.03, [0.2, 0.05, 0.05 + 0.05j], -0.4),
    "on the half plane": Case([0.5, -0.06, 0.02], 40.0, 0.0, [0.5, 0.3, -0.2], 0.3, ("drag",)),
    "lift of a symmetric body": Case([0.5, -0.06, 0.02], 40.0, 0.0, [0.5j, 0.3j, 0.1], 0.0, ("lift",)),
    "around an axis": Case([0.3, 0.05, -0.02], 50.0, 0.0, [0.5, 0.3, -0.2], 0.3, ("drag",), Domain.MERIDIAN),
}


@pytest.mark.parametrize(("name", "part"), [(name, part) for name, case in CASES.items() for part in case.parts])
def test_taylor_remainder_is_of_second_order_and_adjoint_equals_finite_difference(name, part):
    case, steps = CASES[name], (2e-3, 1e-3)
    value, slope = case.value(part), case.slope(part)
    ahead, behind = ([case.value(part, sign * h) for h in steps] for sign in (1.0, -1.0))
    remainders = [abs(a - value - h * slope) for a, h in zip(ahead, steps, strict=True)]
    order = math.log2(remainders[0] / remainders[1])
    assert order >= 1.9, (order, remainders)
    differences = [(a - b) / (2.0 * h) for a, b, h in zip(ahead, behind, steps, strict=True)]
    fourth_order = (4.0 * differences[1] - differences[0]) / 3.0
    assert fourth_order == pytest.approx(slope, rel=1e-6, abs=1e-7 * abs(value))


def _solved(coefficients, reynolds, domain=None, number=0):
    batch = torch.tensor(coefficients, dtype=torch.complex128)
    return solve_batch(batch, torch.tensor(reynolds, dtype=torch.float64), level(max(reynolds), number), domain=domain)


def _gradient(flow, part):
    return force_vjp(flow, torch.full_like(flow.coefficients[:, 0], PARTS[part]))


def test_the_gradient_of_a_mirrored_body_is_the_mirrored_gradient():
    flow = _solved([LOPSIDED, [a.conjugate() for a in LOPSIDED]], [12.0, 12.0])
    for part, sign in (("drag", 1.0), ("lift", -1.0)):
        by_a, by_re = _gradient(flow, part)
        torch.testing.assert_close(by_a[1], sign * by_a[0].conj(), rtol=1e-7, atol=1e-7)
        torch.testing.assert_close(by_re[1], sign * by_re[0], rtol=1e-7, atol=1e-9)


def test_flows_of_inference_mode_leave_nothing_that_stands_in_the_way_of_gradients():
    """Layouts are kept from call to call."""
    make_layout.cache_clear()
    with torch.inference_mode():
        _solved([LOPSIDED], [12.0])
    by_a, _ = _gradient(_solved([LOPSIDED], [12.0]), "drag")
    assert bool(by_a.isfinite().all())


def test_the_gradient_on_the_half_plane_is_that_on_the_whole_plane():
    half, whole = (_solved([[0.5, -0.06, 0.02]], [40.0], domain) for domain in (None, Domain.PLANE))
    assert half.symmetric
    assert not whole.symmetric
    for one, other in zip(_gradient(half, "drag"), _gradient(whole, "drag"), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-7, atol=1e-7)


def test_gradients_of_a_batch_are_those_of_its_cases():
    bodies, reynolds = [LOPSIDED, [0.1, 0.05j, 0.02]], [12.0, 30.0]
    together = _gradient(_solved(bodies, reynolds), "lift")
    for i in range(2):
        alone = _gradient(_solved([bodies[i]], [reynolds[i]]), "lift")
        for one, other in zip(together, alone, strict=True):
            torch.testing.assert_close(one[i], other[0], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("reynolds", [60.0, 100.0])
def test_where_the_outer_radius_begins_or_ends_to_grow_the_gradient_is_that_of_one_side(reynolds):
    slope = float(_gradient(_solved([[0.0, 0.0]], [reynolds]), "drag")[1])
    h = 1e-2
    drags = [sum(_solved([[0.0, 0.0]], [reynolds + s * h]).force_coefficients).real.item() for s in (-2, -1, 0, 1, 2)]
    sides = [(drags[0] - 4 * drags[1] + 3 * drags[2]) / (2 * h), -(drags[4] - 4 * drags[3] + 3 * drags[2]) / (2 * h)]
    assert min(abs(side / slope - 1.0) for side in sides) < 1e-5


@pytest.mark.parametrize(
    ("coefficients", "reynolds", "domain"),
    [(LOPSIDED, 12.0, None), ([0.5, -0.06, 0.02], 40.0, None), ([0.3, 0.05, -0.02], 50.0, Domain.MERIDIAN)],
    ids=["lopsided", "symmetric", "around an axis"],
)
def test_tangents_and_adjoint_give_the_same_derivatives(coefficients, reynolds, domain):
    flow = _solved([coefficients], [reynolds], domain)
    directions = torch.eye(3, dtype=torch.complex128)
    if domain is None:
        directions = torch.cat([directions, 1j * directions])
    tangents = flow_tangents(flow, directions)
    assert float(tangents.change.max()) < 1e-6
    forces = tangents.derivative(sum(force_coefficients(tangents.sides, tangents.side_states)))
    for part, weight in PARTS.items() if domain is None else [("drag", 1.0)]:
        found = (forces * (1.0 if weight == 1.0 else -1j)).real
        adjoint = (_gradient(flow, part)[0].conj() * directions).real.sum(1)
        torch.testing.assert_close(found, adjoint, rtol=1e-6, atol=1e-6)


def test_tangents_of_the_state_are_differences_of_states():
    direction = [0.3, -0.2j, 0.1 + 0.1j]
    tangent, h = flow_tangents(_solved([LOPSIDED], [12.0]), torch.tensor([direction], dtype=torch.complex128)), 1e-4
    moved = [[a + s * d for a, d in zip(LOPSIDED, direction, strict=True)] for s in (h, -h)]
    up, down = (_solved([a], [12.0]).state for a in moved)
    for name in ("phi", "omega", "scalars"):
        difference = (getattr(up, name) - getattr(down, name)) / (2.0 * h)
        found = getattr(tangent.states, name)
        assert float((found - difference).abs().max()) < 1e-5 * float(difference.abs().max()), name


def test_factors_from_far_away_do_not_spoil_derivatives():
    """With those of three times the flow, neither the adjoint's 30 products nor the tangents' refinements converge."""
    flow, weight = _solved([LOPSIDED], [40.0]), torch.ones(1, dtype=torch.complex128)
    thrice = flow.unknowns.scaled(torch.tensor([3.0], dtype=torch.float64))
    far = replace(flow, linearisation=linearise(flow.solved, thrice))
    assert float(solve_adjoint(flow.solved, flow.unknowns, weight, far.linearisation)[1]) > 1e-3
    for found, expected in zip(_gradient(far, "drag"), _gradient(flow, "drag"), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-7)
    directions = torch.eye(3, dtype=torch.complex128)
    found, expected = flow_tangents(far, directions), flow_tangents(flow, directions)
    assert float(found.change.max()) < 1e-6
    torch.testing.assert_close(found.states.scalars, expected.states.scalars, rtol=1e-5, atol=1e-6)


def test_a_gradient_without_solved_adjoint_equations_is_refused():
    solution = solve(Body.circle(), FlowConditions(10.0), grid="coarse")
    lost = replace(solution.flow, unknowns=solution.flow.unknowns.scaled(torch.full((1,), torch.nan)))
    with pytest.raises(InputError, match="adjoint equations can be solved"):
        replace(solution, flow=lost).gradient()


def test_the_gradient_of_a_solution_is_that_of_the_body_and_the_incidence():
    coefficients = torch.tensor(LOPSIDED, dtype=torch.complex128)
    body, conditions = Body(coefficients), FlowConditions(12.0, math.degrees(0.1))
    gradient = solve(body, conditions, grid="coarse").gradient("lift")
    step = 1e-3
    up, down = (solve(body, FlowConditions(12.0, math.degrees(0.1 + s)), grid="coarse") for s in (step, -step))
    assert gradient.alpha == pytest.approx((up.lift_coefficient - down.lift_coefficient) / (2 * step), rel=1e-5)
    move = torch.zeros(3, dtype=torch.complex128)
    move[1] = step
    up, down = (solve(Body(coefficients + s * move), conditions, grid="coarse") for s in (1, -1))
    difference = (up.lift_coefficient - down.lift_coefficient) / (2 * step)
    assert float(gradient.coefficients[1].real) == pytest.approx(difference, rel=1e-5)


def test_a_gradient_is_of_the_drag_or_the_lift_of_a_solution():
    solution = solve(Body.circle(), FlowConditions(10.0), grid="coarse")
    with pytest.raises(InputError, match="drag or lift, got 'Drag'"):
        solution.gradient("Drag")
    with pytest.raises(InputError, match="converged solution"):
        replace(solution, outcome=SolveOutcome.NOT_CONVERGED).gradient()

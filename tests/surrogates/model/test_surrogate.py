"""Queries of the shipped surrogate: accuracy on held-out bodies, symmetry, gradients, independence."""

import math
import sys

import pytest
import torch
from torch_modes import AROUND

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.flow import solve_batch
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.designs import sample, turned


def test_fresh_bodies_agree_with_the_solver(surrogate):
    designs = sample(surrogate.space, 987654, range(12))
    flows = solve_batch(turned(designs), designs.reynolds, surrogate.basis.resolution)
    pressure, friction = flows.force_coefficients
    predicted = surrogate.force_coefficients(turned(designs), designs.reynolds)
    errors = (predicted.real / (pressure + friction).real - 1.0).abs()
    assert float(errors.median()) < 0.01, errors
    assert float(errors.max()) < 0.06, errors


def test_mirror_symmetry_is_exact(surrogate):
    designs = sample(surrogate.space, 5, range(6))
    forces = surrogate.force_coefficients(turned(designs), designs.reynolds)
    image = surrogate.force_coefficients(turned(designs).conj().resolve_conj(), designs.reynolds)
    torch.testing.assert_close(image, forces.conj().resolve_conj(), atol=1e-12, rtol=1e-12)
    assert abs(surrogate.evaluate(Body.ellipse(2.0), FlowConditions(7.0)).lift_coefficient) < 1e-12


def test_gradient_through_geometry_and_network_has_second_order_taylor_remainder(surrogate):
    designs = sample(surrogate.space, 6, range(1))
    reynolds = designs.reynolds
    generator = torch.Generator().manual_seed(0)
    move = torch.randn(1, 8, 2, dtype=torch.float64, generator=generator) / torch.arange(1, 9)[:, None] ** 2
    move = torch.view_as_complex(move)
    a = designs.coefficients.clone().requires_grad_()
    value = surrogate.force_coefficients(a, reynolds).real.sum()
    slope = float((torch.autograd.grad(value, a)[0].conj() * move).real.sum())

    @torch.no_grad()
    def remainder(step):
        moved = surrogate.force_coefficients(designs.coefficients + step * move, reynolds).real.sum()
        return abs(float(moved) - float(value.detach()) - step * slope)

    assert math.log2(remainder(2e-3) / remainder(1e-3)) >= 1.9


def test_precision_follows_the_inputs(surrogate):
    designs = sample(surrogate.space, 8, range(20))
    double = surrogate.force_coefficients(turned(designs), designs.reynolds)
    single = surrogate.force_coefficients(turned(designs).to(torch.complex64), designs.reynolds.float())
    assert single.dtype == torch.complex64
    torch.testing.assert_close(single, double.to(torch.complex64), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("body", "conditions", "drag", "lift", "drag_bound", "lift_bound"),
    [
        (
            Body.ellipse(3.0),
            FlowConditions(20.0, 5.0),
            1.660821117290908,
            0.2820128351912087,
            0.00437099,
            0.00318489,
        ),
        (
            Body.naca("2412"),
            FlowConditions(20.0, 3.0),
            1.6966296544908532,
            0.59759572649359,
            0.0443164,
            0.0243361,
        ),
        (Body.ellipse(1.0), FlowConditions(40.0), 1.495901575150587, 0.0, 0.00339669, 0.0),
    ],
)
def test_the_shipped_model_gives_the_numbers_that_it_was_shipped_with(
    surrogate, body, conditions, drag, lift, drag_bound, lift_bound
):
    answer = surrogate.evaluate(body, conditions)
    assert answer.drag_coefficient == pytest.approx(drag, rel=1e-9)
    assert answer.lift_coefficient == pytest.approx(lift, rel=1e-9, abs=1e-12)
    assert answer.drag_bound == pytest.approx(drag_bound, rel=1e-4)
    assert answer.lift_bound == pytest.approx(lift_bound, rel=1e-4)


@pytest.fixture
def nothing_kept():
    """Tensors that earlier tests made are gone from the caches of the package."""
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("fusiform.")]
    for function in [value for module in modules for value in vars(module).values() if hasattr(value, "cache_clear")]:
        function.cache_clear()


def answers(surrogate):
    """Everything that one body and a small batch can be asked for, as plain numbers."""
    one = surrogate.evaluate(Body.ellipse(3.0), FlowConditions(20.0, 5.0))
    designs = sample(surrogate.space, 10, range(3))
    coefficients, reynolds = turned(designs), designs.reynolds
    single = surrogate.force_coefficients(coefficients.to(torch.complex64), reynolds.float())
    fields = [field.at([1.0 + 0.7j]) for field in (one.field, one.network_field)]
    return {
        "summary": one.summary() | {"seconds": 0},
        "correction": one.correction,
        "gradient": one.gradient("lift").coefficients.tolist(),
        "pressure": [field.pressure.tolist() for field in fields],
        "batch": surrogate.force_coefficients(coefficients, reynolds).tolist(),
        "single": single.tolist(),
        "confidence": surrogate.confidence(coefficients, reynolds).tolist(),
    }


@pytest.mark.parametrize("mode", AROUND.values(), ids=AROUND)
def test_answers_do_not_depend_on_the_modes_of_torch_around_them(surrogate, nothing_kept, mode):
    with mode():
        found = answers(load_surrogate())
    expected = answers(surrogate)
    corrections = [vars(each.pop("correction")) for each in (found, expected)]
    corrections = [{key: x for key, x in each.items() if isinstance(x, float)} for each in corrections]
    assert corrections[0] == pytest.approx(corrections[1], rel=1e-6)  # differences of forces, right to rounding
    assert found == expected


def test_a_model_first_asked_in_inference_mode_can_be_differentiated_later(nothing_kept):
    with torch.inference_mode():
        surrogate = load_surrogate()
        answers(surrogate)
    designs = sample(surrogate.space, 10, range(3))
    for dtype in (torch.complex128, torch.complex64):
        coefficients = turned(designs).to(dtype).requires_grad_()
        reynolds = designs.reynolds.to(coefficients.real.dtype)
        torch.view_as_real(surrogate.force_coefficients(coefficients, reynolds)).sum().backward()
        assert coefficients.grad.abs().min() > 0.0
    coefficients = turned(sample(surrogate.space, 10, range(20))).requires_grad_()
    reynolds = torch.full((20,), 55.0, dtype=torch.float64)  # where it is not 1 throughout
    surrogate.confidence(coefficients, reynolds).sum().backward()
    assert coefficients.grad.abs().sum() > 0.0


def test_queries_leave_the_model_as_it_was(surrogate):
    def tensors():
        parts = [surrogate.network.state_dict(), vars(surrogate.basis), vars(surrogate.error)]
        found = {(i, key): value for i, part in enumerate(parts) for key, value in part.items()}
        return {key: value.clone() for key, value in found.items() if isinstance(value, torch.Tensor)}

    before = tensors()
    answers(surrogate)
    after = tensors()
    assert all(torch.equal(value, after[key]) for key, value in before.items())


@pytest.mark.parametrize(("body", "conditions"), [("ellipse", FlowConditions(20.0)), (Body.ellipse(2.0), 20.0)])
def test_other_types_are_refused_with_a_sentence(surrogate, body, conditions):
    with pytest.raises(InputError, match="expected a Body and FlowConditions"):
        surrogate.evaluate(body, conditions)

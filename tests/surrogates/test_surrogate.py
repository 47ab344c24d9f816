"""The shipped surrogate: accuracy on bodies it never saw, symmetry, gradients, the model file."""

import json
import math

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.common.batches import select
from fusiform.solvers.flow.grid import Resolution
from fusiform.solvers.flow.steady import solve_batch
from fusiform.solvers.solution import turned_coefficients
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.data.dataset import turned
from fusiform.surrogates.design_space import DesignSpace, sample
from fusiform.surrogates.model.error_bound import BOUND, ErrorModel
from fusiform.surrogates.model.flow_basis import fit_basis, mirror
from fusiform.surrogates.quality.calibration import Evidence, fitted


@pytest.fixture(scope="module")
def surrogate():
    return load_surrogate()


def test_the_card_states_how_it_was_made_and_meets_the_targets(surrogate):
    card = surrogate.card
    assert card["heldout"]["cases"] >= 200
    assert card["heldout"]["drag"]["median"] <= 0.001
    assert card["heldout"]["drag"]["p95"] <= 0.005
    assert card["heldout"]["lift"]["p95"] <= 0.03
    assert min(card["calibration"][where]["covered"] for where in ("inside", "outside")) >= 0.9
    assert card["dataset_digest"] != card["heldout_digest"]
    assert {"recipe", "full_solves", "linear_solves", "versions"} <= set(card)


def test_fresh_bodies_agree_with_the_solver(surrogate):
    designs = sample(surrogate.space, 987654, range(12))
    flows = solve_batch(turned(designs), designs.reynolds, surrogate.basis.resolution)
    pressure, friction = flows.force_coefficients
    predicted = surrogate.force_coefficients(turned(designs), designs.reynolds)
    errors = (predicted.real / (pressure + friction).real - 1.0).abs()
    assert float(errors.median()) < 0.01, errors
    assert float(errors.max()) < 0.06, errors


def test_predicted_fields_look_like_solved_ones(surrogate):
    body, conditions = Body.ellipse(3.0), FlowConditions(20.0, 5.0)
    predicted, solved = surrogate.evaluate(body, conditions), solve(body, conditions)
    points = torch.complex(torch.linspace(-2, 4, 25), torch.full((25,), 0.7)).numpy()
    one, two = predicted.field.at(points), solved.field.at(points)
    assert abs(one.u - two.u).max() < 0.03
    assert abs(one.pressure - two.pressure).max() < 0.03
    assert predicted.drag_coefficient == pytest.approx(solved.drag_coefficient, rel=0.01)
    assert predicted.summary().keys() >= {"drag_coefficient", "confidence", "reference_length", "converged", "seconds"}


def test_predicted_flows_do_not_slip(surrogate):
    designs = sample(surrogate.space, 4, range(8))
    problem, state = surrogate.state(turned(designs), designs.reynolds)
    radial, grid = problem.grid.radial, problem.grid
    assert state.psi[:, 0].abs().max() < 1e-12
    slope = grid.radial_derivative(radial.omega_first[:1], state.psi)[:, 0]
    bend = grid.radial_derivative(radial.omega_second[:1], state.psi, 2)[:, 0]
    curl = problem.metric[:, 0] * state.omega[:, 0]
    raw = surrogate.basis.decode(surrogate.outputs(turned(designs), designs.reynolds)[0])[:, 0] + problem.stream
    was = grid.radial_derivative(radial.omega_first[:1], raw)[:, 0]
    assert slope.norm() < 0.05 * was.norm()
    assert (bend + curl).norm() < 0.05 * curl.norm()


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


def test_gradient_of_a_prediction_resembles_the_solvers_adjoint(surrogate):
    body, conditions = Body.ellipse(3.0, modes=8), FlowConditions(10.0, 5.0)
    for force in ("drag", "lift"):
        predicted = surrogate.evaluate(body, conditions).gradient(force)
        solved = solve(body, conditions).gradient(force)
        assert predicted.alpha == pytest.approx(solved.alpha, rel=0.1)
        assert predicted.reynolds == pytest.approx(solved.reynolds, rel=0.1, abs=2e-3)
        first, exact = complex(predicted.coefficients[0]), complex(solved.coefficients[0])
        assert abs(first - exact) < 0.15 * abs(exact)


def test_precision_follows_the_inputs(surrogate):
    designs = sample(surrogate.space, 8, range(20))
    double = surrogate.force_coefficients(turned(designs), designs.reynolds)
    single = surrogate.force_coefficients(turned(designs).to(torch.complex64), designs.reynolds.float())
    assert single.dtype == torch.complex64
    torch.testing.assert_close(single, double.to(torch.complex64), rtol=1e-4, atol=1e-5)


def test_distance_is_that_to_the_nearest_training_design_over_the_radius(surrogate):
    designs = sample(surrogate.space, 9, range(20))
    inputs = surrogate.inputs(turned(designs), designs.reynolds)
    anchors, radius = surrogate.error.anchors.double(), surrogate.error.radius
    distance = torch.cdist(inputs, anchors, compute_mode="donot_use_mm_for_euclid_dist").amin(1) / radius
    torch.testing.assert_close(surrogate.error.distance(inputs).double(), distance, rtol=1e-3, atol=0)
    assert (surrogate.error.distance(anchors[:20]) <= 1.001 * BOUND.least_distance).all()


def test_the_bound_on_the_drag_error_is_kept_by_most_bodies_inside_and_outside(surrogate):
    for space, least in ((surrogate.space, 11), (surrogate.space.widened(), 10)):
        designs = sample(space, 424242, range(12))
        flows = solve_batch(turned(designs), designs.reynolds, surrogate.basis.resolution)
        exact = sum(flows.force_coefficients).real
        kept = 0
        for i in range(12):
            conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
            answer = surrogate.evaluate(Body(designs.coefficients[i]), conditions)
            kept += abs(answer.drag_coefficient - float(exact[i])) <= answer.drag_bound
        assert kept >= least


def test_confidence_is_one_percent_over_the_bound_and_the_same_for_a_batch(surrogate):
    designs = sample(surrogate.space, 10, range(6))
    batch = surrogate.confidence(turned(designs), designs.reynolds)
    for i, found in enumerate(batch.tolist()):
        conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
        answer = surrogate.evaluate(Body(designs.coefficients[i]), conditions)
        assert answer.confidence == pytest.approx(found, rel=1e-4)
        assert answer.confidence == pytest.approx(min(1.0, 0.01 * answer.drag_coefficient / answer.drag_bound))


def test_the_gradient_of_the_confidence_has_a_second_order_taylor_remainder(surrogate):
    body = Body(torch.tensor([0, 0.05, 0, 0.2, 0, 0, 0, 0], dtype=torch.complex128))
    reynolds = torch.tensor([10.0], dtype=torch.float64)
    a = body.coefficients[None].clone().requires_grad_()
    there = surrogate.confidence(a, reynolds).sum()
    gradient = torch.autograd.grad(there, a)[0]
    move = torch.randn(1, 8, dtype=torch.complex128, generator=torch.Generator().manual_seed(1)) / 8
    value, slope = there.item(), float((gradient.conj() * move).real.sum())
    assert value < 1.0
    with torch.no_grad():
        steps = [1e-2 * 2.0**-i for i in range(4)]
        rest = [abs(float(surrogate.confidence(a + t * move, reynolds)) - value - t * slope) for t in steps]
    assert math.log2(rest[0] / rest[-1]) / 3 > 1.9


def test_fitted_bounds_lie_above_95_percent_of_errors_that_follow_the_formula():
    generator = torch.Generator().manual_seed(3)
    distance, parts = (torch.rand(2, 4000, dtype=torch.float64, generator=generator) + 0.1).unbind(0)
    noise = torch.randn(4000, dtype=torch.float64, generator=generator)
    errors = 0.01 * distance**0.7 * parts**0.5 * torch.exp(0.3 * noise)
    inside = Evidence(distance, parts, errors)
    nothing = ErrorModel(torch.zeros(1, 1), 1.0, 0.0, 0.0, 0.0)
    found = fitted(nothing, inside, select(inside, slice(0, 0)))
    assert (found.distance_exponent, found.residual_exponent) == pytest.approx((0.7, 0.5), abs=0.05)
    assert found.log_scale == pytest.approx(math.log(0.01) + 0.3 * 1.645, abs=0.05)
    assert float((inside.excess(found) <= 0.0).double().mean()) == pytest.approx(0.95, abs=1e-3)
    worse = fitted(nothing, inside, Evidence(distance, parts, 2.0 * errors))
    assert worse.log_scale == pytest.approx(found.log_scale + math.log(2.0), abs=0.05)


def test_confidence_falls_outside_the_design_space(surrogate):
    inside = surrogate.evaluate(Body.ellipse(3.0), FlowConditions(10.0)).confidence
    strange = Body(torch.tensor([0, 0, 0, 0.23, 0, 0, 0, 0], dtype=torch.complex128))
    assert inside > 0.9
    assert surrogate.evaluate(strange, FlowConditions(10.0, 25.0)).confidence < inside
    assert surrogate.evaluate(Body.ellipse(3.0), FlowConditions(90.0)).confidence == 0.0


def test_imported_bodies_are_reduced_to_the_models_modes_and_the_misfit_is_reported(surrogate):
    prediction = surrogate.evaluate(Body.naca("2412"), FlowConditions(20.0, 3.0))
    assert prediction.body.modes == surrogate.modes
    assert prediction.body.fit_error > 0.0
    assert prediction.summary()["fit_error"] == prediction.body.fit_error


def test_saved_model_answers_the_same(surrogate, tmp_path):
    surrogate.save(tmp_path / "copy")
    again = load_surrogate(tmp_path / "copy")
    one = surrogate.evaluate(Body.ellipse(2.0), FlowConditions(5.0, 3.0)).summary()
    two = again.evaluate(Body.ellipse(2.0), FlowConditions(5.0, 3.0)).summary()
    assert {**one, "seconds": 0} == {**two, "seconds": 0}


def test_missing_model_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="expected a model folder"):
        load_surrogate(tmp_path / "nothing")


@pytest.mark.parametrize("damage", ["weights", "json", "format"])
def test_damaged_model_is_a_sentence(surrogate, tmp_path, damage):
    surrogate.save(tmp_path)
    config = tmp_path / "config.json"
    if damage == "weights":
        (tmp_path / "model.safetensors").write_bytes(b"garbage")
    elif damage == "json":
        config.write_text("{")
    else:
        config.write_text(json.dumps(json.loads(config.read_text()) | {"format": 99}))
    with pytest.raises(InputError, match="model"):
        load_surrogate(tmp_path)


def test_basis_splits_by_parity_and_reproduces_its_snapshots():
    generator = torch.Generator().manual_seed(0)
    snapshots = torch.randn(5, 2, 6, 8, dtype=torch.float64, generator=generator)
    basis = fit_basis(snapshots, 12, Resolution(16, 16))
    assert set(basis.parity.tolist()) == {1.0, -1.0}
    vectors = basis.vectors.reshape(-1, 2, 6, 8)
    torch.testing.assert_close(mirror(vectors), basis.parity[:, None, None, None] * vectors)
    torch.testing.assert_close(basis.vectors @ basis.vectors.mT, torch.eye(basis.size, dtype=torch.float64))
    flat = (snapshots / basis.field_scale[:, None, None]).flatten(1)
    back = basis.encode(snapshots) * basis.coefficient_scale @ basis.vectors + basis.mean
    torch.testing.assert_close(back, flat)


def test_basis_of_single_precision_snapshots_is_orthonormal_to_its_smallest_vectors():
    generator = torch.Generator().manual_seed(0)
    modes = torch.linalg.qr(torch.randn(2 * 12 * 16, 24, dtype=torch.float64, generator=generator)).Q
    amplitudes = torch.randn(60, 24, dtype=torch.float64, generator=generator) * 10.0 ** -torch.linspace(0, 5, 24)
    snapshots = (amplitudes @ modes.mT).reshape(60, 2, 12, 16).float()
    basis = fit_basis(snapshots, 40, Resolution(16, 16))
    unit = (basis.vectors @ basis.vectors.mT).double()
    torch.testing.assert_close(unit, torch.eye(basis.size, dtype=torch.float64), atol=1e-3, rtol=0)


def test_sampler_is_deterministic_valid_and_extends():
    space = DesignSpace()
    small, large = sample(space, 3, range(6)), sample(space, 3, range(12))
    assert torch.equal(small.coefficients, large.coefficients[:6])
    assert bool((large.reynolds >= space.reynolds_min).all())
    assert bool((large.reynolds <= space.reynolds_max).all())
    straight = large.coefficients.imag.abs().amax(1) == 0
    assert 0 < int(straight.sum()) < 12
    assert bool((large.alpha[straight] == 0).all())


def test_bad_design_space_is_refused():
    with pytest.raises(InputError, match="ordered positive ranges"):
        DesignSpace(reynolds_min=10.0, reynolds_max=1.0)


def test_a_corrected_drag_is_the_solvers_on_the_same_grid():
    surrogate, body, conditions = load_surrogate(), Body.ellipse(3.0), FlowConditions(20.0, 5.0)
    fixed = surrogate.evaluate(body, conditions).correction
    flow = solve_batch(
        turned_coefficients(body.with_modes(8), conditions),
        torch.tensor([20.0], dtype=torch.float64),
        surrogate.basis.resolution,
    )
    assert fixed.arrived
    assert fixed.updates >= 1
    assert complex(fixed.drag_coefficient, fixed.lift_coefficient) == pytest.approx(
        complex(sum(flow.force_coefficients)[0]), rel=1e-4
    )

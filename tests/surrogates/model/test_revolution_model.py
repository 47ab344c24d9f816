"""The shipped model of bodies of revolution: against the solver, closed forms and published drags."""

import math

import pytest
import torch

import fusiform as fs
from fusiform.solvers.flow import Domain, solve_batch
from fusiform.solvers.inverse import minimize_drag
from fusiform.surrogates import Surrogate, load_surrogate
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.model.stance import stance

HELDOUT_SEED = 2
# Fineness, Re, C_D: closed form at Re 0.1, else two independent codes.
KNOWN = [
    (1.0, 0.1, 244.178),
    (1.0, 10.0, 4.3080),
    (1.0, 100.0, 1.0882),
    (3.0, 10.0, 3.8601),
    (3.0, 100.0, 0.78777),
    (0.5, 10.0, 5.3587),
]


@pytest.fixture(scope="module")
def shipped() -> Surrogate:
    return load_surrogate(revolution=True)


def test_the_model_that_answers_is_that_of_the_bodys_kind(shipped):
    around, plane = (
        fs.predict(fs.Body.sphere(), fs.FlowConditions(10.0)),
        fs.predict(fs.Body.circle(), fs.FlowConditions(10.0)),
    )
    assert (around.model, plane.model) == ("revolution", "default")
    assert (around.lift_coefficient, around.lift_bound) == (0.0, 0.0)
    assert around.summary()["volume"] == pytest.approx(torch.pi / 6.0)
    with pytest.raises(fs.InputError, match=r"expected a plane body for the model 'default', got a body of revolution"):
        load_surrogate().evaluate(fs.Body.sphere(), fs.FlowConditions(10.0))
    with pytest.raises(fs.InputError, match=r"expected a body of revolution for the model 'revolution', got a plane"):
        shipped.evaluate(fs.Body.circle(), fs.FlowConditions(10.0))


@pytest.mark.parametrize(("fineness", "reynolds", "drag"), KNOWN)
def test_known_drags_are_predicted_and_corrected_within_the_bound_of_the_correction(shipped, fineness, reynolds, drag):
    prediction = shipped.evaluate(fs.Body.spheroid(fineness), fs.FlowConditions(reynolds))
    assert prediction.outside == ""
    assert prediction.drag_coefficient == pytest.approx(drag, rel=3e-3)
    assert prediction.drag_bound <= 0.01 * drag
    assert prediction.correction.answered
    assert prediction.correction.drag_coefficient == pytest.approx(drag, rel=3e-4)
    assert abs(prediction.correction.drag_coefficient - drag) <= prediction.correction.drag_bound + 5e-5 * drag


def test_the_ends_of_the_space_are_inside(shipped):
    for fineness in (0.5, 1.0, 10.0):
        for reynolds in (0.1, 200.0):
            assert shipped.evaluate(fs.Body.spheroid(fineness), fs.FlowConditions(reynolds)).outside == ""
    beyond = shipped.evaluate(fs.Body.spheroid(14.0), fs.FlowConditions(300.0))
    assert beyond.drag_bound is None
    assert beyond.outside == (
        "Outside the trained range: no bound on the errors (Re 300, trained 0.08 to 250; length over diameter 14, "
        "trained 0.45 to 11)."
    )


EDGED = {
    "cylinder": [(0, 0), (0, 0.5), (3, 0.5), (3, 0)],
    "short cylinder": [(0, 0), (0, 0.5), (2, 0.5), (2, 0)],
    "disc": [(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 0)],
    "cone": [(0, 0), (2, 0.5), (2, 0)],
    "cone, base first": [(0, 0), (0, 0.5), (2, 0)],
    "double cone": [(0, 0), (1, 0.5), (2, 0)],
    "blunt tail": [(0, 0), (0.1, 0.22), (0.4, 0.4), (1, 0.5), (2, 0.5), (2, 0)],
}


@pytest.mark.parametrize("name", EDGED)
def test_a_body_with_edges_is_within_the_bounds_for_the_given_body(shipped, name):
    body = fs.Body.from_meridian(EDGED[name])
    for reynolds in (0.3, 5.0, 50.0):
        conditions = fs.FlowConditions(reynolds)
        drag, prediction = fs.solve(body, conditions).drag_coefficient, shipped.evaluate(body, conditions)
        assert abs(prediction.drag_coefficient - drag) <= prediction.drag_bound < 0.025 * drag


def test_the_status_says_how_far_the_reduced_body_is_from_the_given_one(shipped):
    conditions = fs.FlowConditions(5.0)
    edged = shipped.evaluate(fs.Body.from_meridian(EDGED["cylinder"]), conditions)
    sentence = "Reduced to the model's 8 modes: the outline is up to 0.012 d from the given one."
    assert edged.misfit_note == sentence
    assert sentence in edged.summary()["status"]
    assert shipped.evaluate(fs.Body.sphere(), conditions).misfit_note == ""


def test_the_card_keeps_what_is_promised(shipped):
    card = shipped.card
    assert card["heldout"]["cases"] == 500
    assert card["heldout"]["drag"]["median"] <= 0.0015
    assert card["heldout"]["drag"]["p95"] <= 0.01
    assert card["calibration"]["drag"] >= 0.95
    assert len(card["calibration"]["cells"]) == 9
    for row in card["calibration"]["cells"]:
        two_sigma = 2.0 * math.sqrt(0.95 * 0.05 / row["bodies"])
        assert row["drag"] >= 0.95 - two_sigma


def test_held_out_bodies_are_within_the_bounds(shipped):
    designs = sample(shipped.space, HELDOUT_SEED, range(24))
    coefficients, reynolds = turned(designs), designs.reynolds
    flow = solve_batch(coefficients, reynolds, shipped.basis.resolution, domain=Domain.MERIDIAN)
    exact = sum(flow.force_coefficients).real
    drag = shipped.force_coefficients(coefficients, reynolds).real
    error = (drag / exact - 1.0).abs()
    assert float(error.median()) < 0.003
    bound = shipped.error_bounds(coefficients, reynolds, shipped.state(coefficients, reynolds)).drag
    assert int((error <= bound).sum()) >= 22
    assert float(stance(coefficients).fineness.max()) > 3.0


def test_the_gradient_is_that_of_the_drag_and_resembles_the_solvers(shipped):
    body, conditions = fs.Body.sphere(modes=8), fs.FlowConditions(10.0)
    gradient = shipped.evaluate(body, conditions).gradient()
    assert not bool(gradient.coefficients.imag.any())
    assert gradient.alpha == 0.0
    step = 1e-6
    for k in (0, 3):
        moved = body.coefficients.repeat(2, 1)
        moved[0, k] += step
        moved[1, k] -= step
        plus, minus = shipped.force_coefficients(moved, torch.full((2,), 10.0, dtype=torch.float64)).real.tolist()
        assert float(gradient.coefficients[k].real) == pytest.approx((plus - minus) / (2.0 * step), rel=1e-6)
    solved = fs.solve(body, conditions).gradient()
    off = (gradient.coefficients - solved.coefficients).abs().norm() / solved.coefficients.abs().norm()
    assert float(off) < 0.1
    assert gradient.reynolds == pytest.approx(solved.reynolds, rel=0.05)


def test_the_predicted_field_is_that_of_the_solver(shipped):
    body, conditions = fs.Body.spheroid(3.0), fs.FlowConditions(20.0)
    predicted, solved = shipped.evaluate(body, conditions), fs.solve(body, conditions)
    points = torch.complex(torch.linspace(-2, 4, 25), torch.full((25,), 0.6)).numpy()
    own, corrected, exact = predicted.network_field.at(points), predicted.field.at(points), solved.field.at(points)
    assert abs(own.u - exact.u).max() < 0.02
    assert abs(corrected.u - exact.u).max() < 2e-3
    assert abs(corrected.pressure - exact.pressure).max() < 2e-3


def test_the_optimum_at_re_10_is_certified_by_the_solver(shipped):
    best = minimize_drag(fs.Body.sphere(), fs.FlowConditions(10.0), model=shipped, certify=True)
    assert best.certified
    assert best.verified.drag_coefficient == pytest.approx(3.8439, rel=2e-3)

"""Bodies of revolution, solved to the accuracy of `fine`: known drags to 0.1 %, slow slender bodies, cost, truncation.

Drag is on π D²/4 and Re on D, the diameter of the sphere of equal volume. A spheroid of fineness f has D = d f^(−1/6)
with d of its meridian section. The sphere and the spheroids at Re 10 and 100: velocity-pressure finite elements; the
others two independent discretisations, but for 1:2 at Re 200: 9 x 24 elements of degrees 8 and 10. Re → 0: see
`test_known_drags.py`, with the next term of Proudman & Pearson (J. Fluid Mech. 2 (1957) 237), 9/160 (K Re)² ln(K Re/2).
"""

import math

import pytest
import torch

from fusiform.solvers import Body
from fusiform.solvers.flow import (
    ACCURACIES,
    Domain,
    Resolution,
    State,
    discretise,
    level,
    linearise,
    residual,
    solve_batch,
    solve_to_accuracy,
)
from fusiform.solvers.flow.discretisation import extent, mesh
from fusiform.solvers.flow.discretisation.extent import height, meridian_truncation_error, section_reynolds, slenderness
from fusiform.solvers.flow.equations.start import cold_start
from fusiform.solvers.flow.steady.levels import least_layers

SPHERE = {
    0.1: (244.179, 162.783),
    0.5: (51.658, 34.425),
    1.0: (27.318, 18.188),
    2.0: (14.917, 9.905),
    5.0: (7.138, 4.691),
    10.0: (4.3080, 2.7810),
    20.0: (2.7193, 1.7000),
    40.0: (1.7892, 1.0615),
    100.0: (1.0882, 0.5764),
    200.0: (0.7708, 0.3588),
    300.0: (0.6307, 0.2673),
}
SPHEROIDS = {
    (3.0, 10.0): 3.8601,
    (3.0, 100.0): 0.78777,
    (2.0, 1.0): 25.913,
    (2.5, 10.0): 3.8478,
    (4.0, 40.0): 1.4298,
    (4.0, 100.0): 0.77384,
    (0.5, 0.1): 279.16,
    (0.5, 1.0): 31.675,
    (0.5, 10.0): 5.3587,
    (0.5, 100.0): 1.6093,
    (0.5, 200.0): 1.1628,
}


def spheroid(fineness, reynolds):
    """Coefficients and Reynolds number."""
    return Body.ellipse(fineness).coefficients[None], torch.tensor([reynolds], dtype=torch.float64)


def drag_parts(fineness, reynolds, grid="fine"):
    """C_D, its friction part and the bound on its error, where the promise is kept."""
    flow, estimate, accurate = solve_to_accuracy(
        *spheroid(fineness, reynolds), ACCURACIES[grid], domain=Domain.MERIDIAN
    )
    assert accurate
    pressure, friction = (float(part.real) for part in flow.force_coefficients)
    return pressure + friction, friction, float(estimate.bound.real)


@pytest.mark.parametrize("reynolds", SPHERE)
def test_the_sphere_from_creeping_flow_to_where_its_wake_loses_symmetry(reynolds):
    drag, friction = SPHERE[reynolds]
    found = drag_parts(1.0, reynolds)
    assert found[0] == pytest.approx(drag, rel=1e-3)
    assert found[1] == pytest.approx(friction, rel=1e-3)
    assert found[2] < 1e-3 * drag


@pytest.mark.parametrize(("fineness", "reynolds"), SPHEROIDS)
def test_spheroids(fineness, reynolds):
    assert drag_parts(fineness, reynolds)[0] == pytest.approx(SPHEROIDS[fineness, reynolds], rel=1e-3)


def resistance(fineness):
    """Oberbeck's K of a prolate spheroid along its axis: the Stokes drag over that of the sphere of equal volume."""
    if fineness == 1.0:
        return 1.0
    e = math.sqrt(1.0 - fineness**-2)
    around = (1.0 + e**2) * math.log((1.0 + e) / (1.0 - e)) - 2.0 * e
    return 8.0 / 3.0 * e**3 / around * fineness ** (2.0 / 3.0)


@pytest.mark.parametrize("reynolds", [0.01, 0.1])
@pytest.mark.parametrize("fineness", [1.0, 2.0, 3.0, 5.0, 7.0, 10.0])
def test_spheroids_in_creeping_flow(fineness, reynolds):
    whole = reynolds * resistance(fineness)
    exact = 24.0 * whole / reynolds**2 * (1.0 + 3.0 / 16.0 * whole + 9.0 / 160.0 * whole**2 * math.log(0.5 * whole))
    assert drag_parts(fineness, reynolds)[0] == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize(("fineness", "reynolds"), [(0.5, 0.1), (1.0, 10.0), (3.0, 1.0), (0.7, 40.0)])
def test_the_far_field_misses_less_than_the_bound_on_its_truncation(monkeypatch, fineness, reynolds):
    coefficients, own = spheroid(fineness, reynolds)
    drags = []
    for share in (extent.MERIDIAN_SHARE, 8.0 * extent.MERIDIAN_SHARE):
        monkeypatch.setattr(extent, "MERIDIAN_SHARE", share)
        flow = solve_batch(coefficients, own, Resolution(10, 16, 8, 10), domain=Domain.MERIDIAN)
        drags.append(float(sum(flow.force_coefficients).real))
    monkeypatch.undo()
    miss = abs(drags[0] / drags[1] - 1.0)
    on_section = section_reynolds(coefficients, own, Domain.MERIDIAN)
    assert 0.0 < miss < float(meridian_truncation_error(height(coefficients), on_section)) + 1e-6


def test_the_slenderness_of_a_spheroid_is_its_fineness_and_its_first_layer_is_thin():
    for fineness in (0.5, 1.0, 10.0):
        coefficients, own = spheroid(fineness, 0.1)
        assert float(slenderness(coefficients)) == pytest.approx(fineness)
        layers = least_layers(coefficients, own, Domain.MERIDIAN)
        problem = discretise(coefficients, own, Resolution(layers, 12, 4, 5), Domain.MERIDIAN)
        assert float(problem.mesh.xi_step[0, 0]) <= mesh.SLENDER_LAYER / fineness + 1e-9
        assert float(problem.mesh.xi_step[0, -1]) <= 2.65
    assert least_layers(coefficients, own, Domain.PLANE) == 0


def test_a_similar_flow_is_solved_with_the_factors_of_its_neighbour():
    """On the meridian as in the plane; and a flow of another domain is no start."""
    coefficients, own = spheroid(2.0, 40.0)
    accuracy = ACCURACIES["standard"]
    first, _, _ = solve_to_accuracy(coefficients, own, accuracy, domain=Domain.MERIDIAN)
    again, _, accurate = solve_to_accuracy(coefficients * 1.005, own, accuracy, first, domain=Domain.MERIDIAN)
    alone, _, _ = solve_to_accuracy(coefficients * 1.005, own, accuracy, domain=Domain.MERIDIAN)
    assert accurate
    assert float(again.factorisations) == 0.0
    assert float(sum(again.force_coefficients).real) == pytest.approx(
        float(sum(alone.force_coefficients).real), rel=1e-7
    )
    plane, _, _ = solve_to_accuracy(coefficients, own, accuracy, first)
    assert plane.symmetric
    assert float(plane.factorisations) > 0.0


def test_a_batch_is_a_loop():
    coefficients = torch.tensor([[0.4, 0.05], [-0.2, 0.1], [0.75, -0.03]], dtype=torch.complex128)
    reynolds = torch.tensor([2.0, 30.0, 90.0], dtype=torch.float64)
    resolution = ACCURACIES["standard"].resolution(coefficients, reynolds, Domain.MERIDIAN)
    together = solve_batch(coefficients, reynolds, resolution, domain=Domain.MERIDIAN)
    assert bool(together.converged.all())
    for case in range(3):
        here = slice(case, case + 1)
        one = solve_batch(coefficients[here], reynolds[here], resolution, domain=Domain.MERIDIAN)
        torch.testing.assert_close(
            sum(one.force_coefficients), sum(together.force_coefficients)[here], rtol=1e-8, atol=0.0
        )


def test_the_cost_is_that_of_a_symmetric_plane_flow():
    """As many factorisations, to 1.3 times, of the same elements, at the same Reynolds number of the section."""
    for fineness, reynolds in ((1.0, 1.0), (1.0, 40.0), (3.0, 10.0), (4.0, 100.0)):
        coefficients, own = spheroid(fineness, reynolds)
        axial, _, _ = solve_to_accuracy(coefficients, own, ACCURACIES["standard"], domain=Domain.MERIDIAN)
        on_section = section_reynolds(coefficients, own, Domain.MERIDIAN)
        plane, _, _ = solve_to_accuracy(coefficients, on_section, ACCURACIES["standard"])
        assert float(axial.factorisations) <= 1.3 * float(plane.factorisations)
        assert axial.resolution == plane.resolution


FINITE_ELEMENTS = {
    ("sphere", 10.0): 4.307908,
    ("sphere", 100.0): 1.08813,
    ("spheroid 3:1", 10.0): 3.860092,
    ("spheroid 3:1", 100.0): 0.787759,
    ("egg", 10.0): 3.947116,
    ("egg", 100.0): 0.882855,
}
BODIES = {"sphere": [0.0], "spheroid 3:1": [0.5], "egg": [0.3, 0.08]}


@pytest.mark.parametrize(("name", "reynolds"), FINITE_ELEMENTS)
def test_drags_are_those_of_velocity_pressure_finite_elements(name, reynolds):
    """Numbers of `tests/benchmarks/references.toml`, uncertain by 3e-5 to 6e-5."""
    own = torch.tensor([reynolds], dtype=torch.float64)
    coefficients = torch.tensor([BODIES[name]], dtype=torch.complex128)
    flow, _, accurate = solve_to_accuracy(coefficients, own, ACCURACIES["fine"], domain=Domain.MERIDIAN)
    assert accurate
    assert float(sum(flow.force_coefficients).real) == pytest.approx(FINITE_ELEMENTS[name, reynolds], rel=1e-4)


def test_the_factors_of_a_pointed_body_keep_digits_at_its_tips():
    """ω there is of order 1e4. Where pivots depended on the weight s³, errors of 1e7 stopped Newton's method."""
    coefficients = torch.tensor([[0.4666, 0.0028, 0.1632]], dtype=torch.complex128)
    reynolds = torch.tensor([0.2376], dtype=torch.float64)
    problem = discretise(coefficients, reynolds, Resolution(7, 24, 8, 10), Domain.MERIDIAN)
    state, decay = cold_start(problem), torch.exp(-problem.mesh.xi)[:, :, None]
    eta = problem.mesh.eta[:, None]
    exact = State(eta.cos() * decay * (1.0 - decay), decay.square() * (1.0 + (2.0 * eta).cos()), state.scalars)

    def residuals(*parts):
        return tuple(vars(residual(problem, State(*parts))).values())

    _, rhs = torch.func.jvp(residuals, tuple(vars(state).values()), tuple(vars(exact).values()))
    found = linearise(problem, state).solve(State(*rhs))
    assert float((found.omega - exact.omega).abs().max()) < 1e5
    assert float((found.phi - exact.phi).abs().max()) < 1e-4
    torch.testing.assert_close(found.scalars, exact.scalars, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("coefficients", "reynolds"),
    [([0.4666, 0.0028, 0.1632], 0.2376), ([0.35, 0.03, -0.25], 30.0), ([0.8, -0.04, 0.03], 150.0)],
    ids=["spindle", "dumbbell", "slender"],
)
def test_pointed_waisted_and_slender_bodies_are_solved_to_what_is_promised(coefficients, reynolds):
    batch, own = torch.tensor([coefficients], dtype=torch.complex128), torch.tensor([reynolds], dtype=torch.float64)
    flow, _, accurate = solve_to_accuracy(batch, own, ACCURACIES["standard"], domain=Domain.MERIDIAN)
    assert accurate
    least = least_layers(batch, own, Domain.MERIDIAN)
    finer = solve_batch(batch, own, level(reynolds, 4, least=least + 1), domain=Domain.MERIDIAN)
    drags = [float(sum(each.force_coefficients).real) for each in (flow, finer)]
    assert drags[0] == pytest.approx(drags[1], rel=ACCURACIES["standard"].drag)

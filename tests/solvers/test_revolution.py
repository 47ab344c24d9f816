"""`solve` with bodies of revolution: the numbers of revolution, their conventions, and what is refused."""

import json
import math

import numpy as np
import pytest
import pyvista
from command_line import run

from fusiform.solvers import Body, FlowConditions, export_body, solve
from fusiform.solvers.common.errors import InputError
from fusiform.surrogates import load_surrogate

AT = FlowConditions(10.0)
EGG = Body([0.4, 0.05, -0.02], revolution=True)


@pytest.mark.parametrize(
    ("body", "reynolds", "drag"),
    [(Body.sphere(2.0), 10.0, 4.3080), (Body.spheroid(3.0), 100.0, 0.78777), (Body.spheroid(0.5), 1.0, 31.675)],
)
def test_drags_are_on_the_sphere_of_equal_volume(body, reynolds, drag):
    solution = solve(body, FlowConditions(reynolds), grid="fine")
    assert solution.accurate, solution.status
    assert solution.drag_coefficient == pytest.approx(drag, rel=1e-3)
    assert (solution.lift_coefficient, solution.lift_error) == (0.0, 0.0)
    assert "lift" not in solution.status


def test_a_section_and_its_body_of_revolution_are_two_flows():
    section = Body.ellipse(2.0)
    drags = [solve(body, AT).drag_coefficient for body in (section, section.revolved(), section.revolved().section())]
    assert drags[1] == pytest.approx(solve(Body.spheroid(2.0), AT).drag_coefficient, rel=1e-9)
    assert drags[0] == pytest.approx(drags[2], rel=1e-9)
    assert abs(drags[0] / drags[1] - 1.0) > 0.1


def test_the_gradient_holds_the_volume_and_is_that_of_differences():
    solution, step = solve(EGG, AT), 1e-5
    gradient = solution.gradient()
    resolution = solution.flow.resolution
    for k in range(3):
        ends = []
        for sign in (1.0, -1.0):
            coefficients = EGG.coefficients
            coefficients[k] += sign * step
            end = solve(Body(coefficients, revolution=True), AT)
            assert end.flow.resolution == resolution
            ends.append(end.drag_coefficient)
        assert float(gradient.coefficients[k].real) == pytest.approx((ends[0] - ends[1]) / (2.0 * step), rel=1e-4)
    higher, lower = (solve(EGG, FlowConditions(10.0 + sign * 1e-3)).drag_coefficient for sign in (1.0, -1.0))
    assert gradient.reynolds == pytest.approx((higher - lower) / 2e-3, rel=1e-4)
    assert gradient.alpha == 0.0
    with pytest.raises(InputError, match="expected the force drag for a body of revolution, got lift"):
        solution.gradient("lift")


def test_the_field_is_in_units_of_d():
    body = Body.spheroid(4.0, reference_length=2.0)
    field = solve(body, AT).field
    ends = field.wall.real.max() - field.wall.real.min()
    assert ends * body.reference_length == pytest.approx(body.length, rel=1e-6)
    inside = field.at(np.array([0.49 * ends, 0.51 * ends]))
    assert math.isnan(inside.u[0])
    assert math.isfinite(inside.u[1])
    assert field.at(np.array([0.3 + 5.0j])).streamfunction[0] == pytest.approx(12.5, rel=0.1)  # Ψ = s²/2 in the stream


def test_the_summary_tells_the_kind_and_its_sizes():
    numbers = solve(Body.sphere(2.0), AT, grid="coarse").summary()
    assert numbers["revolution"]
    assert numbers["volume"] == pytest.approx(math.pi * 8.0 / 6.0)
    assert numbers["wetted_area"] == pytest.approx(4.0 * math.pi)
    plane = solve(Body.circle(2.0), AT, grid="coarse").summary()
    assert not plane["revolution"]
    assert "volume" not in plane


def test_a_flow_whose_wake_is_lopsided_in_nature_says_so():
    assert (
        "may lose its axial symmetry: Re on the greatest diameter is 250"
        in solve(Body.sphere(), FlowConditions(250.0)).status
    )
    assert "symmetry" not in solve(Body.sphere(), FlowConditions(200.0)).status
    assert "shed" not in solve(Body.sphere(), FlowConditions(100.0)).status


def test_the_flow_is_exported_in_space(tmp_path):
    """The grid closes around the body's solid, and the flow does not depend on the plane."""
    field = solve(EGG, AT, grid="coarse").field
    export_body(EGG, tmp_path / "egg.vts", field=field)
    grid = pyvista.read(tmp_path / "egg.vts")
    n_xi, rays, planes = grid.dimensions
    x, y, z = grid.points.reshape(planes, rays, n_xi, 3).transpose(3, 0, 1, 2)
    assert np.hypot(y, z) == pytest.approx(np.broadcast_to(y[0], y.shape), abs=1e-12)
    assert (y[-1] == y[0]).all()
    solid = pyvista.StructuredGrid(*(part[:, :, :1] for part in (x, y, z))).extract_surface(algorithm=None)
    assert solid.triangulate().volume == pytest.approx(math.pi / 6.0, rel=0.02)
    u, v, w = grid["velocity"].reshape(planes, rays, n_xi, 3).transpose(3, 0, 1, 2)
    assert (u == u[0]).all()
    assert v * z == pytest.approx(w * y, abs=1e-12)
    section = field.velocity.T[:rays]
    assert (u[0] + 1j * v[0] == section).all()
    assert (grid["pressure"].reshape(planes, rays, n_xi) == field.pressure.T[:rays]).all()


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: solve(EGG, FlowConditions(10.0, 5.0)), "expected an angle of attack of 0 for a body of revolution"),
        (
            lambda: load_surrogate().evaluate(EGG, AT),
            "expected a plane body for the model 'default', got a body of revolution",
        ),
    ],
)
def test_what_is_for_sections_refuses_bodies_of_revolution(work, words):
    with pytest.raises(InputError, match=words):
        work()


def test_the_command_line_solves_spheres_and_revolved_sections():
    found = json.loads(run("solve", "sphere", "--reynolds", "100", "--json").stdout)
    assert found["drag_coefficient"] == pytest.approx(1.0882, rel=3e-3)
    assert found["revolution"]
    table = run("solve", "ellipse:3", "--revolution", "--reynolds", "10").stdout
    assert "C = F / (½ ρ U² π d² / 4)" in table
    assert "3.86" in table
    refused = run("solve", "sphere", "--reynolds", "10", "--alpha-deg", "3")
    assert refused.exit_code == 2
